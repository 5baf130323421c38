//! Changes said in other words: polite openings, sides named by what is done, the other half of a demand, clock times
//! without a colon, arrows between old and new.

use super::cursor::Cursor;
use super::token::{Kind, Token};

/// Openings that ask without saying anything.
const POLITE: [&str; 9] = [
    "would|could|can|will you please|kindly?",
    "would it be possible to?",
    "would you",
    "please to",
    "kindly",
    "might|may|could|can we|i",
    "i should|would like|prefer to?",
    "i|we want|wish that",
    "id like|prefer to?",
];

/// One side in other words, and what it is called.
const SIDES: [Saying; 8] = [
    ("for|on|in the? buying|buys|purchases|purchasing", &["for", "longs"]),
    ("for|on|in the? selling|sells|sales", &["for", "shorts"]),
    ("for|on|in the? buy|long|buying side", &["for", "longs"]),
    ("for|on|in the? sell|short|selling side", &["for", "shorts"]),
    ("only|just the buys|longs", &["longs", "only"]),
    ("only|just the sells|shorts", &["shorts", "only"]),
    ("only|just the? long|buy side", &["longs", "only"]),
    ("only|just the? short|sell side", &["shorts", "only"]),
];

/// One side alone, where nothing narrows it behind.
const ALONE: [Saying; 6] = [
    ("only|just buys", &["longs", "only"]),
    ("buys only", &["longs", "only"]),
    ("only|just sells", &["shorts", "only"]),
    ("sells only", &["shorts", "only"]),
    ("buy|buying side only", &["longs", "only"]),
    ("sell|selling side only", &["shorts", "only"]),
];

/// A side that is given up.
const GIVEN_UP: [Saying; 8] = [
    ("no more|further sells|shorts|selling|shorting", &["longs", "only"]),
    ("no more|further buys|longs|buying", &["shorts", "only"]),
    ("no sells", &["longs", "only"]),
    ("no buys", &["shorts", "only"]),
    ("drop|remove|kill|ditch|skip|lose|scrap the? sells|selling|shorts", &["longs", "only"]),
    ("shorts|shorting off|out", &["longs", "only"]),
    ("drop|remove|kill|ditch|skip|lose|scrap the? buys|buying|longs", &["shorts", "only"]),
    ("longs off|out", &["shorts", "only"]),
];

/// A phrase as a pattern, and the words for it.
pub(crate) type Saying = (&'static str, &'static [&'static str]);

/// Puts the first of these phrases that stands at `at` into its words, where what follows it `fits`, which may take more of
/// it; false where none does.
pub(crate) fn put_said<'s>(
    tokens: &mut Vec<Token>,
    at: usize,
    sayings: impl IntoIterator<Item = &'s Saying>,
    fits: impl Fn(&mut Cursor<'_>, &[&str]) -> bool,
) -> bool {
    let found = sayings.into_iter().find_map(|(said, words)| {
        let mut cursor = Cursor::new(tokens, at);
        (cursor.eat(said) && fits(&mut cursor, words)).then_some((cursor.at, *words))
    });
    if let Some((end, words)) = found {
        replace(tokens, at, end, words);
    }
    found.is_some()
}

/// Puts the words of a change into those the grammar reads.
pub(crate) fn rephrase(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        super::asked_in_chats::without_talk(tokens, at);
        super::asked_in_chats::from_a_side(tokens, at);
        super::asked_of_settings::without_more(tokens, at);
        super::asked_of_settings::put(tokens, at);
        super::asked_in_passing::put(tokens, at);
        super::brief_changes::put(tokens, at);
        clock(tokens, at);
        super::replaced_rules::arrow(tokens, at);
        for rule in
            [polite, side_alone, side, taken_out, closed, opposite, arrow, hours, tested, gone, roughly, minute_range]
        {
            rule(tokens, at);
        }
        let asked = at.checked_sub(1).and_then(|before| tokens.get(before)).and_then(Token::word);
        if opens(tokens, at) || matches!(asked, Some("please" | "now" | "ok" | "just" | "you")) {
            super::replaced_rules::thing(tokens, at);
            super::asked_in_chats::put(tokens, at);
            super::removal_lists::put(tokens, at);
            super::chat_changes::put(tokens, at);
            side_first(tokens, at);
            demanded(tokens, at);
            super::spoken_changes::put(tokens, at);
            super::trader_changes::put(tokens, at);
            super::everyday_changes::put(tokens, at);
            super::everyday_wordings::put(tokens, at);
            super::led_changes::led(tokens, at);
            super::led_changes::added_filter(tokens, at);
            super::change_phrases::put(tokens, at);
        }
        super::chat_changes::within(tokens, at);
        super::everyday_changes::without_reasons(tokens, at);
        super::trader_changes::without_endings(tokens, at);
        super::spoken_changes::without_endings(tokens, at);
        super::change_phrases::counted(tokens, at);
        at += 1;
    }
    other_half(tokens);
}

/// Puts `words` in place of tokens `from..to`, at their place in the text.
pub(crate) fn replace(tokens: &mut Vec<Token>, from: usize, to: usize, words: &[&str]) {
    let Some((start, end)) = bounds(tokens, from, to) else { return };
    let new = words.iter().map(|word| Token::new(Kind::Word((*word).to_owned()), (start, end), false));
    tokens.splice(from..to, new.collect::<Vec<_>>());
}

fn bounds(tokens: &[Token], from: usize, to: usize) -> Option<(usize, usize)> {
    Some((tokens.get(from)?.start, tokens.get(to.checked_sub(1)?)?.end))
}

/// `use a 15 minute range instead of 30`: that of the open.
fn minute_range(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("minute|minutes|min") && cursor.sees("range|ranges") {
        let range = cursor.at;
        replace(tokens, range, range + 1, &["opening", "range"]);
    }
}

/// `needs RSI over 50`, `for longs only, require RSI over 50`: what is needed, by whom.
fn demanded(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("needs") && !cursor.sees("to") {
        replace(tokens, at, at + 1, &["need"]);
        return;
    }
    if !cursor.eat("for|on the? longs|shorts only?") && !cursor.eat("for|on the? long|short trades|entries|side only?")
    {
        return;
    }
    cursor.eat(",|:");
    let from = cursor.at;
    if cursor.eat("require|demand") || cursor.eat("i? want") || cursor.eat("must have") {
        let to = cursor.at;
        replace(tokens, from, to, &["need"]);
    }
}

/// `for the shorts only, use a 20 point target`: the side behind what is done.
fn side_first(tokens: &mut Vec<Token>, at: usize) {
    const DONE: &str =
        "use|make|set|trail|move|widen|tighten|double|halve|raise|lower|add|drop|remove|put|target|stop|#";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("for|on the? longs|shorts only?") && !cursor.eat("for|on the? long|short side only?") {
        return;
    }
    let end = cursor.at;
    cursor.eat(",|:");
    if !cursor.sees(DONE) || cursor.sees("# bars|bar|ema|sma") {
        return;
    }
    let from = cursor.at;
    let pause = |token: &Token| [',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark));
    let behind = tokens.get(from..).unwrap_or_default();
    let length = behind
        .iter()
        .position(|token| pause(token) || matches!(token.word(), Some("and" | "but" | "for" | "on")))
        .unwrap_or(behind.len());
    if behind.get(length).and_then(Token::word).is_some_and(|word| matches!(word, "for" | "on")) {
        return;
    }
    let side: Vec<Token> = tokens.get(at..end).unwrap_or_default().to_vec();
    let said = side.into_iter().filter(|token| token.word() != Some("only")).collect::<Vec<_>>();
    tokens.splice(from + length..from + length, said);
    tokens.drain(at..from);
}

/// True where a clause begins.
fn opens(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).is_none_or(|before| match &before.kind {
        Kind::Mark(mark) => {
            matches!(mark, ',' | '.' | ';' | '\n' | ':' | '!' | '?') || matches!(mark, '+' | '/' | '&') && !before.glued
        }
        Kind::Word(word) => matches!(word.as_str(), "and" | "also" | "but" | "then" | "so"),
        Kind::Number(_) | Kind::Clock(_) => false,
    })
}

fn polite(tokens: &mut Vec<Token>, at: usize) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    if POLITE.iter().any(|words| cursor.eat(words)) && !cursor.is_pause() {
        let end = cursor.at;
        tokens.drain(at..end);
    }
}

/// `only the buys`, `no more sells`: where nothing behind it narrows it.
fn side_alone(tokens: &mut Vec<Token>, at: usize) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("please|take|trade|do|keep");
    let _ = cursor.eat("take|trade|do|keep");
    for (pattern, words) in SIDES.iter().skip(4).chain(&ALONE).chain(&GIVEN_UP) {
        let mut probe = cursor;
        // "no purchases on Fridays" is of a day.
        if probe.eat(pattern)
            && !probe.sees("on")
            && (probe.is_pause_or_joint() || probe.sees("please|now|+") || probe.eat("from now on"))
        {
            let end = probe.at;
            return replace(tokens, at, end, words);
        }
    }
}

/// `above 65 for the selling`.
fn side(tokens: &mut Vec<Token>, at: usize) {
    put_said(tokens, at, SIDES.iter().take(4), |_, _| true);
}

/// `shorts keep losing so take them out`.
fn taken_out(tokens: &mut Vec<Token>, at: usize) {
    if !opens(tokens, at) {
        return;
    }
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("the|my");
    let longs = cursor.sees("longs");
    if !cursor.eat("longs|shorts") || !cursor.eat("keep|keeps|are|dont|never|always|only|just|have|hurt|lose|cost") {
        return;
    }
    let mut words = 0;
    while words < 6 && !cursor.is_pause() && !cursor.sees("so|and|when|if|above|below|only|for|on") {
        cursor.at += 1;
        words += 1;
    }
    let _ = cursor.eat(",");
    let _ = cursor.eat("so|and");
    let _ = cursor.eat("please|just|lets");
    let gone = cursor.eat("take|leave|cut|turn|throw them out|off|away")
        || cursor.eat("drop|remove|kill|ditch|lose|scrap|skip|delete|cut them")
        || cursor.eat("get rid of them")
        || cursor.eat("take|leave|cut|turn out|off|away them");
    if gone && (cursor.is_pause() || cursor.sees("and|please|then")) {
        let end = cursor.at;
        replace(tokens, at, end, &[if longs { "shorts" } else { "longs" }, "only", ","]);
        if let Some(comma) = tokens.get_mut(at + 2) {
            comma.turned_into(Kind::Mark(','));
        }
    }
}

/// `the position to be closed when`: an exit.
fn closed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let _ = cursor.eat("the|my|any|all|open|every");
    cursor.eat("open");
    if !cursor.eat("position|positions|trade|trades") {
        return;
    }
    let be = cursor.eat("is|are|to|should|must|shall|gets|get|can|will|be") && {
        let _ = cursor.eat("to|be");
        cursor.eat("be");
        true
    };
    if be && cursor.eat("closed|exited|liquidated|left out|off|down?") && cursor.sees("when|if|once|whenever|as") {
        let end = cursor.at;
        replace(tokens, at, end, &["exit"]);
    }
}

/// `20 -> 30`: from the old to the new.
fn arrow(tokens: &mut Vec<Token>, at: usize) {
    let is =
        |at: usize, marks: &[char]| tokens.get(at).is_some_and(|token| marks.iter().any(|mark| token.is_mark(*mark)));
    if is(at, &['-', ',', '=']) && is(at + 1, &['>']) && tokens.get(at + 1).is_some_and(|next| next.glued) {
        replace(tokens, at, at + 2, &["to"]);
    }
}

/// `0930-1130`, `flat 1530`: clock times without a colon. Four digits of years stay what they are.
fn clock(tokens: &mut [Token], at: usize) {
    let minute = |at: usize| {
        let token = tokens.get(at)?;
        let Kind::Number(number) = token.kind else { return None };
        let number = u16::try_from(number).ok().filter(|_| token.end - token.start == 4)?;
        let (hour, minute) = (number / 100, number % 100);
        (hour < 24 && minute < 60 && minute % 5 == 0).then_some((hour * 60 + minute, (1_900..2_100).contains(&number)))
    };
    let Some((first, year)) = minute(at) else { return };
    let span = Cursor::new(tokens, at + 1).sees("-|to|until|till");
    let second = if span { minute(at + 2) } else { None };
    let flat = at.checked_sub(1).is_some_and(|before| {
        let here = Cursor::new(tokens, before);
        here.sees("flat|flatten")
            || here.sees("by|at|before")
                && Cursor::new(tokens, before.saturating_sub(1)).sees("flat|flatten|out|closed")
    });
    let times = match second {
        Some((second, other)) if !(year && other) => vec![(at, first), (at + 2, second)],
        _ if flat => vec![(at, first)],
        _ => return,
    };
    for (place, minute) in times {
        if let Some(token) = tokens.get_mut(place) {
            token.turned_into(Kind::Clock(minute));
        }
    }
}

/// `close the trade on the opposite signal`: an exit.
fn opposite(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if opens(tokens, at)
        && cursor.eat("close|leave|flatten|exit the|my|any? trade|trades|position|positions|it on|at|upon|with")
        && cursor.sees("the|an|a? opposite|reverse signal|cross|crossover")
    {
        let end = cursor.at;
        replace(tokens, at, end, &["exit", "on"]);
    }
}

/// `09:30-11:30 window`: the word stands before the times.
fn hours(tokens: &mut Vec<Token>, at: usize) {
    let is_clock = |at: usize| tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    let window = Cursor::new(tokens, at + 3).sees("window");
    if opens(tokens, at) && is_clock(at) && Cursor::new(tokens, at + 1).sees("-|to") && is_clock(at + 2) && window {
        tokens.drain(at + 3..at + 4);
        let place = bounds(tokens, at, at + 3).unwrap_or_default();
        tokens.insert(at, Token::new(Kind::Word("window".to_owned()), place, false));
    }
}

/// `test 5 years`, `test just the last 12 months`: the last ones.
fn tested(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("test|backtest it|this? over|on|for?") {
        return;
    }
    let from = cursor.at;
    cursor.eat("just|only");
    let said = cursor.eat("the") | cursor.eat("last|past|previous");
    if cursor.sees("# years|year|months|month") && (said || !cursor.sees("# years|year|months|month ago|before")) {
        let end = cursor.at;
        if end > from {
            replace(tokens, from, end, &["the", "last"]);
        } else if let Some(place) = bounds(tokens, at, from) {
            for (offset, word) in ["the", "last"].into_iter().enumerate() {
                tokens.insert(from + offset, Token::new(Kind::Word(word.to_owned()), place, false));
            }
        }
    }
}

/// `TP removed`, `the trail gone`: what is taken away stands first.
fn gone(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) {
        return;
    }
    cursor.eat("the|my");
    let from = cursor.at;
    let named = cursor.eat("tp|target|targets|stop|sl|trail|breakeven|be")
        || cursor.eat("take profit")
        || cursor.eat("trailing|break stop|even")
        || cursor.eat("stop loss");
    let end = cursor.at;
    if named && cursor.eat("removed|gone|dropped|deleted|off") && cursor.is_pause() {
        let Some(place) = bounds(tokens, at, cursor.at) else { return };
        tokens.drain(end..end + 1);
        tokens.drain(at..from);
        tokens.insert(at, Token::new(Kind::Word("remove".to_owned()), place, false));
    }
}

/// `stop a bit tighter, say 2 percent`: the stop at what is said.
fn roughly(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("the|my? stop|target|trail") {
        return;
    }
    let from = cursor.at;
    cursor.eat("a|somewhat|slightly|much|way");
    cursor.eat("bit|little|touch|lot");
    if !cursor.eat("tighter|wider|looser|closer|bigger|smaller|further") {
        return;
    }
    cursor.eat(",");
    if cursor.eat("say|like|maybe|perhaps") && (cursor.sees("#") || cursor.sees("$ #")) {
        let end = cursor.at;
        tokens.drain(from..end);
    }
}

/// `longs only when price is above X, shorts when it is below`: the second half with the words of the first.
fn other_half(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some((from, to, words)) = half(tokens, at) {
            let length = words.len();
            tokens.splice(from..to, words);
            at = from + length;
        }
        at += 1;
    }
}

const UP: &str = "above|over|>";
const DOWN: &str = "below|under|<";

/// What stands for the pronoun at `at`: where, and the words of the half before it, turned.
fn half(tokens: &[Token], at: usize) -> Option<(usize, usize, Vec<Token>)> {
    let mut cursor = Cursor::new(tokens, at);
    let shorts = cursor.sees("shorts|short|sells");
    if !cursor.eat("shorts|short|longs|long|sells|buys") {
        return None;
    }
    let _ = cursor.eat("only");
    let joint = cursor.eat("when|if|while");
    let from = cursor.at;
    let _ = cursor.eat("its|it|price|they") && cursor.eat("is|are|trades|closes|opens");
    let up = cursor.sees(UP);
    if !cursor.eat(UP) && !cursor.eat(DOWN) {
        return None;
    }
    // "below it" is read as it stands.
    if !(cursor.is_pause() || cursor.sees("and|please") && !cursor.sees("and #")) {
        return None;
    }
    let (first, last) = said_before(tokens, at, shorts, up)?;
    let place = bounds(tokens, from, cursor.at)?;
    let mut words: Vec<Token> = tokens.get(first..last)?.to_vec();
    // "longs when RSI is under 25, shorts when over": over 25 or over 75?
    let lopsided = words.last().is_some_and(|last| match &last.kind {
        Kind::Number(number) => !number.is_zero() && *number != rust_decimal::Decimal::from(50),
        Kind::Word(_) | Kind::Clock(_) | Kind::Mark(_) => false,
    });
    if lopsided {
        return None;
    }
    for word in &mut words {
        (word.start, word.end) = place;
        if [UP, DOWN].iter().any(|way| word.word().is_some_and(|word| way.split('|').any(|one| one == word))) {
            word.turned_into(Kind::Word(if up { "above" } else { "below" }.to_owned()));
        } else if word.is_mark('>') || word.is_mark('<') {
            word.turned_into(Kind::Mark(if up { '>' } else { '<' }));
        }
    }
    if !joint {
        words.insert(0, Token::new(Kind::Word("when".to_owned()), place, false));
    }
    Some((from, cursor.at, words))
}

/// The one comparison of the clause before `at` that is said of the other side, the other way: its tokens.
fn said_before(tokens: &[Token], at: usize, shorts: bool, up: bool) -> Option<(usize, usize)> {
    let mut last = at;
    while last.checked_sub(1).is_some_and(|before| Cursor::new(tokens, before).sees("and|,|but|while")) {
        last -= 1;
    }
    if last == at {
        return None;
    }
    let ends = |token: &Token| [',', '.', ';', '\n', ':'].iter().any(|mark| token.is_mark(*mark));
    let start = tokens.get(..last)?.iter().rposition(ends).map_or(0, |end| end + 1);
    let other = if shorts { "longs|long|buys|buy" } else { "shorts|short|sells" };
    let side = (start..last).rfind(|at| Cursor::new(tokens, *at).sees(other))?;
    let ways: Vec<usize> =
        (side..last).filter(|at| Cursor::new(tokens, *at).sees(UP) || Cursor::new(tokens, *at).sees(DOWN)).collect();
    let [way] = ways.as_slice() else { return None };
    let mixed = (side..last).any(|at| Cursor::new(tokens, at).sees("and|or|unless|not|isnt"));
    if mixed || Cursor::new(tokens, *way).sees(UP) == up {
        return None;
    }
    let mut first = side + 1;
    while Cursor::new(tokens, first).sees("only|when|if|while|trades|entries") {
        first += 1;
    }
    (first <= *way).then_some((first, last))
}
