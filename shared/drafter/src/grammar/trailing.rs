//! Trailing and break-even stops.

use super::cursor::Cursor;
use super::distance::distance;
use super::exits::{bare, for_side, lead};
use super::scene::Scene;
use super::setting::Setting;
use super::waiting_trails;
use serde_json::{Map, Value as Json};

/// `2 ATR trailing stop`, `trail by 10 points after 1R`, `trailing stop of 5%, based on closes`.
pub(crate) fn trailing(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let before = waiting_trails::early(cursor, scene);
    if before.is_none() && waiting_trails::starts(cursor) {
        return None;
    }
    rest_first(cursor);
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
            || cursor.eat("trailing|trail|trails|trailed|ts")
            || cursor.eat("then|and trail"))
        {
            return None;
        }
        let _ = cursor.eat("the|my|a|your? rest|remainder|remaining|runner|runners|balance half|position|contracts?")
            || cursor.eat("the|my|a|your stop|stops loss?")
            || cursor.eat("stop|sl|exit loss|exit?")
            || cursor.eat("it");
        cursor.eat("of|by|at|with|is|:|=|using|behind|to|-");
        cursor.eat("a|an|the|by|be");
        found = distance(cursor, scene)
            .or_else(|| waiting_trails::bare_after(cursor, scene))
            .or_else(|| bare(cursor, scene));
    }
    let mut found = found?;
    // "from the highest close".
    if cursor
        .eat("behind|below|above|from|off the|its|each|every? highest|lowest|best|last? close|closes|closing price?")
    {
        found.insert("basis".to_owned(), Json::from("close"));
    }
    let _ = cursor.eat("behind|below|from|off|away the|its? highest|high|best|peak|price|low|close|entry of|price?");
    // Nothing to wait for.
    let _ = cursor.eat("right? from the? very? start|beginning|outset|begin")
        || cursor.eat("immediately")
        || cursor.eat("right|straight away");
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
    waiting_trails::waiting(before, &mut found)?;
    let mut later = *cursor;
    if !found.contains_key("activate_after")
        && later.eat("after|from that|this|there|then on?")
        && (later.is_pause() || later.sees("and|with"))
    {
        *cursor = later;
    }
    Some(vec![Setting::distance("trailing_stop", side.or_else(|| for_side(cursor)), found)])
}

/// `rest trails 0.8%`: the word for the trail stands behind what is trailed.
fn rest_first(cursor: &mut Cursor<'_>) {
    let mut probe = *cursor;
    let _ = probe.eat("and|then|with|let");
    let rest = probe.eat("let|the? rest|remainder|remaining|runner|runners|balance half|position|contracts?")
        || probe.eat("let|the? other|second|remaining half|part");
    let _ = rest && probe.eat("is|are|on|with|gets|goes|rides|runs");
    let _ = rest && probe.eat("on|a|with");
    if rest && probe.sees("trails|trailing|trailed|trail") && !probe.sees("trailing|trail stop? at|after|once|when") {
        *cursor = probe;
    }
}

pub(crate) fn activation(cursor: &mut Cursor<'_>, scene: &Scene<'_>, found: &mut Map<String, Json>) -> bool {
    let begins = cursor.eat("start|starts|starting|begin|begins|beginning|activate|activates|activating|kick|kicks trailing|it|that|trail|in at|after|once|when|from") || cursor.eat("active only? from|at|after|once|when|in") || cursor.eat("activated|activates|activate|activating|starts|start|starting|begins|beginning|kicks|kicking|once|after|when|triggered in? at|after|once|when|in?")
        || cursor.eat("after|once|when");
    if !begins {
        return false;
    }
    let _ = cursor.eat("we|it|its|i|the|up|price|trade|position|reaching|being|a");
    let _ = cursor.eat("are|is|reaches|am|trade|hits|gets|hit|moves|has|position");
    let _ = cursor.eat("up|is|reaches|by|in|made|at");
    cursor.eat("by|a|at");
    cursor.eat("+");
    let Some(distance) = distance(cursor, scene).or_else(|| same_unit(cursor, scene, found)) else { return false };
    let _ = cursor.eat("of|in profit|gain|my|our? favor|favour?")
        || cursor.eat("profit|in|is|has|gain|gains hit|reached|profit?");
    found.insert("activate_after".to_owned(), Json::Object(distance));
    true
}

/// `trail 25 points once it is up 20`: the unit of the trail, which is said.
fn same_unit(cursor: &mut Cursor<'_>, scene: &Scene<'_>, trail: &Map<String, Json>) -> Option<Map<String, Json>> {
    let unit = ["points", "ticks", "percent", "money"].into_iter().find(|unit| trail.contains_key(*unit))?;
    let mut probe = *cursor;
    let amount = probe.number()?;
    if !(probe.is_pause() || probe.sees("and|instead|in|of")) || probe.sees("in the|#") {
        return None;
    }
    *cursor = probe;
    Some(super::plain_exits::in_unit(amount, unit, scene))
}

pub(crate) fn basis(cursor: &mut Cursor<'_>, found: &mut Map<String, Json>) -> bool {
    let close = cursor.eat("based|basis|measured on|from|off|by? the|bar|candle? close|closes|closing prices?")
        || cursor.eat("on|from the? close|closes|closing prices|basis?")
        || cursor.eat("close basis|based|only");
    if close {
        found.insert("basis".to_owned(), Json::from("close"));
    }
    close
}

/// `trail by 3 ATR from the high`: of the bars, not of their closes.
pub(crate) fn from_extreme(phrase: &str) -> bool {
    let words = phrase.to_lowercase();
    ["from the high", "from the low", "off the high", "off the low", "below the high", "above the low"]
        .iter()
        .any(|said| words.contains(said))
}

/// True for words of a trail that waits for nothing.
pub(crate) fn at_once(phrase: &str) -> bool {
    let words = phrase.to_lowercase();
    ["from the start", "from start", "from the very start", "beginning", "outset", "immediately", "right away"]
        .iter()
        .chain(&["straight away"])
        .any(|said| words.contains(said))
}

/// `move stop to breakeven after 15 points (plus 1 tick)`, `BE at 1R`, `BE +2`.
pub(crate) fn break_even(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    const EVEN: &str = "breakeven|be|b";
    let mut probe = *cursor;
    let early = {
        let mut begin = probe;
        let opened = begin.eat("after|once|when|at");
        let _ = begin.eat("we|it|up|price|i|the");
        let _ = begin.eat("are|is|am|trade|reaches|gets|moves|hits");
        let _ = begin.eat("up|is|by|hits|reaches|at");
        begin.eat("+");
        let found = if opened {
            distance(&mut begin, scene).or_else(|| waiting_trails::bare_even(&mut begin, scene))
        } else {
            None
        };
        if found.is_some() {
            let _ = begin.eat("of|in profit|gain|my favor|favour?") || begin.eat("profit|in|up");
            let _ = begin.eat(",|in");
            begin.eat("then|profit|,");
            probe = begin;
        }
        found
    };
    let begin = probe.at;
    lead(&mut probe);
    let _ = probe.eat("go|move|moves|moving|bring|set|put|shift|slide|pull|raise|goes|stop|sl");
    let _ = probe.eat("the|my|your|a|our");
    let _ = probe.eat("stop|stops|sl|stoploss");
    probe.eat("loss|moves|goes");
    // "lower the entry to 5" speaks of no stop.
    let moves = early.is_some()
        || (begin..probe.at).any(|at| {
            let word = Cursor::new(probe.tokens, at);
            word.sees("go|move|moves|moving|bring|set|put|shift|slide|pull|raise|goes|stop|stops|sl|stoploss")
                && !word.sees("raise|set|put|move|bring the? entry")
        });
    let _ = probe.eat("to|at|a|up");
    let _ = probe.eat("to|the");
    if !(probe.eat("break even")
        || probe.eat(EVEN) && !probe.sees("in|a|long|short|flat|out|above|below|the")
        || moves && probe.eat("entry price?"))
    {
        return None;
    }
    probe.eat("stop|point");
    let mut offset = offset(&mut probe, scene);
    let plain = probe;
    let mut after = early;
    if after.is_none() {
        after = super::plain_exits::first_target(&mut probe);
    }
    if after.is_none() {
        let _ = probe.eat("+");
        let _ = probe.eat("is|,");
        let _ = probe.eat("after|once|when|at|as|:|if|with");
        let _ = probe.eat("soon as");
        let _ = probe.eat("we|it|the|price|up|i|a|trade|position|profit|reaching");
        let _ = probe.eat("are|is|am|reaches|hits|gets|trade|position|moves|has|gain|of");
        let _ = probe.eat("up|is|reaches|hits|moves|by|in|made|gained|to|at");
        probe.eat("+");
        let led = probe.at > plain.at;
        after = distance(&mut probe, scene)
            .or_else(|| scene.attempt(|| bare(&mut probe, scene).filter(|_| led && !probe.sees("/"))));
        let _ = probe.eat("of|in profit|gain|my|our? favor|favour?") || probe.eat("profit|up|is|gain hit|reached?");
    }
    offset = offset.or_else(|| self::offset(&mut probe, scene));
    if after.is_none() {
        probe = plain;
        after = super::plain_exits::behind_partial(cursor, &mut probe);
    }
    let after = after?;
    *cursor = probe;
    let mut found = Map::from_iter([("after".to_owned(), Json::Object(after))]);
    if let Some(offset) = offset {
        found.insert("offset".to_owned(), Json::Object(offset));
    }
    Some(vec![Setting::value("/exit/break_even", Json::Object(found))])
}

/// `plus 1 tick`, `+2 points`.
pub(crate) fn offset(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Map<String, Json>> {
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
