//! Which vendor wrote a file, from its name and first lines. Where two vendors write alike and mean different times,
//! it says so instead of guessing.

use crate::container::{self, Entry, SourceFile, base_name};
use crate::error::ImportError;
use crate::lean;
use crate::options::Format;
use crate::sample::Sample;
use crate::stamp;

/// What a file looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detection {
    /// One format fits.
    Known {
        /// The format.
        format: Format,
        /// What gave it away.
        reason: String,
    },
    /// Several fit and mean different things; the user has to say which with `--format`.
    Ambiguous {
        /// The formats that fit.
        candidates: Vec<Format>,
    },
    /// None fits.
    Unknown {
        /// What was seen.
        reason: String,
    },
}

/// Detects the format of a file by its first readable entry.
///
/// # Errors
/// The file cannot be read as text.
pub fn detect(file: &SourceFile<'_>) -> Result<Detection, ImportError> {
    let entries = container::entries(file)?;
    let Some(entry) = entries.iter().find(|entry| !entry.text.is_empty()).or(entries.first()) else {
        return Ok(Detection::Unknown { reason: "the archive is empty".to_owned() });
    };
    Ok(detect_entry(entry))
}

/// Detects the format of one text.
pub(crate) fn detect_entry(entry: &Entry<'_>) -> Detection {
    if lean::read(entry.file, &entry.inner).is_some() {
        return known(Format::Lean, "file and folder names");
    }
    match Sample::of(&entry.text, None) {
        None if entry.text.is_empty() => unknown("the file is empty"),
        None => unknown("no delimiter (comma, semicolon, tab) in its lines"),
        Some(sample) if sample.header.is_some() => by_header(&sample),
        Some(sample) => by_shape(&sample, base_name(&entry.inner)),
    }
}

fn known(format: Format, reason: &str) -> Detection {
    Detection::Known { format, reason: reason.to_owned() }
}

fn unknown(reason: &str) -> Detection {
    Detection::Unknown { reason: reason.to_owned() }
}

/// Header names that only one vendor writes together.
const SIGNATURES: &[(Format, &[&str])] = &[
    (Format::Databento, &["ts_event", "rtype"]),
    (Format::Databento, &["ts_event", "instrument_id"]),
    (Format::Polygon, &["ticker", "window_start"]),
    (Format::Binance, &["open_time", "close_time"]),
    (Format::Binance, &["agg_trade_id", "transact_time"]),
    (Format::Binance, &["qty", "quote_qty", "is_buyer_maker"]),
    (Format::Dukascopy, &["gmt_time", "open"]),
    (Format::Dukascopy, &["local_time", "open"]),
    (Format::SierraChart, &["date", "time", "last", "bidvolume"]),
    (Format::SierraChart, &["date", "time", "last", "bid_volume"]),
    (Format::SierraChart, &["date", "time", "last", "numberoftrades"]),
    (Format::TradeStation, &["date", "time", "open", "up", "down"]),
    (Format::TradeStation, &["date", "time", "open", "vol", "oi"]),
    (Format::MetaTrader, &["date", "tickvol", "spread"]),
];

fn by_header(sample: &Sample<'_>) -> Detection {
    let names = sample.names();
    let has = |name: &str| names.iter().any(|found| found == name);
    if let Some((format, signature)) = SIGNATURES.iter().find(|(_, names)| names.iter().all(|name| has(name))) {
        return known(*format, &format!("header with {}", signature.join(", ")));
    }
    let bars = ["open", "high", "low"].iter().all(|name| has(name));
    let stamped = stamp::parse(sample.field(0), None).is_some_and(|stamp| !stamp.local);
    if bars && stamped && names.starts_with(&["time".to_owned(), "open".to_owned()]) {
        return known(Format::TradingView, "header time, open and stamps that need no zone");
    }
    let columns = crate::headers::columns(sample.header.as_deref().unwrap_or_default());
    if columns.iter().all(|column| *column == crate::options::Column::Skip) {
        return unknown(&format!("no known column in the header {}", names.join(", ")));
    }
    known(Format::Csv, "a header with known column names")
}

/// Files without a header: by the writing of the first fields and the number of columns.
fn by_shape(sample: &Sample<'_>, name: &str) -> Detection {
    let (first, width) = (sample.field(0), sample.width());
    let name = name.to_ascii_lowercase();
    let epoch = |field: &[u8]| matches!(field.len(), 13 | 16) && field.iter().all(u8::is_ascii_digit);
    let compact = first.len() >= 15 && first.get(8) == Some(&b' ') && first.iter().take(8).all(u8::is_ascii_digit);
    let date_mark = first.iter().find(|byte| !byte.is_ascii_digit()).copied();
    let timed = sample.field(1).contains(&b':') && sample.field(1).first().is_some_and(u8::is_ascii_digit);
    if (width == 12 && epoch(first)) || (name.contains("trades") && (4..=5).any(|index| epoch(sample.field(index)))) {
        return known(Format::Binance, "Binance's columns with epoch times");
    }
    if compact && sample.delimiter == b';' {
        return compact_semicolons(&name, width);
    }
    if compact && sample.delimiter == b',' && width == 4 {
        return known(Format::HistData, "compact stamp, bid, ask, volume");
    }
    if timed && date_mark == Some(b'.') && width == 7 {
        let format = if name.starts_with("dat_mt") { Format::HistData } else { Format::MetaTrader };
        return known(format, "YYYY.MM.DD,HH:MM and five values");
    }
    if timed && date_mark == Some(b'/') && width == 7 && high_low_agree(sample, 2) {
        return known(Format::Kibot, "MM/DD/YYYY,HH:MM and five values");
    }
    let stamped = first.len() >= 16 && date_mark == Some(b'-') && stamp::parse(first, None).is_some();
    if stamped && (5..=7).contains(&width) && high_low_agree(sample, 1) {
        return known(Format::FirstRate, "YYYY-MM-DD HH:MM:SS and open, high, low, close");
    }
    unknown("no header, and the columns fit no vendor")
}

/// `YYYYMMDD HHMMSS;...` is NinjaTrader (UTC, close label) or HistData (fixed EST, open label): only a name tells.
fn compact_semicolons(name: &str, width: usize) -> Detection {
    let words: Vec<&str> = name.split(['.', '_', ' ', '-']).collect();
    if name.starts_with("dat_ascii") {
        known(Format::HistData, "file name DAT_ASCII")
    } else if width != 6 || words.iter().any(|word| matches!(*word, "last" | "bid" | "ask")) {
        known(Format::NinjaTrader, "compact stamp with semicolons, instrument and side in the file name")
    } else {
        Detection::Ambiguous { candidates: vec![Format::NinjaTrader, Format::HistData] }
    }
}

/// True when in every sample row the second of four prices is the highest and the third the lowest.
fn high_low_agree(sample: &Sample<'_>, first: usize) -> bool {
    let value = |row: &Vec<&[u8]>, index: usize| {
        row.get(index).and_then(|field| crate::decimal::parse(field, b'.', 0)).map(|number| number.count)
    };
    sample.rows.iter().all(|row| {
        let prices = [0, 1, 2, 3].map(|index| value(row, first + index));
        let [Some(open), Some(high), Some(low), Some(close)] = prices else { return true };
        high >= open.max(close).max(low) && low <= open.min(close)
    })
}
