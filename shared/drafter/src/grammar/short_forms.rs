//! Changes of exits and sizes in short: `SL 15 to 1.2 ATR`, `double both the stop and the target`, `3 contracts not 2`.

use super::calls::calls;
use super::change::keep;
use super::cursor::Cursor;
use super::distance::{distance, number};
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::everyday::{begins, ends};
use super::exit_edits::{exit_named, scaled};
use super::reading::Reading;
use super::scene::Side;
use ports::drafter::DraftFailure;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

/// What a distance is measured in.
const UNITS: [&str; 6] = ["points", "ticks", "percent", "money", "atr", "r"];

/// `SL 15 to 1.2 ATR(14)`, `change the stop from 20 points to 30 points`, `TP to a single 2R`.
pub(crate) fn exit_moved(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let assumed = reading.scene.assumptions.borrow().len();
    let verb = cursor.eat("change|move|set|make|take|bring|shift|raise|lower|widen|tighten|increase|reduce");
    cursor.eat("the|my");
    let (pointer, name) = if cursor.eat("dailyloss :?") {
        ("/filters/max_daily_loss", "daily loss limit")
    } else {
        exit_named(cursor).filter(|(pointer, _)| *pointer != "/sizing")?
    };
    let label = cursor.eat(":");
    let since = cursor.eat("from|of");
    let old = distance_or_number(cursor, reading);
    if !cursor.eat("to") || since && old.is_none() || cursor.sees("break|breakeven|be|entry") {
        return None;
    }
    if verb && old.is_none() && !label {
        return None;
    }
    cursor.eat("a|an|one|single|just");
    cursor.eat("single");
    let new = distance_or_number(cursor, reading)?;
    cursor.eat("target|stop|instead");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let Some(known) = editor.at(pointer).cloned() else { return missing(name) };
    if old.as_ref().is_some_and(|old| !same(&known, old)) {
        return missing(&format!("{name} of that size"));
    }
    let value = match (new, known.is_number()) {
        (Amount::Bare(amount), true) => number(amount),
        (Amount::Bare(amount), false) => in_unit_of(&known, amount)?,
        (Amount::Distance(map), true) => {
            reading.scene.assumptions.borrow_mut().truncate(assumed);
            map.get("money")?.clone()
        }
        (Amount::Distance(map), false) => Json::Object(map),
    };
    let mut value = value;
    if pointer == "/exit/trailing_stop" {
        keep(editor, &mut value, &["activate_after", "basis"]);
    }
    Some(editor.set(pointer, value, &phrase))
}

enum Amount {
    Bare(Decimal),
    Distance(Map<String, Json>),
}

fn distance_or_number(cursor: &mut Cursor<'_>, reading: &Reading<'_>) -> Option<Amount> {
    if let Some(found) = reading.scene.attempt(|| distance(cursor, &reading.scene)) {
        return Some(Amount::Distance(found));
    }
    cursor.number().map(Amount::Bare)
}

/// True where the old value is the one there is.
fn same(known: &Json, old: &Amount) -> bool {
    match old {
        Amount::Bare(amount) => {
            known.is_number() && *known == number(*amount)
                || UNITS.iter().any(|unit| known.get(*unit) == Some(&number(*amount)))
        }
        Amount::Distance(map) => {
            known.is_number() && map.get("money") == Some(known)
                || UNITS.iter().any(|unit| map.contains_key(*unit) && known.get(*unit) == map.get(*unit))
        }
    }
}

fn in_unit_of(known: &Json, amount: Decimal) -> Option<Json> {
    let unit = UNITS.into_iter().find(|unit| known.get(*unit).is_some())?;
    let mut map = known.as_object()?.clone();
    map.insert(unit.to_owned(), number(amount));
    Some(Json::Object(map))
}

/// `double both the stop and the target`, `halve the stop and target`.
pub(crate) fn both_scaled(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let grows = cursor.sees("widen|increase|raise|bump|loosen|extend|expand");
    let mut factor = if cursor.eat("double") {
        Some(Decimal::TWO)
    } else if cursor.eat("halve|half") {
        Some(Decimal::new(5, 1))
    } else if cursor.eat("triple") {
        Some(Decimal::from(3))
    } else if cursor.eat("widen|increase|raise|bump|loosen|extend|expand|tighten|reduce|lower|decrease|cut|shrink|trim")
    {
        None
    } else {
        return None;
    };
    cursor.eat("both|up|down");
    cursor.eat("the|my|of");
    cursor.eat("the|my");
    let (one, first) = exit_named(cursor)?;
    if !cursor.eat("and|& also? the|my?") {
        return None;
    }
    let (two, second) = exit_named(cursor)?;
    if factor.is_none() {
        factor = Some(by_share(cursor, grows)?);
    }
    let factor = factor?;
    let phrase = said(reading, from, cursor.at);
    if one == two || !ends(cursor) {
        return Some(Err(DraftFailure::new(
            format!("\"{phrase}\" with what follows it could not be read"),
            "say each change in a sentence of its own",
        )
        .about(phrase)));
    }
    for (pointer, name) in [(one, first), (two, second)] {
        let Some(before) = editor.at(pointer).cloned() else { return missing(name) };
        let after = scaled(&before, factor)?;
        if let Err(failure) = editor.set(pointer, after, &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `by 50%`, `by a quarter`, `in half`.
fn by_share(cursor: &mut Cursor<'_>, grows: bool) -> Option<Decimal> {
    cursor.eat("both");
    if !grows && cursor.eat("in half") {
        return Some(Decimal::new(5, 1));
    }
    if !cursor.eat("by") {
        return None;
    }
    let part = if cursor.eat("a? half") {
        Decimal::new(5, 1)
    } else if cursor.eat("a quarter") {
        Decimal::new(25, 2)
    } else {
        let percent = cursor.one("# %|percent|pct")?;
        percent / Decimal::ONE_HUNDRED
    };
    cursor.eat("each|both|apiece");
    let factor = if grows { Decimal::ONE + part } else { Decimal::ONE - part };
    (factor > Decimal::ZERO).then_some(factor)
}

/// `3 contracts not 2`, `25% of the account not 50`: the new size beside the one it replaces.
pub(crate) fn size_corrected(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("make|use|trade|do|go|take");
    let _ = cursor.eat("it|with");
    let of_account = |cursor: &mut Cursor<'_>| cursor.eat("%|percent of the|my? account|equity|capital|balance");
    let of = |cursor: &mut Cursor<'_>| {
        if cursor.eat("contracts|contract|lots|lot") {
            Some("contracts")
        } else if cursor.eat("shares|share") {
            Some("shares")
        } else {
            of_account(cursor).then_some("equity_percent")
        }
    };
    let turned = cursor.eat("not");
    let first = cursor.number().filter(|amount| *amount > Decimal::ZERO)?;
    let unit = of(cursor)?;
    let joined =
        if turned { cursor.eat(",? but|rather") } else { cursor.eat(",? not") || cursor.eat("instead|rather of|than") };
    if !joined {
        return None;
    }
    let second = cursor.number().filter(|amount| *amount > Decimal::ZERO)?;
    let second_unit = of(cursor);
    let percent = second_unit.is_none() && cursor.eat("%|percent");
    if !ends(cursor) || percent && unit != "equity_percent" {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let second_unit = second_unit.unwrap_or(unit);
    let ((new, new_unit), (old, old_unit)) =
        if turned { ((second, second_unit), (first, unit)) } else { ((first, unit), (second, second_unit)) };
    // Where no size is stated it is one contract.
    let default = editor.at("/sizing").is_none() && old == Decimal::ONE && old_unit == "contracts";
    if !default && editor.at("/sizing").and_then(|known| known.get(old_unit)) != Some(&number(old)) {
        return missing(&format!("size of {old}"));
    }
    let mut value = json!({ new_unit: number(new) });
    if let (Some(most), Some(map)) = (editor.at("/sizing/max_quantity").cloned(), value.as_object_mut()) {
        map.insert("max_quantity".to_owned(), most);
    }
    Some(editor.set("/sizing", value, &phrase))
}

/// `take everything off at 2R`: one target in place of those there were.
pub(crate) fn all_off(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    cursor.eat("just|simply|then|only");
    if !cursor.eat("take|close|exit|sell|get") {
        return None;
    }
    let all = cursor.eat("everything|all of? it?")
        || cursor.eat("it all")
        || cursor.eat("the whole|entire|full thing|position|lot|trade");
    if !all {
        return None;
    }
    let _ = cursor.eat("off|out");
    if !cursor.eat("at") {
        return None;
    }
    let found = reading.scene.attempt(|| distance(cursor, &reading.scene))?;
    no_parts(cursor);
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let gone = "without partial exits the last target closes the whole position";
    reading.scene.assumptions.borrow_mut().retain(|sentence| sentence != gone);
    Some(editor.set("/exit/take_profit", Json::Object(found), &phrase))
}

/// `instead of scaling out`, `no partials`.
fn no_parts(cursor: &mut Cursor<'_>) {
    let mut probe = *cursor;
    probe.eat(",");
    let given_up = probe.eat("instead|rather of|than") || probe.eat("no|not|without");
    probe.eat("the|taking|any");
    let parts = probe.eat("scaling|scale out|outs|off?")
        || probe.eat("partials|partial|splitting|split exits|targets|profits|tps|it|exit?")
        || probe.eat("two|multiple|2 targets|exits|tps|parts");
    if given_up && parts {
        *cursor = probe;
    }
}

/// `target the opposite band not the middle`: each side's far band.
pub(crate) fn far_band(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !begins(reading, from) {
        return None;
    }
    let _ = cursor.eat("make|set|change|move|use");
    cursor.eat("the|my");
    let target = cursor.eat("target|targets|tp") || cursor.eat("take profit|profits");
    let _ = cursor.eat("is|to|at|on|=|:|be");
    if !target || !cursor.eat("the? opposite|other|far band") {
        return None;
    }
    if cursor.eat("not|over") || cursor.eat("instead|rather of|than") {
        cursor.eat("the");
        if !cursor.eat("middle|mid|center|basis") {
            return None;
        }
        cursor.eat("one|band|line");
    }
    cursor.eat("instead");
    if !ends(cursor) {
        return None;
    }
    let phrase = said(reading, from, cursor.at);
    let mut prices = Map::new();
    for side in editor.sides() {
        let (near, far) = if side == Side::Long { ("lower", "upper") } else { ("upper", "lower") };
        let entry = editor.entry(side)?;
        let bands: Vec<String> = calls(&entry)
            .into_iter()
            .filter(|call| matches!(call.name.as_str(), "bbands" | "keltner" | "donchian"))
            .filter_map(|call| {
                let rest = entry.get(call.end..)?.strip_prefix('.')?;
                rest.starts_with(near).then(|| entry.get(call.start..call.end).map(str::to_owned)).flatten()
            })
            .collect();
        let [band] = bands.as_slice() else { return missing("band that the entry is at") };
        prices.insert(side.key().to_owned(), json!({ "price": format!("{band}.{far}") }));
    }
    let value = match (prices.len(), prices.values().next().cloned()) {
        (1, Some(only)) => only,
        _ => Json::Object(prices),
    };
    Some(editor.set("/exit/take_profit", value, &phrase))
}
