//! Entries at one time of day: "at 10:00 buy if …", "short it at 9:35".

use super::clock;
use super::cursor::Cursor;
use super::filters::{of_day, zone_after};
use super::said_plainly::clause_start;
use super::scene::Scene;
use super::setting::{Join, Setting};
use market::Timeframe;
use serde_json::Value as Json;

/// What an exit at a time is said with.
const EXITS: &str =
    "exit|exits|close|closed|closes|flat|flatten|out|sell|cover|hold|done|stop|quit|end|by|until|range|limit|order";

/// What has a price at a time, which is no time of trading.
const PRICED: &str = "high|low|price|level|open|was|close|print|candle|bar|value";

/// `at 10:00`, `every day at 3:30pm ET`, where entries are spoken of: they are decided on the bar that ends then.
pub(crate) fn at_time(cursor: &mut Cursor<'_>, scene: &Scene<'_>) -> Option<Vec<Setting>> {
    let start = clause_start(cursor.tokens, cursor.at);
    let mut probe = *cursor;
    probe.eat("and|then");
    let _ = probe.eat("every|each day|morning|afternoon|session") || probe.eat("once a day");
    if scene.changing.get() || !probe.eat("at") {
        return None;
    }
    let said =
        |words: &'static str, from: usize, to: usize| (from..to).any(|at| Cursor::new(cursor.tokens, at).sees(words));
    let sells_short = said("sell short", start, cursor.at);
    let exits = (start..cursor.at).any(|at| {
        let here = Cursor::new(cursor.tokens, at);
        // "gaps down at the close".
        let sold = here.sees("sell") && sells_short;
        let moment = at > 0 && Cursor::new(cursor.tokens, at - 1).sees("the|yesterdays|previous");
        here.sees(EXITS) && !sold && !moment
    });
    if exits || said(PRICED, cursor.at.saturating_sub(1).max(start), cursor.at) {
        return None;
    }
    probe.eat("exactly|around|about");
    let time = clock::time(&mut probe, false)?;
    let zone = zone_after(&mut probe, scene);
    let _ = probe.eat("every|each day") || probe.eat("sharp");
    let mut day = probe;
    day.eat("on|every|each");
    if super::weekdays::weekday(&mut day).is_some() {
        return None;
    }
    let entered = said("buy|short|long|enter|go", start, cursor.at)
        && (probe.is_pause_or_joint() || probe.sees("if|when|as|provided"));
    let mut behind = probe;
    behind.eat(",");
    if !entered && !behind.sees("if|when|buy|short|go|enter|i|take|check|look|long") {
        return None;
    }
    let time = of_day(scene, time, None);
    let minutes = Timeframe::parse(scene.timeframe).map(Timeframe::minutes).filter(|minutes| *minutes <= 30)?;
    if u32::from(time.minute) % minutes != 0 {
        // No bar ends then.
        return None;
    }
    // At the open no bar of the session has ended yet.
    if time.minute == 570 && (scene.is_stock() || scene.is_future()) {
        return None;
    }
    let until = clock::Time { minute: time.minute + 1, ..time };
    *cursor = probe;
    scene.assume(format!("entries at {} are decided on the bar that ends then", time.text()));
    let window = Json::from(format!("{}-{}", time.text(), until.text()));
    let window = Setting { join: Join::Bound, ..Setting::value("/filters/windows", window) };
    Some([window].into_iter().chain(zone).collect())
}
