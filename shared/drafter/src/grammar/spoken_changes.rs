//! Changes as people say them to one another, put into words the grammar reads: "instead of a fixed stop use 2 ATR", "if it
//! hasn't hit anything after 20 bars just get out", "no trades before 10 or after 14:30", "…, for longs only".

use super::change_phrases::{
    Part::{Kept, Run, Said},
    put_words,
};
use super::cursor::Cursor;
use super::rephrased::{Saying, put_said, replace};
use super::said_plainly::is_number;
use super::token::{Kind, Token};

/// What is said, and the words for it.
const SAID: [Saying; 10] = [
    ("leave|keep the? fast|faster|slow|slower one|ema|sma|average alone", KEPT),
    ("leave|keep the? fast|faster|slow|slower one|ema|sma|average as|where it? is", KEPT),
    ("same lengths|periods|numbers|settings", KEPT),
    ("not just the? stop|target or|and the? target|stop", KEPT),
    ("swap|switch the? emas for|to|with smas", &["use", "smas", "instead", "of", "emas"]),
    ("swap|switch the? smas for|to|with emas", &["use", "emas", "instead", "of", "smas"]),
    ("the slow|slower one|ema|sma|average should be|become|go|to to?", &["make", "the", "slow", "one"]),
    ("the fast|faster one|ema|sma|average should be|become|go|to to?", &["make", "the", "fast", "one"]),
    ("keep everything the? same? but", &["and"]),
    ("size it|them|positions|trades so that? i|we am|are risking|risk", &["risk"]),
];

const KEPT: &[&str] = &["keep", "everything", "else"];

/// Puts the change that begins at `at` into plain words.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize) {
    other_way_too(tokens, at);
    if put_said(tokens, at, &SAID, |cursor, words| words != KEPT || cursor.is_pause()) {
        return;
    }
    for rule in [in_place_of_a_stop, unless_hit, trailed_behind, costs_behind] {
        rule(tokens, at);
    }
    hours_without_zeros(tokens, at);
}

/// `get out when the EMAs cross back the other way too`: a change says one thing more anyway.
fn other_way_too(tokens: &mut Vec<Token>, at: usize) {
    let end = (at..tokens.len()).find(|place| Cursor::new(tokens, *place).is_pause()).unwrap_or(tokens.len());
    if end > at + 2 && Cursor::new(tokens, end - 2).sees("way|direction too|also") {
        tokens.remove(end - 1);
    }
}

/// `instead of a fixed stop use 2 ATR`, `instead of a 20 point stop do 1.5 ATR`: a stop of that.
fn in_place_of_a_stop(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("instead of a|the|my? fixed|flat|set|hard?") {
        return;
    }
    let distance = cursor.eat("# points|point|pts|pt|ticks|tick");
    let target = cursor.eat("target|tp");
    if !target && !cursor.eat("stop|sl loss?") && !distance {
        return;
    }
    cursor.eat(",");
    if !cursor.eat("use|do|try|make|go|set|put|run it? with|to|at? a|an?") {
        return;
    }
    let from = cursor.at;
    while !cursor.is_pause() && !cursor.sees("and|but|then|with") && cursor.at < from + 8 {
        cursor.at += 1;
    }
    let amount = from..cursor.at;
    let named = tokens
        .get(amount.clone())
        .unwrap_or_default()
        .iter()
        .any(|token| matches!(token.word(), Some("stop" | "sl" | "target" | "tp" | "trail" | "trailing")));
    if !is_number(tokens, from) || named {
        return;
    }
    let end = cursor.at;
    let mut words = vec![Said("use a")];
    words.extend(amount.map(Kept));
    words.push(Said(if target { "target" } else { "stop" }));
    put_words(tokens, at, end, &words);
}

/// `if it hasn't hit anything after 20 bars just get out`: stop and target would have closed it.
fn unless_hit(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let hit = cursor.eat("if it|price|the? trade? hasnt hit|reached|touched anything|either|one|stop|target?")
        || cursor.eat("if neither|nothing is|has|was|got|been? hit|reached been?");
    if !hit || !cursor.eat("after|in|within") {
        return;
    }
    let from = cursor.at;
    if !cursor.eat("# bars|bar|candles|minutes|mins|min|hours|hour") {
        return;
    }
    let until = cursor.at;
    let _ = cursor.eat(",|then") | cursor.eat("just|then|i|id|we");
    let leaves = cursor.eat("get|gets|getting me? out") || cursor.eat("exit|close|bail|leave|out|flatten it|out?");
    if !leaves || !cursor.is_pause_or_joint() {
        return;
    }
    let end = cursor.at;
    put_words(tokens, at, end, &[Said("exit after"), Run(from..until)]);
}

/// `add commissions, $1.24 round trip`: those.
fn costs_behind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("add|include commissions|commission|fees|costs ,|:|- $ #") {
        let dollar = cursor.at - 2;
        tokens.drain(at..dollar);
    }
}

/// `now trail the stop 20 points behind`: by as much.
fn trailed_behind(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    cursor.eat("now|just|only|simply");
    let verb = cursor.at;
    if !cursor.eat("trail the|my|a? stop|sl") {
        return;
    }
    let from = cursor.at;
    cursor.eat("by");
    let number = cursor.at;
    if !cursor.eat("# points|point|pts|pt|ticks|tick|atr|%") {
        return;
    }
    let until = cursor.at;
    let behind = cursor.eat("behind the|it|price? price|market|high?");
    if (verb > at || behind) && cursor.is_pause_or_joint() && from > verb {
        let end = cursor.at;
        put_words(tokens, at, end, &[Said("trail the stop by"), Run(number..until)]);
    }
}

/// `no trades before 10 or after 14:30`: a number between clock times is one.
fn hours_without_zeros(tokens: &mut [Token], at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("no trades|entries|trading|new before|until") {
        return;
    }
    let first = cursor.at;
    let joined = cursor.eat("# or|and after");
    let clock = tokens.get(cursor.at).is_some_and(|token| matches!(token.kind, Kind::Clock(_)));
    let hour = tokens.get(first).and_then(|token| match &token.kind {
        Kind::Number(number) => super::cursor::whole(*number).filter(|hour| (6..=12).contains(hour)),
        Kind::Word(_) | Kind::Clock(_) | Kind::Mark(_) => None,
    });
    if let Some((token, hour)) = tokens.get_mut(first).zip(hour).filter(|_| joined && clock) {
        token.turned_into(Kind::Clock(hour as u16 * 60));
    }
}

/// Puts what ends a change into plain words: `…, for longs only`, `… the other way too`.
pub(crate) fn without_endings(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if at > 0 && cursor.eat(", for|on the? longs|shorts") {
        let end = cursor.at;
        if cursor.eat("only|anyway|alone|at") {
            cursor.eat("least");
            if cursor.is_pause() {
                tokens.drain(end..cursor.at);
                tokens.remove(at);
            }
        }
        return;
    }
    let crossed = at > 0 && Cursor::new(tokens, at - 1).sees("cross|crossover");
    if crossed && cursor.eat("too|also") && cursor.is_pause() {
        replace(tokens, at, at + 1, &["as", "well"]);
    }
}
