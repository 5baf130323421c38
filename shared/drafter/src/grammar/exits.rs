//! Exits: stops, targets, trails, break-even, time and clock exits, into the `exit` object.

use super::cursor::Cursor;
use super::distance::{distance, number};
use super::document::opposite;
use super::names::{Class, Lean};
use super::plain_exits::{beside_entry, numbers_first, pair, plain_ratio};
use super::scene::{Scene, Side, Value};
use super::setting::{Setting, SettingReader};
use super::targets::{either_way, partials, risk_reward, target};
use super::time_exits::{flatten, held, next_bar, nothing_overnight};
use super::trailing::{break_even, trailing};
use super::value;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

/// Which way a level lies from the entry, for a price that is a stop or a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Stop,
    Target,
}

impl Place {
    const fn key(self) -> &'static str {
        match self {
            Self::Stop => "stop_loss",
            Self::Target => "take_profit",
        }
    }
}

const STOP: &str = "stop|stops|stoploss|sl|stopp";

pub(crate) const TARGET: &str = "target|targets|tgt|tgts|tp|tps|takeprofit|pt";

/// An exit here.
pub(crate) fn exit(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let readers: [SettingReader; 17] = [
        super::spoken_limits::spoken,
        super::risked::both_named,
        break_even,
        trailing,
        risk_reward,
        plain_ratio,
        pair,
        super::even_parts::even_parts,
        partials,
        either_way,
        numbers_first,
        stop,
        target,
        flatten,
        next_bar,
        held,
        nothing_overnight,
    ];
    readers.iter().find_map(|reader| {
        let mut probe = *cursor;
        let found = scene.attempt(|| reader(&mut probe, scene))?;
        *cursor = probe;
        Some(found)
    })
}

pub(crate) fn lead(cursor: &mut Cursor<'_>) {
    let _ = cursor.eat("and|then|also");
    let _ = cursor.eat("put on") || cursor.eat("use|using|set|put|place|add|have|with|and|initial|my|w|take|give|it|start|widen|tighten|make|change|move|bump|raise|lower|adjust|increase|reduce");
    let _ = cursor.eat("in|a|an|the|my|for|initial|hard|fixed|protective|your");
    let _ = cursor.eat("a|an|initial|hard|fixed|protective|simple|tight|wide|disaster");
}

fn stop_word(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    probe.eat("protective|hard|initial|fixed|disaster|emergency");
    let found =
        probe.eat("stop loss|losses|lose|loose|out|outs?") && !probe.sees("order|orders|buy") || probe.eat(STOP);
    if found {
        *cursor = probe;
    }
    found
}

/// The side an exit is said for: `for longs`, `on shorts`, `long stop`.
pub(crate) fn for_side(cursor: &mut Cursor<'_>) -> Option<Side> {
    let mut probe = *cursor;
    let led = probe.eat("for|on");
    probe.eat("the|all|any|my");
    let side = if probe.eat("longs|long|buys") {
        Side::Long
    } else if probe.eat("shorts|short|sells") {
        Side::Short
    } else {
        return None;
    };
    let _ = probe.eat("trades|positions|side|entries");
    let mut alone = probe;
    if led && alone.eat("only") && alone.is_pause() {
        *cursor = alone;
        return Some(side);
    }
    if probe.sees("when|if|entry|only") {
        return None;
    }
    *cursor = probe;
    Some(side)
}

/// `for shorts only`.
pub(crate) fn for_side_only(cursor: &mut Cursor<'_>) -> Option<Side> {
    if cursor.eat("for|on the? longs|long side|trades? only") {
        Some(Side::Long)
    } else if cursor.eat("for|on the? shorts|short side|trades? only") {
        Some(Side::Short)
    } else {
        None
    }
}

/// `20-point stop`, `SL: 20 pts`, `stop 2 ticks below the low`, `stop at yesterday's low`.
pub(crate) fn stop(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    // "sell stop below the low" is an order to enter.
    let before = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).and_then(|token| token.word());
    if super::orders::entered_on(cursor) || matches!(before, Some("sell" | "buy")) && cursor.sees("stop|stops") {
        return None;
    }
    let _ = cursor.sees("or at? a|an") && cursor.eat("or at?");
    lead(cursor);
    if let Some(found) =
        super::risked::for_loss(cursor, scene).or_else(|| scene.attempt(|| super::risked::risked(cursor, scene)))
    {
        return Some(found);
    }
    let mut probe = *cursor;
    if let Some(distance) = scene.attempt(|| distance(&mut probe, scene)) {
        probe.eat("hard|initial|fixed|protective|wide|max");
        let _ = probe.eat("for|as") && probe.eat("the|my|a|your");
        if stop_word(&mut probe)
            || (probe.eat("loss per? trade?") || !distance.contains_key("percent") && probe.eat("risk per? trade?"))
                && !distance.contains_key("r")
                && !cursor.sees("risk")
        {
            if probe.sees("order|buy|limit|day|session") || probe.sees("a|/|each|for|in|every the? day|session") {
                return None;
            }
            let mut distance = distance;
            if cursor.sees("a|an|the? atr") {
                multiple_behind(cursor, &mut probe, scene, &mut distance)?;
            }
            *cursor = probe;
            let side = for_side(cursor);
            let mut settings = vec![Setting::distance("stop_loss", side, distance)];
            if side.is_some()
                && let Some((other, amount)) = same_unit(cursor, scene, &settings)
            {
                settings.push(Setting::distance("stop_loss", Some(other), amount));
            }
            return Some(settings);
        }
    }
    let side = for_side(cursor);
    if !stop_word(cursor) || cursor.sees("order|orders|limit|for the day|trading|if|when|entry|buy|sell") {
        return None;
    }
    let side = side.or_else(|| for_side(cursor));
    cursor.eat("is|of|:|=|at|will|should|must|goes|go|placed|set|-|to");
    cursor.eat("be|is|at|placed|set|to");
    cursor.eat("at|set|be|to");
    place_or_distance(cursor, scene, side, Place::Stop)
}

/// "ATR stop of 2", "ATR target 3x", "ATR stop, 1.5x ATR(14)"; `None` where the number stands before it and was not read.
pub(crate) fn multiple_behind(
    start: &Cursor<'_>,
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    distance: &mut Map<String, Json>,
) -> Option<()> {
    if !distance.contains_key("atr") {
        return Some(());
    }
    let before = start.at.checked_sub(1).map(|before| Cursor::new(start.tokens, before));
    if before.is_some_and(|before| before.sees("x|times|#")) {
        return None;
    }
    let _ = if cursor.sees(", # x|times? atr") { cursor.eat(",") } else { cursor.eat("of|at|:|is|=") };
    match cursor.one("# x|times?") {
        Some(multiple) => {
            distance.insert("atr".to_owned(), number(multiple));
            cursor.eat("atr");
            if let Some(period) = cursor.one("( # )") {
                distance.insert("period".to_owned(), number(period));
            }
        }
        None => scene.assume("a distance of an ATR without a number is one ATR"),
    }
    Some(())
}

/// What a stop or target stands at: a distance, or a price.
/// `stop at 395` beside "crosses above 400" is a price.
fn absolute(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<String> {
    let at = cursor.at.checked_sub(1).and_then(|before| cursor.tokens.get(before)).and_then(|token| token.word())
        == Some("at");
    let mut probe = *cursor;
    let led = probe.eat("at") || at;
    let money = probe.eat("$");
    let amount = probe.number()?;
    let market = scene.price.get()?;
    let near = (amount - market).abs() * Decimal::TWO < market;
    let plain = probe.is_pause_or_joint() || probe.sees("target|tp");
    let _ = led || money;
    if !near || !plain {
        return None;
    }
    *cursor = probe;
    Some(amount.to_string())
}

pub(crate) fn place_or_distance(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    side: Option<Side>,
    place: Place,
) -> Option<Vec<Setting>> {
    let key = place.key();
    if let Some(text) = absolute(cursor, scene) {
        return Some(vec![Setting::distance(key, side, Map::from_iter([("price".to_owned(), Json::from(text))]))]);
    }
    let mut price = *cursor;
    if let Some((text, fits)) = scene.attempt(|| price_level(&mut price, scene, place)) {
        let mut distance_first = *cursor;
        let plain = distance(&mut distance_first, scene).is_some() && distance_first.at >= price.at;
        if !plain {
            *cursor = price;
            return Some(priced(cursor, scene, side, place, (text, fits)));
        }
    }
    let mut probe = *cursor;
    let mut found = distance(&mut probe, scene).or_else(|| bare(&mut probe, scene));
    if let Some(found) = found.as_mut()
        && place == Place::Stop
        && found.contains_key("r")
    {
        return None;
    }
    let found = found?;
    *cursor = probe;
    let lies = beside_entry(cursor, scene, place);
    if lies.is_some_and(|lies| side.is_some_and(|named| named != lies)) {
        // Below the entry of a short there is no stop.
        return None;
    }
    let side = side.or(lies).or_else(|| for_side(cursor));
    let mut settings = vec![Setting::distance(key, side, found)];
    if side.is_some() {
        let mut more = *cursor;
        let _ = more.eat(",|and|/");
        more.eat("and");
        let first = for_side(&mut more);
        if let Some((other, amount)) = same_unit(cursor, scene, &settings) {
            settings.push(Setting::distance(key, Some(other), amount));
        } else if let (Some(other), Some(found)) = (first, distance(&mut more, scene)) {
            *cursor = more;
            settings.push(Setting::distance(key, Some(other), found));
        } else if let Some(found) = scene.attempt(|| distance(&mut more, scene))
            && let Some(other) = for_side(&mut more)
        {
            *cursor = more;
            settings.push(Setting::distance(key, Some(other), found));
        }
    }
    Some(settings)
}

/// A stop or target at a price, with the other side's.
fn priced(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    side: Option<Side>,
    place: Place,
    (text, fits): (String, Option<Side>),
) -> Vec<Setting> {
    let key = place.key();
    let named = side.or_else(|| for_side(cursor));
    let side = named.or(fits);
    let mirror = fits.filter(|_| named.is_none() && scene.both.get()).map(|fits| (fits.other(), opposite(&text)));
    let mut settings =
        vec![Setting::distance(key, side, Map::from_iter([("price".to_owned(), Json::from(text.as_str()))]))];
    settings.extend(other_side(cursor, scene, place, key, &text));
    if let Some((other, price)) = mirror.filter(|_| settings.len() == 1) {
        // A change of both sides: a price that fits one of them is turned round for the other.
        let name = key.replace('_', " ");
        scene.assume(format!("the {name} of {}s is read as the mirror of the stated one", other.key()));
        settings.push(Setting::distance(key, Some(other), Map::from_iter([("price".to_owned(), Json::from(price))])));
    }
    settings
}

/// `6 pt stop on longs, 8 on shorts`: the other side's amount in the unit of the first.
fn same_unit(cursor: &mut Cursor<'_>, scene: &Scene<'_>, stated: &[Setting]) -> Option<(Side, Map<String, Json>)> {
    let [first] = stated else { return None };
    let mut probe = *cursor;
    let _ = probe.eat(",|and|/");
    probe.eat("and|a");
    let found = distance(&mut { probe }, scene);
    let amount = probe.number().filter(|_| found.is_none())?;
    let other = for_side(&mut probe).filter(|other| Some(*other) != first.side)?;
    let mut value = first.value.as_object()?.clone();
    let key = ["points", "ticks", "percent", "money", "atr"].into_iter().find(|key| value.contains_key(*key))?;
    value.insert(key.to_owned(), number(amount));
    *cursor = probe;
    Some((other, value))
}

/// `… for longs and the high for shorts`.
fn other_side(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    place: Place,
    key: &'static str,
    stated: &str,
) -> Vec<Setting> {
    let mut probe = *cursor;
    let _ = probe.eat(",|/|and");
    let _ = probe.eat("and");
    let first = for_side(&mut probe);
    let Some((text, _)) = price_level(&mut probe, scene, place) else { return Vec::new() };
    let Some(side) = first.or_else(|| for_side(&mut probe)) else { return Vec::new() };
    *cursor = probe;
    // "the low of the last 3 candles, the high for shorts": of as many.
    let span = ["lowest(low, ", "highest(high, "].into_iter().find_map(|call| {
        let from = stated.find(call)?;
        stated.get(from..=from + stated.get(from..)?.find(')')?)
    });
    let beyond = text.strip_prefix("high").or_else(|| text.strip_prefix("low"));
    let text = match (span, beyond.filter(|beyond| beyond.is_empty() || beyond.starts_with(' '))) {
        (Some(span), Some(beyond)) => format!("{}{beyond}", opposite(span)),
        _ => text,
    };
    vec![Setting::distance(key, Some(side), Map::from_iter([("price".to_owned(), Json::from(text))]))]
}

/// A number without a unit: points, as an assumption.
pub(crate) fn bare(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    probe.eat("of|at|is|to|:|=");
    let of_level =
        probe.at.checked_sub(1).and_then(|at| probe.tokens.get(at)).and_then(|token| token.word()) == Some("the");
    // "trail behind the 21": an average, not points.
    let amount = probe.number().filter(|_| !of_level)?;
    // "12 (points)", "5, points, ES".
    let mut unit = probe;
    if unit.eat("( in? points|pts|point )") || unit.eat(", points|pts") && unit.is_pause() {
        *cursor = unit;
        return Some(Map::from_iter([("points".to_owned(), number(amount))]));
    }
    if !probe.is_pause_or_joint()
        && !probe.sees("target|tp|take|profit|/")
        && !probe.sees("the? rest|remainder|runner at|to")
        && !probe.sees("below|under|above|over the|my|our? entry|fill")
        && !probe.sees("below|under|above|over .|,|;")
        && !probe.sees("from the? very? start|beginning|outset")
        && !probe.sees("immediately")
        && !probe.sees("right|straight away")
    {
        return None;
    }
    *cursor = probe;
    Some(super::plain_exits::points(amount, scene))
}

/// A price: `at the low of the bar`, `2 ticks below the swing low`, `the middle band`. And the side it fits.
pub(crate) fn price_level(cursor: &mut Cursor<'_>, scene: &Scene<'_>, place: Place) -> Option<(String, Option<Side>)> {
    let mut probe = *cursor;
    let _ = probe.eat("at|on|to|just|right|is|be|by|of|goes");
    let beyond = probe.eat("just|right? below|under|beneath|above|over|beyond|past|behind");
    probe.eat("the|other");
    let opposite = probe.eat("opposite|other side|end|extreme of the?");
    if opposite || probe.eat("opposite side|end of the?") || probe.eat("side of the?") {
        let spoken = scene.lines.borrow().iter().rev().find(|line| line.row == "opening_range").cloned();
        let range = match spoken.filter(|_| probe.eat("range|or|orb|opening range?")) {
            Some(line) => breakout_end(scene, line),
            None => value::term(&mut probe, scene)?,
        };
        if !matches!(range.class, Class::Level(_)) {
            return None;
        }
        let flipped = match scene.side() {
            Side::Long => range.text.replace("high", "low"),
            Side::Short => range.text.replace("low", "high"),
        };
        *cursor = probe;
        let fits = (place == Place::Stop).then(|| scene.side());
        return Some((flipped, fits));
    }
    if let Some(text) = beyond_the_bar(cursor, scene, place) {
        return Some(text);
    }
    let from = probe.at;
    let mut level = value::value(&mut probe, scene)?;
    let ends = probe.tokens.get(from..probe.at).unwrap_or_default();
    let ends =
        ends.iter().any(|token| matches!(token.word(), Some("high" | "highs" | "low" | "lows" | "top" | "bottom")));
    if place == Place::Stop && level.row == "opening_range" && !ends && !level.text.contains(' ') {
        // "below the opening range": the end behind the trade.
        let end = breakout_end(scene, level.clone());
        level.text = turned_end(&end.text, scene.side());
        level.class = Class::Level(if level.text.ends_with("low") { Lean::Below } else { Lean::Above });
    }
    if matches!(level.class, Class::Number | Class::Oscillator(..) | Class::Volume | Class::Measure)
        || level.text == "close"
    {
        return None;
    }
    let _ = beyond;
    let words = cursor.tokens.get(cursor.at..probe.at).unwrap_or_default();
    let away = words.iter().any(|token| matches!(token.word(), Some("from" | "off" | "away")));
    let down = (place == Place::Stop) == (scene.side() == Side::Long);
    if away && down {
        // "10 ticks from VWAP": beyond it, as the stop lies.
        level.text = level.text.replacen(" + ", " - ", 1);
    }
    // "5 points above yesterday's low": a short's stop, though lows are a long's.
    let said = |sides: [&str; 3]| words.iter().any(|token| token.word().is_some_and(|word| sides.contains(&word)));
    let fits = fits(&level, place);
    let contrary = place == Place::Stop
        && match fits {
            Some(Side::Long) => said(["above", "over", "past"]),
            Some(Side::Short) => said(["below", "under", "beneath"]),
            None => false,
        };
    let fits = if away || contrary { Some(scene.side()) } else { fits };
    *cursor = probe;
    // The extreme of the bars up to the decision, which a stop may include.
    let window = level.text.starts_with("highest(") || level.text.starts_with("lowest(");
    let text = if window { level.text.replacen(")[1]", ")", 1) } else { level.text };
    Some((text, fits))
}

/// `one tick below the signal bar`: beyond its low for a long.
fn beyond_the_bar(cursor: &mut Cursor<'_>, scene: &Scene<'_>, place: Place) -> Option<(String, Option<Side>)> {
    let mut probe = *cursor;
    let _ = probe.eat("at|on|to|just|right|is|be|by|of|goes");
    let offset = scene.attempt(|| value::offset(&mut probe, scene));
    let below = if probe.eat("below|under|beneath") {
        true
    } else if probe.eat("above|over") {
        false
    } else {
        return None;
    };
    probe.eat("the|that|this");
    if !probe.eat("signal|entry|trigger|setup|breakout? bar|candle|candlestick") || !probe.is_pause_or_joint() {
        return None;
    }
    let level = if below {
        Value::new("low", Class::Level(Lean::Below))
    } else {
        Value::new("high", Class::Level(Lean::Above))
    };
    let found = offset.map_or_else(|| level.clone(), |offset| offset.on(&level, !below));
    *cursor = probe;
    Some((found.text, fits(&level, place)))
}

/// The end of an opening range that a breakout of the side passes.
fn breakout_end(scene: &Scene<'_>, line: Value) -> Value {
    let end = if scene.side() == Side::Long { ".high" } else { ".low" };
    let text = line.text.replace(".low", end).replace(".high", end);
    Value { text, ..line }
}

/// The other end of a range.
fn turned_end(text: &str, side: Side) -> String {
    match side {
        Side::Long => text.replace(".high", ".low"),
        Side::Short => text.replace(".low", ".high"),
    }
}

/// A low is a long's stop and a short's target.
fn fits(level: &Value, place: Place) -> Option<Side> {
    let base = if level.text.contains("low") {
        Lean::Below
    } else if level.text.contains("high") {
        Lean::Above
    } else {
        match level.class {
            Class::Level(lean) => lean,
            _ => Lean::Either,
        }
    };
    match (base, place) {
        (Lean::Below, Place::Stop) | (Lean::Above, Place::Target) => Some(Side::Long),
        (Lean::Above, Place::Stop) | (Lean::Below, Place::Target) => Some(Side::Short),
        (Lean::Either, _) => None,
    }
}
