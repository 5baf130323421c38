//! Two averages and a side, and nothing between them: `ema 9/21 long` is their cross.

use super::condition::{Condition, compared, resolve};
use super::cursor::Cursor;
use super::names::{Class, Name};
use super::pairs::pair;
use super::relation::Way;
use super::scene::{Scene, Value};
use rust_decimal::Decimal;

/// Bars from which on the averages of a pair without a kind are simple ones, as those of a golden cross.
const SIMPLE_BARS_MIN: i64 = 100;

/// `ema 9/21 long`, `short the 9/21 ema`, `long 9/21 cross`.
pub(crate) fn sided_pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Condition> {
    let mut probe = *cursor;
    probe.eat("on? the|a|an");
    let mut way = Way::Open;
    let (fast, slow) = match scene.attempt(|| pair(&mut probe, scene)) {
        Some(found) => {
            way = side_beside(cursor, &probe)?;
            let words = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
            let (first, last) = (words.first()?, words.last()?);
            let typed = scene.text.get(first.start..last.end)?;
            scene.assume(format!("\"{typed}\" with a side is read as its cross"));
            found
        }
        None => {
            let found = lengths(&mut probe, scene)?;
            if probe.eat("up|higher") || probe.eat("to the upside") {
                way = Way::Up;
            } else if probe.eat("down|lower") || probe.eat("to the downside") {
                way = Way::Down;
            }
            match side_beside(cursor, &probe) {
                Some(said) if way == Way::Open => way = said,
                None if !probe.is_pause_or_joint() => return None,
                Some(_) | None => {}
            }
            found
        }
    };
    *cursor = probe;
    let up = resolve(scene, way, None);
    let found = compared(scene, &fast, if up { "crosses above" } else { "crosses below" }, &slow);
    super::right_side::note_undirected(scene, way, &slow, &found.text);
    Some(found)
}

/// The way of the side that stands right before or right behind, where nothing more is said of the pair.
fn side_beside(from: &Cursor<'_>, behind: &Cursor<'_>) -> Option<Way> {
    let word = |back: usize| from.at.checked_sub(back).map(|before| Cursor::new(from.tokens, before));
    if word(1).is_some_and(|before| before.sees("not|no|never|without|unless")) {
        return None;
    }
    let leaves = word(2).is_some_and(|before| before.sees("exit|close|cover|out|leave|flatten|of|no|not"));
    if behind.is_pause() && !leaves {
        if word(1).is_some_and(|before| before.sees("buy|buys|long|longs|buying")) {
            return Some(Way::Up);
        }
        if word(1).is_some_and(|before| before.sees("short|shorts|shorting")) {
            return Some(Way::Down);
        }
    }
    side_behind(behind)
}

/// The way of the side that ends the clause here; open for both.
pub(crate) fn side_behind(behind: &Cursor<'_>) -> Option<Way> {
    let mut probe = *behind;
    probe.eat("go|only");
    let both = probe.eat("long|longs and|&|n|+|or|/ short|shorts")
        || probe.eat("both ways|sides|directions|long")
        || probe.eat("stop and reverse");
    let way = if both {
        Way::Open
    } else if probe.eat("long|longs|buy|buys") {
        Way::Up
    } else {
        probe.eat("short|shorts").then_some(Way::Down)?
    };
    probe.eat("only|entries|entry|trades|both");
    probe.is_pause().then_some(way)
}

/// `9/21 cross` without a kind: of the averages that were spoken of, else of exponential ones, of long ones simple ones.
fn lengths(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<(Value, Value)> {
    let mut probe = *cursor;
    let numbers = probe.numbers("# /|x #")?;
    if !probe.eat("cross|crosses|crossover|crossovers|crossing|crossed over?") {
        return None;
    }
    let (one, two) = (numbers.first().copied()?, numbers.get(1).copied()?);
    let (fast, slow) = (one.min(two), one.max(two));
    if fast == slow || fast < Decimal::TWO || !fast.is_integer() || !slow.is_integer() {
        return None;
    }
    let known = |period: Decimal| {
        let lines = scene.lines.borrow();
        lines.iter().rev().find(|line| line.class == Class::Average && line.period == Some(period)).cloned()
    };
    if let (Some(fast), Some(slow)) = (known(fast), known(slow)) {
        *cursor = probe;
        return Some((fast, slow));
    }
    let simple = slow >= Decimal::from(SIMPLE_BARS_MIN);
    let row = if simple { "sma" } else { "ema" };
    let name = Name { pattern: "", row, output: "", class: Class::Average };
    let call = |period: Decimal| super::indicator::call(scene, &name, &[period], None, None);
    let found = (call(fast)?, call(slow)?);
    let kind = if simple { "simple" } else { "exponential" };
    scene.assume(format!("{fast}/{slow} without a kind is read as {kind} moving averages"));
    scene.lines.borrow_mut().extend([found.0.clone(), found.1.clone()]);
    *cursor = probe;
    Some(found)
}
