//! Levels of an oscillator said by their numbers alone: "make it 25 and 75", "long under 20 and short over 80", "exit at 55 for longs
//! and 45 for shorts".

use super::calls::{calls, sides, spliced, thresholds};
use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::everyday::{begins, ends};
use super::reading::Reading;
use super::scene::Side;
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// Oscillators that move between bounds, so that a number alone is a level of theirs.
const ROWS: [&str; 6] = ["rsi", "stoch", "stochrsi", "mfi", "cci", "willr"];

/// `make it 25 and 75`, `25/75 please`, `long under 20 and short over 80`: both levels of the entries.
pub(crate) fn entry_levels(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let mut probe = *cursor;
    let (long, short, sided) = pair(&mut probe)?;
    if !ends(&probe) {
        return None;
    }
    let (row, old) = entry_level_pair(editor)?;
    let rises = |low: Decimal, high: Decimal| low < high;
    let (long, short) =
        if sided || rises(long, short) == rises(old[0], old[1]) { (long, short) } else { (short, long) };
    if rises(long, short) != rises(old[0], old[1]) || [long, short] == old {
        return None;
    }
    let phrase = said(reading, from, probe.at);
    editor.rewrite(&phrase, &|text| {
        let edits = thresholds(text, row).into_iter().filter_map(|(value, start, end)| {
            let value: Decimal = value.parse().ok()?;
            let new = if value == old[0] {
                long
            } else if value == old[1] {
                short
            } else {
                return None;
            };
            Some((start, end, new.normalize().to_string()))
        });
        spliced(text, edits.collect())
    });
    cursor.at = probe.at;
    Some(Ok(()))
}

/// The levels of longs and of shorts, and whether each was said with its side.
fn pair(cursor: &mut Cursor<'_>) -> Option<(Decimal, Decimal, bool)> {
    let mut sided = *cursor;
    let long = sided
        .one("go|buy? long|longs|buy|buys under|below|at|<|over|above #")
        .or_else(|| sided.one("go|buy? long|longs|buy|buys when? its|it is? under|below|over|above #"));
    if let Some(long) = long {
        sided.eat(",|and|&|/");
        sided.eat("and");
        let short = sided.one("go|sell? short|shorts|sell|sells over|above|at|>|under|below #")?;
        *cursor = sided;
        return Some((long, short, true));
    }
    let _ = cursor.eat("use|make|try|set|put it|them|levels? to|at?")
        || cursor.eat("go with")
        || cursor.eat("levels to|at");
    let numbers = cursor.numbers("# and|/|& #")?;
    let [low, high] = numbers.as_slice() else { return None };
    cursor.eat("instead|levels");
    Some((*low, *high, false))
}

/// The one oscillator that both entries compare with a number, and the numbers of longs and of shorts, where no exit and no pair of
/// averages has such two.
fn entry_level_pair(editor: &Editor<'_>) -> Option<(&'static str, [Decimal; 2])> {
    let (long, short) = (editor.entry(Side::Long)?, editor.entry(Side::Short)?);
    let mut found = ROWS.into_iter().filter_map(|row| {
        let one = |text: &str| match thresholds(text, row).as_slice() {
            [(value, _, _)] => value.parse::<Decimal>().ok(),
            _ => None,
        };
        Some((row, [one(&long)?, one(&short)?])).filter(|(_, [long, short])| long != short)
    });
    let (row, old) = found.next()?;
    let averages = |text: &str| calls(text).iter().filter(|call| super::numbers::is_average(call)).count();
    let elsewhere = editor.expressions().iter().any(|(pointer, text)| {
        !pointer.contains("entry")
            && thresholds(text, row).iter().any(|(value, _, _)| value.parse().is_ok_and(|value| old.contains(&value)))
    });
    (found.next().is_none() && !elsewhere && averages(&long) < 2).then_some((row, old))
}

/// `exit at 55 for longs and 45 for shorts`, `longs exit at 70 and shorts at 30`: levels of the oscillator there is.
pub(crate) fn exit_levels(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) || editor.sides().len() != 2 {
        return None;
    }
    let mut probe = *cursor;
    let (long, short) = sided_exits(&mut probe)?;
    if !ends(&probe) || long <= short {
        return None;
    }
    let value = oscillator(editor)?;
    let phrase = said(reading, from, probe.at);
    reading.scene.assume(format!("\"{phrase}\" is read as levels of {value}"));
    for (side, operator, level) in [("long", ">=", long), ("short", "<=", short)] {
        let rule = format!("{value} {operator} {}", level.normalize());
        if let Err(failure) = editor.set(&format!("/exit/{side}"), Json::from(rule), &phrase) {
            return Some(Err(failure));
        }
    }
    cursor.at = probe.at;
    Some(Ok(()))
}

/// The levels at which longs and shorts are left.
fn sided_exits(cursor: &mut Cursor<'_>) -> Option<(Decimal, Decimal)> {
    cursor.eat("so");
    let mut probe = *cursor;
    let behind =
        probe.numbers("exit|close|out at # for|on the? longs|long and|, # for|on the? shorts|short").or_else(|| {
            probe = *cursor;
            probe.numbers("exit|close the? longs|long at # and|, the? shorts|short at #")
        });
    let found = behind.or_else(|| {
        probe = *cursor;
        probe.numbers("the? longs|long exit|exits|close|out at # and|, the? shorts|short exit|exits|close|out? at #")
    })?;
    let [long, short] = found.as_slice() else { return None };
    // Up to 24 it may be an hour.
    let level = |number: &Decimal| *number > Decimal::from(24) && *number <= Decimal::ONE_HUNDRED;
    *cursor = probe;
    (level(long) && level(short)).then_some((*long, *short))
}

/// The one oscillator of the entries, as it stands there.
fn oscillator(editor: &Editor<'_>) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, text) in editor.expressions() {
        for part in super::calls::conjuncts(&text) {
            let Some((left, _, right)) = sides(&part) else { continue };
            let bounded = ["rsi(", "mfi(", "stoch"].iter().any(|row| left.starts_with(row));
            if bounded && right.parse::<Decimal>().is_ok() && !found.iter().any(|one| one == left) {
                found.push(left.to_owned());
            }
        }
    }
    match found.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}
