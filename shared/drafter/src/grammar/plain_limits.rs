//! Limits in the fewest words: `one trade`, `one and done`, `no trades in the first 15 minutes`.

use super::clock;
use super::cursor::{Cursor, whole};
use super::filters::{day, skip_lead};
use super::scene::Scene;
use super::setting::{Join, Setting};
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// Minutes of the day at which the regular session opens and closes.
const OPEN: u32 = 9 * 60 + 30;
const CLOSE: u32 = 16 * 60;

/// `one trade`, `one trade only`, `one and done`: a limit without its span.
pub(crate) fn one_trade(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let pause = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at)).is_none_or(|before| {
        [',', '.', ';', '\n', '&'].iter().any(|mark| before.is_mark(*mark)) || before.word() == Some("and")
    });
    if !pause {
        return None;
    }
    let led = cursor.eat("only|just|max|maximum");
    let count = if cursor.eat("one and done") {
        1
    } else {
        let count = whole(cursor.one("# trade|trades|shot|attempt")?)?;
        let limited = cursor.eat("only|max|maximum|total") || led;
        if count > 1 && !limited {
            return None;
        }
        count
    };
    if !cursor.is_pause() {
        return None;
    }
    scene.assume("a limit on trades without a span is per day");
    Some(vec![Setting::value("/filters/max_trades_per_day", Json::from(count))])
}

/// `no trades in the first 15 minutes or the last hour`: the regular session without its ends.
pub(crate) fn without_ends(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    if !(scene.is_stock() || scene.is_future()) || !skip_lead(cursor) {
        return None;
    }
    let (open, close) = day(scene);
    let (mut first, mut last) = (None, None);
    loop {
        let _ = cursor.eat("in|during|within|for");
        cursor.eat("the");
        let early = cursor.eat("first|opening");
        if !early && !cursor.eat("last|final|closing") {
            return None;
        }
        let minutes = span(cursor)?;
        let _ = cursor.eat("of|after the|each|every? trading|regular|cash? day|session|rth|open|market");
        let slot = if early { &mut first } else { &mut last };
        if slot.replace(minutes).is_some() {
            return None;
        }
        let mut more = *cursor;
        if !(more.eat("and|or|& in|during|the?") && more.sees("the|in? the? first|opening|last|final|closing")) {
            break;
        }
        *cursor = more;
    }
    let end = cursor.peek().is_none_or(|token| [',', '.', ';', '\n'].iter().any(|mark| token.is_mark(*mark)));
    let qualified = cursor.sees(", but|except|unless|if|when|on|only");
    if !end || qualified {
        return None;
    }
    let bound =
        |window: String| Setting { join: Join::Bound, ..Setting::value("/filters/windows", Json::from(window)) };
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut settings = Vec::new();
    if let Some(minutes) = first {
        let start = clock(OPEN + minutes);
        scene.assume(format!("the day's open is read as 09:30: entries from {start} to {close}"));
        settings.push(bound(format!("{start}-{close}")));
    }
    if let Some(minutes) = last {
        let stop = clock(CLOSE - minutes);
        scene.assume(format!("the day's close is read as 16:00: no entries after {stop}"));
        settings.push(bound(format!("{open}-{stop}")));
    }
    Some(settings)
}

/// A span inside the regular session, in minutes: `15 minutes`, `hour`, `half hour`.
fn span(cursor: &mut Cursor<'_>) -> Option<u32> {
    if cursor.eat("half an? hour") {
        return Some(30);
    }
    if cursor.eat("hour") {
        return Some(60);
    }
    let mut probe = *cursor;
    let count = probe.number().filter(|count| *count > Decimal::ZERO)?;
    let (count, unit) = (whole(count)?, clock::unit(&mut probe)?);
    if !matches!(unit, clock::Unit::Minute | clock::Unit::Hour) {
        return None;
    }
    *cursor = probe;
    let minutes = count.checked_mul(unit.minutes()?)?;
    (minutes < CLOSE - OPEN).then_some(minutes)
}
