//! Rules in the place of others: a side or an exit that nothing was read for, with a rule beside it; an exit that is the
//! entry's own condition; times that were to be added and took the place of those there were.

use super::assemble::Assembly;
use super::cursor::Cursor;
use super::editor::Editor;
use super::pieces::{Item, Piece};
use super::reading::Reading;
use super::scene::{Scene, Side};
use ports::drafter::{DraftFailure, Question};
use serde_json::Value as Json;

/// From this minute of a day on a futures session is the next day's.
const EVENING: u16 = 17 * 60;

/// "A turning up go long turning down go short", where "go short" got nothing: what it belongs to was read of another.
///
/// # Errors
/// Then it is asked.
pub(crate) fn told(gathered: &Assembly<'_>, reading: &Reading<'_>) -> Result<(), DraftFailure> {
    let pieces = &reading.pieces;
    let rule = |piece: &&Piece| matches!(piece.item, Item::Condition(_) | Item::Mirror(_));
    let quiet = |piece: &&Piece| matches!(piece.item, Item::Filler | Item::Known | Item::Comma | Item::And);
    for (at, piece) in pieces.iter().enumerate() {
        let words = gathered.words(piece.from, piece.to);
        let leads = matches!(piece.item, Item::Entry(Some(_)) | Item::Exit(_) | Item::Sell);
        if !leads || !gathered.unhandled.contains(&words) {
            continue;
        }
        let before = pieces.get(..at).unwrap_or_default().iter().rev().find(|piece| !quiet(piece)).filter(rule);
        let same = |piece: &&Piece| quiet(piece) && piece.item != Item::Comma;
        let behind = pieces.get(at + 1..).unwrap_or_default().iter().find(|piece| !same(piece)).filter(rule);
        if let Some(other) = before.or(behind) {
            let beside = gathered.words(other.from, other.to);
            return Err(DraftFailure::new(
                format!("\"{words}\" could not be read together with \"{beside}\""),
                "say the side or the exit first, then its rule, for example \"short when …; exit when …\"",
            )
            .about(words));
        }
    }
    Ok(())
}

/// An exit of a side that is not traded: its words, where they only mirror the other side's, else what is missing.
pub(crate) fn untraded_exit(gathered: &mut Assembly<'_>, side: Side, mirrors: bool) {
    let place = format!("exit.{}: ", side.key());
    while let Some(line) = gathered.plan.iter().position(|item| item.became.starts_with(&place)) {
        let phrase = gathered.plan.remove(line).phrase;
        if mirrors {
            gathered.unhandled.push(phrase);
        }
    }
    if !mirrors {
        gathered.unhandled.push(format!("exit of {0}s: no {0} entry is described", side.key()));
    }
}

/// Lines of the plan for a side that is not traded: nothing in the document stands for them.
pub(crate) fn untraded(gathered: &mut Assembly<'_>, document: &Json) {
    let assumed = gathered.reading.scene.assumed();
    for side in ["long", "short"] {
        if document.pointer(&format!("/entry/{side}")).is_some() {
            continue;
        }
        let of_side =
            |became: &str| became.starts_with(&format!("exit.{side}: at ")) || became.contains(&format!(" ({side}): "));
        let told = |phrase: &str| assumed.iter().any(|sentence| sentence.contains(phrase));
        while let Some(line) = gathered.plan.iter().position(|item| of_side(&item.became) && !told(&item.phrase)) {
            let phrase = gathered.plan.remove(line).phrase;
            let kept = gathered.plan.iter().any(|item| item.phrase == phrase);
            if !kept && !gathered.unhandled.contains(&phrase) {
                gathered.unhandled.push(phrase);
            }
        }
    }
}

/// An exit that holds whenever the entry does: one of them was read of the wrong words.
///
/// # Errors
/// Then it is asked.
pub(crate) fn own_exit(document: &Json) -> Result<(), DraftFailure> {
    for side in ["long", "short"] {
        let Some(entry) = document.pointer(&format!("/entry/{side}")) else { continue };
        let entry = entry.as_str().or_else(|| entry.get("when")?.as_str()).unwrap_or_default();
        let exit = document.pointer(&format!("/exit/{side}")).and_then(Json::as_str).unwrap_or_default();
        // A cross of the entry, by itself or with its lines exchanged, is no way out either.
        let crosses = super::calls::conjuncts(entry).into_iter().filter(|part| part.contains(" crosses "));
        let own: Vec<String> =
            crosses.flat_map(|part| [super::calls::exchanged(&part), Some(part)]).flatten().collect();
        if !entry.is_empty() && exit.split(" or ").any(|part| part == entry || own.iter().any(|own| own == part)) {
            return Err(DraftFailure::new(
                format!("the {side} entry and its exit were read as the same condition, \"{entry}\""),
                "say the exit with its level and its direction, for example \"exit when price crosses below the 21 EMA\"",
            )
            .about(entry.to_owned()));
        }
    }
    Ok(())
}

/// Exits that hold whenever the entry does: no trade lasts, which is said.
pub(crate) fn at_once(document: &Json, scene: &Scene<'_>) {
    for side in ["long", "short"] {
        let entry = document.pointer(&format!("/entry/{side}"));
        let entry = entry.and_then(|entry| entry.as_str().or_else(|| entry.get("when")?.as_str())).unwrap_or_default();
        let exit = document.pointer(&format!("/exit/{side}")).and_then(Json::as_str).unwrap_or_default();
        if exit.starts_with('(') {
            continue;
        }
        for part in exit.split(" or ").filter(|part| !part.contains(" and ")) {
            if super::exit_levels::at_once(entry, part) {
                scene.assume(format!("the exit of {side}s \"{part}\" holds as soon as they are entered"));
            }
        }
    }
}

/// Opening ranges that were read of other words, or whose times were.
///
/// # Errors
/// Then it is asked.
pub(crate) fn ranges(document: &Json, unhandled: &[String], scene: &Scene<'_>) -> Result<(), DraftFailure> {
    late_gap(document, scene);
    one_range(document, unhandled)?;
    range_or_chart(scene)?;
    after_the_range(document, scene)
}

/// A gap of daily bars is known when its day is over, which is said.
fn late_gap(document: &Json, scene: &Scene<'_>) {
    let daily = matches!(document.get("timeframe").and_then(Json::as_str), Some("1d" | "1w"));
    let gaps = document.pointer("/entry").map(Json::to_string).is_some_and(|entry| entry.contains("gap"));
    if daily && gaps && !scene.changing.get() {
        scene.assume(
            "bars are daily: what a day opens with is known at its end, and the entry is filled at the next open",
        );
    }
}

/// "5-minute opening range breakout, 15 minutes": either may be the range's length, the other the chart's.
fn range_or_chart(scene: &Scene<'_>) -> Result<(), DraftFailure> {
    let tokens = super::token::tokens(scene.text);
    for at in 0..tokens.len() {
        let mut cursor = Cursor::new(&tokens, at);
        let named = cursor.eat("# -? minute|min|m opening range breakout|breakouts|break?")
            || cursor.eat("# -? minute|min|m orb|orbs");
        // "MNQ 5m opening range 30 minutes" is a 5-minute chart.
        let parted = cursor.eat(",|/|-") || !Cursor::new(&tokens, at + 1).sees("m");
        if named && parted && cursor.eat("# -? minute|minutes|min|mins|m") && cursor.is_pause() {
            let words = tokens.get(at).zip(tokens.get(cursor.at - 1));
            let words = words.and_then(|(first, last)| scene.text.get(first.start..last.end)).unwrap_or_default();
            return Err(DraftFailure::new(
                format!("\"{words}\" does not say which of the two is the opening range and which the chart"),
                "say both, for example \"5-minute chart, breakout of the first 15 minutes\"",
            )
            .about(words));
        }
    }
    Ok(())
}

/// Opening ranges of two lengths in one strategy: one of them was read of the chart or of another time.
fn one_range(document: &Json, unhandled: &[String]) -> Result<(), DraftFailure> {
    let rules = [document.pointer("/entry"), document.pointer("/exit")];
    let text = rules.into_iter().flatten().map(Json::to_string).collect::<String>();
    let mut lengths: Vec<&str> =
        text.split("opening_range(").skip(1).filter_map(|rest| rest.split([',', ')']).next()).collect();
    lengths.sort_unstable();
    lengths.dedup();
    // "a 1 minute opening range: mark the high and low of 9:30-9:45", of which only the first was read.
    let ranged = |words: &&String| {
        let words = words.to_lowercase();
        words.contains(':')
            && (words.contains("high and low of") || words.contains("high & low of") || words.contains("range is"))
    };
    let same = |words: &&String| words.split(|one: char| !one.is_ascii_digit()).any(|number| lengths.contains(&number));
    let other = unhandled.iter().filter(|words| !same(words)).find(ranged);
    if let Some(words) = other.filter(|_| !lengths.is_empty()) {
        return Err(DraftFailure::new(
            format!("the range of \"{words}\" could not be read, and another was"),
            "name its length, for example \"the opening range of the first 15 minutes\"",
        )
        .about(words.clone()));
    }
    let [one, other] = lengths.as_slice() else { return Ok(()) };
    Err(DraftFailure::asking(
        format!("two opening ranges were read, of {one} and of {other} minutes"),
        Question::new("opening range", [format!("the first {one} minutes"), format!("the first {other} minutes")]),
        "name its length once, for example \"the range of the first 15 minutes\"",
    ))
}

/// Trading hours that end before the opening range of the entry is known: they were read of the range's own times.
fn after_the_range(document: &Json, scene: &Scene<'_>) -> Result<(), DraftFailure> {
    let zone = document.pointer("/time_zone").and_then(Json::as_str).unwrap_or("America/New_York");
    let Some(open) = super::range_length::open_of(scene).filter(|_| zone == "America/New_York") else { return Ok(()) };
    let entry = document.pointer("/entry").map(Json::to_string).unwrap_or_default();
    let length = entry.split_once("opening_range(").and_then(|(_, rest)| rest.split([',', ')']).next());
    let Some(length) = length.and_then(|length| length.parse::<u16>().ok()).filter(|_| !entry.contains(" or ")) else {
        return Ok(());
    };
    let windows = document.pointer("/filters/windows").and_then(Json::as_array).cloned().unwrap_or_default();
    let early = |window: &Json| {
        let ends = window.as_str().and_then(|window| window.split_once('-'));
        let ends = ends.and_then(|(from, to)| strategy::parse_time(from).zip(strategy::parse_time(to)));
        ends.is_some_and(|(from, to)| to > open && to <= open + length && (from < to || from >= EVENING))
    };
    if windows.is_empty() || !windows.iter().all(early) {
        return Ok(());
    }
    Err(DraftFailure::asking(
        format!("the trading hours {} end before the opening range of {length} minutes is known", Json::from(windows)),
        Question::new(
            "trading hours",
            ["they are the times of the range", "trade after the range only"].map(str::to_owned),
        ),
        "name the length of the range, for example \"the high of the first 30 minutes\", and hours behind it",
    ))
}

/// What a change put in the place of something else.
///
/// # Errors
/// Then it is asked.
pub(crate) fn of_change(
    scene: &Scene<'_>,
    before: &Json,
    editor: &Editor<'_>,
    unhandled: &[String],
) -> Result<(), DraftFailure> {
    super::exit_edits::in_pips(editor, before)?;
    own_exit(&editor.document)?;
    ranges(&editor.document, unhandled, scene)?;
    added(scene.text, before, editor, unhandled)
}

/// "also let it trade in the afternoon", of which the hours there were are gone.
fn added(text: &str, before: &Json, editor: &Editor<'_>, unhandled: &[String]) -> Result<(), DraftFailure> {
    const ADDS: [&str; 7] = ["also", "too", "well", "another", "additional", "extra", "second"];
    const NARROWS: [&str; 20] = [
        "only", "just", "skip", "no", "not", "dont", "don't", "never", "nothing", "until", "after", "before", "start",
        "stop", "avoid", "except", "limit", "restrict", "confine", "all",
    ];
    for pointer in ["/filters/windows", "/filters/weekdays"] {
        let known = before.pointer(pointer).and_then(Json::as_array).cloned().unwrap_or_default();
        let now = editor.at(pointer).and_then(Json::as_array).cloned().unwrap_or_default();
        if known.iter().all(|one| now.contains(one)) {
            continue;
        }
        let place = pointer.trim_start_matches('/').replace('/', ".");
        for item in editor.plan.iter().filter(|item| item.became.starts_with(&place)) {
            let ends = |one: char| matches!(one, ',' | '.' | ';' | '\n');
            let from = text.find(&item.phrase).unwrap_or(0);
            let start = text.get(..from).and_then(|head| head.rfind(ends)).map_or(0, |at| at + 1);
            let behind = text.get(from + item.phrase.len()..).unwrap_or_default();
            let end = from + item.phrase.len() + behind.find(ends).unwrap_or(behind.len());
            let clause = text.get(start..end).unwrap_or_default().to_lowercase();
            let says = |words: &[&str]| clause.split_whitespace().any(|word| words.contains(&word));
            // "I also want an afternoon window, 13:30-15:00".
            let beside = unhandled.iter().any(|words| {
                let words = words.to_lowercase();
                let more = ["also", "on top of", "additional", "another", "second", "extra", "as well"];
                more.iter().any(|one| words.contains(one))
                    && ["window", "session", "hours", "morning", "afternoon", "days"]
                        .iter()
                        .any(|one| words.contains(one))
            });
            if beside || says(&ADDS) && !says(&NARROWS) {
                return Err(DraftFailure::new(
                    format!("\"{}\" adds to {}, and would take its place", item.phrase, Json::from(known)),
                    "say all of them, for example \"trade 9:30 to 11 and 14:00 to 15:30\"",
                )
                .about(item.phrase.clone()));
            }
        }
    }
    Ok(())
}
