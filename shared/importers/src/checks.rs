//! Findings a person should look at: jumps in time, moves that look like splits, labels and zones that do not fit the
//! market's day. They change nothing.

use crate::options::Label;
use crate::report::Report;
use crate::stamp::{DAY_US, MINUTE_US, SECOND_US};
use crate::zone;
use jiff::Timestamp;
use market::{AssetClass, BarSeries, Resolution};
use std::collections::BTreeMap;

/// Overnight move of a raw share price, as a ratio, from which a split is suspected: 1.4 up, 0.6 down.
const SPLIT_MOVE_PERCENT: i128 = 40;

/// Longest break that counts as a night, holidays included; over longer holes prices may go anywhere.
const LONGEST_NIGHT_US: i64 = 7 * DAY_US;

/// Bars below which the day's shape proves nothing.
const ENOUGH_BARS: usize = 300;

/// Bars of one minute of the day needed to say that the minute trades.
const ENOUGH_DAYS: u64 = 2;

/// Minutes of the New York day.
const REGULAR_OPEN: i64 = 9 * 60 + 30;
const REGULAR_CLOSE: i64 = 16 * 60;
const SESSION_CLOSE: i64 = 17 * 60;
const SESSION_OPEN: i64 = 18 * 60;

/// Counts jumps between neighbours longer than a bar and at most a day.
pub(crate) fn count_gaps(series: &BarSeries, report: &mut Report) {
    let step_us = i64::from(series.resolution.0) * MINUTE_US;
    for (before, after) in series.ts.iter().zip(series.ts.iter().skip(1)) {
        let jump = after - before;
        if jump > step_us && jump <= DAY_US {
            report.gaps += 1;
            report.gap_bars += u64::try_from(jump / step_us - 1).unwrap_or(0);
        }
    }
}

/// Looks at the whole series as `class` trades.
pub(crate) fn look_at(series: &BarSeries, class: Option<AssetClass>, label: Label, report: &mut Report) {
    match class {
        Some(AssetClass::Stock | AssetClass::Etf) => {
            warn_of_splits(series, report);
            warn_of_share_day(series, label, report);
        }
        Some(AssetClass::Future) => warn_of_futures_day(series, label, report),
        Some(AssetClass::Crypto | AssetClass::Fx) | None => {}
    }
}

/// Overnight moves above the threshold.
fn warn_of_splits(series: &BarSeries, report: &mut Report) {
    let nights = series.ts.iter().zip(series.ts.iter().skip(1));
    let prices = series.close.iter().zip(series.open.iter().skip(1));
    for ((before, after), (&close, &open)) in nights.zip(prices) {
        if before.div_euclid(DAY_US) == after.div_euclid(DAY_US) || after - before > LONGEST_NIGHT_US {
            continue;
        }
        let (close, open) = (i128::from(close), i128::from(open));
        if (open - close).abs() * 100 > SPLIT_MOVE_PERCENT * close.abs() {
            let day = Timestamp::from_microsecond(*after).map_or_else(|_| after.to_string(), |at| at.to_string());
            let (close, open) =
                (series.price_scale.to_f64(series_count(close)), series.price_scale.to_f64(series_count(open)));
            report.warn(format!(
                "overnight move from {close} to {open} at {day}: a split? the prices are taken as traded"
            ));
        }
    }
}

/// Back from the wide integer of a comparison.
fn series_count(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// Bars and volume by minute of the New York day.
fn by_minute_of_day(series: &BarSeries) -> BTreeMap<i64, (u64, i128)> {
    let mut minutes: BTreeMap<i64, (u64, i128)> = BTreeMap::new();
    let Some(zone) = zone::find("America/New_York") else { return minutes };
    let mut cached: Option<(i64, i64)> = None;
    for (&ts, &volume) in series.ts.iter().zip(&series.volume) {
        let day = ts.div_euclid(DAY_US);
        let offset_us = match cached {
            Some((known, offset_us)) if known == day => offset_us,
            _ => Timestamp::from_microsecond(ts).map_or(0, |at| i64::from(zone.to_offset(at).seconds()) * SECOND_US),
        };
        cached = Some((day, offset_us));
        let minute = (ts + offset_us).rem_euclid(DAY_US) / MINUTE_US;
        let entry = minutes.entry(minute).or_insert((0, 0));
        entry.0 += 1;
        entry.1 += i128::from(volume);
    }
    minutes
}

/// Shares: the opening minute's jump in volume shows the label, the regular session's share of it the zone.
fn warn_of_share_day(series: &BarSeries, label: Label, report: &mut Report) {
    if series.resolution != Resolution::MINUTE || series.len() < ENOUGH_BARS {
        return;
    }
    let minutes = by_minute_of_day(series);
    let volume = |minute: i64| minutes.get(&minute).map_or(0, |(_, volume)| *volume);
    let total: i128 = minutes.values().map(|(_, volume)| volume).sum();
    let regular: i128 = minutes.range(REGULAR_OPEN..REGULAR_CLOSE).map(|(_, (_, volume))| volume).sum();
    if total > 0 && regular * 2 < total {
        report.warn("most of the volume lies outside 09:30 to 16:00 New York: is the time zone right?".to_owned());
        return;
    }
    let jump = (REGULAR_OPEN - 3..=REGULAR_OPEN + 3).max_by_key(|&minute| volume(minute) - volume(minute - 1));
    warn_of_label(jump.map(|minute| minute - REGULAR_OPEN), label, report);
}

/// CME-group futures: nothing trades in the minute from 17:00, the first bar is that of 18:00 New York.
fn warn_of_futures_day(series: &BarSeries, label: Label, report: &mut Report) {
    if series.resolution != Resolution::MINUTE || series.len() < ENOUGH_BARS {
        return;
    }
    let minutes = by_minute_of_day(series);
    let bars = |minute: i64| minutes.get(&minute).map_or(0, |(bars, _)| *bars);
    let trades = |minute: i64| bars(minute) >= ENOUGH_DAYS;
    if trades(SESSION_CLOSE) && bars(SESSION_OPEN) == 0 && trades(SESSION_OPEN + 1) {
        warn_of_label(Some(1), label, report);
    } else if trades(SESSION_OPEN - 1) && bars(SESSION_CLOSE - 1) == 0 && trades(SESSION_CLOSE - 2) {
        warn_of_label(Some(-1), label, report);
    }
}

/// One minute late: the stamps name the close; one minute early: they name the open.
fn warn_of_label(minutes_late: Option<i64>, label: Label, report: &mut Report) {
    match (minutes_late, label) {
        (Some(1), Label::Open) => {
            report.warn(
                "the day begins one minute late: do the stamps name the bar's close? try --label close".to_owned(),
            );
        }
        (Some(-1), Label::Close) => {
            report.warn(
                "the day begins one minute early: do the stamps name the bar's open? try --label open".to_owned(),
            );
        }
        _ => {}
    }
}
