//! Exits: stops, targets, trails, break-even, time and clock exits, into the `exit` object.

use super::clock::{self, Unit};
use super::cursor::Cursor;
use super::filters;
use super::names::{Class, Lean};
use super::scene::{Scene, Side, Value};
use super::setting::Setting;
use super::value;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

/// A decimal as a JSON number, whole where it is whole.
pub(crate) fn number(value: Decimal) -> Json {
    let value = value.normalize();
    if value.is_integer() {
        if let Ok(whole) = i64::try_from(value) {
            return Json::from(whole);
        }
    }
    serde_json::from_str(&value.to_string()).unwrap_or(Json::Null)
}

/// Which way a level lies from the entry, for a price that is a stop or a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Stop,
    Target,
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
    let found = if money && !probe.sees("per|a share") {
        probe.eat("usd|dollars");
        scene.assume(format!("${amount} is money on the whole position, not a distance of the price"));
        json!({ "money": number(amount) })
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
        json!({ "money": number(amount) })
    } else if probe.eat("r|rs") || probe.eat("times|x the? risk|stop") || probe.eat("to|: 1") {
        json!({ "r": number(amount) })
    } else {
        atr(&mut probe, scene, amount)?
    };
    probe.eat("worth|each|wide|away");
    *cursor = probe;
    found.as_object().cloned()
}

/// `1.5x ATR(14)`, `2 ATRs`, `0.5 of the daily ATR`.
fn atr(cursor: &mut Cursor<'_>, scene: &Scene<'_>, amount: Decimal) -> Option<Json> {
    cursor.eat("x|times|*|of|×");
    cursor.eat("the|a|of|an");
    let mut probe = *cursor;
    if probe.eat("atrs") {
        *cursor = probe;
        return Some(json!({ "atr": number(amount), "period": 14 }));
    }
    let measure = scene.attempt(|| value::indicator(&mut probe, scene).filter(|value| value.row == "atr"))?;
    *cursor = probe;
    let frame = measure.text.split('\'').nth(1);
    let period = measure.period.map_or(Json::from(14), number);
    Some(match frame {
        Some(frame) => json!({ "atr": number(amount), "period": period, "timeframe": frame }),
        None => json!({ "atr": number(amount), "period": period }),
    })
}

const STOP: &str = "stop|stops|stoploss|sl|stopp";
const TARGET: &str = "target|targets|tp|tps|takeprofit|pt";

/// An exit here.
pub(crate) fn exit(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let readers: [fn(&mut Cursor<'_>, &Scene<'_>) -> Option<Vec<Setting>>; 11] = [
        break_even,
        trailing,
        risk_reward,
        partials,
        either_way,
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

fn lead(cursor: &mut Cursor<'_>) {
    let _ = cursor.eat("use|using|set|put|place|add|have|with|and|initial|my|w|take|give|it|start");
    let _ = cursor.eat("in|a|an|the|my|for|initial|hard|fixed|protective|your");
    let _ = cursor.eat("a|an|initial|hard|fixed|protective|simple|tight|wide|disaster");
}

fn stop_word(cursor: &mut Cursor<'_>) -> bool {
    let mut probe = *cursor;
    probe.eat("protective|hard|initial|fixed|disaster|emergency");
    let found = probe.eat("stop loss|losses|out|outs?") && !probe.sees("order|orders|buy") || probe.eat(STOP);
    if found {
        *cursor = probe;
    }
    found
}

/// The side an exit is said for: `for longs`, `on shorts`, `long stop`.
fn for_side(cursor: &mut Cursor<'_>) -> Option<Side> {
    let mut probe = *cursor;
    probe.eat("for|on");
    probe.eat("the|all|any|my");
    let side = if probe.eat("longs|long|buys") {
        Side::Long
    } else if probe.eat("shorts|short|sells") {
        Side::Short
    } else {
        return None;
    };
    let _ = probe.eat("trades|positions|side|entries");
    if probe.sees("when|if|entry|only") {
        return None;
    }
    *cursor = probe;
    Some(side)
}

/// `20-point stop`, `SL: 20 pts`, `stop 2 ticks below the low`, `stop at yesterday's low`.
fn stop(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    if let Some(found) = for_loss(cursor, scene) {
        return Some(found);
    }
    let mut probe = *cursor;
    if let Some(distance) = scene.attempt(|| distance(&mut probe, scene)) {
        probe.eat("hard|initial|fixed|protective|wide|max");
        let _ = probe.eat("for|as") && probe.eat("the|my|a|your");
        if stop_word(&mut probe)
            || probe.eat("loss|risk per? trade?") && !distance.contains_key("r") && !cursor.sees("risk")
        {
            if probe.sees("order|buy|limit") {
                return None;
            }
            *cursor = probe;
            let side = for_side(cursor);
            return Some(vec![Setting::distance("stop_loss", side, distance)]);
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

fn for_loss(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let begins = probe.eat("or|and? get|cut|exit|close|sell|bail|cover|stop|out|lose|losses? out|losses|loss|it|me? out? at|after|if|on|for? a? max|maximum?")
        || probe.eat("or at|after a|an?")
        || probe.eat("at a|an?")
        || probe.eat("max|maximum loss of|is?");
    if !begins {
        return None;
    }
    probe.eat("a|an|the|we|it|down|i|lose");
    probe.eat("lose|down|am|is");
    let distance = distance(&mut probe, scene)?;
    let loss = probe.eat("loss|drawdown|drop")
        || probe.eat("against me|us|it|you")
        || probe.eat("below|under my|the? entry price?")
        || cursor.sees("max|maximum loss")
        || cursor.sees("cut losses");
    if !loss || probe.sees("in a day|per day|for the day|day") {
        return None;
    }
    *cursor = probe;
    Some(vec![Setting::distance("stop_loss", None, distance)])
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

fn place_or_distance(
    cursor: &mut Cursor<'_>,
    scene: &Scene<'_>,
    side: Option<Side>,
    place: Place,
) -> Option<Vec<Setting>> {
    let key = match place {
        Place::Stop => "stop_loss",
        Place::Target => "take_profit",
    };
    if let Some(text) = absolute(cursor, scene) {
        return Some(vec![Setting::distance(key, side, Map::from_iter([("price".to_owned(), Json::from(text))]))]);
    }
    let mut price = *cursor;
    if let Some((text, fits)) = scene.attempt(|| price_level(&mut price, scene, place)) {
        let mut distance_first = *cursor;
        let plain = distance(&mut distance_first, scene).is_some() && distance_first.at >= price.at;
        if !plain {
            *cursor = price;
            let side = side.or_else(|| for_side(cursor)).or(fits);
            let mut settings =
                vec![Setting::distance(key, side, Map::from_iter([("price".to_owned(), Json::from(text))]))];
            settings.extend(other_side(cursor, scene, place, key));
            return Some(settings);
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
    let side = side.or_else(|| for_side(cursor));
    let mut settings = vec![Setting::distance(key, side, found)];
    if side.is_some() {
        let mut more = *cursor;
        let _ = more.eat(",|and|/");
        more.eat("and");
        let first = for_side(&mut more);
        if let (Some(other), Some(found)) = (first, distance(&mut more, scene)) {
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

/// `… for longs and the high for shorts`.
fn other_side(cursor: &mut Cursor<'_>, scene: &Scene<'_>, place: Place, key: &'static str) -> Vec<Setting> {
    let mut probe = *cursor;
    let _ = probe.eat(",|/|and");
    let _ = probe.eat("and");
    let first = for_side(&mut probe);
    let Some((text, _)) = price_level(&mut probe, scene, place) else { return Vec::new() };
    let Some(side) = first.or_else(|| for_side(&mut probe)) else { return Vec::new() };
    *cursor = probe;
    vec![Setting::distance(key, Some(side), Map::from_iter([("price".to_owned(), Json::from(text))]))]
}

/// A number without a unit: points, as an assumption.
fn bare(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    probe.eat("of|at|is|to|:|=");
    let amount = probe.number()?;
    if !probe.is_pause_or_joint() && !probe.sees("target|tp|take|profit|/") {
        return None;
    }
    *cursor = probe;
    let unit = if scene.is_stock() { "points (dollars a share)" } else { "points" };
    scene.assume(format!("{amount} without a unit is read as {unit}"));
    Some(Map::from_iter([("points".to_owned(), number(amount))]))
}

/// A price: `at the low of the bar`, `2 ticks below the swing low`, `the middle band`. And the side it fits.
fn price_level(cursor: &mut Cursor<'_>, scene: &Scene<'_>, place: Place) -> Option<(String, Option<Side>)> {
    let mut probe = *cursor;
    let _ = probe.eat("at|on|to|just|right|is|be|by|of|goes");
    let beyond = probe.eat("just|right? below|under|beneath|above|over|beyond|past|behind");
    probe.eat("the|other");
    let opposite = probe.eat("opposite|other side|end|extreme of the?");
    if opposite || probe.eat("opposite side|end of the?") || probe.eat("side of the?") {
        let range = value::term(&mut probe, scene)?;
        let flipped = match scene.side() {
            Side::Long => range.text.replace("high", "low"),
            Side::Short => range.text.replace("low", "high"),
        };
        *cursor = probe;
        let fits = if place == Place::Stop { scene.side.get() } else { None };
        return Some((flipped, fits));
    }
    let level = value::value(&mut probe, scene)?;
    if matches!(level.class, Class::Number | Class::Oscillator(..) | Class::Volume | Class::Measure)
        || level.text == "close"
    {
        return None;
    }
    let _ = beyond;
    let fits = fits(&level, place);
    *cursor = probe;
    // The extreme of the bars up to the decision, which a stop may include.
    let window = level.text.starts_with("highest(") || level.text.starts_with("lowest(");
    let text = level.text.strip_suffix("[1]").filter(|_| window).map_or_else(|| level.text.clone(), str::to_owned);
    Some((text, fits))
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

fn target_word(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("profit target|targets")
        || cursor.eat("take profit|profits")
        || cursor.eat("price target")
        || cursor.eat(TARGET)
        || cursor.eat("profit|gain|winner")
}

/// `40 point target`, `TP 2R`, `target the upper band`, `take profit at 3%`.
fn target(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    let mut probe = *cursor;
    if let Some(found) = scene.attempt(|| distance(&mut probe, scene))
        && {
            let _ = probe.eat("for|as") && probe.eat("the|my|a|your");
            true
        }
        && (target_word(&mut probe) && !probe.sees("lock") || cursor.sees("# r") && probe.eat("exit"))
    {
        if probe.sees("per day|for the day|in a day|a day|today") {
            return None;
        }
        *cursor = probe;
        let side = for_side(cursor);
        return Some(vec![Setting::distance("take_profit", side, found)]);
    }
    let mut probe = *cursor;
    let taken = probe
        .eat("exit|sell|close|cover|take|book|cash|get|profit|bail|out out? at|for|with|after|on a|an|my?")
        || probe.eat("or at|after a?")
        || probe.eat("just take");
    if taken
        && let Some(found) = distance(&mut probe, scene)
        && (target_word(&mut probe)
            || found.contains_key("r")
            || cursor.sees("just take|book")
            || probe.eat("above|over the? entry"))
        && !probe.sees("per day|for the day|in a day|a day|loss")
    {
        *cursor = probe;
        return Some(vec![Setting::distance("take_profit", None, found)]);
    }
    let mut probe = *cursor;
    if let Some(r) = probe.one("# r")
        && (probe.is_pause() || probe.sees("and|with"))
        && cursor
            .at
            .checked_sub(1)
            .and_then(|at| cursor.tokens.get(at))
            .is_none_or(|before| before.word().is_none_or(|word| word == "and"))
    {
        scene.assume(format!("{r}R alone is read as the target"));
        *cursor = probe;
        return Some(vec![Setting::distance("take_profit", None, Map::from_iter([("r".to_owned(), number(r))]))]);
    }
    let side = for_side(cursor);
    if !target_word(cursor) {
        return None;
    }
    let side = side.or_else(|| for_side(cursor));
    cursor.eat("is|of|:|=|at|will|should|must|set|-|to|on|when");
    cursor.eat("be|is|at|price|set|to|of");
    cursor.eat("reaches|hits|touches|at|the");
    place_or_distance(cursor, scene, side, Place::Target)
}

/// `2:1 reward to risk`, `1:2 RR`, `risk reward of 1:3`, `1 to 2 risk/reward`.
fn risk_reward(cursor: &mut Cursor<'_>, _: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    cursor.eat("target|tp|with|of|take|profit");
    cursor.eat("profit|at|of|a|is");
    cursor.eat("at|of|a");
    const NAMES: [&str; 9] = [
        "risk / reward ratio?",
        "reward / risk ratio?",
        "risk to? reward ratio?",
        "reward to|: risk ratio?",
        "risk : reward ratio?",
        "r / r ratio?",
        "rr ratio?",
        "r : r ratio?",
        "rrr",
    ];
    let named = NAMES.iter().any(|name| cursor.eat(name));
    cursor.eat("of|is|:|=|at");
    cursor.eat("at|least");
    let (first, second) = if let Some(numbers) = cursor.numbers("# :|to|/ #") {
        (*numbers.first()?, *numbers.get(1)?)
    } else if named {
        (cursor.number()?, Decimal::ONE)
    } else if let crate::grammar::token::Kind::Clock(minutes) = cursor.peek()?.kind {
        cursor.at += 1;
        (Decimal::from(minutes / 60), Decimal::from(minutes % 60))
    } else {
        return None;
    };
    let after = NAMES.iter().any(|name| cursor.eat(name)) || cursor.eat("ratio|target|tp");
    if !named && !after || first.is_zero() || second.is_zero() {
        return None;
    }
    cursor.eat("target|tp|ratio");
    let r = first.max(second) / first.min(second);
    let distance = Map::from_iter([("r".to_owned(), number(r))]);
    Some(vec![Setting::distance("take_profit", None, distance)])
}

/// `take half at 1R and the rest at 3R`, `TP1 15 pts for half, TP2 45 pts for the rest`.
fn partials(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    let mut legs: Vec<Json> = Vec::new();
    let mut probe = *cursor;
    loop {
        let mut leg = probe;
        if !legs.is_empty() {
            let _ = leg.eat(",") || leg.eat(";");
            let _ = leg.eat("and|then|with");
            leg.eat("then|let|leave|take|exit|the");
        }
        let Some(found) = partial(&mut leg, scene, !legs.is_empty()) else { break };
        legs.push(found);
        probe = leg;
    }
    let fractions = legs.iter().filter(|leg| leg.get("fraction").is_some()).count();
    if fractions == 0 {
        return None;
    }
    if fractions == legs.len() {
        // Everything is taken: the last leg closes what is left.
        let total: f64 = legs.iter().filter_map(|leg| leg.get("fraction").and_then(Json::as_f64)).sum();
        if total >= 0.999
            && let Some(last) = legs.last_mut().and_then(Json::as_object_mut)
        {
            last.remove("fraction");
        }
    }
    *cursor = probe;
    Some(vec![Setting::value("/exit/take_profit", Json::from(legs))])
}

fn fraction(cursor: &mut Cursor<'_>) -> Option<Option<Decimal>> {
    let mut probe = *cursor;
    probe.eat("for|on|the|off|a|out");
    probe.eat("the|another|other|a|remaining");
    let found = if probe.eat("rest|remainder|remaining|runner|balance") {
        probe.eat("half|position");
        None
    } else if probe.eat("half|1/2") || probe.numbers("# half").is_some() {
        Some(Decimal::new(5, 1))
    } else if probe.eat("a? third") || probe.eat("1/3") {
        Some((Decimal::ONE / Decimal::from(3)).round_dp(4))
    } else if probe.eat("two thirds") {
        Some((Decimal::TWO / Decimal::from(3)).round_dp(4))
    } else if probe.eat("quarter|fourth") {
        Some(Decimal::new(25, 2))
    } else if let Some(percent) = probe.one("# %|percent") {
        (percent < Decimal::ONE_HUNDRED).then(|| percent / Decimal::ONE_HUNDRED)
    } else {
        return None;
    };
    let _ = probe.eat("of|off the?") && probe.eat("position|it|trade|size|contracts|off|table");
    probe.eat("position|off|it");
    let _ = probe.eat("the table");
    *cursor = probe;
    Some(found)
}

/// One leg, its share before or behind the distance.
fn partial(cursor: &mut Cursor<'_>, scene: &Scene<'_>, further: bool) -> Option<Json> {
    let mut probe = *cursor;
    let verb = probe.eat("take|sell|close|exit|scale|peel|cover|bank|cut|book|let");
    let _ = verb && probe.eat("out|off|profit|profits");
    let before = probe;
    let mut share = fraction(&mut probe);
    if share.is_some() && !verb && !further && before.sees("# %|percent") {
        return None;
    }
    if share.is_some() {
        let run = probe.eat("run|runs|go|at|to");
        let _ = run;
        probe.eat("at|to|for|target|with|is|a|off|out");
        probe.eat("at|to|the|a");
        probe.eat("target|tp|second|a");
    } else {
        let _ = probe.eat("tp|target") || (further && probe.eat("the|second|next"));
        let numbered = probe
            .peek()
            .is_some_and(|token| token.glued && matches!(token.kind, crate::grammar::token::Kind::Number(_)));
        if numbered {
            probe.at += 1;
        }
        probe.eat("at|:|=|is|of");
    }
    let labelled = verb || further || share.is_some() || before.sees("tp|target");
    let mut found = distance(&mut probe, scene).or_else(|| {
        if !labelled {
            return None;
        }
        let (text, _) = price_level(&mut probe, scene, Place::Target)?;
        Some(Map::from_iter([("price".to_owned(), Json::from(text))]))
    })?;
    probe.eat("target|tp|profit");
    if share.is_none() {
        share = fraction(&mut probe);
    }
    let share = share?;
    if share.is_none() && !further {
        return None;
    }
    if let Some(share) = share {
        found.insert("fraction".to_owned(), number(share));
    }
    *cursor = probe;
    Some(Json::Object(found))
}

/// `0.4% profit or 0.4% loss`, `exit after 20 bars or 2% stop` is left to its parts.
fn either_way(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("cover|exit|close|sell|take|out|get at|on|with|out?") || cursor.eat("at|with|for");
    cursor.eat("a|an|at");
    let profit = distance(cursor, scene)?;
    if !cursor.eat("profit|gain|up|win") {
        return None;
    }
    if !cursor.eat("or|and|/|,") {
        return None;
    }
    cursor.eat("a|an|at|or");
    let loss = distance(cursor, scene)?;
    if !cursor.eat("loss|down|stop") {
        return None;
    }
    Some(vec![Setting::distance("take_profit", None, profit), Setting::distance("stop_loss", None, loss)])
}

/// `2 ATR trailing stop`, `trail by 10 points after 1R`, `trailing stop of 5%, based on closes`.
fn trailing(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    lead(cursor);
    let mut probe = *cursor;
    let mut found = None;
    if let Some(distance) = scene.attempt(|| distance(&mut probe, scene)) {
        if !probe.eat("trailing|trail|trailer|chandelier") {
            return None;
        }
        let _ = probe.eat("stop|sl loss|on?") || probe.eat("exit");
        found = Some(distance);
        *cursor = probe;
    }
    let side = for_side(cursor);
    if found.is_none() {
        if !(cursor.eat("chandelier style? trailing|trail? stop? exit?")
            || cursor.eat("trailing|trail|trails|ts")
            || cursor.eat("then|and trail"))
        {
            return None;
        }
        let _ =
            cursor.eat("the|my|a|your stop|stops loss?") || cursor.eat("stop|sl|exit loss|exit?") || cursor.eat("it");
        cursor.eat("of|by|at|with|is|:|=|using|behind|to|-");
        cursor.eat("a|an|the|by|be");
        found = distance(cursor, scene).or_else(|| bare(cursor, scene));
    }
    let mut found = found?;
    let _ = cursor.eat("behind|below|from|off|away the|its? highest|high|best|peak|price|low|close|entry of|price?");
    loop {
        let mut more = *cursor;
        let _ = more.eat(",");
        more.eat("and|but|that|which|only");
        more.eat("only");
        if activation(&mut more, scene, &mut found) || basis(&mut more, &mut found) {
            *cursor = more;
            continue;
        }
        break;
    }
    Some(vec![Setting::distance("trailing_stop", side.or_else(|| for_side(cursor)), found)])
}

fn activation(cursor: &mut Cursor<'_>, scene: &Scene<'_>, found: &mut Map<String, Json>) -> bool {
    let begins = cursor.eat("activated|activates|activate|activating|starts|start|starting|begins|beginning|kicks|kicking|once|after|when|triggered in? at|after|once|when|in?")
        || cursor.eat("after|once|when");
    if !begins {
        return false;
    }
    let _ = cursor.eat("we|it|i|the|up|price|trade|position|reaching|being|a");
    let _ = cursor.eat("are|is|reaches|am|trade|hits|gets|hit|moves|has|position");
    let _ = cursor.eat("up|is|reaches|by|in|made|at");
    cursor.eat("by|a|at");
    let Some(distance) = distance(cursor, scene) else { return false };
    let _ = cursor.eat("of|in profit|gain|my|our? favor|favour?") || cursor.eat("profit|in|is|has hit|reached|profit?");
    found.insert("activate_after".to_owned(), Json::Object(distance));
    true
}

fn basis(cursor: &mut Cursor<'_>, found: &mut Map<String, Json>) -> bool {
    let close = cursor.eat("based|basis|measured on|from|off|by? the|bar|candle? close|closes|closing prices?")
        || cursor.eat("on|from the? close|closes|closing prices|basis?")
        || cursor.eat("close basis|based|only");
    if close {
        found.insert("basis".to_owned(), Json::from("close"));
    }
    close
}

/// `move stop to breakeven after 15 points (plus 1 tick)`, `BE at 1R`, `BE +2`.
fn break_even(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    const EVEN: &str = "breakeven|be|b";
    let mut probe = *cursor;
    let early = {
        let mut begin = probe;
        let opened = begin.eat("after|once|when|at");
        let _ = begin.eat("we|it|up|price|i|the");
        let _ = begin.eat("are|is|am|trade|reaches|gets|moves|hits");
        let _ = begin.eat("up|is|by|hits|reaches|at");
        let found = if opened { distance(&mut begin, scene) } else { None };
        if found.is_some() {
            let _ = begin.eat("of|in profit|gain|my favor|favour?") || begin.eat("profit|in|up");
            let _ = begin.eat(",|in");
            begin.eat("then|profit|,");
            probe = begin;
        }
        found
    };
    lead(&mut probe);
    let _ = probe.eat("move|moves|moving|bring|set|put|shift|slide|pull|raise|goes|stop|sl");
    let _ = probe.eat("the|my|your|a|our");
    let _ = probe.eat("stop|stops|sl|stoploss");
    probe.eat("loss|moves|goes");
    let _ = probe.eat("to|at|a|up");
    let _ = probe.eat("to|the");
    if !(probe.eat("break even")
        || probe.eat(EVEN) && !probe.sees("in|a|long|short|flat|out|above|below|the")
        || probe.eat("entry price?"))
    {
        return None;
    }
    probe.eat("stop|point");
    let mut offset = offset(&mut probe, scene);
    let mut after = early;
    if after.is_none() {
        let _ = probe.eat("+");
        let _ = probe.eat("is|,");
        let _ = probe.eat("after|once|when|at|as|:|if|with");
        let _ = probe.eat("soon as");
        let _ = probe.eat("we|it|the|price|up|i|a|trade|position|profit|reaching");
        let _ = probe.eat("are|is|am|reaches|hits|gets|trade|position|moves|has|gain|of");
        let _ = probe.eat("up|is|reaches|hits|moves|by|in|made|gained|to|at");
        after = distance(&mut probe, scene);
        let _ = probe.eat("of|in profit|gain|my|our? favor|favour?") || probe.eat("profit|up|is|gain hit|reached?");
    }
    offset = offset.or_else(|| self::offset(&mut probe, scene));
    let after = after?;
    *cursor = probe;
    let mut found = Map::from_iter([("after".to_owned(), Json::Object(after))]);
    if let Some(offset) = offset {
        found.insert("offset".to_owned(), Json::Object(offset));
    }
    Some(vec![Setting::value("/exit/break_even", Json::Object(found))])
}

/// `plus 1 tick`, `+2 points`.
fn offset(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let _ = probe.eat("(");
    if !probe.eat("plus|+|and|with an? offset? of?") {
        return None;
    }
    let found = distance(&mut probe, scene)?;
    if probe.sees("profit|in profit|target|stop") {
        return None;
    }
    probe.eat(")");
    *cursor = probe;
    Some(found)
}

/// `flat by 3:55`, `exit at 15:50`, `close everything at end of day`, `out by the close`.
fn flatten(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("always|and|then|must|i|want|we|or");
    let _ = cursor.eat("to|be|go|get|want|always|is");
    let _ = cursor.eat("be|to|force|hard|auto|time");
    let verb =
        cursor.eat("flat|flatten|out|exit|exits|close|closed|sell|cover|liquidate|done|square|eod|everything|all");
    if !verb {
        return None;
    }
    let _ = cursor.eat(
        "out|everything|all|any|the|my|position|positions|trade|trades|flat|it|open|of|exit|close|hold|up|remaining",
    );
    let _ = cursor.eat("of|positions|position|trades|trade|open|remaining|everything|is|stop");
    let _ = cursor.eat("trades|trade|positions|position|out|is");
    let _ = cursor.eat("positions|at|by");
    let by = cursor.eat("by|at|before|until|till|for|on|,|no");
    let mut probe = *cursor;
    let _ = probe.eat("later than");
    if let Some(minutes) =
        probe.one("# minutes|min|mins|minute before the? session|market|bell|day? close|end|bell of? the? session|day?")
    {
        *cursor = probe;
        return Some(vec![Setting::value("/exit/before_close_minutes", number(minutes))]);
    }
    if let Some(time) = clock::time(&mut probe, by) {
        let time = filters::of_day(scene, time, None);
        filters::zone_after(&mut probe, scene);
        let _ = probe.eat("every|each day") || probe.eat("at the latest") || probe.eat("no matter what");
        *cursor = probe;
        return Some(vec![Setting::value("/exit/flatten", Json::from(time.text()))]);
    }
    let end = cursor.eat("the|market|session's? end of the|each|every|trading? day|session|rth")
        || cursor.eat("end of the? day|session|rth")
        || cursor.eat("eod|moc")
        || cursor.eat("the|market|session|closing|day|rth? close|bell bell?")
            && !cursor.sees("above|below|under|over|back|crosses|inside|of|is");
    if !end && !cursor.tokens.get(cursor.at.checked_sub(1)?).is_some_and(|token| token.word() == Some("eod")) {
        return None;
    }
    Some(end_of_day(scene))
}

/// The end of the trading day: five minutes before the close.
pub(crate) fn end_of_day(scene: &Scene<'_>) -> Vec<Setting> {
    if filters::is_us_index(scene) {
        scene.assume("the end of the day is read as 15:55, five minutes before the regular session's close");
        return vec![Setting::value("/exit/flatten", Json::from("15:55"))];
    }
    scene.assume("the end of the day is read as five minutes before the session's close");
    vec![Setting::value("/exit/before_close_minutes", Json::from(5))]
}

/// `no overnight`, `never hold overnight`, `day trades only`, `intraday only`.
fn nothing_overnight(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let found = cursor.eat("no|nothing|never|dont|not hold|holding|holds|overnights|carry|carrying|keep|holdings? anything|positions|it|trades|any? overnight")
        || cursor.eat("day trade|trades|trading only")
        || cursor.eat("intraday only")
        || cursor.eat("flat overnight")
        || cursor.eat("no|never|not overnight|overnights holds|holding|positions|hold|trades|risk?");
    if !found {
        return None;
    }
    cursor.eat("holds|holding|positions|hold|trades|risk");
    Some(end_of_day(scene))
}

/// `exit the next day`, `sell on the next bar`.
fn next_bar(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("and|then");
    if !cursor.eat("exit|sell|close|cover|out") {
        return None;
    }
    let _ = cursor.eat("it|the|position|trade|on|at");
    let _ = cursor.eat("trade|position|on|at");
    let _ = cursor.eat("the|at|on");
    let day = cursor.sees("next|following day|morning|session") || cursor.sees("one|1 day later");
    if !(cursor.eat("next|following day|bar|candle|session") || cursor.eat("one|1 day|bar|candle later")) {
        return None;
    }
    if cursor.sees("open|close|high|low") && !cursor.eat("open|close") {
        return None;
    }
    if day && scene.timeframe != "1d" {
        return None;
    }
    Some(vec![Setting::value("/exit/max_bars", Json::from(1))])
}

/// `exit after 10 bars`, `hold for 30 minutes`, `max 2 hours in the trade`, `time stop of 20 bars`.
fn held(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let mut probe = *cursor;
    let _ = probe.eat("and|or|then|also|but");
    let start = probe;
    let verb = probe.eat("exit|close|sell|get|hold|holding|max|maximum|time|cover|out|bail|longest|cap|timeout|keep|stay|sit|no|never|dont")
        && {
            let _ = probe.eat("the|it|out|all|position|trade|positions|stop|hold|holding|exit|in|more|longer|time|anyway|long|at|for|everything|period|a");
            let _ = probe.eat("trade|position|of|hold|is|after|trades|time|for|out|than|longest|at|the|in|more|long|period|most");
            let _ = probe.eat("of|is|:|than|the|for|trade|at");
            true
        };
    let after = probe.eat("after|for|within|at|of|in|than|once|most|is|to");
    let _ = probe.eat("at|a|maximum|max|most|is|the|up|in");
    let _ = probe.eat("most|max|of|maximum|to|trade");
    probe.eat("of");
    if !verb && !after {
        return None;
    }
    let (count, unit) = clock::length(&mut probe)?;
    let tail = probe.eat("later|hold|in|max|maximum|at|time|old|regardless|have|after|if|no|long|from|of holding|the|trade|most|latest|least|matter|stop|exit|passed|entry|entering|nothing|position?");
    if tail {
        let _ = probe.eat("trade|latest|most|position|what|entry|profit|in|the|position");
        let _ = probe.eat("trade|trades");
    }
    if !verb && !tail && !start.sees("after") {
        return None;
    }
    if probe.sees("in a row|of the session|high|low|cooldown|before|between|rest") {
        return None;
    }
    *cursor = probe;
    Some(vec![longest(scene, count, unit)?])
}

/// The longest time in a trade.
pub(crate) fn longest(scene: &Scene<'_>, count: u32, unit: Unit) -> Option<Setting> {
    let own = clock::minutes_of(scene.timeframe);
    Some(match unit {
        Unit::Bar => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Day if own == 1440 => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Week if own == 10_080 => Setting::value("/exit/max_bars", Json::from(count)),
        Unit::Week if own == 1440 => Setting::value("/exit/max_bars", Json::from(count.checked_mul(5)?)),
        Unit::Month if own == 1440 => Setting::value("/exit/max_bars", Json::from(count.checked_mul(21)?)),
        Unit::Minute | Unit::Hour | Unit::Day | Unit::Week => {
            Setting::value("/exit/max_minutes", Json::from(count.checked_mul(unit.minutes()?)?))
        }
        Unit::Month | Unit::Year => return None,
    })
}
