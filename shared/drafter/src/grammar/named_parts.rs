//! Changes of what a strategy has one of, by its name: "the buy level", "the trend filter", "the bands", another market.

use super::calls::{Call, calls, spliced, thresholds};
use super::cursor::{Cursor, whole};
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends};
use super::names::{self, Class};
use super::numbers::is_average;
use super::reading::Reading;
use super::scene::Side;
use ports::drafter::{DraftFailure, Question};
use serde_json::Value as Json;

/// One of them: moves the cursor behind its words.
pub(crate) fn named_part(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    if !begins(reading, cursor.at) {
        return None;
    }
    for reader in [level, trend, bands, band_kind] {
        let mut probe = *cursor;
        if let Some(outcome) = reader(&mut probe, reading, editor) {
            *cursor = probe;
            return Some(outcome);
        }
    }
    None
}

/// `loosen the buy level to 35`, `entry level 5 not 10`, `exit level back down to 60`.
fn level(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("loosen|tighten|raise|lower|move|change|set|bump|drop|make|put|try|use");
    cursor.eat("the|my");
    let (long, short) = (cursor.sees("buy|long"), cursor.sees("sell|short"));
    let left = cursor.sees("exit|cover|sell|out at #") && cursor.eat("exit|cover|sell|out");
    let exit = left || cursor.sees("exit");
    if !left
        && !cursor.eat("buy|long|sell|short|entry|exit rsi? level|threshold|trigger")
        && !cursor.eat("rsi level|threshold|trigger")
    {
        return None;
    }
    let to = cursor.eat("back? up|down? to|at|:|=") || cursor.eat("should be") || exit && cursor.sees("#");
    let new = cursor.number()?;
    let mut old = None;
    if cursor.eat("not|instead|rather|in of|than|place? of?") {
        old = Some(cursor.number()?);
    }
    if left && old.is_none() || !(verb || to || old.is_some()) || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let sides = editor.sides();
    let leaves = exit || short && sides == [Side::Long] || long && sides == [Side::Short];
    let chosen: Vec<Side> =
        sides.into_iter().filter(|side| leaves || !long && !short || long == (*side == Side::Long)).collect();
    let [side] = chosen.as_slice() else {
        return Some(Err(DraftFailure::asking(
            format!("\"{phrase}\": longs and shorts have a level each"),
            Question::new(phrase, ["the buy level".to_owned(), "the sell level".to_owned()]),
            "say which, for example \"the buy level to 35\"",
        )));
    };
    let place = if leaves { "exit" } else { "entry" };
    let pointer = format!("/{place}/{}", side.key());
    let text = if leaves { editor.at(&pointer).and_then(Json::as_str).map(str::to_owned) } else { editor.entry(*side) };
    let text = text?;
    let rows: Vec<String> = calls(&text).into_iter().map(|call| call.name).collect();
    let known: Vec<_> = rows.iter().flat_map(|row| thresholds(&text, row)).collect();
    let [(value, start, end)] = known.as_slice() else { return None };
    if old.is_some_and(|old| value.parse() != Ok(old)) {
        return missing(&format!("level of {}", old.unwrap_or_default()));
    }
    let changed = spliced(&text, vec![(*start, *end, new.normalize().to_string())]);
    Some(if leaves {
        editor.set(&pointer, Json::from(changed), &phrase)
    } else {
        editor.set_entry(*side, changed, &phrase)
    })
}

/// `make the trend filter a 100 SMA`, `shorten the trend filter to 100 days`: the average that prices are held against.
fn trend(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("make|change|set|shorten|lengthen|move|switch|swap the|my trend filter");
    if !verb && !cursor.eat("the|my? trend filter should be") && !cursor.eat("the|my? trend filter to") {
        return None;
    }
    cursor.eat("to|a|an|the|into|for|with");
    cursor.eat("a|an|the");
    let new = cursor.number().and_then(whole)?;
    cursor.eat("-");
    cursor.eat("days|day|bars|bar|period|periods");
    let kind = names::indicator(cursor).filter(|name| name.class == Class::Average).map(|name| name.row);
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let filter = |call: &Call, text: &str| {
        let before = text.get(..call.start).unwrap_or_default();
        is_average(call)
            && call.period().is_some()
            && [" > ", " < ", " >= ", " <= "].iter().any(|sign| before.ends_with(sign))
    };
    let mut periods: Vec<u32> = editor
        .expressions()
        .iter()
        .filter(|(pointer, _)| pointer.starts_with("/entry"))
        .flat_map(|(_, text)| {
            calls(text).into_iter().filter(|call| filter(call, text)).filter_map(|call| call.period())
        })
        .map(|(period, _, _)| period)
        .collect();
    periods.sort_unstable();
    periods.dedup();
    let [old] = periods.as_slice() else {
        return if periods.is_empty() { missing("trend filter") } else { None };
    };
    let any = editor.rewrite(&phrase, &|text| {
        let mut edits = Vec::new();
        for call in calls(text).into_iter().filter(|call| filter(call, text)) {
            let Some((period, start, end)) = call.period().filter(|(period, _, _)| period == old) else { continue };
            let _ = period;
            if let Some(kind) = kind {
                edits.push((call.start, call.start + call.name.len(), kind.to_owned()));
            }
            edits.push((start, end, new.to_string()));
        }
        spliced(text, edits)
    });
    any.then_some(Ok(()))
}

/// `make the bands 20, 2.5`, `bb length 30`.
fn bands(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("make|use|set|change|switch|and|put");
    cursor.eat("the|my");
    if !(cursor.eat("bollinger|bb bands|band?") || cursor.eat("bollingers|bollies|bb|bbs|bands|band|bollinger")) {
        return None;
    }
    let length = cursor.eat("length|period|lookback");
    cursor.eat("to|of|at|:|=|be");
    let bracket = cursor.eat("(");
    let period = cursor.number().and_then(whole)?;
    let wide = if cursor.eat(",|/|and") { Some(cursor.number()?) } else { None };
    let closed = !bracket || cursor.eat(")");
    cursor.eat("bars|bar|periods|period");
    if !(length || wide.is_some()) || !closed || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.rewrite(&phrase, &|text| {
        let mut edits = Vec::new();
        for call in calls(text).into_iter().filter(|call| call.name == "bbands") {
            let mut numbers = call.numbers().into_iter();
            edits.extend(numbers.next().map(|(_, start, end)| (start, end, period.to_string())));
            let second = numbers.next().zip(wide);
            edits.extend(second.map(|((_, start, end), wide)| (start, end, wide.normalize().to_string())));
        }
        spliced(text, edits)
    });
    if any { Some(Ok(())) } else { missing("Bollinger bands") }
}

/// `use Keltner channels (20, 1.5) in place of the Bollinger bands`.
fn band_kind(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    const BANDS: &str = "bollinger|bollingers|bb|bbs|bollies bands|band|channel|channels|ones?";
    let swaps = cursor.eat("swap|replace|change|switch");
    if !swaps {
        cursor.eat("use|try|make|put it?");
    }
    cursor.eat("the|a|it");
    if swaps && !(cursor.eat(BANDS) && cursor.eat("for|with|to|by a|the?")) {
        return None;
    }
    if !cursor.eat("keltner|keltners|kc channel|channels|bands|band? of?") {
        return None;
    }
    let bracket = cursor.eat("(");
    let period = cursor.number().and_then(whole)?;
    cursor.eat("ema");
    let _ = cursor.eat(",|/|and");
    let wide = cursor.number()?;
    cursor.eat("x? atr|atrs");
    if bracket && !cursor.eat(")") {
        return None;
    }
    let _ = cursor.eat("for the? entry|entries");
    let told = swaps || {
        let given_up = cursor.eat("instead of") || cursor.eat("in place of") || cursor.eat("rather than");
        cursor.eat("the");
        given_up && cursor.eat(BANDS)
    };
    if !told || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.rewrite(&phrase, &|text| {
        let known = calls(text).into_iter().filter(|call| call.name == "bbands");
        spliced(
            text,
            known.map(|call| (call.start, call.end, format!("keltner({period}, {})", wide.normalize()))).collect(),
        )
    });
    if any { Some(Ok(())) } else { missing("Bollinger bands") }
}

/// `… instead of the RSI exit`: a new exit of the sentence takes its place by itself, else it goes.
pub(crate) fn exit_given_up(
    from: usize,
    cursor: &mut Cursor<'_>,
    reading: &Reading<'_>,
    editor: &mut Editor<'_>,
) -> Outcome {
    let mut probe = *cursor;
    let _ = probe.eat("waiting on|for") || probe.eat("on|at|using");
    probe.eat("the|my");
    let name = names::indicator(&mut probe)?;
    let _ = probe.one("( # )");
    let of_exit = probe.sees("exit") || cursor.sees("waiting|on|at|using");
    let _ =
        probe.eat("exit|rule|thing|one|signal|level") || probe.eat("over|above|below|under|at|>|<") && probe.eat("#");
    if !ends(&probe) {
        return None;
    }
    let call = format!("{}(", name.row);
    let rules: Vec<(String, String)> = editor
        .expressions()
        .into_iter()
        .filter(|(pointer, _)| matches!(pointer.as_str(), "/exit/long" | "/exit/short"))
        .collect();
    if rules.is_empty() || !rules.iter().all(|(_, text)| text.contains(&call)) {
        return None;
    }
    let leaves = (0..from).any(|at| Cursor::new(&reading.tokens, at).sees("exit|sell|cover|get|close|leave|out|bail"));
    let entered = editor.sides().into_iter().any(|side| editor.entry(side).is_some_and(|rule| rule.contains(&call)));
    if !leaves && !of_exit && entered {
        // "RSI(3) rather than RSI(2)" is of the entry too.
        return None;
    }
    if !leaves {
        let phrase = said(reading, from, probe.at);
        for (pointer, _) in rules {
            editor.remove(&pointer, &phrase);
        }
    }
    *cursor = probe;
    Some(Ok(()))
}
