//! Changes of levels and of the test as they are said in passing: `buy under 10 instead of 15`, `two closes above vwap in
//! a row`, `histogram turning positive/negative instead of the line cross`, `extend the test through today`.

use super::calls::{calls, conjuncts, sides, spliced, thresholds};
use super::cursor::Cursor;
use super::document::opposite;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends};
use super::reading::Reading;
use super::scene::Side;
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;

/// Any of these changes.
pub(crate) fn in_passing(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    if !begins(reading, cursor.at) {
        return None;
    }
    for reader in [level_for_level, closes_in_a_row, histogram_for_cross, to_today, close_for_order] {
        let mut probe = *cursor;
        if let Some(outcome) = reader(&mut probe, reading, editor) {
            *cursor = probe;
            return Some(outcome);
        }
    }
    None
}

const OSCILLATORS: [&str; 7] = ["rsi", "stoch", "mfi", "stochrsi", "cci", "willr", "adx"];

/// `buy under 10 instead of 15`: the one level there is at that number.
fn level_for_level(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let entry = cursor.eat("buy|enter|long");
    let leave = !entry && cursor.eat("sell|exit|cover|close|out");
    let short = !entry && !leave && cursor.eat("short");
    if !(entry || leave || short) {
        return None;
    }
    cursor.eat("it|long|short|when|if|at|its|once");
    cursor.eat("at|its|it");
    let down = cursor.sees("under|below|<");
    if !cursor.eat("under|below|over|above|<|>") {
        return None;
    }
    let new = cursor.number()?;
    if !(cursor.eat("instead|rather of|than") || cursor.eat(",? not")) {
        return None;
    }
    cursor.eat("under|below|over|above|<|>");
    let old = cursor.number()?;
    if !ends(cursor) {
        return None;
    }
    let place = if leave { "/exit" } else { "/entry" };
    let concerned = |pointer: &str| {
        pointer.starts_with(place) && (leave || pointer.starts_with(if short { "/entry/short" } else { "/entry/long" }))
    };
    let of = |text: &str, row: &str| -> Vec<(usize, usize)> {
        let agrees = |start: usize| {
            let head = text.get(..start).unwrap_or_default().trim_end();
            (head.ends_with('<') || head.ends_with("<=") || head.ends_with("below")) == down
        };
        let found = thresholds(text, row).into_iter();
        let found = found.filter(|(value, start, _)| value.parse() == Ok(old) && agrees(*start));
        found.map(|(_, start, end)| (start, end)).collect()
    };
    let known: Vec<(String, String)> =
        editor.expressions().into_iter().filter(|(pointer, _)| concerned(pointer)).collect();
    let rows: Vec<&str> =
        OSCILLATORS.into_iter().filter(|row| known.iter().any(|(_, text)| !of(text, row).is_empty())).collect();
    let [row] = rows.as_slice() else { return missing(&format!("single level of {old}")) };
    let phrase = said(reading, from, cursor.at);
    for (pointer, text) in &known {
        let found = of(text, row).into_iter().map(|(start, end)| (start, end, new.normalize().to_string())).collect();
        let changed = spliced(text, found);
        if changed != *text
            && let Err(failure) = editor.set(pointer, changed.into(), &phrase)
        {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `need two closes above vwap in a row`: the cross gives way to what lasts.
fn closes_in_a_row(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !cursor.eat("need|needs|require|requires|want|wait|demand|use|make for|it?") {
        return None;
    }
    cursor.eat("at|to");
    cursor.eat("least|be|have|see");
    let count = cursor.count()?;
    let straight = cursor.eat("straight|consecutive|successive");
    if !cursor.eat("closes|bars|candles|candle closes|closing|to|that? close?") {
        return None;
    }
    let side = if cursor.sees("above|over") { Side::Long } else { Side::Short };
    if !cursor.eat("above|over|below|under") {
        return None;
    }
    let value = reading.scene.attempt(|| super::value::value(cursor, &reading.scene))?;
    let row = cursor.eat("in a row") || cursor.eat("straight|consecutively") || cursor.eat("back to back") || straight;
    let _ = cursor.eat("before|to entering|enter|buying|buy|getting|get in?");
    if !row || count < 2 || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let (sign, word) = if side == Side::Long { ('>', "above") } else { ('<', "below") };
    let state = format!("close {sign} {}", value.text);
    let (new, cross) = (format!("{state} for {count} bars"), format!("close crosses {word} {}", value.text));
    let traded = editor.sides();
    if !traded.contains(&side) {
        return missing(&format!("{} entry", side.key()));
    }
    for one in traded {
        let turn = |text: &str| if one == side { text.to_owned() } else { opposite(text) };
        let (new, cross, state) = (turn(&new), turn(&cross), turn(&state));
        let mut parts = conjuncts(&editor.entry(one)?);
        if parts.iter().any(|part| part.contains(" or ") && part.contains(&value.text)) {
            return None;
        }
        match parts.iter_mut().find(|part| **part == cross || **part == state) {
            Some(part) => {
                if *part == cross {
                    reading.scene.assume(format!("{new} takes the place of {cross}"));
                }
                part.clone_from(&new);
            }
            None => parts.push(new.clone()),
        }
        if one != side {
            reading.scene.assume(format!("the {} entry is read as the mirror: {new}", one.key()));
        }
        if let Err(failure) = editor.set_entry(one, parts.join(" and "), &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `histogram turning positive/negative instead of the line cross`.
fn histogram_for_cross(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    cursor.eat("use|make|switch|try|take|enter it|on|to|when?");
    cursor.eat("the");
    cursor.eat("macd");
    if !cursor.eat("histogram|hist|histo") {
        return None;
    }
    cursor.eat("is|to|being");
    if !cursor.eat("turning|turns|turn|going|goes|go|flipping|flips|flip|crossing|crosses|cross|crossover|changing to?")
    {
        return None;
    }
    let pair = cursor.eat("positive /|or|and negative") || cursor.eat("above|over / below|under zero|0");
    let zero = pair || cursor.eat("zero|0") || cursor.eat("the? zero line?") || cursor.eat("of? sign");
    if !zero && !cursor.eat("positive") && !cursor.eat("above|over zero|0") {
        return None;
    }
    cursor.eat("line");
    if !(cursor.eat("instead|rather of|than") || cursor.eat(",? not")) {
        return None;
    }
    cursor.eat("the|a|when");
    let _ = cursor.eat("macd|signal|the");
    let _ = cursor.eat("line|lines|signal");
    if !cursor.eat("cross|crossover|crosses|crossing|crossovers") || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    for side in editor.sides() {
        let mut parts = conjuncts(&editor.entry(side)?);
        let crosses: Vec<usize> =
            (0..parts.len()).filter(|at| parts.get(*at).is_some_and(|part| is_line_cross(part))).collect();
        let [at] = crosses.as_slice() else { return missing("single cross of the MACD lines") };
        let part = parts.get_mut(*at)?;
        let call = calls(part).into_iter().find(|call| call.name == "macd")?;
        let macd = part.get(call.start..call.end)?.to_owned();
        let word = if part.contains(" crosses above ") { "above" } else { "below" };
        *part = format!("{macd}.histogram crosses {word} 0");
        if side == Side::Short && !zero {
            reading.scene.assume(format!("shorts are read as the mirror: {part}"));
        }
        if let Err(failure) = editor.set_entry(side, parts.join(" and "), &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

fn is_line_cross(part: &str) -> bool {
    sides(part).is_some_and(|(left, operator, right)| {
        left.starts_with("macd(")
            && left.ends_with(".line")
            && operator.contains("crosses")
            && right.starts_with("macd(")
            && right.ends_with(".signal")
    })
}

/// `extend the test through today`: it ends where the data does.
fn to_today(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("extend|run|push|bring|stretch|move|carry|take|continue|make|set");
    cursor.eat("the|it|my");
    let named = cursor
        .eat("test|backtest|testing|window|data|period|dates|range|history window|period|range|end|dates?")
        || cursor.eat("end date?");
    if !named && !verb {
        return None;
    }
    cursor.eat("run|runs|go|goes|out|end|all|be");
    cursor.eat("the|out");
    cursor.eat("way|up");
    if !cursor.eat("through|thru|to|until|till|til|at|up|= to?") {
        return None;
    }
    if !(cursor.eat("today|now|present|date") || cursor.eat("the present|current day|date?")) || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    if editor.at("/window").is_none() {
        return missing("test window");
    }
    if !editor.remove("/window/to", &phrase) {
        reading.scene.assume(format!("\"{phrase}\": the test ends today already"));
    }
    Some(Ok(()))
}

/// `market order on a close above/below the range rather than stop orders`: what the order waits at is closed through.
fn close_for_order(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    cursor.eat("use|enter|make|buy|go|take|get|trade|want");
    let _ = cursor.eat("in|it|a|with|the") && cursor.eat("a|at|with");
    let market = cursor.eat("at? market order|orders|entry|entries?");
    cursor.eat("in");
    if !cursor.eat("on|when|once|after|if|at|for") {
        return None;
    }
    cursor.eat("a|the|it|price|we|bar|candle");
    cursor.eat("bar|candle|5|15");
    if !cursor.eat("close|closes|closing|closed") {
        return None;
    }
    let both = cursor.eat("above|over / below|under") || cursor.eat("above|over or|and below|under");
    if !both && !cursor.eat("outside|beyond|through|past|out of?") {
        return None;
    }
    if !cursor.eat("of? the|my|that? opening? range|level|levels|it high/low?") {
        return None;
    }
    let instead = cursor.eat("instead|rather of|than") || cursor.eat("not|no");
    if instead {
        cursor.eat("the|a|using|on|with|resting");
        if !cursor.eat("stop|stops|limit order|orders|entry|entries?") {
            return None;
        }
    }
    cursor.eat("instead");
    if !(market || instead) || !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut found = Vec::new();
    for side in editor.sides() {
        let order = editor.at(&format!("/entry/{}", side.key()))?.clone();
        let price = order.get("price").and_then(serde_json::Value::as_str)?;
        let stop = order.get("order").and_then(serde_json::Value::as_str) == Some("stop");
        let (away, before, word) =
            if side == Side::Long { (" + tick", "<=", "above") } else { (" - tick", ">=", "below") };
        let level = price.strip_suffix(away).filter(|_| stop)?;
        let mut parts = conjuncts(&editor.entry(side)?);
        let waits = format!("close {before} {level}");
        parts.retain(|part| *part != waits);
        parts.push(format!("close crosses {word} {level}"));
        found.push((side, parts.join(" and ")));
    }
    for (side, text) in found {
        if let Err(failure) = editor.set(&format!("/entry/{}", side.key()), text.into(), &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `25/75` into the levels of `row`: those below the middle and those above it.
pub(crate) fn paired_levels(editor: &mut Editor<'_>, row: &str, numbers: (Decimal, Decimal), phrase: &str) -> Outcome {
    let middle = match row {
        "cci" => Decimal::ZERO,
        "willr" => Decimal::from(-50),
        _ => Decimal::from(50),
    };
    let mut found: [Vec<Decimal>; 2] = [Vec::new(), Vec::new()];
    for (_, text) in editor.expressions() {
        for (value, _, _) in thresholds(&text, row) {
            let Ok(value) = value.parse::<Decimal>() else { continue };
            let slot = if value < middle { 0 } else { 1 };
            if value != middle
                && let Some(known) = found.get_mut(slot)
                && !known.contains(&value)
            {
                known.push(value);
            }
        }
    }
    let [lower, upper] = &found;
    let ([low], [high]) = (lower.as_slice(), upper.as_slice()) else {
        let failure = DraftFailure::new(
            format!("\"{phrase}\" is two levels, and {} has not one low and one high level", row.to_uppercase()),
            "say each level with the one it replaces, for example \"RSI 25 instead of 30\"",
        );
        return Some(Err(failure));
    };
    let (low, high) = (*low, *high);
    let any = editor.rewrite(phrase, &|text| {
        let new = |value: &str| match value.parse::<Decimal>() {
            Ok(value) if value == low => Some(numbers.0),
            Ok(value) if value == high => Some(numbers.1),
            Ok(_) | Err(_) => None,
        };
        let edits = thresholds(text, row).into_iter();
        spliced(
            text,
            edits.filter_map(|(value, from, to)| Some((from, to, new(&value)?.normalize().to_string()))).collect(),
        )
    });
    any.then_some(Ok(())).or_else(|| missing(&format!("{} level that differs", row.to_uppercase())))
}
