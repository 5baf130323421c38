//! The middle of an opening range that was spoken of.

use super::cursor::Cursor;
use super::levels::range_line;
use super::names::{Class, Lean};
use super::scene::{Scene, Value};

/// `the midpoint of the range`, where an opening range was spoken of.
pub(crate) fn middle_of_range(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let spoken = scene.lines.borrow().iter().any(|line| line.row == "opening_range");
    let mut probe = *cursor;
    if !spoken || !probe.eat("midpoint|middle|mid|center point? of the? opening? range|orb") {
        return None;
    }
    let high = range_line(scene, None, "high")?;
    let low = range_line(scene, None, "low")?;
    *cursor = probe;
    let text = format!("({} + {}) / 2", high.text, low.text);
    Some(Value { row: "opening_range", period: high.period, ..Value::new(text, Class::Level(Lean::Either)) })
}
