//! Real minutes, read simply and independently of the importers: enough to run backtests side by side, nothing more.

use crate::setup::{Bar, DAY_US, MINUTE_US};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Decimal places every series is held in: more than any of them quotes.
pub const PLACES: u8 = 9;
/// Counts per quoted unit.
pub const PER_UNIT: i64 = 1_000_000_000;

/// One symbol's minutes.
pub struct Series {
    pub name: &'static str,
    /// Smallest price step, counts.
    pub tick: i64,
    pub bars: Vec<Bar>,
}

/// The exact count of a decimal text.
fn count(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{whole}{fraction:0<9}");
    padded.parse().unwrap_or_else(|_| panic!("a price of at most nine places, not {text}"))
}

/// Days since 1970-01-01 of a `YYYYMMDD` or `YYYY-MM-DD` text (days-from-civil).
fn days(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (year, month, day): (i64, i64, i64) =
        (digits[0..4].parse().unwrap(), digits[4..6].parse().unwrap(), digits[6..8].parse().unwrap());
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The files of `folder` whose names start with one of `dates` and end with `ending`, ascending.
fn files(folder: &Path, dates: &[&str], ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            dates.iter().any(|date| name.starts_with(date)) && name.ends_with(ending)
        })
        .collect();
    found.sort();
    found
}

/// Minutes of Lean's zips: the entry whose name contains `entry`, prices in columns 1–4, divided by `divisor`.
fn lean(folder: &Path, dates: &[&str], ending: &str, entry: &str, divisor: i64) -> Vec<Bar> {
    let mut bars = Vec::new();
    for path in files(folder, dates, ending) {
        let midnight = days(&path.file_name().unwrap().to_string_lossy()) * DAY_US;
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let name = archive.file_names().map(|name| name.unwrap().into_owned()).find(|name| name.contains(entry));
        let Some(name) = name else { continue };
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for row in reader.records() {
            let row = row.unwrap();
            let Some(prices) =
                (1..5).map(|column| (!row[column].is_empty()).then(|| count(&row[column]) / divisor)).collect()
            else {
                continue;
            };
            let ms: i64 = row[0].trim().parse().unwrap();
            bars.push(bar(midnight + ms * 1000, prices));
        }
    }
    bars
}

fn bar(ts: i64, prices: Vec<i64>) -> Bar {
    let [open, high, low, close] = prices[..] else { panic!("four prices") };
    Bar { ts, open, high: high.max(open).max(close), low: low.min(open).min(close), close }
}

/// Minutes of a gzipped CSV with a header: `YYYY-MM-DD HH:MM…,open,high,low,close…`; labels moved by `shift_us`.
fn gzipped(path: &Path, shift_us: i64) -> Vec<Bar> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let parse = |row: csv::StringRecord| {
        let (hour, minute): (i64, i64) = (row[0][11..13].parse().unwrap(), row[0][14..16].parse().unwrap());
        let ts = days(&row[0][..10]) * DAY_US + (hour * 60 + minute) * MINUTE_US + shift_us;
        bar(ts, (1..5).map(|column| count(&row[column])).collect())
    };
    reader.records().map(|row| parse(row.unwrap())).collect()
}

/// The six series the comparisons run on.
pub fn real_series(data: &Path) -> Vec<Series> {
    let lean_data = data.join("lean/Data");
    let series = |name, tick: &str, bars: Vec<Bar>| Series { name, tick: count(tick), bars };
    vec![
        series("ES", "0.25", lean(&lean_data.join("future/cme/minute/es"), &["201310"], "_trade.zip", "_201312", 1)),
        series(
            "6E",
            "0.00005",
            gzipped(&data.join("nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"), -MINUTE_US),
        ),
        series("USDJPY", "0.001", gzipped(&data.join("nautilus/usdjpy-m1-bid-2013.csv.gz"), 0)),
        series(
            "EURUSD",
            "0.00001",
            lean(&lean_data.join("forex/fxcm/minute/eurusd"), &["201405"], "_quote.zip", ".csv", 1),
        ),
        series(
            "SPY",
            "0.01",
            lean(&lean_data.join("equity/usa/minute/spy"), &["201310"], "_trade.zip", ".csv", 10_000),
        ),
        series(
            "BTCUSD",
            "0.01",
            lean(&lean_data.join("crypto/coinbase/minute/btcusd"), &["2016", "2017", "2018"], "_trade.zip", ".csv", 1),
        ),
    ]
}
