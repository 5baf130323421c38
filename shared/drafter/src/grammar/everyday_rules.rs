//! Changes of numbers and filters inside rules as they are said in passing: `make it RSI(2)`, `use 50 day instead of the
//! 200 day`, `remove the trend filter`, `multiplier 2`.

use super::calls::{Call, calls, conjuncts, sides, spliced};
use super::cursor::{Cursor, whole};
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends, is_average};
use super::names;
use super::numbers::set_period;
use super::reading::Reading;
use super::removals::removal;
use super::scene::Side;
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// Bars from which on an average is one of the trend.
const TREND_BARS_MIN: u32 = 50;

fn indicator_calls(editor: &Editor<'_>) -> Vec<(Call, String)> {
    let written = |text: String| {
        let found = calls(&text).into_iter().filter(|call| strategy::indicators::find(&call.name).is_some());
        found
            .map(|call| {
                let inside = text.get(call.start..call.end).unwrap_or_default().to_owned();
                (call, inside)
            })
            .collect::<Vec<_>>()
    };
    editor.expressions().into_iter().flat_map(|(_, text)| written(text)).collect()
}

/// `make it RSI(2)`, `use ATR(10) instead`: the period of the one such indicator there is.
pub(crate) fn call_named(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) || !cursor.eat("make|use|switch|change|try|go|want to|with|it|the?") {
        return None;
    }
    let _ = cursor.eat("to|with|a|the|it");
    let name = names::indicator(cursor).filter(|name| name.row != "atr")?;
    if !cursor.eat("(") {
        return None;
    }
    let new = cursor.number().and_then(whole)?;
    if !cursor.eat(")") {
        return None;
    }
    let mut old = None;
    if cursor.eat("instead of|") || cursor.eat("rather than|") {
        cursor.eat("than|of");
        let _ = names::indicator(cursor).filter(|known| known.row == name.row);
        let bracket = cursor.eat("(");
        old = Some(cursor.number().and_then(whole)?);
        if bracket && !cursor.eat(")") {
            return None;
        }
    }
    cursor.eat("instead");
    let one = strategy::indicators::find(name.row).is_some_and(|row| row.arguments.len() == 1);
    if !one || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut periods: Vec<u32> = indicator_calls(editor)
        .iter()
        .filter(|(call, _)| call.name == name.row)
        .filter_map(|(call, _)| Some(call.period()?.0))
        .collect();
    periods.dedup();
    periods.retain(|period| old.is_none_or(|old| old == *period));
    match periods.as_slice() {
        [known] => {
            set_period(editor, name.row, Some(*known), new, None, &phrase);
            Some(Ok(()))
        }
        [] => missing(&name.row.to_uppercase()),
        _ => Some(Err(DraftFailure::new(
            format!("the strategy has more than one {}", name.row.to_uppercase()),
            "say which one changes, for example \"change the 14 RSI to 7\"",
        ))),
    }
}

/// `use 50 day instead of the 200 day`, `change 20 to 50`: a period by its number alone.
pub(crate) fn period_instead(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let label = cursor.eat("n|lookback :|=?");
    let verb = label || cursor.eat("use|make|try|change|switch|put");
    let _ = !label && cursor.eat("it|to|the|a|from");
    cursor.eat("the|a");
    let mut unit = false;
    let mut days = false;
    let mut read = |cursor: &mut Cursor<'_>| {
        let count = cursor.number().and_then(whole)?;
        if cursor.eat("day|days") {
            days = true;
        }
        unit |= days || cursor.eat("bar|bars|period|periods");
        Some(count)
    };
    let first = read(cursor)?;
    let (new, old) = if cursor.eat("instead|rather of|than the|a|my?") {
        (first, read(cursor)?)
    } else if verb && cursor.eat("to|into|with the|a?") {
        (read(cursor)?, first)
    } else {
        return None;
    };
    cursor.eat("one");
    // "13 and 34 instead of 9 and 21": half of a pair.
    let paired = from.checked_sub(2).is_some_and(|before| Cursor::new(&reading.tokens, before).sees("# and"))
        || cursor.sees("and #");
    if !ends(cursor) || new == old || paired {
        return None;
    }
    let found = indicator_calls(editor);
    let concerned: Vec<&(Call, String)> =
        found.iter().filter(|(call, _)| call.period().is_some_and(|(period, _, _)| period == old)).collect();
    let phrase = said(reading, from, cursor.at);
    let Some((first, _)) = concerned.first() else {
        return if unit { missing(&format!("{old}-bar indicator")) } else { None };
    };
    let daily = |inside: &str| inside.contains("'1d'") || reading.scene.timeframe == "1d";
    let kind = |name: &str| if name == "lowest" { "highest".to_owned() } else { name.to_owned() };
    let alike = concerned.iter().all(|(call, inside)| {
        kind(&call.name) == kind(&first.name)
            && (!days || daily(inside))
            && daily(inside) == concerned.first().is_some_and(|(_, one)| daily(one))
    });
    // The number alone may be another of the strategy's.
    if !alike || !unit && elsewhere(&editor.document, old) || !unit && compared(editor, old) {
        return None;
    }
    let mut rows: Vec<String> = concerned.iter().map(|(call, _)| call.name.clone()).collect();
    rows.sort();
    rows.dedup();
    for row in rows {
        set_period(editor, &row, Some(old), new, None, &phrase);
    }
    Some(Ok(()))
}

/// True where the document has the number outside its rules.
pub(crate) fn elsewhere(document: &Json, number: u32) -> bool {
    match document {
        Json::Number(value) => value.as_f64() == Some(f64::from(number)),
        Json::Array(all) => all.iter().any(|value| elsewhere(value, number)),
        Json::Object(map) => map.values().any(|value| elsewhere(value, number)),
        Json::String(_) | Json::Bool(_) | Json::Null => false,
    }
}

/// True where a rule has the number outside the periods of calls.
fn compared(editor: &Editor<'_>, number: u32) -> bool {
    editor.expressions().iter().any(|(_, text)| {
        let periods =
            calls(text).into_iter().filter_map(|call| call.period()).map(|(_, start, end)| (start, end, String::new()));
        let rest = spliced(text, periods.collect());
        rest.split(|letter: char| !letter.is_ascii_digit() && letter != '.').any(|word| word.parse() == Ok(number))
    })
}

/// `remove the trend filter`: the one condition that compares the price, or averages, with a long average.
pub(crate) fn trend_filter(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !removal(cursor) || !cursor.eat("higher|long|longer|big? term? trend filter|condition|rule|check|requirement") {
        return None;
    }
    let _ = cursor.eat("completely|entirely|altogether|too");
    if !ends(cursor) {
        return Some(Err(DraftFailure::new(
            format!("\"{}\" with what follows it could not be read", said(reading, from, cursor.at)),
            "say which condition is removed, for every entry",
        )
        .about(said(reading, from, cursor.at))));
    }
    let phrase = said(reading, from, cursor.at);
    let mut kept: Vec<(Side, String, String)> = Vec::new();
    for side in editor.sides() {
        let text = editor.entry(side)?;
        let parts = conjuncts(&text);
        let trends: Vec<&String> = parts.iter().filter(|part| is_trend(part)).collect();
        let ([trend], true) = (trends.as_slice(), parts.len() > 1) else { return missing("single trend filter") };
        let rest: Vec<String> = parts.iter().filter(|part| part != trend).cloned().collect();
        kept.push((side, rest.join(" and "), (*trend).clone()));
    }
    if let Some((_, _, trend)) = kept.first() {
        reading.scene.assume(format!("the trend filter is read as {trend}"));
    }
    for (side, rest, _) in kept {
        if let Err(failure) = editor.set_entry(side, rest, &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

fn is_trend(part: &str) -> bool {
    let Some((left, operator, right)) = sides(part) else { return false };
    let average = |text: &str| {
        calls(text).first().filter(|call| call.start == 0 && super::numbers::is_average(call)).and_then(Call::period)
    };
    let long = [left, right].into_iter().filter_map(average).any(|(period, _, _)| period >= TREND_BARS_MIN);
    let price = |text: &str| text.starts_with("close") || average(text).is_some();
    long && price(left) && price(right) && !operator.contains("crosses") && !part.contains(" or ")
}

/// `multiplier 2`: the second number of the bands or the supertrend.
pub(crate) fn multiplier(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    const ROWS: [&str; 3] = ["supertrend", "keltner", "bbands"];
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("use|set|make|change|with|a|the");
    cursor.eat("a|the");
    if !cursor.eat("multiplier|mult|factor of|to|=|:|is?") {
        return None;
    }
    let wide = cursor.number().filter(|wide| *wide > Decimal::ZERO)?;
    let old = match cursor.eat("instead|rather of|than") || cursor.eat("not") {
        true => Some(cursor.number()?),
        false => None,
    };
    if !ends(cursor) && !cursor.sees("and|, only|and trade|take|go|only|long|longs|short|shorts") {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut rows: Vec<String> = indicator_calls(editor)
        .into_iter()
        .map(|(call, _)| call.name)
        .filter(|name| ROWS.contains(&name.as_str()))
        .collect();
    rows.dedup();
    let [row] = rows.as_slice() else { return missing("single multiplier") };
    let known =
        |(call, _): &(Call, String)| call.numbers().get(1).and_then(|(text, _, _)| text.parse::<Decimal>().ok());
    let calls_of = indicator_calls(editor);
    let own = calls_of.iter().filter(|(call, _)| call.name == *row);
    if old.is_some_and(|old| own.filter_map(known).any(|known| known != old)) {
        return missing("multiplier of that number");
    }
    let any = editor.rewrite(&phrase, &|text| {
        let own = calls(text).into_iter().filter(|call| call.name == *row);
        let edits =
            own.filter_map(|call| call.numbers().get(1).cloned()).map(|(_, start, end)| (start, end, wide.to_string()));
        spliced(text, edits.collect())
    });
    if any { Some(Ok(())) } else { missing("multiplier that differs") }
}

/// `use 20 and 50 EMAs instead of 9 and 21`: what is named as replaced must be there.
pub(crate) fn pair_replaced(cursor: &mut Cursor<'_>, fast: u32, slow: u32) -> Option<()> {
    let mut probe = *cursor;
    if !probe.eat("instead|rather of|than the?") {
        return Some(());
    }
    let numbers = probe.numbers("# /|and|& #")?;
    let _ = names::indicator(&mut probe).filter(is_average);
    let mut old: Vec<u32> = numbers.into_iter().filter_map(whole).collect();
    old.sort_unstable();
    if old != [fast, slow] {
        return None;
    }
    *cursor = probe;
    Some(())
}
