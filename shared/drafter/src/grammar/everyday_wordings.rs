//! Changes in everyday words put into those the grammar reads: `what if we only traded the upside`, `skip anything after
//! 2 pm`, `rest the order at the 50 EMA`, `wait for RSI to cross back above 30 (below 70 for shorts)`.

use super::cursor::Cursor;
use super::rephrased::replace;
use super::token::{Kind, Token};

/// What is asked about, and the verb it asks for.
const ASKED: [(&str, &str); 34] = [
    ("used", "use"),
    ("traded", "trade"),
    ("dropped", "drop"),
    ("added", "add"),
    ("removed", "remove"),
    ("moved", "move"),
    ("changed", "change"),
    ("made", "make"),
    ("widened", "widen"),
    ("tightened", "tighten"),
    ("took", "take"),
    ("went", "go"),
    ("tried", "try"),
    ("switched", "switch"),
    ("doubled", "double"),
    ("halved", "halve"),
    ("raised", "raise"),
    ("lowered", "lower"),
    ("kept", "keep"),
    ("skipped", "skip"),
    ("held", "hold"),
    ("limited", "limit"),
    ("capped", "cap"),
    ("started", "start"),
    ("waited", "wait"),
    ("ran", "run"),
    ("did", "do"),
    ("exited", "exit"),
    ("risked", "risk"),
    ("trailed", "trail"),
    ("put", "put"),
    ("set", "set"),
    ("cut", "cut"),
    ("got", "get"),
];

/// Words that say the same as others: what is said, what must follow, what is put.
const SAID: [(&str, &str, &[&str]); 6] = [
    (
        "skip|ignore|avoid|pass on? anything|everything|any|all|new? trades|trade|setups|setup|signals|signal|entries?",
        "after|before|between",
        &["no", "entries"],
    ),
    ("nothing new?", "after|before # am|pm", &["no", "entries"]),
    (
        "rest|park|sit|leave|post|hang|work|peg the|my|that buy|sell? limit|order|bid|offer|it order? at|on",
        "the|vwap|yesterdays|#",
        &["put", "the", "order", "at"],
    ),
    (
        "keep|leave|let it|them|that|the order? working|resting|live|alive|good|work|rest for",
        "# bars|bar|candles",
        &["leave", "the", "order", "in", "for"],
    ),
    (
        "take|book|bank|cash|grab the|my|all? full|whole|all|entire profit|profits at|@",
        "#",
        &["take", "everything", "off", "at"],
    ),
    ("lets|maybe try|use|switch|trade", "#", &["use"]),
];

/// Puts the change at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    asked(tokens, at);
    for (said, next, words) in SAID {
        let mut cursor = Cursor::new(tokens, at);
        if cursor.eat(said) && cursor.sees(next) {
            let end = cursor.at;
            return replace(tokens, at, end, words);
        }
    }
    for rule in [one_side, further_hours, waited, lookback, both_ways] {
        rule(tokens, at);
    }
}

/// `what if we only traded …`: what is asked about is to be done.
fn asked(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("what|how about? if we|i|you|it") {
        return;
    }
    let end = cursor.at;
    cursor.eat("only|just|also|instead");
    let Some((_, verb)) = ASKED.iter().find(|(past, _)| cursor.peek_word() == Some(*past)) else { return };
    let place = cursor.at;
    if let Some(token) = tokens.get_mut(place) {
        token.turned_into(Kind::Word((*verb).to_owned()));
    }
    tokens.drain(at..end);
}

/// `only trade the upside`, `just the long side breakouts`.
fn one_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let only = cursor.eat("only|just");
    cursor.eat("trade|take|do|play|run|keep");
    let only = cursor.eat("only|just") || only;
    cursor.eat("the|to");
    let up = cursor.sees("upside|upward|bullish");
    let named = cursor.eat("upside|downside breakouts|breaks|breakout|moves|trades|side|ones|direction?")
        || cursor.eat("upward|bullish|downward|bearish breakouts|breaks|moves|trades|side|ones|direction");
    let only = cursor.eat("only|please only?") || only;
    if named && only && (cursor.is_pause_or_joint() || cursor.sees("please|now|instead")) {
        let end = cursor.at;
        replace(tokens, at, end, &[if up { "longs" } else { "shorts" }, "only"]);
    }
}

/// `the afternoon 2pm-3:30pm too`: hours beside those there are.
fn further_hours(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let led = cursor.eat("include|add|allow|also trade? in?");
    cursor.eat("the|an|in");
    if !cursor.eat("afternoon|afternoons|morning|mornings|evening|evenings|midday|lunch") {
        return;
    }
    cursor.eat("session|window|hours");
    let _ = cursor.eat(",|:|from|between|of");
    let end = cursor.at;
    let timed = |at: usize| tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Clock(_) | Kind::Number(_)));
    if !timed(end) {
        return;
    }
    let mut more = led;
    while !cursor.is_pause() && cursor.at < end + 8 {
        more |= cursor.sees("too|also") || cursor.sees("as well");
        cursor.at += 1;
    }
    if more {
        replace(tokens, at, end, &["also", "trade"]);
    }
}

/// `wait for rsi to cross back above 30 (below 70 for shorts) before getting in`: entered when it does.
fn waited(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let waits = cursor.eat("wait|waiting|hold off? for|until|till|til")
        || cursor.eat("dont|never|not enter|buy|get|go|trade in|long? until|till|til|unless");
    if !waits {
        return;
    }
    cursor.eat("the");
    let from = cursor.at;
    if super::names::indicator(&mut cursor).is_none() {
        return;
    }
    let to = cursor.at;
    cursor.eat("to|has|is|gets");
    let _ = cursor.eat("cross|crosses|crossed|crossing|come|comes|get|gets|go|goes|move|moves") && cursor.eat("back");
    let (way, up) = (cursor.at, cursor.sees("above|over"));
    if !cursor.eat("above|over|below|under") {
        return;
    }
    let level = cursor.at;
    if cursor.number().is_none() {
        return;
    }
    let level = (level, cursor.at);
    let other = other_side(&mut cursor, up);
    if cursor.eat("before|to") && !cursor.eat("getting|get|going|jumping in|long") {
        let _ = cursor.eat("entering|buying|entry|enter|buy|trading|i|we|you|it|taking|any|a|the");
        let _ = cursor.eat("enter|enters|buy|buys|get|go|trade|entry") && cursor.eat("in|long");
    }
    if !(cursor.is_pause_or_joint() || cursor.sees("instead|please")) || way <= to {
        return;
    }
    let end = cursor.at;
    let word = |word: &str, tokens: &[Token]| {
        let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
        Token::new(Kind::Word(word.to_owned()), place, false)
    };
    let crossed = |up: bool, level: (usize, usize), tokens: &[Token]| {
        let mut said = tokens.get(from..to).unwrap_or_default().to_vec();
        said.extend([word("crosses", tokens), word(if up { "above" } else { "below" }, tokens)]);
        said.extend(tokens.get(level.0..level.1).unwrap_or_default().iter().cloned());
        said
    };
    let mut said = vec![word("enter", tokens), word("when", tokens)];
    said.extend(crossed(up, level, tokens));
    if let Some((other, shorts)) = other {
        let sides = if shorts { ["longs", "shorts"] } else { ["shorts", "longs"] };
        said.extend(["for", sides[0], "and"].map(|one| word(one, tokens)));
        said.extend(crossed(!up, other, tokens));
        said.extend(["for", sides[1]].map(|one| word(one, tokens)));
    }
    tokens.splice(at..end, said);
}

/// `(below 70 for shorts)`: where its level stands, and whether it is one of shorts.
fn other_side(cursor: &mut Cursor<'_>, up: bool) -> Option<((usize, usize), bool)> {
    let mut probe = *cursor;
    probe.eat("for|on longs|shorts");
    probe.eat(",");
    probe.eat("(|and|/|or");
    let turned = if up { probe.eat("back? below|under") } else { probe.eat("back? above|over") };
    let from = probe.at;
    if !turned || probe.number().is_none() {
        return None;
    }
    let to = probe.at;
    let shorts = probe.sees("for|on shorts|short");
    if !probe.eat("for|on the? shorts|short|longs|long") {
        return None;
    }
    probe.eat(")");
    *cursor = probe;
    Some(((from, to), shorts))
}

/// `breakout lookback 72 bars rather than 48`.
fn lookback(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("use|make|set|change|the|a");
    cursor.eat("the|a");
    if !cursor.eat("breakout|channel|donchian lookback|period|length|window of|to|=|:|at|is?") {
        return;
    }
    let number = cursor.at;
    if cursor.count().is_none() {
        return;
    }
    cursor.eat("bars|bar|candles|periods");
    let corrected = cursor.eat("rather|instead than|of") || cursor.eat("not");
    let old = cursor.at;
    if corrected && cursor.count().is_none() {
        return;
    }
    cursor.eat("bars|bar|candles|periods");
    if !(cursor.is_pause_or_joint() || cursor.sees("please|instead")) {
        return;
    }
    let end = cursor.at;
    let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
    let word = |word: &str| Token::new(Kind::Word(word.to_owned()), place, false);
    let mut said = vec![word("use")];
    said.extend(tokens.get(number).cloned());
    said.extend([word("bar"), word("breakout")]);
    if corrected {
        said.extend([word("instead"), word("of")]);
        said.extend(tokens.get(old).cloned());
    }
    tokens.splice(at..end, said);
}

/// `close above the hourly 50 EMA for longs, below for shorts`: the second half with the words of the first.
fn both_ways(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let down = cursor.sees("below|under|<");
    if !cursor.eat("below|under|above|over|<|>") {
        return;
    }
    cursor.eat("it|that");
    let cut = cursor.at;
    let shorts = cursor.sees("for|on|in shorts|short");
    if !cursor.eat("for|on|in shorts|short|longs|long") || !cursor.is_pause_or_joint() {
        return;
    }
    let ends = |token: &Token| ['.', ';', '\n', ':', ',', '!'].iter().any(|mark| token.is_mark(*mark));
    let mut last = at;
    while last > 0 && Cursor::new(tokens, last - 1).sees("and|,|but|or|&|/") {
        last -= 1;
    }
    let before = tokens.get(..last).unwrap_or_default();
    let start = before.iter().rposition(ends).map_or(0, |end| end + 1);
    let other = if shorts { "for|on|in longs|long" } else { "for|on|in shorts|short" };
    let Some(side) = last.checked_sub(2).filter(|at| *at > start && Cursor::new(tokens, *at).sees(other)) else {
        return;
    };
    let compared: Vec<usize> =
        (start..side).filter(|at| Cursor::new(tokens, *at).sees("below|under|above|over|<|>")).collect();
    let [way] = compared.as_slice() else { return };
    let mixed = (start..side).any(|at| Cursor::new(tokens, at).sees("and|or|unless|not|isnt|from"));
    let level = tokens.get(way + 1..side).unwrap_or_default();
    let number = level.last().is_some_and(|last| matches!(last.kind, Kind::Number(_)));
    if mixed || level.is_empty() || number || Cursor::new(tokens, *way).sees("below|under|<") == down {
        return;
    }
    let mut first = start;
    while first < *way
        && Cursor::new(tokens, first)
            .sees("add|a|filter|require|need|only|when|if|that|want|demand|also|take|trade|and")
    {
        first += 1;
    }
    let place = tokens.get(at).map_or((0, 0), |token| (token.start, token.end));
    let mut words: Vec<Token> = tokens.get(first..*way).unwrap_or_default().to_vec();
    words.extend(tokens.get(at).cloned());
    words.extend(level.iter().cloned());
    words.iter_mut().for_each(|word| (word.start, word.end) = place);
    tokens.splice(at..cut, words);
}
