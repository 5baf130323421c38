//! Two numbers in place of two others: `use 13 and 34 instead of 9 and 21`, `RSI 30/70 to 25/75`, each for each.

use super::calls::{calls, spliced, thresholds};
use super::cursor::{Cursor, whole};
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::everyday::{begins, ends};
use super::everyday_rules::elsewhere;
use super::names::{self, Class};
use super::numbers::is_average;
use super::reading::Reading;
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;

/// An indicator by its row; true for an average.
type Named = (&'static str, bool);

/// What is said: the new pair, the old one, and of what.
struct Said {
    new: [Decimal; 2],
    old: [Decimal; 2],
    of: Option<&'static str>,
    /// Another kind of average: "SMA 10/50 to EMA 8/34".
    kind: Option<&'static str>,
}

/// `use A and B instead of C and D`, `change A/B to C/D`, `swap the A and B for C and D`.
pub(crate) fn pair_swapped(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let found = pair_said(cursor)?;
    let phrase = said(reading, from, cursor.at);
    if !ends(cursor) {
        return Some(Err(unclear(&phrase, "what follows it could not be read")));
    }
    let rises = |pair: [Decimal; 2]| pair[0] < pair[1];
    if rises(found.new) != rises(found.old) {
        return Some(Err(unclear(&phrase, "the pairs are in different orders")));
    }
    let (periods, levels) = places(editor, &found);
    let alone = found.of.is_some() || found.old.iter().all(|old| whole(*old).is_none_or(|old| !outside(editor, old)));
    match (periods.as_slice(), levels.as_slice()) {
        ([row], []) if alone => {
            let row = row.clone();
            let (Some(new), Some(old)) = (counts(found.new), counts(found.old)) else {
                return Some(Err(unclear(&phrase, "a period is a whole number")));
            };
            set_periods(editor, &row, old, new, found.kind, &phrase);
            Some(Ok(()))
        }
        ([], [row]) if alone && found.kind.is_none() => {
            let row = row.clone();
            set_levels(editor, &row, &found, &phrase);
            Some(Ok(()))
        }
        _ => Some(Err(unclear(&phrase, &format!("not found once: {} and {}", found.old[0], found.old[1])))),
    }
}

fn unclear(phrase: &str, why: &str) -> DraftFailure {
    DraftFailure::new(
        format!("\"{phrase}\" could not be read as a change: {why}"),
        "say each change with its name, for example \"change the 21 EMA to 34\"",
    )
    .about(phrase)
}

fn pair(cursor: &mut Cursor<'_>) -> Option<[Decimal; 2]> {
    let numbers = cursor.numbers("# /|and|& the? #")?;
    let [first, second] = numbers.as_slice() else { return None };
    (*first > Decimal::ZERO && *second > Decimal::ZERO && first != second).then_some([*first, *second])
}

/// A pair, with the name before or behind it.
fn named_pair(cursor: &mut Cursor<'_>) -> Option<([Decimal; 2], Option<Named>)> {
    let _ = cursor.eat("the|a|my|from");
    cursor.eat("the|my");
    let mut probe = *cursor;
    let mut name = named(&mut probe);
    if name.is_some() {
        let _ = probe.eat("levels|level|periods|from|at|of|:|to");
        *cursor = probe;
    }
    let found = pair(cursor)?;
    if name.is_none() {
        name = named(cursor);
    }
    cursor.eat("levels|periods|bars|cross|crossover");
    Some((found, name))
}

fn pair_said(cursor: &mut Cursor<'_>) -> Option<Said> {
    let mut probe = *cursor;
    let verb = probe.eat("use|make|try|change|switch|swap|put|set|replace|move|go with|to|it?");
    let swaps = cursor.sees("change|switch|swap|replace|move");
    let (first, one) = named_pair(&mut probe)?;
    let (second, other, old_first) = if probe.eat("instead|rather of|than") || probe.eat("not|over") {
        let (second, other) = named_pair(&mut probe)?;
        (second, other, false)
    } else if probe.eat("to|into|with|by") || swaps && probe.eat("for") {
        let (second, other) = named_pair(&mut probe)?;
        (second, other, true)
    } else {
        return None;
    };
    if old_first && !verb && one.is_none() {
        return None;
    }
    probe.eat("instead");
    *cursor = probe;
    let (new, old, of, kind) = if old_first { (second, first, one, other) } else { (first, second, other, one) };
    let kind = kind.filter(|kind| of != Some(*kind));
    let (of, kind) = if of.is_none() { (kind, None) } else { (of, kind) };
    // An oscillator has no other kind.
    if kind.is_some_and(|(_, average)| !average) {
        return None;
    }
    Some(Said { new, old, of: of.map(|(row, _)| row), kind: kind.map(|(row, _)| row) })
}

fn named(cursor: &mut Cursor<'_>) -> Option<Named> {
    names::indicator(cursor).map(|name| (name.row, name.class == Class::Average))
}

fn counts(pair: [Decimal; 2]) -> Option<[u32; 2]> {
    Some([whole(pair[0])?, whole(pair[1])?])
}

/// True where a setting has the number.
fn outside(editor: &Editor<'_>, number: u32) -> bool {
    let mut rest = editor.document.clone();
    if let Some(map) = rest.as_object_mut() {
        map.shift_remove("window");
    }
    elsewhere(&rest, number)
}

/// The rows that have both old numbers as periods, and those that are compared with both.
fn places(editor: &Editor<'_>, found: &Said) -> (Vec<String>, Vec<String>) {
    let (mut periods, mut levels): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let expressions = editor.expressions();
    let mut rows: Vec<String> = expressions.iter().flat_map(|(_, text)| calls(text)).map(|call| call.name).collect();
    rows.sort();
    rows.dedup();
    for row in rows.into_iter().filter(|row| strategy::indicators::find(row).is_some()) {
        // "the 10/50 MAs" are averages of any kind.
        let generic = found.of == Some("sma");
        let mut known: Vec<u32> = Vec::new();
        let mut compared: Vec<String> = Vec::new();
        let mut average = false;
        for (_, text) in &expressions {
            for call in calls(text).into_iter().filter(|call| call.name == row) {
                average |= is_average(&call);
                known.extend(call.period().map(|(period, _, _)| period));
            }
            compared.extend(thresholds(text, &row).into_iter().map(|(value, _, _)| value));
        }
        let named = found.of.is_none_or(|of| of == row || generic && average);
        let has = |old: &Decimal| whole(*old).is_some_and(|old| known.contains(&old));
        if named && found.old.iter().all(has) {
            periods.push(row.clone());
        }
        if named && found.old.iter().all(|old| compared.iter().any(|value| value.parse() == Ok(*old))) {
            levels.push(row);
        }
    }
    (periods, levels)
}

fn set_periods(
    editor: &mut Editor<'_>,
    row: &str,
    old: [u32; 2],
    new: [u32; 2],
    kind: Option<&'static str>,
    phrase: &str,
) {
    editor.rewrite(phrase, &|text| {
        let mut edits = Vec::new();
        for call in calls(text).into_iter().filter(|call| call.name == row) {
            let Some((period, start, end)) = call.period() else { continue };
            let Some(place) = old.iter().position(|old| *old == period) else { continue };
            edits.push((start, end, new.get(place).copied().unwrap_or(period).to_string()));
            if let Some(kind) = kind {
                edits.push((call.start, call.start + call.name.len(), kind.to_owned()));
            }
        }
        spliced(text, edits)
    });
}

fn set_levels(editor: &mut Editor<'_>, row: &str, found: &Said, phrase: &str) {
    editor.rewrite(phrase, &|text| {
        let mut edits = Vec::new();
        for (value, start, end) in thresholds(text, row) {
            let place = found.old.iter().position(|old| value.parse() == Ok(*old));
            if let Some(new) = place.and_then(|place| found.new.get(place)) {
                edits.push((start, end, new.normalize().to_string()));
            }
        }
        spliced(text, edits)
    });
}
