//! Settings into the document: two of one kind that differ are a contradiction, sides may have their own.

use super::assemble::{Assembly, Stated, index};
use super::document::{opposite, put};
use super::reading::Reading;
use super::scene::Side;
use super::setting::Join;
use domain::artifact::PlanItem;
use market::AssetClass;
use ports::drafter::{DraftFailure, Question};
use serde_json::{Map, Value as Json, json};

/// Keys of `exit` that may differ per side.
pub(crate) const SIDED: [&str; 4] = ["/exit/stop_loss", "/exit/take_profit", "/exit/trailing_stop", "/exit/break_even"];

/// Every setting into the document; two of one kind that differ are a contradiction.
pub(crate) fn settings(
    gathered: &mut Assembly<'_>,
    reading: &Reading<'_>,
    sides: &[Side],
    document: &mut Json,
) -> Result<(), DraftFailure> {
    let stated = std::mem::take(&mut gathered.settings);
    let mut pointers: Vec<String> = Vec::new();
    for one in &stated {
        if !pointers.contains(&one.setting.pointer) {
            pointers.push(one.setting.pointer.clone());
        }
    }
    for pointer in pointers {
        let same: Vec<&Stated> = stated.iter().filter(|one| one.setting.pointer == pointer).collect();
        for one in &same {
            let at = pointer.trim_start_matches('/').replace('/', ".");
            let side = one.setting.side.map_or_else(String::new, |side| format!(" ({})", side.key()));
            let parts = match one.setting.join {
                Join::Except => windows_of(&one.setting.value).into_iter().map(Json::from).collect(),
                Join::Only | Join::List | Join::Keys | Join::Bound => vec![one.setting.value.clone()],
            };
            gathered.plan.extend(
                parts
                    .into_iter()
                    .map(|value| PlanItem { phrase: one.phrase.clone(), became: format!("{at}{side}: {value}") }),
            );
        }
        let value = agreed(&pointer, &same, sides, reading)?;
        match same.first().map(|one| one.setting.join) {
            Some(Join::Keys) => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    put(document, &format!("{pointer}/{key}"), value.clone());
                }
            }
            _ if pointer == "/sizing" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    put(document, &format!("{pointer}/{key}"), value.clone());
                }
            }
            _ => put(document, &pointer, value),
        }
    }
    if !super::plain_exits::settle_first_target(document) {
        let waits = |item: &&PlanItem| item.became.starts_with("exit.break_even");
        let phrase = gathered.plan.iter().find(waits).map(|item| item.phrase.clone()).unwrap_or_default();
        gathered.plan.retain(|item| !item.became.starts_with("exit.break_even"));
        gathered.unhandled.push(phrase);
    }
    cap_alone(reading, document);
    Ok(())
}

/// `max 2 contracts` where no size is stated: the size.
fn cap_alone(reading: &Reading<'_>, document: &mut Json) {
    let Some(sizing) = document.get("sizing").and_then(Json::as_object) else { return };
    let (1, Some(most)) = (sizing.len(), sizing.get("max_quantity").cloned()) else { return };
    let unit = match reading.scene.class() {
        Some(AssetClass::Stock | AssetClass::Etf) => "shares",
        Some(AssetClass::Fx | AssetClass::Crypto) => "units",
        Some(AssetClass::Future) | None => "contracts",
    };
    reading.scene.assume(format!("no size is stated: at most {most} {unit} is read as {most} {unit} a trade"));
    put(document, "/sizing", json!({ unit: most }));
}

/// The one value that was stated, or the values of both sides.
pub(crate) fn agreed(
    pointer: &str,
    same: &[&Stated],
    sides: &[Side],
    reading: &Reading<'_>,
) -> Result<Json, DraftFailure> {
    let join = same.first().map_or(Join::Only, |one| one.setting.join);
    let bounds = same.iter().any(|one| matches!(one.setting.join, Join::Bound | Join::Except));
    match if bounds { Join::Bound } else { join } {
        Join::Bound | Join::Except => Ok(Json::from(bounded(pointer, same)?)),
        Join::List => Ok(Json::from(common(same, reading))),
        Join::Keys => {
            let mut all = Map::new();
            for (key, value) in same.iter().filter_map(|one| one.setting.value.as_object()).flatten() {
                if all.insert(key.clone(), value.clone()).is_some_and(|known| known != *value) {
                    return Err(contradiction(pointer, same));
                }
            }
            Ok(Json::Object(all))
        }
        Join::Only if SIDED.contains(&pointer) => sided(pointer, same, sides, reading),
        Join::Only => {
            let Some(first) = same.first() else { return Ok(Json::Null) };
            if same.iter().any(|one| one.setting.value != first.setting.value) {
                return Err(contradiction(pointer, same));
            }
            Ok(first.setting.value.clone())
        }
    }
}

/// Windows cut to their bounds and by what is taken out of them: "after 10" and "before 2" is 10 to 2.
pub(crate) fn bounded(pointer: &str, same: &[&Stated]) -> Result<Vec<String>, DraftFailure> {
    let mut kept: Vec<String> = Vec::new();
    for one in same.iter().filter(|one| one.setting.join == Join::List) {
        let window = one.setting.value.as_str().unwrap_or_default().to_owned();
        if !kept.contains(&window) {
            kept.push(window);
        }
    }
    for join in [Join::Bound, Join::Except] {
        for one in same.iter().filter(|one| one.setting.join == join) {
            let allowed = windows_of(&one.setting.value);
            let known: Vec<&str> = kept.iter().map(String::as_str).collect();
            kept = if kept.is_empty() {
                allowed.into_iter().map(str::to_owned).collect()
            } else {
                overlap(&known, &allowed)
            };
            if kept.is_empty() {
                return Err(contradiction(pointer, same));
            }
        }
    }
    Ok(kept)
}

/// Windows of two phrases that lie over each other hold together: "New York session. Only between 10 and 11".
fn common(same: &[&Stated], reading: &Reading<'_>) -> Vec<Json> {
    let mut kept: Vec<(String, &str)> = Vec::new();
    for one in same {
        let Some(window) = one.setting.value.as_str() else { continue };
        if kept.iter().any(|(known, _)| known == window) {
            continue;
        }
        let over = |(known, phrase): &(String, &str)| {
            *phrase != one.phrase && !overlap(&[known.as_str()], &[window]).is_empty()
        };
        let Some(at) = kept.iter().position(over) else {
            kept.push((window.to_owned(), one.phrase.as_str()));
            continue;
        };
        let (known, _) = kept.remove(at);
        let both = overlap(&[known.as_str()], &[window]);
        reading.scene.assume(format!("{known} and {window} are read as holding together: {}", both.join(", ")));
        kept.extend(both.into_iter().map(|window| (window, one.phrase.as_str())));
    }
    kept.into_iter().map(|(window, _)| Json::from(window)).collect()
}

/// One window, or several.
pub(crate) fn windows_of(value: &Json) -> Vec<&str> {
    match value.as_array() {
        Some(several) => several.iter().filter_map(Json::as_str).collect(),
        None => value.as_str().into_iter().collect(),
    }
}

/// The times that are in one of both lists of windows; a window may go round midnight.
pub(crate) fn overlap(known: &[&str], allowed: &[&str]) -> Vec<String> {
    let parts = |windows: &[&str]| {
        let mut parts: Vec<(String, String)> = Vec::new();
        for (from, to) in windows.iter().filter_map(|window| window.split_once('-')) {
            if from < to {
                parts.push((from.to_owned(), to.to_owned()));
            } else {
                parts.extend([(from.to_owned(), MIDNIGHT.to_owned()), ("00:00".to_owned(), to.to_owned())]);
            }
        }
        parts
    };
    let allowed = parts(allowed);
    let mut left: Vec<(String, String)> = Vec::new();
    for (from, to) in parts(known) {
        let cut = allowed.iter().map(|(first, last)| (from.clone().max(first.clone()), to.clone().min(last.clone())));
        let mut cut: Vec<(String, String)> = cut.filter(|(from, to)| from < to).collect();
        cut.sort();
        left.append(&mut cut);
    }
    // What was cut at midnight is one window again.
    let early = left.iter().position(|(from, _)| from == "00:00");
    let late = left.iter().position(|(_, to)| to == MIDNIGHT);
    if let (Some(early), Some(late)) = (early, late)
        && early != late
    {
        let end = left.get(early).map(|(_, to)| to.clone()).unwrap_or_default();
        if let Some(slot) = left.get_mut(late) {
            slot.1 = end;
        }
        left.remove(early);
    }
    left.into_iter()
        .map(|(from, to)| format!("{from}-{}", if to == MIDNIGHT { "00:00".to_owned() } else { to }))
        .collect()
}

/// The end of the day, behind every time of it.
const MIDNIGHT: &str = "24:00";

pub(crate) fn contradiction(pointer: &str, same: &[&Stated]) -> DraftFailure {
    let name = pointer.rsplit('/').next().unwrap_or(pointer).replace('_', " ");
    let mut phrases: Vec<String> = Vec::new();
    for one in same {
        if !phrases.contains(&one.phrase) {
            phrases.push(one.phrase.clone());
        }
    }
    DraftFailure::asking(
        format!(
            "two different values for the {name}: {}",
            phrases.iter().map(|phrase| format!("\"{phrase}\"")).collect::<Vec<_>>().join(" and ")
        ),
        Question::new(phrases.join(" / "), phrases.clone()),
        "say which one holds",
    )
}

pub(crate) fn is_price(value: &Json) -> bool {
    value.get("price").is_some()
}

/// A stop or target: one for both sides, or one for each.
pub(crate) fn sided(
    pointer: &str,
    same: &[&Stated],
    sides: &[Side],
    reading: &Reading<'_>,
) -> Result<Json, DraftFailure> {
    let both = sides.len() == 2;
    let mut of: [Option<&Json>; 2] = [None, None];
    let mut common: Option<&Stated> = None;
    let differ = same.iter().any(|one| same.first().is_some_and(|first| first.setting.value != one.setting.value));
    for one in same {
        let side = one.setting.side.or(if differ && both { one.context } else { None });
        match side.filter(|side| sides.contains(side) || one.setting.side.is_some()) {
            Some(side) => {
                let Some(slot) = of.get_mut(index(side)) else { continue };
                if slot.is_some_and(|known| *known != one.setting.value) {
                    return Err(contradiction(pointer, same));
                }
                *slot = Some(&one.setting.value);
            }
            None => {
                if common.is_some_and(|known| known.setting.value != one.setting.value) {
                    return Err(contradiction(pointer, same));
                }
                common = Some(one);
            }
        }
    }
    // "20 point stop. Stop at the swing low": nothing would be left of the first.
    let own = sides.iter().filter_map(|side| of.get(index(*side)).copied().flatten());
    let replaced =
        |known: &Stated| own.clone().count() == sides.len() && own.clone().all(|one| *one != known.setting.value);
    if common.is_some_and(replaced) {
        return Err(contradiction(pointer, same));
    }
    let only = sides.first().copied().unwrap_or(Side::Long);
    if !both {
        let own = of.get(index(only)).copied().flatten().or(common.map(|one| &one.setting.value));
        let other = of.get(index(only.other())).copied().flatten();
        let beyond = |one: &&&Stated| {
            let words = one.phrase.to_lowercase();
            ["below", "under", "above", "over", "beneath"].iter().any(|word| words.contains(word))
        };
        if own.is_none()
            && other.is_some_and(|value| !is_price(value))
            && let Some(wrong) = same.iter().find(beyond)
        {
            return Err(DraftFailure::new(
                format!("\"{}\" lies on the wrong side of the entry of a {}", wrong.phrase, only.key()),
                "say how far from the entry it is",
            ));
        }
        if other.is_some() {
            unused_side(same, only.other(), own.is_some(), reading);
        }
        // "at the other side of the range" is that of the side that is traded.
        let opposite = same.iter().any(|one| {
            let words = one.phrase.to_lowercase();
            words.contains("other side") || words.contains("opposite") || words.contains("other end")
        });
        let other = other.map(|other| if opposite { turned(other) } else { other.clone() });
        return Ok(own.cloned().or(other).unwrap_or(Json::Null));
    }
    let value = |side: Side| -> Option<Json> {
        let own = of.get(index(side)).copied().flatten().or(common.map(|one| &one.setting.value));
        let other = of.get(index(side.other())).copied().flatten();
        own.cloned().or_else(|| other.map(turned))
    };
    let (long, short) = (value(Side::Long), value(Side::Short));
    let given = of.iter().flatten().count();
    if given == 1 && common.is_none() {
        let name = pointer.rsplit('/').next().unwrap_or_default().replace('_', " ");
        reading.scene.assume(format!("the {name} of the other side is read as the mirror of the stated one"));
    }
    match (long, short) {
        // A price that lies on one side of the market stands on the other for the other side.
        (Some(long), Some(short)) if long == short && is_price(&long) && turned(&long) != long => {
            let name = pointer.rsplit('/').next().unwrap_or_default().replace('_', " ");
            reading.scene.assume(format!("the {name} of shorts is read as the mirror of the stated one"));
            Ok(json!({ "long": long, "short": turned(&short) }))
        }
        (Some(long), Some(short)) if long == short => Ok(long),
        (long, short) => Ok(json!({ "long": long, "short": short })),
    }
}

/// What was stated for a side that is not traded, said so.
fn unused_side(same: &[&Stated], side: Side, other: bool, reading: &Reading<'_>) {
    let Some(one) = same.iter().find(|one| one.setting.side == Some(side)) else { return };
    // A level says by itself for which side it is one.
    if is_price(&one.setting.value) && !one.phrase.to_lowercase().contains(side.key()) {
        return;
    }
    let of = if other { "is not used" } else { "is used for the other side" };
    let (phrase, side) = (&one.phrase, side.key());
    reading.scene.assume(format!("what \"{phrase}\" says of {side}s {of}: no {side} entry is described"));
}

/// A distance for the other side.
pub(crate) fn turned(value: &Json) -> Json {
    match value.get("price").and_then(Json::as_str).filter(|_| is_price(value)) {
        Some(price) => json!({ "price": opposite(price) }),
        None => value.clone(),
    }
}
