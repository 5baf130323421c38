//! Levels that one bar passes and closes back from: `trades below yesterday's low and the same bar closes back above it`.

use super::condition::Condition;
use super::cursor::Cursor;
use super::names::Class;
use super::relation::{self, Relation, Way};
use super::right_side::right_value;
use super::scene::{Scene, Value};
use super::token::Token;
use super::value;

/// The wick beyond the level and the close on this side of it.
pub(crate) fn sweep(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    const AHEAD: usize = 30;
    let ahead = cursor.tokens.get(cursor.at..).unwrap_or_default().iter().take(AHEAD);
    if !ahead.filter_map(Token::word).any(|word| {
        matches!(word, "same" | "very" | "wicks" | "wick" | "wicked" | "pokes" | "poked" | "pierces" | "pierced")
    }) {
        return None;
    }
    let mut probe = *cursor;
    let left = value::value(&mut probe, scene).filter(|left| matches!(left.text.as_str(), "close" | "high" | "low"))?;
    let wick = probe.eat("wicks|wick|wicked|pokes|poked|pierces|pierced");
    let up = match if wick { beyond(&mut probe)? } else { relation::relation(&mut probe)? } {
        (Relation::Cross(Way::Up) | Relation::Compare(">"), false) => true,
        (Relation::Cross(Way::Down) | Relation::Compare("<"), false) => false,
        _ => return None,
    };
    let level = right_value(&mut probe, scene, &left)?;
    if !matches!(level.class, Class::Level(_) | Class::Average) {
        return None;
    }
    let _ = probe.eat(",");
    let _ = probe.eat("and|but|then");
    let _ = probe.eat("then|on|within|in");
    let mut same = same_bar(&mut probe) || wick;
    let _ = probe.eat("it|price") || probe.eat("the? candle|bar");
    if !probe.eat("closes|close|closed|closing") {
        return None;
    }
    let _ = probe.eat("right|back");
    let inside = probe.eat("inside|within of?") && ends_a_span(&level, up) && {
        let range = level.text.starts_with("opening_range") && probe.eat("the? opening? range");
        let bands = level.text.contains("upper") || level.text.contains("lower");
        let _ = range || bands && probe.eat("the? band|bands|channel") || probe.eat("it");
        true
    };
    if !inside && !(if up { probe.eat("below|under|beneath") } else { probe.eat("above|over") }) {
        return None;
    }
    let again = inside || probe.eat("it|there") || probe.eat("that|the level|line|low|high") || {
        scene.attempt(|| right_value(&mut probe, scene, &left)).is_some_and(|again| again.text == level.text)
    };
    let mut behind = probe;
    if behind.eat("on|within|in|by|during") && same_bar(&mut behind) {
        same = true;
        probe = behind;
    }
    if !again || !same || !probe.is_pause_or_joint() {
        return None;
    }
    *cursor = probe;
    *scene.last.borrow_mut() = Some((Value::new("close", Class::Price), Some(level.clone())));
    let level = level.text;
    let text =
        if up { format!("high > {level} and close < {level}") } else { format!("low < {level} and close > {level}") };
    Some(Condition::new(text))
}

/// `wicks below`: which way.
fn beyond(cursor: &mut Cursor<'_>) -> Option<(Relation, bool)> {
    if cursor.eat("above|over") {
        return Some((Relation::Cross(Way::Up), false));
    }
    cursor.eat("below|under|beneath|underneath").then_some((Relation::Cross(Way::Down), false))
}

/// True for the end of a range or a band that the wick leaves it by.
fn ends_a_span(level: &Value, up: bool) -> bool {
    let (own, rows) = (
        if up { [".high", ".upper"] } else { [".low", ".lower"] },
        ["opening_range", "bbands", "keltner", "donchian", "previous_day"],
    );
    own.iter().any(|end| level.text.ends_with(end)) && rows.iter().any(|row| level.text.starts_with(row))
}

/// `the same bar`, `that very candle`.
fn same_bar(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("the|that same|very bar|candle|candlestick|day")
}
