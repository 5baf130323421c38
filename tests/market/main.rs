//! The market crate through its public surface: dates and zones, calendars, tapes, timeframes, instruments, contracts.
//!
//! Expected values are worked by hand, by another algorithm, or counted on real bars; none is read back from the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod calendars;
mod catalogue;
mod contracts;
mod dates;
mod holidays;
mod lookup;
mod supplied_bars;
mod tapes;
mod timeframes;
mod zones;

use market::{BarSeries, PriceSide, Resolution, Scale, TradingDate, Zone};

/// A date written `YYYY-MM-DD`.
pub fn date(text: &str) -> TradingDate {
    TradingDate::parse(text).unwrap_or_else(|| panic!("not a date: {text}"))
}

/// The instant of `YYYY-MM-DD HH:MM` on New York's clock.
pub fn new_york(text: &str) -> i64 {
    clock("America/New_York", text)
}

/// The instant of `YYYY-MM-DD HH:MM` in UTC.
pub fn utc(text: &str) -> i64 {
    clock("UTC", text)
}

fn clock(zone: &str, text: &str) -> i64 {
    let (day, time) = text.split_once(' ').expect("date and time");
    let (hour, minute) = time.split_once(':').expect("hour and minute");
    let minute_of_day = hour.parse::<u32>().unwrap() * 60 + minute.parse::<u32>().unwrap();
    Zone::get(zone).unwrap().instant(date(day), minute_of_day)
}

/// New York clock text of an instant, `YYYY-MM-DD HH:MM`.
pub fn in_new_york(ts: i64) -> String {
    let local = Zone::get("America/New_York").unwrap().local(ts);
    format!("{} {:02}:{:02}", local.date, local.minute_of_day / 60, local.minute_of_day % 60)
}

/// A series of bars at the given instants, the n-th bar (from 1) all prices `100 n` and volume `n`.
pub fn series(resolution_minutes: u32, ts: Vec<i64>) -> BarSeries {
    let prices: Vec<i64> = (1..=ts.len() as i64).map(|n| 100 * n).collect();
    BarSeries {
        symbol: "TEST".to_owned(),
        resolution: Resolution(resolution_minutes),
        price_side: PriceSide::Trade,
        price_scale: Scale::new(2).unwrap(),
        volume_scale: Scale::new(0).unwrap(),
        volume: (1..=ts.len() as i64).collect(),
        open: prices.clone(),
        high: prices.clone(),
        low: prices.clone(),
        close: prices,
        offset: Vec::new(),
        spread: Vec::new(),
        ts,
    }
}
