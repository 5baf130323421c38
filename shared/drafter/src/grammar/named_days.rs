//! Averages named by their days alone: "the 50 day crosses above the 200 day", "price is above its 100-day average".

use super::condition::{Condition, compared};
use super::cursor::Cursor;
use super::names::{Class, Name};
use super::relation::{self, Relation, Way};
use super::scene::{Scene, Value};
use rust_decimal::Decimal;

/// Lengths that averages of days have.
const USUAL: [u32; 9] = [5, 10, 20, 21, 50, 100, 150, 200, 250];

/// The simple average of so many days.
fn average(scene: &Scene<'_>, days: Decimal) -> Option<Value> {
    if !USUAL.iter().any(|usual| Decimal::from(*usual) == days) {
        return None;
    }
    let name = Name { pattern: "", row: "sma", output: "", class: Class::Average };
    let frame = Some("1d").filter(|frame| *frame != scene.timeframe);
    super::indicator::call(scene, &name, &[days], None, frame)
}

fn said(scene: &Scene<'_>, days: Decimal) {
    scene.assume(format!("\"the {days} day\" is read as its simple moving average"));
}

/// `the 50 day crosses above the 200 day`, `50 day crossing back below` after it.
pub(crate) fn of_two(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let days = probe.one("the? # day|dma line|one?")?;
    let left = average(scene, days)?;
    let (relation, false) = relation::relation(&mut probe)? else { return None };
    let operator = match relation {
        Relation::Cross(Way::Up) => "crosses above",
        Relation::Cross(Way::Down) => "crosses below",
        Relation::Compare(operator @ (">" | "<" | ">=" | "<=")) => operator,
        _ => return None,
    };
    let right = match probe.one("the? # day|dma line|one?") {
        Some(other) => {
            said(scene, other);
            average(scene, other)?
        }
        None if probe.is_pause() => other_line(scene, &left)?,
        None => return None,
    };
    if !(probe.is_pause_or_joint() || probe.sees("=|-|)")) || left.text == right.text {
        return None;
    }
    said(scene, days);
    *cursor = probe;
    scene.lines.borrow_mut().extend([left.clone(), right.clone()]);
    Some(compared(scene, &left, operator, &right))
}

/// The only other average spoken of.
fn other_line(scene: &Scene<'_>, left: &Value) -> Option<Value> {
    let lines = scene.lines.borrow();
    let mut others: Vec<&Value> = Vec::new();
    for line in lines.iter().filter(|line| line.class == Class::Average && line.text != left.text) {
        if !others.iter().any(|known| known.text == line.text) {
            others.push(line);
        }
    }
    let [other] = others.as_slice() else { return None };
    Some((*other).clone())
}

/// `above its 100-day average`, `over the 20 bar average`: of the price on the left.
pub(crate) fn of_the_price(cursor: &mut Cursor<'_>, scene: &Scene<'_>, left: &Value) -> Option<Value> {
    if left.class != Class::Price || left.text.contains(" of ") {
        return None;
    }
    let mut probe = *cursor;
    if !probe.eat("its|the|own") {
        return None;
    }
    probe.eat("own");
    let number = probe.number()?;
    let days = probe.eat("day|days");
    if !days && !probe.eat("bar|period|candle") || !probe.eat("average|avg|mean") {
        return None;
    }
    if probe.sees("volume|range|true|close|price|of|directional") {
        return None;
    }
    let name = Name { pattern: "", row: "sma", output: "", class: Class::Average };
    let frame = Some("1d").filter(|frame| days && *frame != scene.timeframe);
    let found = super::indicator::call(scene, &name, &[number], None, frame)?;
    *cursor = probe;
    scene.lines.borrow_mut().push(found.clone());
    Some(found)
}
