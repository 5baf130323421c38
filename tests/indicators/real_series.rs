//! Real minutes, parsed with nothing of ours but the folder's place.

use crate::series::Series;
use std::io::Read;
use std::path::Path;

/// ES December 2013 in October, 6E in January 2024, SPY, BTCUSD and USDJPY; empty where there are no real data.
pub fn all() -> Vec<Series> {
    let Some(folder) = tests::shared_data() else { return Vec::new() };
    let lean = folder.join("lean/Data");
    vec![
        lean_series("ES", &lean.join("future/cme/minute/es"), "201310", "201312.csv", 2, 0),
        lean_series("SPY", &lean.join("equity/usa/minute/spy"), "201310", "minute_trade.csv", 4, 0),
        lean_series("BTCUSD", &lean.join("crypto/coinbase/minute/btcusd"), "201804", "trade.csv", 2, 8),
        nautilus_series("6E", &folder.join("nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"), 5),
        nautilus_series("USDJPY", &folder.join("nautilus/usdjpy-m1-bid-2013.csv.gz"), 3),
    ]
}

/// Trade files whose name starts with `month`, their entries ending in `entry`, in order of their names.
fn lean_series(name: &str, folder: &Path, month: &str, entry: &str, price_places: u8, volume_places: u8) -> Series {
    let files = std::fs::read_dir(folder).expect("folder of real data").map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(month) && name.ends_with("_trade.zip")
        })
        .collect();
    files.sort();
    // SPY's file writes prices × 10,000 already.
    let in_counts = entry == "minute_trade.csv";
    let mut bars = Vec::new();
    for file in files {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&file).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            if part.name().unwrap().ends_with(entry) {
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                bars.extend(
                    text.lines().map(|line| bar(line, if in_counts { 0 } else { price_places }, volume_places)),
                );
            }
        }
    }
    checked(name, &bars, price_places, volume_places)
}

fn nautilus_series(name: &str, file: &Path, price_places: u8) -> Series {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let bars: Vec<_> = text.lines().skip(1).map(|line| bar(line, price_places, 0)).collect();
    checked(name, &bars, price_places, 0)
}

fn checked(name: &str, bars: &[[i64; 5]], price_places: u8, volume_places: u8) -> Series {
    assert!(bars.len() > 2000, "{name}: only {} bars", bars.len());
    Series::new(name, bars, price_places, volume_places)
}

/// `time,open,high,low,close[,volume]`.
fn bar(line: &str, price_places: u8, volume_places: u8) -> [i64; 5] {
    let mut fields = line.trim().split(',').skip(1);
    let mut price = || counts(fields.next().expect("price"), price_places);
    let (open, high, low, close) = (price(), price(), price(), price());
    [open, high, low, close, fields.next().map_or(0, |volume| counts(volume, volume_places))]
}

/// Decimal text as an integer of `places` decimals, digit by digit.
fn counts(text: &str, places: u8) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let places = usize::from(places);
    assert!(fraction.trim_end_matches('0').len() <= places, "{text} has more than {places} places");
    let fraction: String = fraction.chars().chain("0".repeat(places).chars()).take(places).collect();
    format!("{whole}{fraction}").parse().unwrap()
}
