//! Changes of exits: swapped, scaled, set to another amount.

use super::cursor::Cursor;
use super::distance::number;
use super::editor::Editor;
use super::edits::{Outcome, missing, said};
use super::exits::{self};
use super::reading::Reading;
use super::token::{Kind, Token};
use market::AssetClass;
use ports::drafter::{DraftFailure, Question};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

/// `swap the stop for a 2x ATR trail`, `replace the target with 3R`.
pub(crate) fn swap_exit(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|please");
    if !cursor.eat("swap|replace|exchange|trade|switch") {
        return None;
    }
    cursor.eat("out|the|my");
    cursor.eat("the|my");
    let _ = super::distance::distance(cursor, &reading.scene);
    let unit = unit_named(cursor);
    cursor.eat("based|fixed|hard|initial");
    let pointer = if cursor.eat("trailing? trail") || cursor.eat("trailing stop") {
        "/exit/trailing_stop"
    } else if cursor.eat("stop|sl loss?") {
        "/exit/stop_loss"
    } else if cursor.eat("target|tp|take profit?") {
        "/exit/take_profit"
    } else {
        return None;
    };
    if !cursor.eat("for|with|to|by") {
        return None;
    }
    reading.scene.both.set(editor.sides().len() == 2);
    let settings = exits::exit(cursor, &reading.scene)
        .or_else(|| {
            let distance = super::distance::distance(cursor, &reading.scene)?;
            Some(vec![super::setting::Setting::value(pointer, Json::Object(distance))])
        })
        .or_else(|| super::swapped_exits::at_level(cursor, &reading.scene, pointer))?;
    let phrase = said(reading, from, cursor.at);
    let Some(known) = editor.at(pointer).cloned() else {
        return missing(pointer.trim_start_matches("/exit/").replace('_', " ").as_str());
    };
    if unit.is_some_and(|unit| known.get(unit).is_none()) {
        return missing(&format!("such {}", pointer.trim_start_matches("/exit/").replace('_', " ")));
    }
    let settings = super::swapped_exits::per_side(settings, editor);
    if !settings.iter().any(|setting| setting.pointer == pointer) {
        editor.remove(pointer, &phrase);
    }
    for setting in settings {
        if let Err(failure) = editor.set(&setting.pointer, setting.value, &phrase) {
            return Some(Err(failure));
        }
    }
    Some(Ok(()))
}

/// `exit only on a stop of 30 ticks`: the other exits go; the one named is read by what follows.
pub(crate) fn only_exit(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    const EXITS: [(&str, &[&str]); 5] = [
        ("", &["/exit/long", "/exit/short"]),
        ("trailing|trail|trails", &["/exit/trailing_stop"]),
        ("stop|stops|sl|stoploss", &["/exit/stop_loss", "/exit/break_even"]),
        ("target|targets|tp|profit", &["/exit/take_profit"]),
        ("minutes|bars|hours|time|candles", &["/exit/max_bars", "/exit/max_minutes"]),
    ];
    let from = cursor.at;
    if !cursor.eat("exit|exits|close|get out? only|solely on|by|via|with|at|through|using") {
        return None;
    }
    let mut named = *cursor;
    let mut kept = [false; EXITS.len()];
    while !named.is_pause() {
        // "trailing stop" is the trail alone.
        match EXITS.iter().skip(1).position(|(words, _)| named.eat(words)) {
            Some(0) => {
                named.eat("stop|stops|loss");
                kept[1] = true;
            }
            Some(index) => kept[index + 1] = true,
            None => named.at += 1,
        }
    }
    if !kept.contains(&true) {
        return None;
    }
    let phrase = said(reading, from, named.at);
    for ((_, pointers), kept) in EXITS.iter().zip(kept) {
        for pointer in pointers.iter().filter(|_| !kept) {
            editor.remove(pointer, &phrase);
        }
    }
    Some(Ok(()))
}

/// `hold overnight`: nothing is flattened.
pub(crate) fn hold_overnight(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|let|it|can|allow|ok|to");
    let flat = cursor.eat("dont|no|never|stop|remove|not flatten|flattening|close|closing|exit|exiting it|out|everything|positions? at|by|into|before the? end|close|bell of? the? day|session?")
        || cursor.eat("do not flatten|close it|out|everything|positions? at|by|before the? end|close|bell of? the? day|session?");
    if !(flat || cursor.eat("hold|holding|keep|carry it|positions? overnight") || cursor.eat("hold|holding overnight"))
    {
        return None;
    }
    if !flat
        && cursor
            .tokens
            .get(from.wrapping_sub(1))
            .and_then(Token::word)
            .is_some_and(|word| matches!(word, "no" | "dont" | "never" | "not"))
    {
        return None;
    }
    if cursor.eat("(") {
        while !cursor.is_end() && !cursor.eat(")") {
            cursor.at += 1;
        }
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.remove("/exit/flatten", &phrase) | editor.remove("/exit/before_close_minutes", &phrase);
    if any { Some(Ok(())) } else { missing("flatten time: it holds overnight already") }
}

pub(crate) fn exit_named(cursor: &mut Cursor<'_>) -> Option<(&'static str, &'static str)> {
    if cursor.eat("trailing stop") || cursor.eat("trail|trailing stop?") {
        Some(("/exit/trailing_stop", "trailing stop"))
    } else if cursor.eat("stop|stops|sl loss?") {
        Some(("/exit/stop_loss", "stop"))
    } else if cursor.eat("profit target|targets") || cursor.eat("take profit") || cursor.eat("target|targets|tp") {
        Some(("/exit/take_profit", "target"))
    } else if cursor.eat("position|trade? size|sizing") || cursor.eat("size|contracts|shares|quantity") {
        Some(("/sizing", "size"))
    } else if !cursor.sees("risk reward|to|of|:|#|%") && cursor.eat("risk per? trade?") {
        Some(("/sizing", "risk"))
    } else if cursor.eat("daily loss limit?") || cursor.eat("max|maximum daily loss limit?") {
        Some(("/filters/max_daily_loss", "daily loss limit"))
    } else {
        None
    }
}

pub(crate) fn scaled(value: &Json, factor: Decimal) -> Option<Json> {
    match value {
        Json::Number(written) => written.to_string().parse::<Decimal>().ok().map(|value| number(value * factor)),
        Json::Object(map) => {
            let mut scaled_map = map.clone();
            for key in [
                "points",
                "ticks",
                "percent",
                "money",
                "atr",
                "r",
                "contracts",
                "shares",
                "units",
                "risk_money",
                "risk_percent",
                "equity_percent",
            ] {
                if let Some(value) = map.get(key).and_then(|value| scaled(value, factor)) {
                    scaled_map.insert(key.to_owned(), value);
                }
            }
            (scaled_map != *map).then_some(Json::Object(scaled_map))
        }
        Json::Array(_) | Json::Null | Json::Bool(_) | Json::String(_) => None,
    }
}

/// `double the stop`, `halve the size`, `widen the target by 50%`.
pub(crate) fn scale(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let mut factor = if cursor.eat("double|twice") {
        Some(Decimal::TWO)
    } else if cursor.eat("halve|half") {
        Some(Decimal::new(5, 1))
    } else if cursor.eat("triple") {
        Some(Decimal::from(3))
    } else {
        None
    };
    let mut grows = true;
    if factor.is_none() {
        if cursor.eat("widen|increase|raise|bump|loosen|extend|expand") {
        } else if cursor.eat("tighten|reduce|lower|decrease|cut|shrink|trim") {
            grows = false;
        } else {
            return None;
        }
    }
    cursor.eat("up|down");
    cursor.eat("the|my");
    let (pointer, name) = exit_named(cursor)?;
    if cursor.sees("after|when|if") {
        return None;
    }
    if factor.is_none() && !grows && cursor.eat("in|by half") {
        factor = Some(Decimal::new(5, 1));
        if !super::everyday::ends(cursor) {
            return None;
        }
    }
    let mut add = None;
    if factor.is_none() {
        if !cursor.eat("by") {
            return None;
        }
        let mut measured = *cursor;
        cursor.eat("$");
        let half = cursor.eat("half an|a");
        let amount = if half { Decimal::new(5, 1) } else { cursor.number()? };
        if pointer.starts_with("/exit") && !cursor.sees("%|percent") {
            let stated = super::distance::distance(&mut measured, &reading.scene);
            if stated.is_some() {
                *cursor = measured;
            }
            let phrase = said(reading, from, cursor.at);
            let amount = if grows { amount } else { -amount };
            return Some(by_distance(editor, (pointer, name), amount, stated, &phrase));
        }
        let own = editor.at(pointer).and_then(|known| known.get("percent")).and_then(Json::as_f64);
        let own = own.and_then(|own| Decimal::try_from(own).ok()).filter(|own| amount < *own);
        if own.is_some() && cursor.sees("%|percent") {
            cursor.at += 1;
            let phrase = said(reading, from, cursor.at);
            editor.scene.assume(format!("\"{phrase}\" is read as so many percent of the price more or less"));
            let stated = Map::from_iter([("percent".to_owned(), number(amount))]);
            let amount = if grows { amount } else { -amount };
            return Some(by_distance(editor, (pointer, name), amount, Some(stated), &phrase));
        }
        if cursor.eat("%|percent") {
            let part = amount / Decimal::ONE_HUNDRED;
            factor = Some(if grows { Decimal::ONE + part } else { Decimal::ONE - part });
        } else {
            cursor.eat("contracts|contract|shares");
            add = Some(if grows { amount } else { -amount });
        }
    }
    let phrase = said(reading, from, cursor.at);
    let Some(before) = editor.at(pointer).cloned() else { return missing(name) };
    let of_risk = before.get("risk_percent").is_some() || before.get("risk_money").is_some();
    if name == "risk" && !of_risk {
        return missing("size by risk");
    }
    let after = match (factor, add) {
        (Some(factor), _) => scaled(&before, factor),
        (None, Some(add)) => {
            let main = before
                .as_object()
                .and_then(|map| map.iter().find(|(key, value)| value.is_number() && *key != "period"))
                .map(|(key, value)| (key.clone(), value.clone()));
            let alone = before.is_number().then(|| before.to_string().parse::<Decimal>().ok()).flatten();
            alone.map(|value| number(value + add)).or_else(|| {
                main.and_then(|(key, value)| {
                    let value: Decimal = value.to_string().parse().ok()?;
                    let mut map = before.as_object()?.clone();
                    map.insert(key, number(value + add));
                    Some(Json::Object(map))
                })
            })
        }
        (None, None) => None,
    };
    let after = after?;
    Some(editor.set(pointer, after, &phrase))
}

/// `widen the stop by 5 ticks`: so much more, in the unit that is said or else in its own.
fn by_distance(
    editor: &mut Editor<'_>,
    (pointer, name): (&str, &str),
    amount: Decimal,
    stated: Option<Map<String, Json>>,
    phrase: &str,
) -> Result<(), DraftFailure> {
    let before = editor.at(pointer).and_then(Json::as_object).cloned();
    let Some(before) = before else { return missing(name).unwrap_or(Ok(())) };
    let decimal = |value: &Json| value.to_string().parse::<Decimal>().ok();
    let known = before.iter().find(|(key, value)| value.is_number() && *key != "period");
    let Some((key, size)) = known.and_then(|(key, value)| Some((key.clone(), decimal(value)?))) else {
        return Err(other_unit(phrase, name));
    };
    let tick = editor.scene.market.as_ref().map(|market| market.tick_size);
    let by = match stated.as_ref().and_then(|stated| stated.iter().next()) {
        None => super::plain_exits::in_unit(amount.abs(), &key, editor.scene).get(&key).and_then(decimal),
        Some((unit, value)) if *unit == key => decimal(value),
        Some((unit, value)) => match (unit.as_str(), key.as_str()) {
            ("ticks", "points") => decimal(value).zip(tick).map(|(value, tick)| value * tick),
            ("points", "ticks") => decimal(value).zip(tick).map(|(value, tick)| value / tick),
            _ => None,
        },
    };
    let Some(by) = by else { return Err(other_unit(phrase, name)) };
    let size = if amount < Decimal::ZERO { size - by.abs() } else { size + by.abs() };
    let mut after = before;
    after.insert(key, number(size.normalize()));
    editor.set(pointer, Json::Object(after), phrase)
}

fn other_unit(phrase: &str, name: &str) -> DraftFailure {
    DraftFailure::new(
        format!("the {name} is not in the unit of \"{phrase}\""),
        format!("say how large the {name} is to be, for example \"{name} 30 points\""),
    )
    .about(phrase)
}

/// `ATR` before "stop": the unit of the one that changes.
fn unit_named(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let units =
        [("atr", "atr"), ("point|points|pt", "points"), ("tick|ticks", "ticks"), ("percent|%|percentage", "percent")];
    units.into_iter().find(|(words, _)| cursor.eat(words)).map(|(_, unit)| unit)
}

/// A multiple or a percentage that becomes ten times as large is a distance in another unit.
fn far_off(before: &Json, key: &str, value: Decimal) -> bool {
    let known = before.get(key).and_then(Json::as_f64).and_then(|known| Decimal::try_from(known).ok());
    let relative = matches!(key, "atr" | "r" | "percent");
    relative && value >= Decimal::TEN && known.is_some_and(|known| value >= known * Decimal::from(5))
}

fn which_unit(phrase: &str, name: &str, key: &str, value: Decimal) -> DraftFailure {
    let unit = if key == "percent" { "%" } else { key };
    DraftFailure::asking(
        format!("the {name} is in {unit}; {value} {unit} would be far from it"),
        Question::new(phrase, [format!("{value} points"), format!("{value} ticks"), format!("{value} {unit}")]),
        "say the unit too",
    )
}

/// `widen the stop to 30`, `stop 15 instead`, `bump the daily loss to 1000`: the unit stays where none is given.
pub(crate) fn amount(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let _ = cursor.eat("and|also|please");
    let verb =
        cursor.eat("set|make|change|widen|tighten|move|raise|lower|increase|reduce|bump|put|use|cut|drop|extend");
    // "the last one goes with a trailing stop of 50": said of what stands before.
    let said_with =
        |back: usize| from.checked_sub(back).is_some_and(|at| Cursor::new(&reading.tokens, at).sees("with"));
    if !verb && (said_with(1) || said_with(2)) {
        return None;
    }
    cursor.eat("up|down");
    cursor.eat("the|my|a");
    let counted = |at: usize| matches!(reading.tokens.get(at).map(|token| &token.kind), Some(Kind::Number(_)));
    // "stop 1.5% target at 4": the unit of the number before it.
    let taken = cursor.at.checked_sub(1).is_some_and(counted);
    let unit = unit_named(cursor);
    if taken && unit.is_some() {
        return None;
    }
    let (pointer, name) = exit_named(cursor)?;
    if pointer == "/sizing" {
        return None;
    }

    let led = cursor.eat("to|at|of|=|be|is|:");
    cursor.eat("be|to|a");
    let money = cursor.eat("$");
    let value = cursor.number()?;
    let instead = cursor.eat("instead");
    let old = if instead && cursor.eat("of") { cursor.number() } else { None };
    // "stop $200 target 500" where the target is money.
    let own = !money && unit.is_none() && editor.at(pointer).is_some_and(|known| known.get("money").is_some());
    if !(verb || led || instead || own) || !(cursor.is_pause() || cursor.sees("and|please|,")) {
        return None;
    }
    if let Some(unit) = unit.filter(|unit| editor.at(pointer).is_none_or(|known| known.get(*unit).is_none())) {
        return if verb { missing(&format!("{name} in {unit}")) } else { None };
    }
    let phrase = said(reading, from, cursor.at);
    if pointer.starts_with("/filters") {
        return Some(editor.set(pointer, number(value), &phrase));
    }
    let Some(before) = editor.at(pointer).cloned() else {
        let stated = super::plain_exits::in_unit(value, if money { "money" } else { "points" }, editor.scene);
        return Some(editor.set(pointer, Json::Object(stated), &phrase));
    };
    let keys = ["points", "ticks", "percent", "money", "atr", "r"];
    let key = keys.iter().find(|key| before.get(**key).is_some());
    let Some(key) = key else {
        let stated = super::plain_exits::points(value, editor.scene);
        return Some(editor.set(pointer, Json::Object(stated), &phrase));
    };
    let pips = |old: Decimal| if *key == "points" { old * editor.scene.pip() } else { old };
    let fx = editor.scene.class() == Some(AssetClass::Fx);
    let was = |old: Decimal| {
        before.get(*key) == Some(&number(old)) || fx && before.get(*key) == Some(&number(pips(old).normalize()))
    };
    if old.is_some_and(|old| !was(old)) {
        return missing(&format!("{name} of {}", old.unwrap_or_default()));
    }
    if own {
        editor.scene.assume(format!("{value} without a unit is read as money, as the {name} is"));
    }
    if !money && far_off(&before, key, value) {
        return Some(Err(which_unit(&phrase, name, key, value)));
    }
    let mut after = before.clone();
    if let Some(map) = after.as_object_mut() {
        if money && *key != "money" {
            return Some(editor.set(pointer, json!({ "money": number(value) }), &phrase));
        }
        let value = if fx && *key == "points" {
            super::plain_exits::points(value, editor.scene).remove("points")
        } else {
            None
        }
        .unwrap_or_else(|| number(value));
        map.insert((*key).to_owned(), value);
    }
    Some(editor.set(pointer, after, &phrase))
}

/// `start trailing right away`, `don't wait for 1R`.
pub(crate) fn trail_now(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    if !(cursor.eat("start|begin|trail trailing|it? right|straight|immediately away?")
        || cursor.eat("activate the? trail|trailing stop? right|immediately away?")
        || cursor.eat("activate|activated|active it|right|straight away")
        || cursor.eat("activate|activated|active it? right|straight away")
        || cursor.eat("activate|activated|active it? immediately"))
    {
        return None;
    }
    let mut rest = *cursor;
    let _ = rest.eat(",");
    if rest.eat("dont|no|without wait|waiting for? # r|points|pts|ticks|atr?") {
        *cursor = rest;
    }
    let phrase = said(reading, from, cursor.at);
    let any = editor.remove("/exit/trailing_stop/activate_after", &phrase);
    if any { Some(Ok(())) } else { missing("activation of the trailing stop") }
}

/// `make the runner 4R instead of 3R`.
pub(crate) fn runner(cursor: &mut Cursor<'_>, reading: &Reading<'_>, editor: &mut Editor<'_>) -> Outcome {
    let from = cursor.at;
    let verb = cursor.eat("make|set|change|move|let");
    let rest = verb && cursor.eat("the rest|remainder");
    if !rest && !cursor.eat("the? runner") && !cursor.eat("the? second|last|final target") {
        return None;
    }
    cursor.eat("to|be|at|run|go");
    cursor.eat("to|at");
    let distance = super::distance::distance(cursor, &reading.scene)?;
    if cursor.eat("instead|not") {
        cursor.eat("of");
        let _ = super::distance::distance(cursor, &reading.scene);
    }
    let phrase = said(reading, from, cursor.at);
    let Some(mut legs) = editor.at("/exit/take_profit").and_then(Json::as_array).cloned() else {
        return missing("second target");
    };
    if let Some(last) = legs.last_mut() {
        *last = Json::Object(distance);
    }
    Some(editor.set("/exit/take_profit", Json::from(legs), &phrase))
}

/// A currency's exit at a thousand pips or more is a number whose pips were not said.
pub(crate) fn in_pips(editor: &Editor<'_>, before: &Json) -> Result<(), DraftFailure> {
    if editor.scene.class() != Some(AssetClass::Fx) {
        return Ok(());
    }
    fn points(value: &Json) -> Vec<Decimal> {
        match value {
            Json::Object(map) => map
                .iter()
                .flat_map(|(key, value)| {
                    let own = (key == "points").then(|| value.to_string().parse().ok()).flatten();
                    own.into_iter().chain(points(value))
                })
                .collect(),
            Json::Array(all) => all.iter().flat_map(points).collect(),
            _ => Vec::new(),
        }
    }
    let known = points(before);
    let limit = editor.scene.pip() * Decimal::ONE_THOUSAND;
    let all = editor.at("/exit").map(points).unwrap_or_default();
    match all.into_iter().find(|one| *one >= limit && !known.contains(one)) {
        None => Ok(()),
        Some(far) => Err(DraftFailure::asking(
            format!("{far} would be a distance of a thousand pips or more"),
            Question::new(far.to_string(), [format!("{far} pips")]),
            format!("say \"{far} pips\""),
        )),
    }
}
