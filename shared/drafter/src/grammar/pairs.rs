//! Two averages of one kind, and their crossing.

use super::condition::{Condition, compared, resolve};
use super::cursor::Cursor;
use super::names::{self, Class};
use super::relation::Way;
use super::scene::{Scene, Value};
use super::value::{self};
use rust_decimal::Decimal;

/// `9/21 EMA cross`, `the 9 and 21 EMAs cross up`, `EMA 9 crosses EMA 21`.
pub(crate) fn crossing_pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("the|a|an|on");
    probe.eat("bullish|bearish");
    let said = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let mut way = if said.iter().any(|token| token.word() == Some("bullish")) {
        Way::Up
    } else if said.iter().any(|token| token.word() == Some("bearish")) {
        Way::Down
    } else {
        Way::Open
    };
    let (fast, slow) = pair(&mut probe, scene)?;
    probe.eat("bullish|bullishly|bearish|bearishly");
    // "9 ema x 21 ema".
    let named = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let crossed =
        named.iter().any(|token| token.word() == Some("x")) && (probe.is_pause_or_joint() || probe.sees("up|down"));
    if !probe.eat("cross|crosses|crossover|crossovers|crossing|crossed|x") && !crossed {
        return None;
    }
    probe.eat("over");
    if probe.eat("up|upward|upwards|above|bullish|bullishly") || probe.eat("to the upside") {
        way = Way::Up;
    } else if probe.eat("down|downward|downwards|below|under|bearish|bearishly") || probe.eat("to the downside") {
        way = Way::Down;
    }
    // "ema 9/21 cross long, ema 20/50 cross short": the side behind it says which way.
    let up = match super::sided_pairs::side_behind(&probe) {
        Some(side @ (Way::Up | Way::Down)) if way == Way::Open => side == Way::Up,
        Some(_) | None => resolve(scene, way, None),
    };
    *cursor = probe;
    let found = compared(scene, &fast, if up { "crosses above" } else { "crosses below" }, &slow);
    super::right_side::note_undirected(scene, way, &slow, &found.text);
    Some(found)
}

/// Two averages of one kind: `9/21 EMA`, `9 and 21 EMAs`, `EMA 9/21`, `EMA(9) and EMA(21)`.
pub(crate) fn pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Value, Value)> {
    let mut probe = *cursor;
    let (name, first, second) = if let Some(first) = probe.number() {
        probe.eat("period|day|bar|ema|sma|ma");
        if !(probe.eat("/") || probe.eat("and|&|vs|x|by|-")) {
            return None;
        }
        probe.eat("the");
        let second = probe.number()?;
        let days = probe.eat("day");
        let _ = days || probe.eat("period|bar");
        let name = names::indicator(&mut probe)?;
        (name, first, second)
    } else {
        let name = names::indicator(&mut probe)?;
        probe.eat("(");
        let first = probe.number()?;
        if !(probe.eat("/") || probe.eat("and|&|vs|x|,")) {
            return None;
        }
        // "EMA 20 / EMA 50".
        let mut again = probe;
        if names::indicator(&mut again).is_some_and(|other| other.row == name.row) {
            probe = again;
        }
        let second = probe.number()?;
        probe.eat(")");
        (name, first, second)
    };
    if name.class != Class::Average {
        return None;
    }
    let frame = value::frame_after(&mut probe, scene);
    let (fast, slow) = (first.min(second), first.max(second));
    let make = |period: Decimal| super::indicator::call(scene, &name, &[period], None, frame);
    let found = (make(fast)?, make(slow)?);
    scene.lines.borrow_mut().extend([found.0.clone(), found.1.clone()]);
    *cursor = probe;
    Some(found)
}
