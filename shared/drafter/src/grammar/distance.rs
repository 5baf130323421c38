//! Distances: points, ticks, percent, money, multiples of ATR or of the risk.

use super::cursor::Cursor;
use super::scene::Scene;
use market::AssetClass;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

/// Why dollars are no money.
const UNDER_TWO_TICKS: &str = ": as money it is under two ticks";

/// A decimal as a JSON number, whole where it is whole.
pub(crate) fn number(value: Decimal) -> Json {
    let value = value.normalize();
    if value.is_integer()
        && let Ok(whole) = i64::try_from(value)
    {
        return Json::from(whole);
    }
    serde_json::from_str(&value.to_string()).unwrap_or(Json::Null)
}

/// `20 points`, `$300`, `1.5x ATR(14)`, `2R`, `1%`, `10 ticks`, `15 pips`.
pub(crate) fn distance(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    probe.eat("a|an|the|of|at|is|to|by");
    probe.eat("about|around|roughly|fixed|max|maximum|of");
    let money = probe.eat("$");
    let _ = probe.eat("+");
    let amount = if probe.eat("half an? of?") {
        probe.eat("the|a");
        Decimal::new(5, 1)
    } else if probe.eat("three|3 quarters|fourths of?") {
        probe.eat("the|a|an");
        Decimal::new(75, 2)
    } else if probe.eat("quarter|fourth of?") {
        probe.eat("the|a|an");
        Decimal::new(25, 2)
    } else if probe.eat("twice|double the?") {
        Decimal::TWO
    } else if probe.eat("one|an|a and a half") {
        Decimal::new(15, 1)
    } else {
        match probe.number() {
            Some(amount) => amount.abs(),
            None if probe.sees("atr|daily|tick|point") || probe.sees("r") && cursor.sees("one|a") => Decimal::ONE,
            None => return None,
        }
    };
    let (amount, parted) = parted(probe, amount);
    let found = if money && !probe.sees("per|a share") {
        probe.eat("usd|dollars");
        if let Some(points) = per_contract(&mut probe, scene, amount) {
            *cursor = probe;
            return Some(points);
        }
        if away_from_entry(&mut probe) {
            *cursor = probe;
            return json!({ "points": number(amount) }).as_object().cloned();
        }
        money_or_price(scene, amount)
    } else if money {
        probe.eat("per|a share");
        json!({ "points": number(amount) })
    } else if probe.eat("points|point|pts|pt|handles|handle|p") {
        json!({ "points": number(amount) })
    } else if probe.eat("ticks|tick|tks|tk") {
        json!({ "ticks": number(amount) })
    } else if probe.eat("pips|pip") {
        json!({ "points": number(amount * scene.pip()) })
    } else if probe.eat("%|percent|pct|perc") {
        json!({ "percent": number(amount) })
    } else if probe.eat("cents|cent") {
        json!({ "points": number(amount / Decimal::ONE_HUNDRED) })
    } else if probe.eat("dollars|dollar|bucks|usd") {
        if let Some(points) = per_contract(&mut probe, scene, amount) {
            *cursor = probe;
            return Some(points);
        }
        if away_from_entry(&mut probe) { json!({ "points": number(amount) }) } else { money_or_price(scene, amount) }
    } else if probe.eat("r|rs") || probe.eat("times|x the? risk|stop") || probe.eat("to|: 1") {
        json!({ "r": number(amount) })
    } else {
        atr(&mut probe, scene, amount)?
    };
    if parted {
        probe.part_behind();
    }
    probe.eat("worth|each|wide|away");
    *cursor = probe;
    found.as_object().cloned()
}

/// `$300`: money on the position; on a future less than two ticks of it can only be a distance of the price: `gold, $4 stop`.
fn money_or_price(scene: &Scene<'_>, amount: Decimal) -> Json {
    let future = scene.market.as_ref().filter(|market| market.asset_class == AssetClass::Future);
    let beside = scene
        .assumptions
        .borrow()
        .iter()
        .any(|sentence| sentence.ends_with(UNDER_TWO_TICKS) && !sentence.starts_with(&format!("${amount} is")));
    let least = if beside { Decimal::from(20) } else { Decimal::TWO };
    if let Some(market) = future.filter(|market| amount < least * market.tick_value()) {
        let why = if beside { ", as the dollars beside it" } else { UNDER_TWO_TICKS };
        scene.assume(format!("${amount} is read as {amount} points of {}{why}", market.symbol));
        return json!({ "points": number(amount) });
    }
    // "$1 stop, $2 target, 200 shares".
    if scene.is_stock() && amount < Decimal::from(20) {
        scene.assume(format!("${amount} is read as so much a share"));
        return json!({ "points": number(amount) });
    }
    scene.assume(format!("${amount} is money on the whole position, not a distance of the price"));
    json!({ "money": number(amount) })
}

/// `$800 per contract`: the distance of the price that makes so much.
fn per_contract(cursor: &mut Cursor<'_>, scene: &Scene<'_>, amount: Decimal) -> Option<Map<String, Json>> {
    let market = scene.market.as_ref()?;
    if market.asset_class != AssetClass::Future || market.currency != "USD" {
        return None;
    }
    let mut probe = *cursor;
    if !probe.eat("per|a|an|each|every|/ contract|lot|car") {
        return None;
    }
    let points = amount.checked_div(market.point_value)?.normalize();
    if points.scale() > 8 {
        return None;
    }
    *cursor = probe;
    scene.assume(format!("${amount} per contract is {points} points of {}", market.symbol));
    Some(Map::from_iter([("points".to_owned(), number(points))]))
}

/// `a point and a half`, `two percent and a quarter`: with what stands behind the unit, and whether it does.
fn parted(mut probe: Cursor<'_>, amount: Decimal) -> (Decimal, bool) {
    let unit = probe.eat("points|point|pts|pt|handles|handle|ticks|tick|pips|pip|%|percent|pct|cents|cent|r|atr|atrs");
    let part = if unit { probe.part_behind() } else { Decimal::ZERO };
    (amount + part, !part.is_zero())
}

/// `below entry`: money that is a distance of the price.
fn away_from_entry(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("below|above|under|over|from|away from? the|my? entry|fill price?") || cursor.eat("a|per share")
}

/// "stop 2 ATR(20), trail 3 ATR": the ATR of the distance before, which is said.
fn spoken_period(scene: &Scene<'_>) -> Option<Decimal> {
    let lines = scene.lines.borrow();
    let mut periods: Vec<Decimal> = lines
        .iter()
        .filter(|line| line.row == "atr" && !line.text.contains('\''))
        .filter_map(|line| line.period)
        .collect();
    periods.dedup();
    let [only] = periods.as_slice() else { return None };
    if *only != Decimal::from(14) {
        scene.assume(format!("an ATR without its number is read as before: atr({only})"));
    }
    Some(*only)
}

/// `1.5x ATR(14)`, `2 ATRs`, `0.5 of the daily ATR`.
pub(crate) fn atr(cursor: &mut Cursor<'_>, scene: &Scene<'_>, amount: Decimal) -> Option<Json> {
    // "a 20 period ATR": the number is the ATR's own.
    if cursor.sees("-? period|periods|bar|day|length|lookback") {
        return None;
    }
    cursor.eat("x|times|*|of|×");
    cursor.eat("the|a|of|an");
    let mut probe = *cursor;
    if probe.eat("atrs") {
        let period = probe.one("( # )").or_else(|| spoken_period(scene)).map_or(Json::from(14), number);
        *cursor = probe;
        return Some(json!({ "atr": number(amount), "period": period }));
    }
    let measure =
        scene.attempt(|| super::indicator::indicator(&mut probe, scene).filter(|value| value.row == "atr"))?;
    let stated = measure.period.or_else(|| probe.one("with|using|and a|the? period|length|lookback of? #"));
    *cursor = probe;
    let frame = measure.text.split('\'').nth(1);
    let period = stated.or_else(|| spoken_period(scene)).map_or(Json::from(14), number);
    Some(match frame {
        Some(frame) => json!({ "atr": number(amount), "period": period, "timeframe": frame }),
        None => json!({ "atr": number(amount), "period": period }),
    })
}
