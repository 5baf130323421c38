//! Hours and days added to those there are: `also trade 14:00 to 15:30`, `friday as well`.

use super::cursor::Cursor;
use super::editor::Editor;
use super::edits::{Outcome, said};
use super::filters;
use super::reading::Reading;
use super::removals;
use super::setting::Join;
use super::token::Token;
use super::weekdays::{day_keys, days};
use ports::drafter::DraftFailure;
use serde_json::Value as Json;

/// `add 13:00 to 15:00 as well`, `also on friday`, `on mondays too`.
pub(crate) fn more_times(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let mut probe = *cursor;
    let lead = probe.eat("also let|allow me|it? to? trade?")
        || probe.eat("also add|include|allow?")
        || probe.eat("add|include");
    let _ = !lead && probe.eat("let it|me|us? trade");
    let start = probe;
    let hours = reading.scene.attempt(|| {
        let found = filters::filter(&mut probe, &reading.scene)?;
        let listed = found.iter().all(|one| one.pointer == "/filters/windows" && one.join == Join::List);
        let _ = probe.eat("in the afternoon|afternoons|morning|mornings|evening|evenings");
        let more = tail(&mut probe) || lead;
        let known =
            editor.at("/filters/windows").and_then(Json::as_array).cloned().filter(|known| !known.is_empty())?;
        let list = || known.into_iter().chain(found.into_iter().map(|one| one.value)).collect::<Vec<_>>();
        (listed && more && !only(cursor, probe) && probe.is_pause_or_joint()).then(list)
    });
    if let Some(list) = hours {
        *cursor = probe;
        return Some(editor.set("/filters/windows", Json::from(list), &said(reading, from, cursor.at)));
    }
    if let Some(failure) = adds_to_nothing(cursor, reading, editor) {
        return Some(Err(failure));
    }
    probe = start;
    let _ = probe.eat("trade? on") || probe.eat("trade|allow|take");
    let added = days(&mut probe)?;
    let mut hours = probe;
    let timed = reading.scene.attempt(|| {
        let found = filters::filter(&mut hours, &reading.scene)?;
        (found.iter().any(|one| one.pointer == "/filters/windows") && tail(&mut hours)).then_some(())
    });
    if timed.is_some() {
        *cursor = hours;
        let phrase = said(reading, from, cursor.at);
        return Some(Err(DraftFailure::new(
            format!("\"{phrase}\" cannot be added: the hours of a strategy are the same on every day it trades"),
            "say the hours of all days, or the days alone",
        )
        .about(phrase)));
    }
    let allowed = removals::weekdays(editor);
    let new = allowed.iter().zip(added).any(|(known, new)| new && !*known);
    // "trade Fridays" where Fridays are left out: they are let in, not alone.
    let narrowed = from > 0 && Cursor::new(&reading.tokens, from - 1).sees("only|just|to");
    let let_in = new && !narrowed && Cursor::new(&reading.tokens, from).sees("trade|let|allow|take");
    let more = tail(&mut probe) || lead || let_in;
    if !more || only(cursor, probe) || !probe.is_pause_or_joint() || editor.at("/filters/weekdays").is_none() {
        return None;
    }
    *cursor = probe;
    let mut allowed = removals::weekdays(editor);
    for (slot, new) in allowed.iter_mut().zip(added) {
        *slot |= new;
    }
    Some(editor.set("/filters/weekdays", day_keys(allowed), &said(reading, from, cursor.at)))
}

/// `also trade 14:00 to 15:30` where it may trade at any time: to say so would limit it.
fn adds_to_nothing(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &Editor<'_>) -> Option<DraftFailure> {
    if editor.at("/filters/windows").and_then(Json::as_array).is_some_and(|known| !known.is_empty()) {
        return None;
    }
    let from = cursor.at;
    let mut probe = *cursor;
    let also = probe.eat("also let|allow me|it? to? trade?") || probe.eat("also");
    let hours = reading.scene.attempt(|| {
        let found = filters::filter(&mut probe, &reading.scene)?;
        found.iter().all(|one| one.pointer == "/filters/windows").then_some(())
    });
    let more = tail(&mut probe) || also;
    if hours.is_none() || !more || only(cursor, probe) || denies(cursor, probe) {
        return None;
    }
    let phrase = said(reading, from, probe.at);
    Some(
        DraftFailure::new(
            format!("\"{phrase}\" adds nothing: the strategy enters at any time"),
            "say \"only trade …\" to limit it to those hours",
        )
        .about(phrase),
    )
}

fn tail(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("too|also") || cursor.eat("as well")
}

fn only(start: &Cursor<'_>, end: Cursor<'_>) -> bool {
    let words = start.tokens.get(start.at..end.at).unwrap_or_default();
    words.iter().filter_map(Token::word).any(|word| matches!(word, "only" | "just" | "limit" | "restrict"))
}

fn denies(start: &Cursor<'_>, end: Cursor<'_>) -> bool {
    let words = start.tokens.get(start.at..end.at).unwrap_or_default();
    words.iter().filter_map(Token::word).any(|word| matches!(word, "no" | "skip" | "avoid" | "dont" | "not" | "never"))
}
