//! A text cut into pieces: what opens and closes, conditions, settings, joints, and what nobody could read.

use super::beside_rule::{beside_rule, of_unread};
use super::condition::{Condition, condition};
use super::cursor::Cursor;
use super::markers::{marker, mirror, sides};
use super::orders::{self, Order};
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::symbols;
use super::token::Token;
use super::{clock, dates, exits, filters, levels, names, terms};
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
    /// What was assumed for it, in the scene's list.
    pub(crate) noted: (usize, usize),
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
    let name = scene.name.get();
    scene.side.set(side_ahead(name.map_or(cursor, |(_, to)| Cursor::new(tokens, to))));
    while !cursor.is_end() {
        let from = cursor.at;
        let noted = scene.assumptions.borrow().len();
        let stray = after_unknown(&pieces);
        if let Some((_, to)) = name.filter(|(first, _)| *first == from) {
            cursor.at = to;
            pieces.push(Piece { item: Item::Definition, from, to, side: None, noted: (noted, noted) });
            continue;
        }
        if let Some(found) = scene.attempt(|| super::level_alone::level_alone(&mut cursor, scene, pieces.last())) {
            let noted = (noted, scene.assumptions.borrow().len());
            pieces.push(Piece { item: Item::Condition(found), from, to: cursor.at, side: scene.side.get(), noted });
            continue;
        }
        if let Some(size) = scene.attempt(|| super::bare_size::size(&mut cursor, scene, pieces.last())) {
            let noted = (noted, scene.assumptions.borrow().len());
            let item = Item::Settings(vec![size]);
            pieces.push(Piece { item, from, to: cursor.at, side: scene.side.get(), noted });
            continue;
        }
        let market = scene.price.get();
        let item = match super::lists::one_of_two(&mut cursor, &pieces) {
            Some(item) => item,
            None => next(&mut cursor, scene, days, stray),
        };
        let item = beside_rule(item, tokens, from, &pieces);
        let item = of_unread(item, tokens.get(from..cursor.at).unwrap_or_default(), scene);
        if !matches!(item, Item::Condition(_)) {
            scene.price.set(market);
        }
        if item == Item::Unknown {
            // What was spoken of last is not known any more.
            let spoken = scene.last.borrow_mut().take();
            scene.unread.set(true);
            let named =
                (from..cursor.at.max(from + 1)).any(|at| names::indicator(&mut Cursor::new(tokens, at)).is_some());
            scene.lost.set(scene.lost.get() || named || spoken.is_some_and(|(left, _)| left.text != "close"));
            scene.crosses.borrow_mut().clear();
        }
        if cursor.at == from {
            cursor.at += 1;
        }
        turn(&item, &pieces, cursor, scene);
        let noted = (noted, scene.assumptions.borrow().len());
        pieces.push(Piece { item, from, to: cursor.at, side: scene.side.get(), noted });
    }
    super::side_exits::each_behind_its_side(&mut pieces);
    super::side_exits::demanded_of_opposites(&mut pieces, tokens);
    super::scopes::scoped(&mut pieces, tokens, scene);
    super::phases::phased(&mut pieces, tokens);
    distrust(&mut pieces, tokens, scene.changing.get());
    super::pointing::pointing(&mut pieces, tokens);
    let unread = pieces.iter().filter(|piece| piece.item == Item::Unknown);
    unread.for_each(|piece| scene.forget(piece.noted));
    pieces
}

/// Whose words follow a piece.
fn turn(item: &Item, pieces: &[Piece], cursor: Cursor<'_>, scene: &Scene<'_>) {
    match item {
        Item::Entry(Some(side)) | Item::Exit(Some(side)) => scene.side.set(Some(*side)),
        Item::Entry(None) => {
            let named = |side| pieces.iter().any(|piece| piece.item == Item::Entry(Some(side)));
            if named(Side::Long) && named(Side::Short) {
                scene.side.set(Some(Side::Long));
            }
        }
        Item::BothSides if scene.side.get().is_none() => scene.side.set(Some(Side::Long)),
        Item::Mirror(_) => scene.side.set(scene.side.get().map(Side::other)),
        // "long entry: A; B; C" goes on over its semicolons.
        Item::End if super::lists::listed(pieces, cursor) => {}
        Item::End => {
            if let Some(side) = side_ahead(cursor) {
                scene.side.set(Some(side));
            }
        }
        _ => {}
    }
}

/// What stands right beside words that nobody could read may mean something else: "Fridays off" is not "Fridays".
fn distrust(pieces: &mut [Piece], tokens: &[Token], change: bool) {
    let said: Vec<Option<bool>> = pieces
        .iter()
        .map(|piece| match piece.item {
            Item::Filler | Item::Open | Item::Close => None,
            // "6 points on close".
            Item::And if tokens.get(piece.from).and_then(Token::word) == Some("on") => None,
            // "London/NY overlap" is one thing; "hammer = a long lower wick" says what a hammer is.
            Item::Comma if tokens.get(piece.from).is_some_and(|token| token.is_mark('/') || token.is_mark('=')) => None,
            Item::Unknown => Some(true),
            _ => Some(false),
        })
        .collect();
    let unread = |beside: Option<&Option<bool>>| beside.copied().flatten().unwrap_or(false);
    for (at, piece) in pieces.iter_mut().enumerate() {
        let before = || unread(said.get(..at).unwrap_or_default().iter().rev().find(|word| word.is_some()));
        let behind = || unread(said.get(at + 1..).unwrap_or_default().iter().find(|word| word.is_some()));
        let doubted = match &piece.item {
            Item::Settings(_) | Item::Order(_) => before() || behind(),
            Item::Condition(_) => {
                let replaces = change && Cursor::new(tokens, piece.to).sees("instead|rather of|than");
                behind() && !replaces || super::unread_heads::torn(&said, at, tokens, piece.from)
            }
            // "above the high of the first 30 minutes" of which the high was not read.
            Item::Definition => before(),
            _ => false,
        };
        if doubted {
            piece.item = Item::Unknown;
        }
    }
    super::unread_heads::of_hours(pieces, &said, tokens);
}

/// A price of the bar itself is no level; "at the open" is a time.
pub(crate) fn is_bar(text: &str) -> bool {
    matches!(text, "high" | "low" | "open") || text.starts_with("session.open")
}

/// True behind words that nobody could read and before a joint: "cumulative delta is rising" says nothing of the price.
fn after_unknown(pieces: &[Piece]) -> bool {
    let mut back = pieces.iter().rev().skip_while(|piece| matches!(piece.item, Item::Filler | Item::Known));
    back.next().is_some_and(|piece| matches!(piece.item, Item::Unknown))
}

/// The side of the sentence that begins here: the first it names.
fn side_ahead(mut cursor: Cursor<'_>) -> Option<Side> {
    let mut denied = None;
    while let Some(token) = cursor.peek() {
        if token.is_mark('\n')
            || token.is_mark(';')
            || (token.is_mark('.') && cursor.tokens.get(cursor.at + 1).is_none_or(|next| !next.glued))
        {
            return denied;
        }
        if cursor.sees("opposite|vice|mirror|reverse|inverse|flipped|same") {
            return denied;
        }
        if cursor.sees("long only|term") || cursor.sees("as long as") || cursor.sees("short term") {
            cursor.at += 2;
            continue;
        }
        let mut denial = cursor;
        if denial.eat("no|without|never new? longs|long|buys|shorts|short|shorting") && denial.is_pause() {
            denied = Some(if cursor.sees("no|without|never new? longs|long|buys") { Side::Short } else { Side::Long });
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
    denied
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
    if super::lists::numbered(cursor) {
        return Item::And;
    }
    if let Some(item) = mark(cursor) {
        return item;
    }
    if let Some(item) = sides(cursor) {
        return item;
    }
    // "Opposite Turtle Soup": there is nothing yet to turn round.
    let first = cursor.at == 0 && !scene.changing.get();
    if let Some(item) = (!first).then(|| mirror(cursor)).flatten() {
        return item;
    }
    if filler(cursor) {
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
        .or_else(|| scene.attempt(|| window(cursor, scene, days)))
        .or_else(|| scene.attempt(|| filters::filter(cursor, scene)))
        .or_else(|| scene.attempt(|| super::entry_times::at_time(cursor, scene)))
        .or_else(|| scene.attempt(|| terms::terms(cursor, scene)))
    {
        return Item::Settings(settings);
    }
    if let Some(item) = scene.attempt(|| super::exit_levels::exit_at(cursor, scene)) {
        return item;
    }
    if let Some(item) = marker(cursor) {
        return item;
    }
    if levels::definition(cursor, scene)
        || super::definitions::named(cursor, scene)
        || super::definitions::averages(cursor, scene)
    {
        return Item::Definition;
    }
    if !stray && let Some(found) = scene.attempt(|| condition(cursor, scene).filter(super::crossings::holds)) {
        return Item::Condition(found);
    }
    if super::declared::declared(cursor, scene) {
        return Item::Definition;
    }
    if known(cursor, scene) {
        return Item::Known;
    }
    joint(cursor).unwrap_or(Item::Unknown)
}

/// A phrase that says nothing; "no stop in the first hour" is no "no stop".
fn filler(cursor: &mut Cursor<'_>) -> bool {
    let mut said = *cursor;
    let found = FILLER_PHRASES.iter().any(|phrase| said.eat(phrase));
    let narrowed =
        cursor.sees("no|without|dont|i|do") && said.sees("in|during|within|for|until|before|after|on|between|from");
    if found && !narrowed {
        *cursor = said;
    }
    found && !narrowed
}

/// A test window; a month without its year is one of this year, which is said.
fn window(cursor: &mut Cursor<'_>, scene: &Scene<'_>, days: Days) -> Option<Vec<Setting>> {
    let from = cursor.at;
    let found = dates::window(cursor, days.data, days.today)?;
    let words = cursor.tokens.get(from..cursor.at).unwrap_or_default();
    let dated =
        words.iter().any(|token| matches!(token.kind, super::token::Kind::Number(_)) || token.word() == Some("ytd"));
    let relative = words.iter().any(|token| {
        matches!(
            token.word(),
            Some("last" | "past" | "previous" | "this" | "year" | "all" | "full" | "month" | "quarter")
        )
    });
    if let (false, false, Some(first)) = (dated, relative, found.first()) {
        scene.assume(format!("the test window is read as {}", first.value));
    }
    Some(found)
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
    if orders::at_next_open(cursor, scene) {
        return true;
    }
    if chart(&mut probe, scene) {
        *cursor = probe;
        return true;
    }
    let _ = start;
    false
}

/// `5-minute chart`, `1h`, `timeframe: 15m`, of the strategy itself.
pub(crate) fn chart(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> bool {
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
    if cursor.eat("as soon as") || cursor.eat("each|every|any time that?") {
        return Some(Item::And);
    }
    if cursor.sees("any|one of these|those|the|following") {
        return None;
    }
    if super::either_of::speaks_of_two(*cursor) {
        return None;
    }
    // "A or B, either, at C".
    if cursor.sees("either ,") {
        cursor.at += 1;
        return Some(Item::Filler);
    }
    if cursor.eat("either") {
        return Some(Item::Open);
    }
    if cursor.eat("ie|and|plus|also|then|but|while|with|when|if|once|whenever|where|upon|after|on|as|additionally|together|confirmed|combined|along") {
        return Some(Item::And);
    }
    let word = cursor.peek_word()?;
    // "then be": break-even of something that was not read; "half the target there": only at that time.
    if (word == "be" || word == "there") && Cursor::new(cursor.tokens, cursor.at + 1).is_pause() {
        return None;
    }
    // "when it is up": how it stands.
    let stands = |before: usize| Cursor::new(cursor.tokens, before).sees("is|am|im|are|was|were|its|finishes|ends");
    let trend = cursor.at >= 2 && Cursor::new(cursor.tokens, cursor.at - 2).sees("trend");
    if word == "up" && !trend && cursor.at.checked_sub(1).is_some_and(stands) {
        return None;
    }
    if FILLER.split_whitespace().any(|filler| filler == word) {
        cursor.at += 1;
        return Some(Item::Filler);
    }
    None
}

/// Phrases that say nothing, or what holds anyway.
const FILLER_PHRASES: [&str; 24] = [
    "hi|hello|hey|is there",
    "a? couple|few|some of? small|quick|simple|new|more? tweaks|changes|things|rules|conditions|ideas|stuff|edits",
    "i would rather",
    "whichever|whatever comes|happens|is|hits? first|sooner",
    "mean reversion|reverting strategy|system|idea|play|setup?",
    "trend following|follower|trading strategy|system|idea|setup?",
    "size every|each",
    "cut|reduce|increase|raise|lower|set|make|change|bump the|my? size to",
    "at a time",
    "my|the best guess",
    "keep it simple",
    "no pyramiding|adding|scaling in?",
    "one position at a time",
    "and that is it",
    "nothing else",
    "the rest|everything else stays|as is|the|same",
    "keep everything|the|all else|rest|other the|as|is? same|is?",
    "no|without trailing? stop|stops loss|order? on it|this|that",
    "no|without trailing? stop|stops loss|order?",
    "no|without fixed|hard|profit? target|targets|tp",
    "no|without take profit|profits",
    "i? dont want|use|need|have a|any|to? use? a? trailing? stop|stops|target|targets loss?",
    "do not use a|any? trailing? stop|stops|target|targets loss?",
    "dont move it|stop|the to breakeven",
];

/// Words that say nothing about a strategy. Nothing here denies, counts, limits or times anything.
const FILLER: &str = "
a an the i we you me my our your want wants would like to please can could may will should let lets need create build make made making
strategy strategies strat system bot algo algorithm test tests tested backtest backtests backtested run runs running that which this these those it its is are be
been was trade trades trading using use uses used for of at in into from by so just simple basic here there hi hello hey thanks thank
help new idea rules rule setup setups signal signals condition conditions entry entries position positions way thing do does doing
look looking looks looking based style type kind play method approach following follows follow try want get give have has had
chart charts market markets candle candles bar bars price side sides trader scalping scalp scalper swing intraday daytrading mean
reversion momentum trend pullback breakout crossover cross both all each every any own about very really quite good nice
im am id ive because since how what show see write up me now today happens gets hits occurs fires triggers trigger triggered tell know think
etc okay ok well basically essentially pls plz thx cheers guys team sir want wanna gonna lemme ideally perhaps
add instead tweaks tweak stuff really actually i.e. ie eg e.g. namely her his their he she they them bullish bearish parameters params settings
";
