//! Exits and limits in everyday words put into those the grammar reads: `0.5R breakeven`, `1R stop = 30 pts`, `first target
//! 25 points take half off`, `trail 5% on the rest`, `if nothing after 4 hours get out`, `daily stop $300`.

use super::cursor::Cursor;
use super::rephrased::replace;
use super::said_plainly::{opens, word};
use super::scene::Scene;
use super::token::{Kind, Token};

const UNIT: &str = "points|point|pts|pt|ticks|tick|%|percent|r|atr|atrs|x|pips";

/// Puts the words at `at` into plain ones.
pub(crate) fn put(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    for rule in [even, one_r, first_part, rest_trailed, other_part, one_a_day, day_stop] {
        rule(tokens, at);
    }
    nothing_happened(tokens, at, scene);
}

fn led(tokens: &[Token], at: usize) -> bool {
    opens(tokens, at) || Cursor::new(tokens, at - 1).sees("with|a|and|an|then|plus|w")
}

/// Puts `said` in place of tokens `at..last`; the last of them ends where those ended.
fn put_all(tokens: &mut Vec<Token>, at: usize, last: usize, mut said: Vec<Token>) {
    let end = last.checked_sub(1).and_then(|before| tokens.get(before)).map(|token| token.end);
    if let (Some(end), Some(token)) = (end, said.last_mut()) {
        token.end = end;
    }
    tokens.splice(at..last, said);
}

/// Puts `words` and the tokens `kept` behind them in place of tokens `at..last`.
fn put_with(tokens: &mut Vec<Token>, (at, last): (usize, usize), words: &[&str], kept: std::ops::Range<usize>) {
    let kept: Vec<Token> = tokens.get(kept).unwrap_or_default().to_vec();
    let said = words.iter().map(|one| word(tokens, at, one)).chain(kept).collect();
    put_all(tokens, at, last, said);
}

/// `0.5R breakeven`: at that distance.
fn even(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.number().is_none() || cursor.at != at + 1 || !led(tokens, at) || !cursor.eat("r|points|pts|ticks|%") {
        return;
    }
    let end = cursor.at;
    if !(cursor.eat("breakeven|be stop?") || cursor.eat("break even stop?")) || !cursor.is_pause_or_joint() {
        return;
    }
    let last = cursor.at;
    let distance: Vec<Token> = tokens.get(at..end).unwrap_or_default().to_vec();
    let mut said = vec![word(tokens, at, "breakeven"), word(tokens, at, "at")];
    said.extend(distance);
    put_all(tokens, at, last, said);
}

/// `1R stop = 30 pts`, `stop 30 points = 1R`: what one R is says nothing more than the stop.
fn one_r(tokens: &mut Vec<Token>, at: usize) {
    let is_one = |at: usize| {
        tokens.get(at).is_some_and(|token| token.kind == Kind::Number(rust_decimal::Decimal::ONE))
            && Cursor::new(tokens, at + 1).sees("r")
    };
    let mut cursor = Cursor::new(tokens, at + 2);
    if is_one(at) && cursor.eat("stop|risk|sl loss?") {
        let end = cursor.at;
        let distance = cursor.eat("=|is|: # points|point|pts|pt|ticks|tick|%|percent");
        if distance && cursor.is_pause_or_joint() {
            tokens.remove(end);
            tokens.drain(at..at + 2);
        }
        return;
    }
    let stop = (1..7).filter_map(|back| at.checked_sub(back)).any(|before| Cursor::new(tokens, before).sees("stop|sl"));
    if stop && Cursor::new(tokens, at).sees("=") && is_one(at + 1) && Cursor::new(tokens, at + 3).is_pause_or_joint() {
        tokens.drain(at..at + 3);
    }
}

/// `first target 25 points take half off`.
fn first_part(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("the? first|1st target|tp is|at|of|:|=|,?") {
        return;
    }
    let from = cursor.at;
    if cursor.number().is_none() || cursor.at != from + 1 || !cursor.eat(UNIT) {
        return;
    }
    let to = cursor.at;
    cursor.eat(",|-|:");
    cursor.eat("and|where|i|we|then");
    cursor.eat("i|we");
    if !cursor.eat("take|sell|close|book half off|out?") || !(cursor.is_pause_or_joint() || cursor.sees("then|let")) {
        return;
    }
    let last = cursor.at;
    put_with(tokens, (at, last), &["take", "half", "off", "at"], from..to);
}

/// `trail 5% on the rest`: the rest is trailed.
fn rest_trailed(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("trail by?") {
        return;
    }
    let from = cursor.at;
    if cursor.number().is_none() || cursor.at != from + 1 || !cursor.eat(UNIT) {
        return;
    }
    let to = cursor.at;
    if !cursor.eat("on|for|with the? rest|remainder|runner|balance")
        && !cursor.eat("on|for|with the other|second|remaining half|part")
        || !cursor.is_pause_or_joint()
    {
        return;
    }
    let last = cursor.at;
    put_with(tokens, (at, last), &["trail", "the", "rest", "by"], from..to);
}

/// `yesterday's high for the other half`: for the rest.
fn other_part(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if cursor.eat("for the other|second|remaining half") && cursor.is_pause() {
        let end = cursor.at;
        replace(tokens, at, end, &["for", "the", "rest"]);
    }
}

/// `max one per day`: trades.
fn one_a_day(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    if !opens(tokens, at) || !cursor.eat("max|maximum|only|just") {
        return;
    }
    let number = cursor.at;
    if cursor.count().is_none_or(|count| count > 20) || cursor.at != number + 1 {
        return;
    }
    let end = cursor.at;
    if cursor.eat("per|a|each|/ day") && cursor.is_pause() {
        let trades = word(tokens, at, "trades");
        tokens.insert(end, trades);
    }
}

/// `daily stop $300`: the loss at which the day ends.
fn day_stop(tokens: &mut Vec<Token>, at: usize) {
    let mut cursor = Cursor::new(tokens, at);
    let named = opens(tokens, at) && (cursor.eat("daily|day stop loss?") || cursor.eat("stop for the day :|of|at"));
    let end = cursor.at;
    cursor.eat("of|at|is|:|=");
    if named && cursor.eat("$ #") && cursor.is_pause_or_joint() {
        replace(tokens, at, end, &["daily", "loss", "limit"]);
    }
}

/// `if nothing after 4 hours get out`: after so long, whatever has or has not happened.
fn nothing_happened(tokens: &mut Vec<Token>, at: usize, scene: &Scene<'_>) {
    let mut cursor = Cursor::new(tokens, at);
    if !cursor.eat("if nothing happens|happened|has|hits|hit|is|triggers? happened|hit?") {
        return;
    }
    let from = cursor.at;
    let length = cursor.eat("after|in|within # hours|hour|bars|bar|candles|minutes|mins|days|hrs|h");
    let to = cursor.at;
    let _ = cursor.eat(",|then|just") && cursor.eat("then|just");
    let out = cursor.eat("get out") || cursor.eat("exit|close|flatten|leave|bail it|out?");
    if !length || !out || !cursor.is_pause_or_joint() {
        return;
    }
    let last = cursor.at;
    scene.assume("\"if nothing\" has happened after so long is read as the longest time in a trade");
    let time: Vec<Token> = tokens.get(from + 1..to).unwrap_or_default().to_vec();
    let mut said: Vec<Token> = ["exit", "after"].iter().map(|one| word(tokens, at, one)).collect();
    said.extend(time);
    put_all(tokens, at, last, said);
}
