//! A text cut into pieces: what opens and closes, conditions, settings, joints, and what nobody could read.

use super::condition::{Condition, condition};
use super::cursor::Cursor;
use super::orders::{self, Order};
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::symbols;
use super::token::Token;
use super::{clock, dates, exits, filters, levels, terms};
use market::TradingDate;

/// What a piece of text is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// `buy`, `go long`, `shorts`: opens a side, or says whose the rest is. None: `enter`.
    Entry(Option<Side>),
    /// A lone `sell`: closes a long, or opens a short; the rest of the text decides.
    Sell,
    /// `exit`, `cover`, `get out`: closes a side, or any.
    Exit(Option<Side>),
    /// `only when`, `filter:`: what follows is demanded of every entry.
    Only,
    /// `don't trade when`, `unless`, `no shorts when`: what follows must not hold, for a side or for any.
    Unless(Option<Side>),
    /// `(`, `either`: what follows belongs together.
    Open,
    /// `)`.
    Close,
    Condition(Condition),
    And,
    Or,
    Comma,
    /// The end of a sentence or line.
    End,
    /// `vice versa`, `opposite for shorts`.
    Mirror(Option<Side>),
    /// `exit on the opposite signal`.
    ExitOpposite,
    /// `close at the middle band`: for a long, for a short.
    ExitAt(String, String),
    /// `15 min ORB`: what the rest refers to.
    Definition,
    /// `long only`.
    OnlySide(Side),
    /// `both directions`.
    BothSides,
    Order(Order),
    Expiry(u32),
    Settings(Vec<Setting>),
    /// The traded market or the chart, known already.
    Known,
    Filler,
    Unknown,
}

/// A piece with its tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) item: Item,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The side whose words these are, where that was clear.
    pub(crate) side: Option<Side>,
}

/// What reading dates needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days {
    pub(crate) data: Option<dates::Span>,
    pub(crate) today: TradingDate,
}

/// Cuts the tokens into pieces.
pub(crate) fn pieces(tokens: &[Token], scene: &Scene<'_>, days: Days) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut cursor = Cursor::new(tokens, 0);
    scene.side.set(side_ahead(cursor));
    while !cursor.is_end() {
        let from = cursor.at;
        let stray = after_unknown(&pieces);
        if let Some(found) = scene.attempt(|| level_alone(&mut cursor, scene, pieces.last())) {
            pieces.push(Piece { item: Item::Condition(found), from, to: cursor.at, side: scene.side.get() });
            continue;
        }
        let item = next(&mut cursor, scene, days, stray);
        if cursor.at == from {
            cursor.at += 1;
        }
        match &item {
            Item::Entry(Some(side)) | Item::Exit(Some(side)) => scene.side.set(Some(*side)),
            Item::Mirror(_) => scene.side.set(scene.side.get().map(Side::other)),
            Item::End => {
                if let Some(side) = side_ahead(cursor) {
                    scene.side.set(Some(side));
                }
            }
            _ => {}
        }
        pieces.push(Piece { item, from, to: cursor.at, side: scene.side.get() });
    }
    pieces
}

/// `short the upper band`, `buy the 200 SMA`: a level right behind the side is touched.
fn level_alone(cursor: &mut Cursor<'_>, scene: &Scene<'_>, before: Option<&Piece>) -> Option<Condition> {
    let Item::Entry(Some(side)) = before?.item else { return None };
    let mut probe = *cursor;
    probe.eat("at|near|off|on");
    let level = super::value::term(&mut probe, scene)?;
    let is_level = matches!(level.class, super::names::Class::Level(_) | super::names::Class::Average);
    let bar = matches!(level.text.as_str(), "high" | "low" | "open");
    if !is_level || bar || !(probe.is_pause() || probe.sees("with|if|when|and|while|stop|target")) {
        return None;
    }
    scene.assume(format!("the level {} alone is read as touched", level.text));
    *cursor = probe;
    Some(Condition::new(match side {
        Side::Long => format!("low <= {}", level.text),
        Side::Short => format!("high >= {}", level.text),
    }))
}

/// True behind words that nobody could read and before a joint: "cumulative delta is rising" says nothing of the price.
fn after_unknown(pieces: &[Piece]) -> bool {
    let mut back = pieces.iter().rev().skip_while(|piece| matches!(piece.item, Item::Filler | Item::Known));
    back.next().is_some_and(|piece| matches!(piece.item, Item::Unknown))
}

/// The side of the sentence that begins here: the first it names.
fn side_ahead(mut cursor: Cursor<'_>) -> Option<Side> {
    while let Some(token) = cursor.peek() {
        if token.is_mark('\n')
            || token.is_mark(';')
            || (token.is_mark('.') && cursor.tokens.get(cursor.at + 1).is_none_or(|next| !next.glued))
        {
            return None;
        }
        if cursor.sees("long only|term|as") || cursor.sees("as long as") || cursor.sees("short term") {
            cursor.at += 2;
            continue;
        }
        if cursor.sees("buy|long|longs|buys|buying") {
            return Some(Side::Long);
        }
        if cursor.sees("short|shorts|shorting") {
            return Some(Side::Short);
        }
        cursor.at += 1;
    }
    None
}

fn next(cursor: &mut Cursor<'_>, scene: &Scene<'_>, days: Days, stray: bool) -> Item {
    let opens = cursor.sees("(");
    if !stray
        && opens
        && let Some(found) = condition(&mut { *cursor }, scene)
        && found.text.starts_with('(')
    {
        let _ = condition(cursor, scene);
        return Item::Condition(found);
    }
    if let Some(item) = mark(cursor) {
        return item;
    }
    if let Some(item) = sides(cursor) {
        return item;
    }
    if let Some(item) = mirror(cursor) {
        return item;
    }
    if FILLER_PHRASES.iter().any(|phrase| cursor.eat(phrase)) {
        return Item::Filler;
    }
    let expiry = orders::expiry(&mut { *cursor }, scene);
    if let Some(order) = scene.attempt(|| orders::order(cursor, scene)) {
        return Item::Order(order);
    }
    if let Some(bars) = expiry {
        orders::expiry(cursor, scene);
        return Item::Expiry(bars);
    }
    if let Some(settings) = scene
        .attempt(|| exits::exit(cursor, scene))
        .or_else(|| dates::window(cursor, days.data, days.today))
        .or_else(|| scene.attempt(|| filters::filter(cursor, scene)))
        .or_else(|| scene.attempt(|| terms::terms(cursor, scene)))
    {
        return Item::Settings(settings);
    }
    if let Some(item) = scene.attempt(|| exit_at(cursor, scene)) {
        return item;
    }
    if let Some(item) = marker(cursor) {
        return item;
    }
    if levels::definition(cursor, scene) {
        return Item::Definition;
    }
    if !stray && let Some(found) = scene.attempt(|| condition(cursor, scene)) {
        return Item::Condition(found);
    }
    if known(cursor, scene) {
        return Item::Known;
    }
    joint(cursor).unwrap_or(Item::Unknown)
}

/// `close at the middle band`, `exit at VWAP`: a level that moves, so a rule rather than a price.
fn exit_at(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Item> {
    let mut probe = *cursor;
    let _ = probe.eat("then|and");
    if !(probe.eat("exit|close|sell|cover|out|take") && {
        let _ = probe.eat("profit|profits|the|it|out|trade|position|longs|shorts|long|short");
        let _ = probe.eat("trade|position|it");
        true
    } || probe.eat("get out"))
    {
        return None;
    }
    if !probe.eat("back? at|near") || probe.sees("a|an") {
        return None;
    }
    let level = super::value::term(&mut probe, scene)?;
    if !matches!(level.class, super::names::Class::Level(_) | super::names::Class::Average) {
        return None;
    }
    *cursor = probe;
    Some(Item::ExitAt(format!("close >= {}", level.text), format!("close <= {}", level.text)))
}

fn mark(cursor: &mut Cursor<'_>) -> Option<Item> {
    let token = cursor.peek()?;
    let super::token::Kind::Mark(mark) = token.kind else { return None };
    let item = match mark {
        '.' | '\n' | ';' | '!' | '?' => Item::End,
        '&' => Item::And,
        '(' => Item::Open,
        ')' => Item::Close,
        // Part of a value or a comparison: read with it, or not at all.
        '+' | '-' if cursor.sees("+|- di") => return None,
        '$' | '%' | '<' | '≥' | '≤' | '≠' => return None,
        '>' if !cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_some_and(|before| {
            before.is_mark('-') || before.is_mark('=') || before.is_mark(',') || before.is_mark('>')
        }) =>
        {
            return None;
        }
        _ => Item::Comma,
    };
    cursor.at += 1;
    Some(item)
}

/// `long only`, `no shorts`, `both directions`.
fn sides(cursor: &mut Cursor<'_>) -> Option<Item> {
    const LONG: [&str; 3] = [
        "only go|take|trade? long|longs|buys",
        "long|longs|buys side? only",
        "no|never|without|dont take|go|trade|any|do|use? shorts|shorting|short|selling trades|side|entries?",
    ];
    const SHORT: [&str; 3] = [
        "only go|take|trade? short|shorts",
        "short|shorts side? only",
        "no|never|without|dont take|go|trade|any|do|use? longs|long|buys|buying trades|side|entries?",
    ];
    let mut probe = *cursor;
    probe.eat("and|but|also|with");
    let begin = probe;
    for (side, patterns) in [(Side::Long, LONG), (Side::Short, SHORT)] {
        for pattern in patterns {
            probe = begin;
            // "longs only when …" and "no shorts on Fridays" say something else.
            if probe.eat(pattern)
                && (probe.is_pause()
                    || probe.sees("and|please|,|for|now|(|strategy|system|but|exit|stop|with|no|target"))
                && !more(&probe)
            {
                *cursor = probe;
                return Some(Item::OnlySide(side));
            }
        }
    }
    probe = *cursor;
    let _ = probe.eat("trade|trades|take|go|allow|in|trading");
    if probe.eat("both directions|sides|ways|direction|long") && {
        let _ = probe.eat("and|& short|shorts");
        true
    } || probe.eat("long|longs and|&|or|/ short|shorts")
        && (probe.is_pause() || probe.sees("trades|both|when|side|on"))
    {
        let _ = probe.eat("and|& short");
        let _ = probe.eat("trades|both|sides");
        *cursor = probe;
        return Some(Item::BothSides);
    }
    None
}

/// True where a rule follows: "longs only when …" is no "long only".
fn more(cursor: &Cursor<'_>) -> bool {
    cursor.sees("when|if|above|below|on|in|after|while|over|under|once|between|during|as")
}

/// `vice versa`, `opposite for shorts`, `short the opposite`, `mirror it for shorts`.
fn mirror(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    let _ = probe.eat("and|also|then|,|exit|exits|exiting");
    let exits = cursor.sees("exit|exits") || cursor.sees("and exit");
    let _ = probe.eat("do|does|the|also|just|same|use|take|with|on|at|it|is");
    let _ = probe.eat("the|but|exact|everything|same");
    let mut short = None;
    if probe.eat("short|shorts|sell|shorting") {
        short = Some(Side::Short);
    } else if probe.eat("long|longs|buy") {
        short = Some(Side::Long);
    }
    let _ = probe.eat("short|side|are|is|:|on|for|when|if|rules|with|entries|entry|do|trades|at");
    let _ = probe.eat("the|are|is|an|with|if|do|just|on|exact");
    let _ = probe.eat("the|exact|are|is|just");
    let found = probe.eat("vice versa")
        || probe.eat("other way around|round?")
        || probe.eat("opposite|inverse|reverse|reversed|mirror|mirrored|flipped|inverted image?")
            && {
                probe.eat("rules|conditions|condition|signal|signals|cross|crossover|setup|of|side|happens|thing|is|for|way|on|to|it|everything");
                true
            };
    if !found {
        return None;
    }
    let _ = probe.eat("true|is|that|on|it|rules|conditions|of|all|everything|this|signal|the|to|happens");
    let _ = probe.eat("true|that|the|on|long|all|shorts?");
    if probe.eat("for|on|to|when? go|the|take|all? short|shorts|shorting|sells|sell") {
        short = Some(Side::Short);
    } else if probe.eat("for|on|to|when? go|the|take|all? long|longs|buys") {
        short = Some(Side::Long);
    }
    let _ = probe.eat("side|trades|entries|positions|entry|sides|as");
    probe.eat("well");
    let word = |words: &[&str]| {
        cursor
            .tokens
            .get(cursor.at..probe.at)
            .is_some_and(|read| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word))))
    };
    if !word(&[
        "vice", "opposite", "inverse", "mirror", "mirrored", "flipped", "inverted", "around", "reverse", "reversed",
        "other",
    ]) {
        return None;
    }
    if word(&["reverse"]) && short.is_none() && !word(&["vice"]) && !cursor.sees("reverse for|on") {
        return None;
    }
    *cursor = probe;
    if exits {
        return Some(Item::ExitOpposite);
    }
    Some(Item::Mirror(short))
}

/// What opens and closes positions.
fn marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    probe.eat("also|then|and|only|but");
    let begin = probe;
    if let Some(item) = exit_marker(&mut probe) {
        *cursor = probe;
        return Some(item);
    }
    probe = begin;
    let item = if probe.eat("go|goes|going|get|gets|enter|enters|open|take|takes|initiate|establish|be|im|getting a|an|in|into? long|longs position|trade|trades|entry?")
        || probe.eat("go|get|enter long")
        || probe.eat("buy|buys|buying to? open?")
        || probe.eat("for|on|my|the? long|longs side|entry|entries|trades|setup|signal|signals|trade|positions?") && !probe.sees("term|as")
    {
        Item::Entry(Some(Side::Long))
    } else if { probe = begin; probe.eat("go|goes|going|get|gets|enter|enters|open|take|takes|initiate|establish|sell|be|getting a|an|in|into|to? short|shorts position|trade|trades|entry?") }
        || probe.eat("go|get|enter|sell|selling short")
        || probe.eat("short|shorting sell|selling|side|entry|entries|trades|setup|signal|signals|it?")
        || probe.eat("for|on|my|the? shorts|short side|entry|entries|trades|positions|signal|signals?")
        || probe.eat("shorts")
    {
        if probe.sees("term") {
            return None;
        }
        Item::Entry(Some(Side::Short))
    } else if { probe = begin; probe.eat("sell|selling|sells") } {
        Item::Sell
    } else if { probe = begin; probe.eat("enter|enters|entry|entries|get|trigger|entering in?") && !cursor.sees("get") } {
        probe.eat("rules|rule|conditions|condition|signal|signals|trades|trade|a|position");
        probe.eat("trade|position");
        Item::Entry(None)
    } else {
        return rule_marker(cursor);
    };
    let _ = probe.eat(":");
    *cursor = probe;
    Some(item)
}

fn exit_marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    if probe.eat("buy|buying to? cover") || probe.eat("cover|covers|covering shorts|short|the|my|it|position?") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Short)));
    }
    if probe.eat("longs|long|buys exit|exits|out|close|closed|are? when|if|:|rule|out?")
        && cursor.sees("longs|long out|exit|exits|close|closed|are")
    {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Long)));
    }
    probe = *cursor;
    if probe.eat("shorts|short exit|exits|out|cover|close|closed|are? when|if|:|rule|out?")
        && cursor.sees("shorts|short out|exit|exits|cover|close|closed|are")
    {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Short)));
    }
    probe = *cursor;
    if probe.eat("sell|selling the|my|to long|longs|position|positions|shares|stock|close|it|everything|exit") {
        *cursor = probe;
        return Some(Item::Exit(Some(Side::Long)));
    }
    probe = *cursor;
    let verb = probe.eat("exit|exits|exiting|leave")
        || probe.eat("get|gets|getting|bail|im|be out")
        || probe.eat("close|closes|flatten|liquidate|dump") && closes(&probe)
        || probe.eat("out") && probe.sees("when|if|on|once")
        || probe.eat("take profit|profits") && probe.sees("when|if|once|as");
    if !verb {
        return None;
    }
    let _ = probe.eat(
        "out|it|all|any|the|my|rules|rule|signal|conditions|condition|everything|early|immediately|for|trade|position",
    );
    let _ = probe.eat("of|out|open|the|my|all|rules");
    let side = if probe.eat("longs|long") {
        Some(Side::Long)
    } else if probe.eat("shorts|short") {
        Some(Side::Short)
    } else {
        None
    };
    let _ = probe.eat("trade|trades|position|positions|side|it|everything|longs|early");
    probe.eat(":");
    *cursor = probe;
    Some(Item::Exit(side))
}

/// "close" as a verb: the trade, the position, or nothing before a condition.
fn closes(cursor: &Cursor<'_>) -> bool {
    cursor.is_end()
        || cursor.sees(",|.|\n|;")
        || cursor.sees("the|my|all|any|out|it|everything|longs|shorts|position|positions|trade|trades|when|if|once|long|short|as|half")
            && !cursor.sees("the day|session|bar|candle|high|low")
}

/// `only when`, `filter:`, `unless`, `don't trade when`.
fn rule_marker(cursor: &mut Cursor<'_>) -> Option<Item> {
    let mut probe = *cursor;
    if probe.eat("unless|except") || probe.eat("but|and|only? not if|when|while") {
        let _ = probe.eat("when|if|while|the");
        *cursor = probe;
        return Some(Item::Unless(None));
    }
    let start = probe;
    if probe.eat("dont|never|no|avoid|skip|avoiding|not|without|ignore|exclude") || probe.eat("do not") {
        for _ in 0..5 {
            if !probe.eat("the|this|signal|trade|trades|trading|enter|entry|entries|take|any|new|a|buy|go|long|longs|short|shorts|positions|entering|taking|signals|setups|it|buying") {
                break;
            }
        }
        if probe.eat("when|if|while|unless|whenever|until") {
            let until =
                probe.tokens.get(probe.at - 1).is_some_and(|token| matches!(token.word(), Some("unless" | "until")));
            *cursor = probe;
            let read = probe.tokens.get(start.at..probe.at).unwrap_or_default();
            let names =
                |words: &[&str]| read.iter().any(|token| token.word().is_some_and(|word| words.contains(&word)));
            let side = match (names(&["long", "longs", "buy", "buying"]), names(&["short", "shorts"])) {
                (true, false) => Some(Side::Long),
                (false, true) => Some(Side::Short),
                _ => None,
            };
            return Some(if until { Item::Only } else { Item::Unless(side) });
        }
        return None;
    }
    if probe.eat("only|filter|filters|require|requires|provided|confirm|confirmation|must|need|needs|condition|additionally|as|so|trend|assuming|given|where|confirmed") {
        for _ in 0..5 {
            if !probe.eat("filter|filters|trade|trades|trading|take|enter|if|when|while|that|:|with|long|by|also|be|is|only|the|entries|signals|setups|in|rule|to|for|as|condition|there|must|on|it|of|and|a|an|add|direction") {
                break;
            }
        }
        if cursor.sees("as long as") || !cursor.sees("as|so|need|needs|must|condition|trend|given|where") || probe.tokens.get(cursor.at..probe.at).is_some_and(|read| read.iter().any(|token| matches!(token.word(), Some("when" | "if" | "filter" | "filters" | "only" | "that")))) {
            *cursor = probe;
            return Some(Item::Only);
        }
    }
    None
}

/// The traded market or the chart, said again or first.
fn known(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let mut probe = *cursor;
    if probe.eat("on|in|of|trade|trading|market|symbol|ticker|instrument|for|using|with|the|at|use|a|run") {
        probe.eat(":|the|is|a|at|of|it|on");
        probe.eat("the|a|on");
    }
    let start = probe;
    if let Some(market) = &scene.market {
        let mut named = probe;
        if symbols::instrument(&mut named, &scene.names, scene.text).is_some_and(|found| found.symbol == market.symbol)
        {
            *cursor = named;
            return true;
        }
    }
    if chart(&mut probe, scene) {
        *cursor = probe;
        return true;
    }
    let _ = start;
    false
}

/// `5-minute chart`, `1h`, `timeframe: 15m`, of the strategy itself.
fn chart(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
    let mut probe = *cursor;
    let _ = probe.eat("timeframe|time|tf|chart|resolution|interval|bars|candles frame?");
    let _ = probe.eat("is|:|=|of|size");
    probe.eat("the|a");
    let Some(frame) = clock::timeframe(&mut probe) else { return false };
    let mut second = probe;
    let several = second.eat("and|or|& the?") && clock::timeframe(&mut second).is_some();
    if frame != scene.timeframe || several {
        return false;
    }
    for _ in 0..3 {
        if !probe.eat("chart|charts|timeframe|time|tf|bars|bar|candles|candle|frame|data|intraday") {
            break;
        }
    }
    *cursor = probe;
    true
}

/// Joints and words without meaning of their own.
fn joint(cursor: &mut Cursor<'_>) -> Option<Item> {
    if cursor.eat("or") {
        return Some(Item::Or);
    }
    if cursor.eat("either") {
        return Some(Item::Open);
    }
    if cursor.eat("ie|and|plus|also|then|but|while|with|when|if|once|whenever|where|upon|after|on|as|additionally|together|confirmed|combined|along") {
        return Some(Item::And);
    }
    let word = cursor.peek_word()?;
    if FILLER.split_whitespace().any(|filler| filler == word) {
        cursor.at += 1;
        return Some(Item::Filler);
    }
    None
}

/// Phrases that say nothing, or what holds anyway.
const FILLER_PHRASES: [&str; 18] = [
    "whichever|whatever comes|happens|is first|sooner",
    "mean reversion|reverting strategy|system|idea|play|setup?",
    "trend following|follower|trading strategy|system|idea|setup?",
    "as soon as",
    "at a time",
    "my|the best guess",
    "keep it simple",
    "no pyramiding|adding|scaling in?",
    "one position at a time",
    "and that is it",
    "nothing else",
    "the rest|everything else stays|as is|the|same",
    "keep everything|the|all else|rest|other the|as|is? same|is?",
    "no|without trailing? stop|stops loss|order?",
    "no|without target|targets|tp",
    "i? dont want|use|need|have a|any|to? use? a? trailing? stop|stops|target|targets loss?",
    "do not use a|any? trailing? stop|stops|target|targets loss?",
    "dont move it|stop|the to breakeven",
];

/// Words that say nothing about a strategy. Nothing here denies, counts, limits or times anything.
const FILLER: &str = "
a an the i we you me my our your want wants would like to please can could may will should let lets need create build make made making
strategy strategies strat system bot algo algorithm test tests tested backtest backtests backtested run runs running that which this these those it its is are be
been was trade trades trading using use uses used for of at in into from by so just simple basic some here there hi hello hey thanks thank
help new idea rules rule setup setups signal signals condition conditions entry entries position positions way thing do does doing
look looking looks looking based style type kind play method approach following follows follow try want get give have has had
chart charts market markets candle candles bar bars price side sides trader scalping scalp scalper swing intraday daytrading mean
reversion momentum trend pullback breakout crossover cross both all each every any own about very really quite good nice
im am id ive because since how what show see write up me now today happens gets hits occurs fires triggers trigger triggered tell know think
etc okay ok well basically essentially pls plz thx cheers guys team sir want wanna gonna lemme ideally maybe perhaps
add instead tweaks tweak couple few stuff really actually i.e. ie eg e.g. namely her his their he she they them people bullish bearish parameters params settings
";
