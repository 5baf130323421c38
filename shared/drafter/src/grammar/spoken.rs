//! Lines spoken of before: the fast average, the upper band.

use super::cursor::Cursor;
use super::indicator::{arguments, call};
use super::names::{self, Class, Lean, Name};
use super::scene::{Scene, Value};
use rust_decimal::Decimal;

/// "the fast EMA", "the slow line", "that average", "the band": lines spoken of before.
pub(crate) fn remembered(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    if let Some(band) = bare_band(cursor, scene).or_else(|| stochastic_line(cursor, scene)) {
        return Some(band);
    }
    let mut probe = *cursor;
    let longest = if probe.eat("fast|faster|quick|quicker|short|shorter") {
        false
    } else if probe.eat("slow|slower|long|longer") {
        true
    } else {
        return None;
    };
    let row = names::indicator(&mut probe);
    if row.is_none() && !probe.eat("one|line|average|mavg") {
        return None;
    }
    if row.as_ref().is_some_and(|row| row.class != Class::Average) {
        return None;
    }
    if probe.peek().is_some_and(|next| matches!(next.kind, super::token::Kind::Number(_)) || next.is_mark('(')) {
        return None;
    }
    let lines = scene.lines.borrow();
    let mut averages: Vec<&Value> = lines.iter().filter(|line| line.class == Class::Average).collect();
    averages.sort_by_key(|line| line.period);
    averages.dedup();
    if averages.len() < 2 {
        return None;
    }
    let found = if longest { averages.last() } else { averages.first() }.map(|line| (*line).clone());
    *cursor = probe;
    found
}

/// "below the 200" after "above the 200 EMA": the average of that many bars.
pub(crate) fn by_period<'t>(start: &Cursor<'t>, cursor: &mut Cursor<'t>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *start;
    let period = probe.one("the #")?;
    let oscillates = scene.subject.borrow().as_ref().is_some_and(|left| matches!(left.class, Class::Oscillator(..)));
    if oscillates && !scene.pronoun.get() || !probe.is_pause_or_joint() {
        return None;
    }
    let lines = scene.lines.borrow();
    let mut known = lines.iter().filter(|line| line.class == Class::Average && line.period == Some(period));
    let found = known.next()?;
    if known.any(|other| other.text != found.text) {
        return None;
    }
    *cursor = probe;
    Some(found.clone())
}

/// "k crosses over d" after a stochastic: its lines.
fn stochastic_line(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let _ = probe.eat("%");
    let output = if probe.eat("k line?") { "k" } else { probe.eat("d line?").then_some("d")? };
    if !(probe.is_pause_or_joint() || probe.sees("crosses|cross|crossing|is|above|below|over|under|>|<|turns")) {
        return None;
    }
    let lines = scene.lines.borrow();
    let line = lines.iter().rev().find(|line| matches!(line.row, "stoch" | "stochrsi"))?;
    let (call, _) = line.text.rsplit_once('.')?;
    *cursor = probe;
    Some(Value { text: format!("{call}.{output}"), ..line.clone() })
}

/// "the upper band": of the bands spoken of before, else Bollinger's.
pub(crate) fn bare_band(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let mut probe = *cursor;
    let (output, lean) = if probe.eat("upper|top|high band|bands|channel|line|boundary") {
        ("upper", Lean::Above)
    } else if probe.eat("lower|bottom|low band|bands|channel|line|boundary") {
        ("lower", Lean::Below)
    } else if probe.eat("middle|mid|center|centre|basis band|bands|line") || probe.eat("midline|basis") {
        ("middle", Lean::Either)
    } else {
        end_alone(&mut probe, scene)?
    };
    let mut of = probe;
    if of.eat("of the? bollinger|bb") {
        of.eat("band|bands");
        probe = of;
        let numbers = probe.numbers("( # ,|/ # )").unwrap_or_else(|| vec![Decimal::from(20), Decimal::TWO]);
        *cursor = probe;
        let text = format!(
            "bbands(close, {}).{output}",
            numbers.iter().map(Decimal::to_string).collect::<Vec<_>>().join(", ")
        );
        let found = Value { row: "bbands", ..Value::new(text, Class::Level(lean)) };
        scene.lines.borrow_mut().push(found.clone());
        return Some(found);
    }
    for (pattern, row) in [("keltner", "keltner"), ("donchian", "donchian")] {
        let mut of = probe;
        if of.eat("of the|a?") && of.eat(pattern) {
            of.eat("channel|channels|band|bands");
            let name = Name { pattern: "", row, output, class: Class::Level(lean) };
            let mut numbers = Vec::new();
            arguments(&mut of, &mut numbers, &name);
            let found = call(scene, &name, &numbers, None, None)?;
            *cursor = of;
            return Some(found);
        }
    }
    let mut stated = probe;
    if let Some(numbers) = stated.numbers("( # ,|/ # )") {
        *cursor = stated;
        let text = format!(
            "bbands(close, {}).{output}",
            numbers.iter().map(Decimal::to_string).collect::<Vec<_>>().join(", ")
        );
        let found = Value { row: "bbands", ..Value::new(text, Class::Level(lean)) };
        scene.lines.borrow_mut().push(found.clone());
        return Some(found);
    }
    let lines = scene.lines.borrow();
    let mut bands =
        lines.iter().rev().filter(|line| matches!(line.row, "bbands" | "keltner" | "donchian" | "accbands"));
    let known = bands.next();
    if let (Some(known), true) = (known, bands.any(|line| Some(line.row) != known.map(|known| known.row))) {
        scene.assume(format!("the {output} band is read as that of {}", known.row));
    }
    let call = known.and_then(|line| line.text.rsplit_once('.')).map(|(call, _)| call.to_owned());
    if call.is_none() && others_named(cursor) {
        return None;
    }
    let row = known.map_or("bbands", |line| line.row);
    let call = call.unwrap_or_else(|| {
        scene.assume("bands are read as Bollinger bands of 20 bars and 2 deviations");
        "bbands(close, 20, 2)".to_owned()
    });
    *cursor = probe;
    Some(Value { row, ..Value::new(format!("{call}.{output}"), Class::Level(lean)) })
}

/// True where bands of another kind are named, in words that nobody could read.
fn others_named(cursor: &Cursor<'_>) -> bool {
    cursor.tokens.iter().any(|token| matches!(token.word(), Some("keltner" | "kc" | "donchian")))
}

/// "below the lower" after "above the upper Keltner": the other end of the bands spoken of.
fn end_alone(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(&'static str, Lean)> {
    let spoken =
        scene.lines.borrow().iter().any(|line| matches!(line.row, "bbands" | "keltner" | "donchian" | "accbands"));
    let mut probe = *cursor;
    let found = if probe.eat("upper") {
        ("upper", Lean::Above)
    } else if probe.eat("lower") {
        ("lower", Lean::Below)
    } else if probe.eat("middle") {
        ("middle", Lean::Either)
    } else {
        return None;
    };
    if !spoken || !(probe.is_pause() || probe.sees("=") || probe.sees("- >")) {
        return None;
    }
    *cursor = probe;
    Some(found)
}

/// `RSI goes below 28 and then crosses back above it`: the number that the same value was compared with.
pub(crate) fn number_of_before(scene: &Scene<'_>) -> bool {
    let last = scene.last.borrow();
    let subject = scene.subject.borrow();
    last.as_ref().zip(subject.as_ref()).is_some_and(|((left, right), subject)| {
        let same = left.text == subject.text || !left.row.is_empty() && left.row == subject.row;
        same && right.as_ref().is_some_and(|right| right.class == Class::Number)
    })
}
