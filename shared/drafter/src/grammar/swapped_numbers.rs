//! One number in place of another: `ADX 20 to 18`, `EMA 9 to 12`; two levels without the oscillator's name.

use super::calls::{calls, spliced, thresholds};
use super::cursor::{Cursor, whole};
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::everyday::{begins, ends};
use super::names;
use super::numbers::{averages, set_period};
use super::reading::Reading;
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;

/// `ADX 20 to 18`: a period or a level, whichever the number is.
pub(crate) fn renumbered(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let name = names::indicator(cursor).filter(|name| name.row != "atr")?;
    let old = cursor.number()?;
    if !cursor.eat("to|into") {
        return None;
    }
    let new = cursor.number()?;
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let of_row = |text: &str| {
        calls(text).into_iter().filter(|call| call.name == name.row).filter_map(|call| Some(call.period()?.0)).collect()
    };
    let periods: Vec<u32> = editor.expressions().iter().flat_map(|(_, text)| -> Vec<u32> { of_row(text) }).collect();
    let period = whole(old).filter(|old| periods.contains(old));
    let is_old = |value: &str| value.parse() == Ok(old);
    let level = editor
        .expressions()
        .iter()
        .flat_map(|(_, text)| thresholds(text, name.row))
        .any(|(value, _, _)| is_old(&value));
    match (period, level, whole(new)) {
        (Some(old), false, Some(new)) => {
            set_period(editor, name.row, Some(old), new, None, &phrase);
            Some(Ok(()))
        }
        (None, true, _) => {
            editor.rewrite(&phrase, &|text| {
                let found = thresholds(text, name.row).into_iter().filter(|(value, _, _)| is_old(value));
                spliced(text, found.map(|(_, start, end)| (start, end, new.normalize().to_string())).collect())
            });
            Some(Ok(()))
        }
        _ => Some(Err(unclear(&phrase, &format!("{old} is not found once")))),
    }
}

/// `swap the 9 for an 8 and the 21 for a 34 SMA`, `use the 100 EMA instead of the 200 SMA`, `make the 200 SMA an EMA`: each
/// average that has the old length gets the new one, and the new kind where one is named.
pub(crate) fn length_swapped(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let (old, new) = exchanged(cursor, reading).or_else(|| {
        cursor.at = from;
        turned_round(cursor)
    })?;
    cursor.eat("instead");
    let phrase = said(reading, from, cursor.at);
    let known = averages(editor);
    let of_kind = |name: &str| old.kind.is_none_or(|kind| kind == name);
    let found = known.iter().any(|(name, period)| Some(*period) == old.period && of_kind(name));
    if !ends(cursor) || !found {
        return None;
    }
    let period = new.period.or(old.period)?;
    set_period(editor, old.kind.unwrap_or_default(), old.period, period, new.kind, &phrase);
    Some(Ok(()))
}

/// An average as changes name it: `the 200 SMA`, `an EMA`, `a 34`.
struct Named {
    period: Option<u32>,
    kind: Option<&'static str>,
}

/// `swap the 9 for an 8`, `and the 21 for a 34`, `make the 200 SMA an EMA`.
fn exchanged(cursor: &mut Cursor<'_>, reading: &Reading<'_>) -> Option<(Named, Named)> {
    let second = cursor.at.checked_sub(1).is_some_and(|before| Cursor::new(&reading.tokens, before).sees("and"));
    let made = cursor.eat("make|turn");
    let opened = made || cursor.eat("swap|change|replace|switch|convert|trade out?") || second && cursor.sees("the #");
    if !opened {
        return None;
    }
    let old = average(cursor).filter(|old| old.period.is_some())?;
    if !cursor.eat("for|to|with|into") && !made {
        return None;
    }
    let article = cursor.sees("a|an");
    let new = average(cursor)?;
    // "make the 21 34" gives a length, "make the 200 SMA EMA" is read elsewhere.
    (!made || article && new.kind.is_some()).then_some((old, new))
}

/// `use the 100 EMA instead of the 200 SMA`: the new one first.
fn turned_round(cursor: &mut Cursor<'_>) -> Option<(Named, Named)> {
    if !cursor.eat("use|try|put") {
        return None;
    }
    let new = average(cursor).filter(|new| new.kind.is_some())?;
    if !cursor.eat("instead|rather|place of|than") && !cursor.eat("in place of") {
        return None;
    }
    let old = average(cursor).filter(|old| old.period.is_some())?;
    (old.kind.is_some() && old.kind != new.kind).then_some((old, new))
}

fn average(cursor: &mut Cursor<'_>) -> Option<Named> {
    cursor.eat("a|an|the|my");
    let period = cursor.number().map(whole);
    if period == Some(None) {
        return None;
    }
    let period = period.flatten();
    cursor.eat("-");
    cursor.eat("period|day|bar");
    if cursor.eat("ma|mas|average|averages|period|one|moving average") {
        return period.map(|_| Named { period, kind: None });
    }
    let kind = names::indicator(cursor).filter(|name| name.class == names::Class::Average).map(|name| name.row);
    (period.is_some() || kind.is_some()).then_some(Named { period, kind })
}

fn unclear(phrase: &str, why: &str) -> DraftFailure {
    DraftFailure::new(
        format!("\"{phrase}\" could not be read as a change: {why}"),
        "say what changes with its name, for example \"raise the ADX level from 20 to 25\"",
    )
    .about(phrase)
}

/// `loosen it up to 35/65`: the levels of the one oscillator that has two.
pub(crate) fn levels_alone(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    const ROWS: [&str; 4] = ["rsi", "stoch", "mfi", "stochrsi"];
    let from = cursor.at;
    if !begins(reading, from)
        || !cursor.eat("loosen|tighten|widen|relax|narrow|change|move|set|make|use|go|switch it|them|that?")
    {
        return None;
    }
    let _ = cursor.eat("the|up|down|out");
    let _ = cursor.eat("levels|thresholds");
    let _ = cursor.eat("to|with|at");
    let numbers = cursor.numbers("# / #")?;
    let _ = cursor.eat("levels|thresholds") || cursor.eat("instead");
    let [one, two] = numbers.as_slice() else { return None };
    let (low, high) = (*one.min(two), *one.max(two));
    let middle = Decimal::from(50);
    if !ends(cursor) || low <= Decimal::ZERO || low >= middle || high <= middle || high >= Decimal::ONE_HUNDRED {
        return None;
    }
    let entries: Vec<String> = editor.sides().into_iter().filter_map(|side| editor.entry(side)).collect();
    let of = |row: &str| {
        let mut found: Vec<Decimal> = entries
            .iter()
            .flat_map(|text| thresholds(text, row))
            .filter_map(|(value, _, _)| value.parse().ok())
            .collect();
        found.sort();
        found.dedup();
        found
    };
    let two_levels: Vec<(&str, Vec<Decimal>)> =
        ROWS.into_iter().map(|row| (row, of(row))).filter(|(_, values)| values.len() == 2).collect();
    let [(row, values)] = two_levels.as_slice() else { return None };
    let [lower, upper] = values.as_slice() else { return None };
    if *lower >= middle || *upper <= middle {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    reading.scene.assume(format!("\"{phrase}\" is read as the levels of {row}"));
    editor.rewrite(&phrase, &|text| {
        let new = |value: &str| match value.parse::<Decimal>() {
            Ok(value) if value == *lower => Some(low),
            Ok(value) if value == *upper => Some(high),
            Ok(_) | Err(_) => None,
        };
        let found = thresholds(text, row).into_iter();
        let edits = found.filter_map(|(value, start, end)| Some((start, end, new(&value)?.normalize().to_string())));
        spliced(text, edits.collect())
    });
    Some(Ok(()))
}
