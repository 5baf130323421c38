//! Highs and lows of so many bars, as said the other way round: `the high of the last 20 bars`, `the donchian 40 high`,
//! `close is the highest close in 55 days`.

use super::clock::{self, Unit};
use super::condition::Condition;
use super::cursor::{Cursor, whole};
use super::levels::{level, window};
use super::names::Class;
use super::scene::{Scene, Side, Value};

/// `the high of the previous 20 bars`, `donchian 40 high`.
pub(crate) fn extreme(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let high = probe.sees("high|highs");
    let found = if probe.eat("high|highs|low|lows") {
        if !(probe.eat("of|from|in|over the? last|past|previous|prior|preceding")) {
            return None;
        }
        let (count, unit) = clock::length(&mut probe).or_else(|| count_alone(&mut probe))?;
        if count < 2 {
            return None;
        }
        window(scene, high, if high { "high" } else { "low" }, count, unit)?
    } else {
        if !probe.eat("donchian|dc channel?") {
            return None;
        }
        let count = probe.one("( # )").or_else(|| probe.one("# -? bar|period?")).and_then(whole)?;
        let high = probe.eat("channel? high|top");
        if !high && !probe.eat("channel? low|bottom") {
            return None;
        }
        probe.eat("band|line");
        window(scene, high, if high { "high" } else { "low" }, count, Unit::Bar)?
    };
    *cursor = probe;
    Some(found)
}

/// `the lowest low of the previous 20`: of so many bars, where the word is left out.
pub(crate) fn count_alone(cursor: &mut Cursor<'_>) -> Option<(u32, Unit)> {
    let mut probe = *cursor;
    let led = probe
        .at
        .checked_sub(1)
        .is_some_and(|at| Cursor::new(probe.tokens, at).sees("last|past|previous|prior|preceding"));
    let count = probe.count().filter(|count| led && *count > 1)?;
    if !probe.is_pause() && !probe.sees("and|or|with|while|)|stop|exit|go|buy|sell|then") {
        return None;
    }
    *cursor = probe;
    Some((count, Unit::Bar))
}

/// `close is the highest close in 55 days`, `when lowest close of 20 days`: beyond those before.
pub(crate) fn is_extreme(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let before = probe.at.checked_sub(1).map(|before| Cursor::new(probe.tokens, before));
    probe.eat("the|todays|this|current|daily|its|a");
    let named = probe.eat("close|price|it|stock|today|market|bar|candle closes?");
    let is = probe.eat("is|makes|prints|sets|marks") && {
        let _ = probe.eat("at|a|an|its|the") && probe.eat("new|the");
        true
    };
    let led = before.is_some_and(|before| before.sees("when|if|whenever|once|makes|prints|sets|made"));
    // "exit on a 20 day low".
    let counted = before.is_some_and(|before| before.sees("on|makes|prints|sets|made"))
        && (probe.sees("#") || probe.sees("the? highest|lowest close"));
    if !(counted || (named && is || led) && probe.sees("the? highest|lowest")) {
        return None;
    }
    probe.eat("the");
    // "the close is the highest of 50 days": of the closes.
    let said = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let of_closes = named
        && said.iter().any(|token| matches!(token.word(), Some("close" | "closes")))
        && probe.sees("highest|lowest of|in|over|for|since");
    let mut found = level(&mut probe, scene)?;
    if of_closes {
        found.text = found.text.replace("highest(high,", "highest(close,").replace("lowest(low,", "lowest(close,");
    }
    let high = found.row == "highest";
    if !matches!(found.row, "highest" | "lowest") || !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(found.clone())));
    Some(Condition::new(format!("close {} {}", if high { '>' } else { '<' }, found.text)))
}

/// `buy a 55 day high`, `on a 20 bar low`: a level that the trade goes beyond, or that is made, is a new extreme.
pub(crate) fn new_one(level: &Value, side: Side, made: bool) -> Option<String> {
    match (level.row, side) {
        ("highest", side) if made || side == Side::Long => Some(format!("close > {}", level.text)),
        ("lowest", side) if made || side == Side::Short => Some(format!("close < {}", level.text)),
        _ => None,
    }
}

/// `the session high of the first hour` is not that of the session.
pub(crate) fn of_a_part(mut cursor: Cursor<'_>) -> bool {
    (cursor.eat("session|day|todays|rth|daily high|low of|in|from the?")
        || cursor.eat("high|low of the? day|session of|in|from the?"))
        && cursor.sees("first|opening|last|previous|prior")
}
