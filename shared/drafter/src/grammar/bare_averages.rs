//! Averages by their days alone: `the 50-day crosses above the 200-day`, and the bars of a text that speaks in days.

use super::clock;
use super::condition::Condition;
use super::cursor::Cursor;
use super::names::{self, Class, Name};
use super::relation::{self, Relation};
use super::scene::{Scene, Value};
use super::token::Token;
use rust_decimal::Decimal;

/// The cross of two averages that are named by their lengths.
pub(crate) fn lengths_cross(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    let first = average(&mut probe, scene)?;
    let (Relation::Cross(way), false) = relation::relation(&mut probe)? else { return None };
    let second = match average(&mut probe, scene) {
        Some(second) => second,
        // "50 day crossing back below": the level of before.
        None => {
            let crosses = scene.crosses.borrow();
            let (_, level) = crosses.iter().rev().find(|(known, _)| known.text == first.text)?;
            level.clone()
        }
    };
    if first.period == second.period || !probe.is_pause_or_joint() && !probe.sees(":") {
        return None;
    }
    if scene.lines.borrow().contains(&first) && scene.lines.borrow().contains(&second) {
        *cursor = probe;
        return Some(super::nouns::crossing(scene, &first, way, &second));
    }
    scene.assume(format!("{} and {} are read as simple moving averages", first.text, second.text));
    scene.lines.borrow_mut().extend([first.clone(), second.clone()]);
    *cursor = probe;
    Some(super::nouns::crossing(scene, &first, way, &second))
}

/// `the 50-day`, `200 dma`.
fn average(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Value> {
    let days = cursor.one("the? # day|dma").filter(|days| *days > Decimal::ONE)?;
    let name = Name { pattern: "", row: "sma", output: "", class: Class::Average };
    let frame = Some("1d").filter(|frame| *frame != scene.timeframe);
    super::indicator::call(scene, &name, &[days], None, frame)
}

/// "closes above its 50-day moving average" of a stock, and nothing within a day.
pub(crate) fn daily(tokens: &[Token], scene: &Scene<'_>) -> Option<&'static str> {
    let named = (0..tokens.len()).any(|at| {
        Cursor::new(tokens, at)
            .sees("# -? day|days simple|exponential? moving? average|ma|sma|ema|rsi|averages|high|low")
            || Cursor::new(tokens, at).sees("golden|death cross")
    });
    let gaps = (0..tokens.len()).any(|at| Cursor::new(tokens, at).sees("gap|gaps|gapped|gapping"));
    (scene.is_stock() && named && !gaps && !super::reading::within_days(tokens)).then_some("1d")
}

/// `daily close above the 50-day EMA … 1h stochastic crosses`, `when the 5 min close breaks`: the finest bars of an indicator or
/// a close, where they are less than a day.
pub(crate) fn finest(tokens: &[Token]) -> Option<&'static str> {
    let mut frames: Vec<&'static str> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        at += 1;
        let Some(frame) = clock::timeframe(&mut cursor) else { continue };
        // "5-minute" holds no "minute" of its own.
        at = cursor.at;
        // "5-minute 8 EMA".
        let mut named = cursor;
        let _ = named.number();
        let read = names::indicator(&mut named).is_some() || cursor.sees("close|closes");
        if read && clock::minutes_of(frame) < 1440 {
            frames.push(frame);
        }
    }
    frames.into_iter().min_by_key(|frame| clock::minutes_of(frame))
}
