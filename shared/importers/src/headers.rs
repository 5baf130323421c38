//! Column names as vendors and people write them.

use crate::options::Column;

/// Names of each column, lower case with every run of other characters as one `_`.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Timestamp,
        &[
            "ts",
            "timestamp",
            "datetime",
            "date_time",
            "open_time",
            "opentime",
            "timestamp_utc",
            "time_utc",
            "date_utc",
            "datetime_utc",
            "gmt_time",
            "local_time",
            "utc",
            "ts_event",
            "window_start",
            "unix",
            "unix_timestamp",
            "epoch",
            "t",
            "timestamp_ms",
            "time_stamp",
            "bar_time",
            "start_time",
            "event_time",
            "utc_time",
        ],
    ),
    (Column::Date, &["date", "day", "dtyyyymmdd"]),
    (Column::Time, &["time", "time_of_day"]),
    (Column::Open, &["open", "o", "open_price", "first"]),
    (Column::High, &["high", "h", "high_price", "max"]),
    (Column::Low, &["low", "l", "low_price", "min"]),
    (Column::Close, &["close", "c", "close_price", "last"]),
    (Column::Volume, &["volume", "vol", "v", "total_volume"]),
    (Column::TickVolume, &["tickvol", "tick_volume", "tickvolume"]),
    (Column::UpVolume, &["up", "up_volume"]),
    (Column::DownVolume, &["down", "down_volume"]),
    (Column::BidOpen, &["bid_open", "bidopen", "open_bid", "openbid"]),
    (Column::BidHigh, &["bid_high", "bidhigh", "high_bid", "highbid"]),
    (Column::BidLow, &["bid_low", "bidlow", "low_bid", "lowbid"]),
    (Column::BidClose, &["bid_close", "bidclose", "close_bid", "closebid"]),
    (Column::AskOpen, &["ask_open", "askopen", "open_ask", "openask"]),
    (Column::AskHigh, &["ask_high", "askhigh", "high_ask", "highask"]),
    (Column::AskLow, &["ask_low", "asklow", "low_ask", "lowask"]),
    (Column::AskClose, &["ask_close", "askclose", "close_ask", "closeask"]),
    (Column::Price, &["price", "trade_price", "last_price"]),
    (Column::Size, &["size", "qty", "quantity", "amount", "trade_size"]),
    (Column::Bid, &["bid", "bid_price", "bidprice"]),
    (Column::Ask, &["ask", "ask_price", "askprice", "offer"]),
    (Column::Symbol, &["symbol", "ticker", "contract", "pair", "instrument"]),
    (Column::Suspicious, &["suspicious"]),
    (Column::Skip, &["skip", "_", "ignore", ""]),
];

/// A name in the form of [`NAMES`].
pub(crate) fn normalised(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for &byte in name.trim_ascii() {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte.to_ascii_lowercase()));
        } else if !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
    }
    text.trim_end_matches('_').to_owned()
}

/// The column a name means.
pub(crate) fn column(name: &[u8]) -> Option<Column> {
    let wanted = normalised(name);
    NAMES.iter().find(|(_, names)| names.contains(&wanted.as_str())).map(|&(column, _)| column)
}

/// The columns of a header line: unknown names are skipped, a repeated meaning keeps its first place,
/// and a lone date or time column is the whole time stamp.
pub(crate) fn columns(names: &[&[u8]]) -> Vec<Column> {
    let mut found: Vec<Column> = Vec::with_capacity(names.len());
    for name in names {
        let meaning = column(name).or_else(|| prefixed_volume(name)).unwrap_or(Column::Skip);
        found.push(if found.contains(&meaning) { Column::Skip } else { meaning });
    }
    let has = |wanted: Column| found.contains(&wanted);
    let whole = if has(Column::Timestamp) || (has(Column::Date) && has(Column::Time)) {
        None
    } else if has(Column::Date) {
        Some(Column::Date)
    } else {
        Some(Column::Time)
    };
    let stamped = has(Column::Timestamp);
    for column in &mut found {
        if Some(*column) == whole {
            *column = Column::Timestamp;
        } else if stamped && matches!(*column, Column::Date | Column::Time) {
            *column = Column::Skip;
        }
    }
    found
}

/// `Volume BTC`, `Volume(from)`: a volume in a named unit.
fn prefixed_volume(name: &[u8]) -> Option<Column> {
    normalised(name).starts_with("volume_").then_some(Column::Volume)
}

/// True when a stamp column's name says UTC.
pub(crate) fn says_utc(name: &[u8]) -> bool {
    normalised(name).split('_').any(|word| matches!(word, "utc" | "gmt"))
}
