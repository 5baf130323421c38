//! Stops and targets in the fewest words: `5 stop 10 target`, `20/40`, `1:2`, `30 pts below entry`, `after the first target`.

use super::cursor::Cursor;
use super::distance::number;
use super::exits::Place;
use super::scene::{Scene, Side};
use super::setting::Setting;
use super::token::Kind;
use market::AssetClass;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

/// Stands in a break-even stop for the distance of the first target until the targets are known.
const FIRST_TARGET: &str = "first_target";

/// Said of one side where both are traded.
pub(crate) const MIRRORED: &str = "a distance from the entry is read for both sides, each on its own side of the entry";

/// A distance whose unit is not said: points, of currencies pips.
pub(crate) fn points(amount: Decimal, scene: &Scene<'_>) -> Map<String, Json> {
    if scene.class() == Some(AssetClass::Fx) && amount >= Decimal::ONE {
        scene.assume(format!("{amount} without a unit is read as pips"));
        return Map::from_iter([("points".to_owned(), number((amount * scene.pip()).normalize()))]);
    }
    let unit = if scene.is_stock() { "points (dollars a share)" } else { "points" };
    scene.assume(format!("{amount} without a unit is read as {unit}"));
    Map::from_iter([("points".to_owned(), number(amount))])
}

/// An amount in the unit of another that is told; points of currencies are pips.
pub(crate) fn in_unit(amount: Decimal, unit: &str, scene: &Scene<'_>) -> Map<String, Json> {
    if unit == "points" {
        return points(amount, scene);
    }
    scene.assume(format!("{amount} without a unit is read as {unit}"));
    Map::from_iter([(unit.to_owned(), number(amount))])
}

/// A number in digits above one: "1 stop" and "two targets" count.
fn digits(cursor: &mut Cursor<'_>) -> Option<Decimal> {
    let token = cursor.peek()?;
    let Kind::Number(amount) = token.kind else { return None };
    cursor.at += 1;
    (amount > Decimal::ONE).then_some(amount)
}

fn stop_behind(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("stop loss?") || cursor.eat("sl|stoploss")
}

fn target_behind(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("profit target") || cursor.eat("take profit") || cursor.eat("target|tp|tgt")
}

/// `5 stop 10 target`, `20 stop, 40 tp`: numbers before the words.
pub(crate) fn numbers_first(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let _ = cursor.eat("use|with|set|a");
    cursor.eat("a");
    let first = digits(cursor)?;
    let stop = stop_behind(cursor);
    if !stop && !target_behind(cursor) {
        return None;
    }
    let key = |stop: bool| if stop { "stop_loss" } else { "take_profit" };
    let mut settings = vec![Setting::distance(key(stop), None, points(first, scene))];
    let mut more = *cursor;
    let _ = more.eat(",|and|/|&");
    more.eat("a");
    if let Some(second) = digits(&mut more)
        && (if stop { target_behind(&mut more) } else { stop_behind(&mut more) })
    {
        settings.push(Setting::distance(key(!stop), None, points(second, scene)));
        *cursor = more;
    }
    // "5 stop orders", "20 target 30 stop 10": not these words alone.
    (cursor.is_pause() || cursor.sees("and|with|on|for|)")).then_some(settings)
}

fn begins_sentence(cursor: &Cursor<'_>) -> bool {
    cursor
        .at
        .checked_sub(1)
        .and_then(|at| cursor.tokens.get(at))
        .is_some_and(|before| [',', '.', ';', '\n'].iter().any(|mark| before.is_mark(*mark)))
}

fn ends_sentence(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_none_or(|token| ['.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)))
}

/// `20/40` as a sentence of its own at the end of a description: stop and target.
pub(crate) fn pair(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    if scene.changing.get() || !begins_sentence(cursor) {
        return None;
    }
    let before = cursor.tokens.get(..cursor.at).unwrap_or_default();
    let stop = digits(cursor)?;
    if !cursor.eat("/") {
        return None;
    }
    let target = digits(cursor)?;
    cursor.eat("points|pts|point|pt");
    let spoken = scene.lines.borrow().iter().any(|line| line.period == Some(stop) || line.period == Some(target));
    // "ema cross, 9/21": the numbers of averages that have none.
    let averages = !scene.open.borrow().is_empty();
    let behind = cursor.tokens.get(cursor.at..).unwrap_or_default();
    let stated = before.iter().chain(behind).any(|token| {
        token.word().is_some_and(|word| {
            matches!(word, "stop" | "stops" | "sl" | "stoploss" | "target" | "targets" | "tp" | "tps" | "tgt")
        })
    });
    if spoken || averages || stated || !ends_sentence(cursor) {
        return None;
    }
    scene.assume(format!("{stop}/{target} alone is read as a stop of {stop} points and a target of {target} points"));
    let of = |amount| Map::from_iter([("points".to_owned(), number(amount))]);
    Some(vec![Setting::distance("stop_loss", None, of(stop)), Setting::distance("take_profit", None, of(target))])
}

/// `1:2` between pauses, `TP 1:1`: the ratio of the risk to the target.
pub(crate) fn plain_ratio(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let led = cursor.eat("target|tp|tgt|take profit?");
    if led {
        cursor.eat("at|of|is|:|=");
    } else if !begins_sentence(cursor) {
        return None;
    }
    let numbers = cursor.numbers("# : #")?;
    let (first, second) = (numbers.first().copied()?, numbers.get(1).copied()?);
    let one = first == Decimal::ONE || second == Decimal::ONE;
    let small = |amount: Decimal| amount > Decimal::ZERO && amount <= Decimal::TEN;
    if !one || !small(first) || !small(second) || !(cursor.is_pause() || cursor.sees("and|with")) {
        return None;
    }
    scene.assume(format!("{first}:{second} is read as the risk and the target"));
    let r = (first.max(second) / first.min(second)).round_dp(4);
    Some(vec![Setting::distance("take_profit", None, Map::from_iter([("r".to_owned(), number(r))]))])
}

/// `below entry`, `above my fill`, `below` alone: the side whose stop or target lies there.
pub(crate) fn beside_entry(cursor: &mut Cursor<'_>, scene: &Scene<'_>, place: Place) -> Option<Side> {
    let mut probe = *cursor;
    if probe.eat("from|off|away the|my|our? entry|fill price?") {
        *cursor = probe;
        return None;
    }
    let below = probe.eat("below|under|beneath");
    if !below && !probe.eat("above|over") {
        return None;
    }
    if !probe.eat("the|my|our? entry|fill price?") {
        if !probe.is_pause() {
            return None;
        }
        scene.assume("below or above without a level is read as from the entry");
    }
    if scene.changing.get() {
        // Which side is traded is the strategy's: of both, the distance is each one's own.
        if scene.both.get() {
            scene.assume(MIRRORED);
            *cursor = probe;
        }
        return None;
    }
    *cursor = probe;
    Some(if below == (place == Place::Stop) { Side::Long } else { Side::Short })
}

/// `after the first target`, `once TP1 is hit`: what a break-even stop waits for.
pub(crate) fn first_target(cursor: &mut Cursor<'_>) -> Option<Map<String, Json>> {
    let mut probe = *cursor;
    let _ = probe.eat("after|once|when|at|as|if");
    let _ = probe.eat("soon as");
    probe.eat("the");
    let led = probe.at > cursor.at;
    let _ = probe.eat("taking|selling|closing");
    let half = probe.eat("half|partial|scale|scaling off|out|at|is|target?");
    let numbered = |cursor: &mut Cursor<'_>| {
        let one = cursor.peek().is_some_and(|token| token.glued && token.kind == Kind::Number(Decimal::ONE));
        cursor.at += usize::from(one);
        one
    };
    let named = half && probe.at > cursor.at + 1
        || probe.eat("first|1st target|tp|partial|scale|profit|half")
        || probe.eat("target one")
        || led && probe.eat("first|1st one|leg|exit|piece?")
        || probe.eat("tp|t|target") && numbered(&mut probe);
    if !named {
        return None;
    }
    let _ = probe.eat("target|out");
    let _ = probe.eat("is|gets|has been? hit|filled|reached|taken") || probe.eat("hits|fills|hit|filled");
    if !(probe.is_pause() || probe.sees("and|with")) {
        return None;
    }
    *cursor = probe;
    Some(Map::from_iter([(FIRST_TARGET.to_owned(), Json::from(true))]))
}

/// `half off at 1R then be`: break-even behind a partial target of the same sentence waits for that target.
pub(crate) fn behind_partial(cursor: &Cursor<'_>, behind: &mut Cursor<'_>) -> Option<Map<String, Json>> {
    behind.eat("after|there|then|that");
    if !(behind.is_pause() || behind.sees("and|then|with|rest|&|let|trail") || behind.sees("the rest")) {
        return None;
    }
    let before = cursor.tokens.get(..cursor.at)?;
    let ends = |token: &super::token::Token| ['\n', ';', '!', '?'].iter().any(|mark| token.is_mark(*mark));
    let stop = |at: &usize| before.get(*at).is_some_and(|token| ends(token) || token.is_mark('.'));
    let start = (0..before.len()).rev().find(stop).map_or(0, |at| at + 1);
    let sentence = before.get(start..)?;
    let part = |word: &str| matches!(word, "half" | "third" | "thirds" | "quarter" | "partial" | "partials");
    let percent = |at: usize| Cursor::new(before, start + at).sees("# %|percent off|out|at");
    let found = (0..sentence.len()).any(|at| {
        sentence.get(at).and_then(super::token::Token::word).is_some_and(part)
            || percent(at)
            || Cursor::new(before, start + at).sees("1/2|1/3|# / # off|out|at|of")
    });
    found.then(|| Map::from_iter([(FIRST_TARGET.to_owned(), Json::from(true))]))
}

/// Puts the distance of the first target where an exit waits for it; false where there is no such distance.
pub(crate) fn settle_first_target(document: &mut Json) -> bool {
    let even = settled(document, "break_even", "after");
    settled(document, "trailing_stop", "activate_after") && even
}

fn settled(document: &mut Json, exit: &str, key: &str) -> bool {
    let pointer = format!("/exit/{exit}/{key}");
    if document.pointer(&pointer).and_then(|after| after.get(FIRST_TARGET)).is_none() {
        return true;
    }
    let leg = document.pointer("/exit/take_profit/0").and_then(Json::as_object).cloned();
    let after = leg.map(|mut leg| {
        leg.remove("fraction");
        leg
    });
    let known = after
        .filter(|after| ["points", "ticks", "percent", "money", "atr", "r"].iter().any(|key| after.contains_key(*key)));
    match (known, document.pointer_mut(&pointer)) {
        (Some(known), Some(slot)) => {
            *slot = json!(known);
            true
        }
        (Some(_) | None, _) => {
            if let Some(map) = document.pointer_mut("/exit").and_then(Json::as_object_mut) {
                map.shift_remove(exit);
            }
            false
        }
    }
}
