//! How people say when a trade is left, put into words the grammar reads: "square off at 3:50 pm", "any open position is closed
//! at 14:25", "if neither is hit by noon I get out", "holding overnight is fine".

use super::change_phrases::{
    Part::{Run, Said},
    put_words,
};
use super::chat_wordings::UNITS;
use super::clock;
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said};
use super::said_plainly::{begins, clause_start, noted, taken};
use super::scene::Scene;
use super::token::{Kind, Token};

const FLAT: &[&str] = &["flat", "by"];
const AT_CLOSE: &[&str] = &["flat", "at", "the", "close"];

/// What a time follows at which nothing is held any more.
const BEFORE_A_TIME: [Saying; 10] = [
    ("square|squared|squaring off|up it|all|everything|positions|trades|position? at|by|before|@?", FLAT),
    (
        "any|all|every the? open? position|positions|trade|trades is|are|gets|get|must|shall|should|will be? closed|flattened|exited|liquidated|flat out? at|by|before?",
        FLAT,
    ),
    ("everything|all is|are|gets|must|should|shall|will be? closed|flat|out|flattened|exited|sold at|by|before?", FLAT),
    ("the? position|trade is|gets|will be? closed|exited at|by", FLAT),
    ("out|flat before the? close|bell at|by|,", FLAT),
    ("exit|close|flatten anything|whatever|everything|all thats|still? left|open? at|by", FLAT),
    ("time exit|stop : at?", FLAT),
    ("time exit|stop at|is|=", FLAT),
    ("time stop", FLAT),
    ("exit|close|out also at|by", FLAT),
];

/// What is held to the end of the day.
const TO_THE_CLOSE: [Saying; 4] = [
    ("just? hold|holding|ride|keep it|them? til|until|till|to|into|through the? close|bell", AT_CLOSE),
    ("out|flat|exit by|at|before|on the? closing bell", AT_CLOSE),
    ("out|exit|flat|close at|on the? close otherwise", AT_CLOSE),
    ("otherwise out|exit|flat|close|sell|cover at|on the? close", AT_CLOSE),
];

/// What so many bars or so much time follow.
const BEFORE_A_LENGTH: [Saying; 3] = [
    ("the? position|trade is|gets|will be? closed|exited after", &["exit", "after"]),
    ("or? at? the? latest after", &["exit", "after"]),
    ("or? after at? the? latest", &["exit", "after"]),
];

/// Puts what stands at `at` into words that the grammar reads.
pub(crate) fn put_plainly(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>, change: bool) {
    unless_left(tokens, at, scene);
    if !begins(tokens, at) && !Cursor::new(tokens, at).sees("or") {
        return;
    }
    let _ = put_said(tokens, at, &BEFORE_A_TIME, |cursor, _| sure_time(&mut cursor.clone()))
        || put_said(tokens, at, &TO_THE_CLOSE, |cursor, _| cursor.is_pause_or_joint())
        || put_said(tokens, at, &BEFORE_A_LENGTH, |cursor, _| clock::length(&mut cursor.clone()).is_some())
        || at_a_time(tokens, at)
        || not_hit_by(tokens, at)
        || !change && overnight_allowed(tokens, at, scene);
}

/// A time of day that cannot be a number of something.
fn sure_time(cursor: &mut Cursor<'_>) -> bool {
    let bare = matches!(cursor.peek().map(|token| &token.kind), Some(Kind::Number(_)));
    let number = cursor.at;
    if clock::time(cursor, true).is_none() {
        return false;
    }
    let long = cursor.tokens.get(number).is_some_and(|token| token.end - token.start >= 3);
    !bare || cursor.at > number + 1 || long && !cursor.sees(UNITS) && !cursor.sees("bars|bar|candles|minutes|min|mins")
}

/// `at 21:55 German time everything is closed`: flat by then.
fn at_a_time(tokens: &mut Vec<Token>, at: usize) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("at|by") {
        return false;
    }
    let zoned = |cursor: &mut Cursor<'_>| {
        let time = sure_time(cursor).then_some(());
        clock::zone(cursor);
        time
    };
    let Some(time) = taken(&mut cursor, zoned) else { return false };
    cursor.eat(",");
    let closed = cursor.eat("everything|all is|gets|must|should be? closed|flat|out|sold")
        || cursor.eat("any|all|every open? position|positions|trade|trades is|are|gets|must|should be? closed|flat");
    if !closed || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("flat by"), Run(time)]);
    true
}

/// `if neither the stop nor the target is hit by 12:00 I get out`: flat by then.
fn not_hit_by(tokens: &mut Vec<Token>, at: usize) -> bool {
    const HIT: &str = "hit|reached|filled|touched|triggered";
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("if neither|nothing|none") {
        return false;
    }
    let _ = cursor.eat("the? stop|sl nor|or the? target|tp") || cursor.eat("of them|those|the two|these");
    let _ = cursor.eat("is|was|has|gets|got been?");
    if !cursor.eat(HIT) || !cursor.eat("by|until|till|before") {
        return false;
    }
    let Some(time) = taken(&mut cursor, |cursor| sure_time(cursor).then_some(())) else { return false };
    cursor.eat(",|then");
    cursor.eat("then|i|we|just");
    cursor.eat("i|we|just");
    let leaves = cursor.eat("get|gets|am|go|bail out|flat") || cursor.eat("exit|close|leave|out|flatten it|anyway?");
    if !leaves || !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("flat by"), Run(time)]);
    true
}

/// `holding overnight is fine`, `positions over night are allowed`: nothing is closed at the end of a day anyway.
fn overnight_allowed(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) -> bool {
    let mut cursor = Cursor::new(tokens, at);
    let night = |cursor: &mut Cursor<'_>| cursor.eat("overnight") || cursor.eat("over night|the");
    let held = cursor.eat("hold|holding|holds|carrying|keeping|positions|trades it|them|positions|trades?")
        && night(&mut cursor)
        || night(&mut cursor) && cursor.eat("holds|holding|positions|trades|hold");
    if !held || !cursor.eat("is|are? also? fine|ok|okay|allowed|good|possible|alright|permitted") {
        return false;
    }
    cursor.eat("too|here|with me");
    if !cursor.is_pause_or_joint() {
        return false;
    }
    let end = cursor.at;
    noted(tokens, at..end, scene, ": nothing is closed at the end of a day");
    true
}

/// `get out after 8 days if it hasn't exited by then`: what exits before closes the trade anyway.
fn unless_left(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    const OTHER: &str = "profit|profitable|profits|green|up|winning|winner|money|down|losing|loss|positive|moved|working|close|price|middle|band|level";
    const NOT: &str = "hasnt|havent|isnt|hasn't|haven't|isn't|not|didnt|didn't|hadnt";
    let mut cursor = Cursor::new(tokens, at);
    let timed = at > 0
        && (Cursor::new(tokens, at - 1).sees("bars|bar|days|day|minutes|min|hours|hour|candles|am|pm")
            || matches!(tokens.get(at - 1).map(|token| &token.kind), Some(Kind::Clock(_))));
    if at < 3 || !cursor.eat("if") || !timed {
        return;
    }
    let start = clause_start(tokens, at);
    let leaves = (start..at).any(|place| Cursor::new(tokens, place).sees("exit|out|sell|close|leave|bail|flatten"));
    let timed =
        (start..at).any(|place| Cursor::new(tokens, place).sees("after|in|within #") || clock_behind(tokens, place));
    let mut denied = false;
    while !cursor.is_pause() {
        // "if not in profit", "if RSI hasn't reached 50": perhaps no exit that there is.
        let number = matches!(cursor.peek().map(|token| &token.kind), Some(Kind::Number(_)));
        if number || cursor.sees(OTHER) || super::names::indicator(&mut cursor.clone()).is_some() {
            return;
        }
        denied |= cursor.sees(NOT);
        cursor.at += 1;
    }
    if !leaves || !timed || !denied {
        return;
    }
    let end = cursor.at;
    noted(tokens, at..end, scene, " is read as: unless another exit came first");
}

/// A clock time at `at`.
fn clock_behind(tokens: &[Token], at: usize) -> bool {
    matches!(tokens.get(at).map(|token| &token.kind), Some(Kind::Clock(_))) || Cursor::new(tokens, at).sees("# am|pm")
}
