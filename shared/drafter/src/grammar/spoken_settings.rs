//! Settings and exits as people speak of them, put into the words the grammar reads: "get flat when", "entries start at 9:45 and
//! end at 11:00", "I don't short this one", "target for the longs 15 points, for the shorts 10".

use super::change_phrases::{
    Part::{Kept, Mark, Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::clock;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said};
use super::said_plainly::{is_number, number_and_unit, opens};
use super::token::Token;

const LONG: &[&str] = &["long", "only"];
const SHORT: &[&str] = &["short", "only"];

/// One side that is not traded, said as a clause of its own.
const SIDES: [Saying; 18] = [
    ("shorts : none|no|never", LONG),
    ("longs : none|no|never", SHORT),
    ("shorts are? not|isnt wanted|taken|allowed|traded|needed at? all?", LONG),
    ("longs are? not|isnt wanted|taken|allowed|traded|needed at? all?", SHORT),
    ("nothing short", LONG),
    ("nothing long", SHORT),
    ("nothing on the short side", LONG),
    ("nothing on the long side", SHORT),
    ("i|we dont|never short|sell it|this|that|them? one?", LONG),
    ("i|we dont|never go short here?", LONG),
    ("i|we dont|never go long here?", SHORT),
    ("i|we dont want|do|take|need any? shorts", LONG),
    ("i|we dont want|do|take|need any? longs|buys", SHORT),
    ("no shorts|shorting for me|us", LONG),
    ("i|we only|just want|trade|take|do longs|buys", LONG),
    ("i|we only|just want|trade|take|do shorts|sells", SHORT),
    ("no shorts|shorting wanted|needed|at|here all?", LONG),
    ("no longs wanted|needed|at|here all?", SHORT),
];

/// Ways of leaving, and other clauses.
const SAID: [Saying; 13] = [
    ("get|go|be|im flat when|if|once", &["exit", "when"]),
    ("close either|any|each one|trade|position when|if|once", &["exit", "when"]),
    ("either|any position|trade comes|goes|is off|closed|out when|if|once", &["exit", "when"]),
    (
        "kindly|please? do not|dont take|enter|open a|any? trade|trades|position in? between",
        &["no", "trades", "between"],
    ),
    ("i|we want|wants to? enter buy|long", &["go", "long"]),
    ("i|we want|wants to? enter sell|short", &["go", "short"]),
    ("the? first close back? above|over", &["close", "crosses", "above"]),
    ("the? first close back? below|under", &["close", "crosses", "below"]),
    ("and enter buy when|if", &["go", "long", "when"]),
    ("and enter sell when|if", &["go", "short", "when"]),
    ("enter buy when|if", &["go", "long", "when"]),
    ("enter sell when|if", &["go", "short", "when"]),
    (
        "sl|stoploss will be|is the? low of that|the|this candle|bar",
        &["stop", "at", "the", "low", "of", "the", "signal", "bar"],
    ),
];

/// An exit of one side, said after the side.
const EXITS: [Saying; 4] = [
    ("for|on the? longs|buys ,? also? exit|close|leave when|if|once", &["exit", "longs", "when"]),
    ("for|on the? shorts|sells ,? also? exit|close|leave|cover when|if|once", &["exit", "shorts", "when"]),
    ("for|on the? longs|buys ,? get out when|if|once", &["exit", "longs", "when"]),
    ("for|on the? shorts|sells ,? get out when|if|once", &["exit", "shorts", "when"]),
];

/// Nothing is held from then on.
const FLAT: [Saying; 5] = [
    ("and? no open? positions|position past|after|beyond", &["flat", "by"]),
    ("and? no open trades|trade past|after|beyond", &["flat", "by"]),
    ("and? nothing held|hold|open past|after|beyond", &["flat", "by"]),
    ("and? not in a|any trade|position past|after|beyond", &["flat", "by"]),
    ("and? nothing is? left open past|after|beyond", &["flat", "by"]),
];

/// What runs until a time is closed then.
const RUNS: [Saying; 1] = [("let it|them|winners|trades run|ride to|until|till|through", &["flat", "at"])];

/// A side's own exit, said of it as well.
const ALSO: [Saying; 4] = [
    ("longs also exit|close|leave", &["longs", "exit"]),
    ("shorts also exit|close|cover|leave", &["shorts", "exit"]),
    ("the long also exits|closes", &["longs", "exit"]),
    ("the short also exits|closes|covers", &["shorts", "exit"]),
];

/// What is done where a condition forbids a trade.
const IDLE: [Saying; 4] = [
    ("then? do nothing", &["skip", "it"]),
    ("then? i|we? stay|sit out", &["skip", "it"]),
    ("then? i|we? stand aside", &["skip", "it"]),
    ("then? no trade|entry|position", &["skip", "it"]),
];

/// Words inside a clause.
const WITHIN: [Saying; 10] = [
    ("is|are giving closing", &["closes"]),
    ("gives|give closing", &["closes"]),
    ("is crossing", &["crosses"]),
    ("is|was wider|taller than", &["is", "bigger", "than"]),
    ("is|was narrower|tighter than", &["is", "smaller", "than"]),
    ("we|i will|shall? take buy|buys", &["buy"]),
    ("we|i will|shall? take sell|sells", &["sell"]),
    ("falls|drops|comes|gets|goes to below|under", &["falls", "below"]),
    ("rises|climbs|comes|gets|goes to above|over", &["rises", "above"]),
    ("k cross|crosses up|above d", &["k", "crosses", "above", "d"]),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize) {
    if opens(tokens, at) {
        let _ = put_said(tokens, at, &SIDES, |cursor, _| cursor.is_pause())
            || put_said(tokens, at, &SAID, |_, _| true)
            || put_said(tokens, at, &EXITS, |cursor, _| no_list(*cursor))
            || put_said(tokens, at, &FLAT, |cursor, _| clock::time(&mut cursor.clone(), true).is_some())
            || behind_if(tokens, at) && put_said(tokens, at, &IDLE, |cursor, _| cursor.is_pause())
            || hours_of_entries(tokens, at)
            || against_me(tokens, at);
    }
    put_said(tokens, at, &WITHIN, |_, _| true);
    put_said(tokens, at, &ALSO, |_, _| true);
    put_said(tokens, at, &RUNS, |cursor, _| clock::time(&mut cursor.clone(), true).is_some());
    for rule in [break_up, cross_of_two, by_side, numbers_cross, chop_hour, gets_to, on_comparison] {
        rule(tokens, at);
    }
}

/// True where nothing is joined to the clause by "and".
fn no_list(mut cursor: Cursor<'_>) -> bool {
    while !cursor.is_pause() {
        if cursor.sees("and") {
            return false;
        }
        cursor.at += 1;
    }
    true
}

/// True behind the comma of a clause that begins with `if`.
fn behind_if(tokens: &[Token], at: usize) -> bool {
    at > 0 && Cursor::new(tokens, at - 1).sees(",") && {
        let start = super::said_plainly::clause_start(tokens, at - 1);
        Cursor::new(tokens, start).sees("if|when|whenever")
    }
}

/// `entries start at 9:45 and end at 11:00`.
fn hours_of_entries(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("entries|trades|trading start|starts|begin|begins at") {
        return false;
    }
    let Some(first) = clock::places(&mut cursor) else { return false };
    if !cursor.eat(",|and end|ends|stop|stops|finish at")
        && !cursor.eat("and end|ends|stop|stops|finish|finishes at|by")
    {
        return false;
    }
    let Some(last) = clock::places(&mut cursor) else { return false };
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("entries from"), Run(first), Said("to"), Run(last)]);
    true
}

/// `if it's 6% against me, I'm out`: a stop.
fn against_me(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("if|when|once it|its|price|trade is|goes|moves?") && !cursor.eat("if|when|once its") {
        return false;
    }
    let Some((number, unit)) = number_and_unit(&mut cursor) else { return false };
    if !cursor.eat(UNITS) || !cursor.eat("against me|us") {
        return false;
    }
    cursor.eat(",");
    cursor.eat("then");
    if !(cursor.eat("im|i|get|gets am|get? out") || cursor.eat("out|exit|close")) || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("stop"), Kept(number), Kept(unit)]);
    true
}

/// `target for the longs 15 points, for the shorts 10`: each amount before its side.
fn by_side(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("target|targets|stop|tp|sl|stops loss?") {
        return;
    }
    let thing = at;
    cursor.eat("of|is|are|:");
    let Some((first, amount)) = sided(&mut cursor) else { return };
    let _ = cursor.eat(",") && cursor.eat("and");
    cursor.eat("and");
    let Some((second, other)) = sided(&mut cursor) else { return };
    if first == second || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    let mut words = vec![Kept(thing)];
    words.extend(amount.iter().copied().map(Kept));
    words.extend([Said("for"), Said(first), Mark(',')]);
    words.extend(other.iter().copied().map(Kept));
    if other.len() < amount.len() {
        words.extend(amount.get(1..).unwrap_or_default().iter().copied().map(Kept));
    }
    words.extend([Said("for"), Said(second)]);
    put_words(tokens, at, end, &words);
}

/// `for the longs 15 points`: whose, and where the amount stands.
fn sided(cursor: &mut Cursor<'_>) -> Option<(&'static str, Vec<usize>)> {
    let mut probe = *cursor;
    if !probe.eat("for|on") {
        return None;
    }
    probe.eat("the");
    let side = if probe.eat("longs|buys") {
        "longs"
    } else if probe.eat("shorts|sells") {
        "shorts"
    } else {
        return None;
    };
    probe.eat("is|at|of|:");
    let from = probe.at;
    if !is_number(probe.tokens, from) {
        return None;
    }
    probe.at += 1;
    probe.eat(UNITS);
    *cursor = probe;
    Some((side, (from..cursor.at).collect()))
}

/// `break up long, break down short` behind a range: out of it.
fn break_up(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("break|breaks|breakout") {
        return;
    }
    let up = cursor.sees("up|higher");
    if !cursor.eat("up|higher|down|lower") || !(cursor.sees("=|:|long|short|buy|sell|go") || cursor.is_pause()) {
        return;
    }
    let ranged = (0..at).any(|place| Cursor::new(tokens, place).sees("range|orb"));
    if ranged {
        let end = cursor.at;
        let (way, line) = if up { ("above", "high") } else { ("below", "low") };
        let words = ["close", "crosses", way, "the", "range", line].map(Said);
        put_words(tokens, at, end, &words);
    }
}

/// `crosses of the 8 and 34 ema`: the two cross.
fn cross_of_two(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at > 0 && Cursor::new(tokens, at - 1).sees("golden|death") {
        return;
    }
    let mut pair = cursor;
    if pair.eat("# and|& # ema|emas|sma|smas|wma|hma") && pair.sees("cross|crosses|crossing|crossover|crossovers") {
        // "a 10 and 30 SMA cross".
        put_words(tokens, at + 1, at + 2, &[Mark('/')]);
        return;
    }
    cursor.eat("the");
    if !cursor.eat("cross|crosses|crossings|crossovers|crossover of|between the?") {
        return;
    }
    let first = cursor.at;
    if !cursor.eat("# and|/|& # ema|emas|sma|smas|wma|hma") {
        return;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Kept(first), Mark('/'), Kept(first + 2), Kept(first + 3), Said("cross")]);
}

/// `when the 9 goes back under the 21`: crosses below it.
fn numbers_cross(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let numbered = at > 0 && is_number(tokens, at - 1);
    if !numbered || !cursor.eat("goes|drops|falls|gets|comes|moves|climbs back?") {
        return;
    }
    let below = cursor.sees("under|below");
    if cursor.eat("under|below|over|above the? #") && cursor.is_pause_or_joint() {
        let end = cursor.at;
        let way = if below { "below" } else { "above" };
        put_words(tokens, at, end, &[Said("crosses"), Said(way), Said("the"), Kept(end - 1)]);
    }
}

/// `no trades 11:30 to 1:30 chop hour`: what the hours are called.
fn chop_hour(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let timed = super::clock::ends_before(tokens, at);
    if timed && cursor.eat("chop|choppy|lunch|dead hour|hours|time|zone|period") && cursor.is_pause_or_joint() {
        tokens.drain(at..cursor.at);
    }
}

/// `when CCI gets to zero`: reaches it.
fn gets_to(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = at > 0 && Cursor::new(tokens, at - 1).sees("rsi|cci|stochastic|stoch|k|macd|adx|williams|r|)|mfi|it");
    if named && cursor.eat("gets|get|comes|goes|returns back? to") {
        let end = cursor.at;
        if is_number(tokens, end) && !Cursor::new(tokens, end + 1).sees(UNITS) || cursor.sees("zero") {
            put_words(tokens, at, end, &[Said("reaches")]);
        }
    }
}

/// `exit on close < SMA 50`, `below the 20 level`.
fn on_comparison(tokens: &mut Vec<Token>, at: usize) {
    let cursor = Cursor::new(tokens, at);
    if cursor.sees("on close <|>|≤|≥") || cursor.sees("on a close <|>|≤|≥") {
        put_words(tokens, at, at + 1, &[Said("when")]);
        if Cursor::new(tokens, at + 1).sees("a") {
            tokens.remove(at + 1);
        }
        return;
    }
    if cursor.sees("below|above|under|over|<|> # level") {
        let Some(end) = tokens.get(at + 2).map(|token| token.end) else { return };
        tokens.remove(at + 2);
        if let Some(number) = tokens.get_mut(at + 1) {
            number.end = end;
        }
    }
}
