//! Every supplied ES, 6E, SPY and EURUSD bar against the schedule, exceptions counted and explained.
//!
//! The files are read here by the few lines they need, apart from the importers.

use crate::{date, in_new_york, new_york, utc};
use flate2::read::GzDecoder;
use market::{Calendar, SessionKind};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

const MINUTE_US: i64 = 60_000_000;

/// How many bars there are and, by New York date, how many of them the calendar does not schedule and when.
fn check(calendar: &str, bars: &[i64], expected_bars: usize, expected_exceptions: &[&str]) {
    let calendar = Calendar::named(calendar).unwrap();
    let mut exceptions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ts in bars.iter().copied() {
        let session = calendar.last_opened(SessionKind::Full, ts);
        if !session.is_some_and(|session| session.contains(ts)) {
            let text = in_new_york(ts);
            let (day, time) = text.split_once(' ').unwrap();
            exceptions.entry(day.to_owned()).or_default().push(time.to_owned());
        }
    }
    let counted: Vec<String> = exceptions
        .iter()
        .map(|(day, times)| format!("{day}: {} from {} to {}", times.len(), times[0], times[times.len() - 1]))
        .collect();
    assert_eq!(bars.len(), expected_bars, "bars in the files");
    assert_eq!(counted, expected_exceptions, "bars outside the schedule");
}

fn zips(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(suffix)).collect();
    files.sort();
    files
}

/// Bar times of Lean minute files: milliseconds since a midnight that `midnight_of` places, first column.
fn lean_times(folder: &Path, suffix: &str, midnight_of: impl Fn(&str) -> i64) -> Vec<i64> {
    let mut times = Vec::new();
    for path in zips(folder, suffix) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let day = format!("{}-{}-{}", &name[0..4], &name[4..6], &name[6..8]);
        let midnight = midnight_of(&day);
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut text = String::new();
            archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
            let milliseconds = text.lines().map(|line| line.split(',').next().unwrap().parse::<i64>().unwrap());
            times.extend(milliseconds.map(|ms| midnight + ms * 1_000));
        }
    }
    times
}

#[test]
fn es_bars_are_scheduled() {
    let Some(data) = tests::shared_data() else { return };
    let folder = data.join("lean/Data/future/cme/minute/es");
    let bars = lean_times(&folder, "_trade.zip", |day| i64::from(date(day).0) * 86_400_000_000);
    check("cme_equity", &bars, 23_948, &[]);
}

#[test]
fn spy_bars_are_scheduled() {
    let Some(data) = tests::shared_data() else { return };
    let folder = data.join("lean/Data/equity/usa/minute/spy");
    let bars = lean_times(&folder, "_trade.zip", |day| new_york(&format!("{day} 00:00")));
    check("us_stocks", &bars, 5_786, &[]);
}

/// Bar times of the first column of a compressed table, `YYYY-MM-DD HH:MM:SS` in UTC with or without an offset.
fn table_times(path: &Path) -> Vec<i64> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().skip(1).map(|line| utc(&line[..16].replace('T', " "))).collect()
}

#[test]
fn euro_future_bars_are_scheduled() {
    let Some(data) = tests::shared_data() else { return };
    let closes = table_times(&data.join("nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"));
    let bars: Vec<i64> = closes.iter().map(|close| close - MINUTE_US).collect();
    check("cme_fx", &bars, 29_996, &[]);
}

#[test]
fn dollar_yen_bars_are_scheduled() {
    let Some(data) = tests::shared_data() else { return };
    check("fx", &table_times(&data.join("nautilus/usdjpy-m1-bid-2013.csv.gz")), 28_761, &[]);
}

#[test]
fn euro_dollar_bars_are_scheduled() {
    let Some(data) = tests::shared_data() else { return };
    let folder = data.join("lean/Data/forex/fxcm/minute/eurusd");
    // The files are in UTC-05 all year.
    let bars = lean_times(&folder, "_quote.zip", |day| utc(&format!("{day} 05:00")));
    // This dealer quotes thinly on Sundays from two hours before the market's week begins at 17:00; by the rule of stray
    // bars these minutes belong to Friday.
    let sundays = ["2014-05-04: 102 from 15:00 to 16:58", "2014-05-11: 75 from 15:00 to 16:54"];
    check("fx", &bars, 21_592, &sundays);
}

/// The count above means something: under hours that are wrong by a quarter of an hour it is not zero.
#[test]
fn wrong_hours_would_be_seen() {
    let Some(data) = tests::shared_data() else { return };
    let folder = data.join("lean/Data/future/cme/minute/es");
    let bars = lean_times(&folder, "_trade.zip", |day| i64::from(date(day).0) * 86_400_000_000);
    let currencies = Calendar::named("cme_fx").unwrap();
    let after_five = bars.iter().filter(|ts| currencies.trading_date_of(SessionKind::Full, **ts).is_none()).count();
    assert!(after_five > 100, "{after_five} bars between 17:00 and 17:15");
}

/// Hours that are too wide would leave long scheduled stretches without a bar: the quietest one of a month of the euro
/// future is short.
#[test]
fn the_schedule_is_not_wider_than_the_bars() {
    let Some(data) = tests::shared_data() else { return };
    let closes = table_times(&data.join("nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"));
    let (first, last) = (closes[0] - MINUTE_US, closes[closes.len() - 1] - MINUTE_US);
    let calendar = Calendar::named("cme_fx").unwrap();
    let mut longest = 0;
    for pair in closes.windows(2) {
        longest = longest.max(calendar.expected_minutes(SessionKind::Full, pair[0], pair[1] - MINUTE_US));
    }
    let scheduled = calendar.expected_minutes(SessionKind::Full, first, last + MINUTE_US);
    // 22 trading dates of 23 hours, and the first hour of 1 February's.
    assert_eq!((longest, scheduled), (6, 22 * 1_380 + 59));
}
