//! What the caller says about the files: format, zone, label, price side, columns. Everything is optional and every
//! statement wins over what the importer would have concluded.

use crate::continuous::TradingDayRule;
use market::{Instrument, PriceSide, Resolution};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A vendor's way of writing bars or ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// QuantConnect Lean: minute, second, tick, hour and daily files.
    Lean,
    /// Any delimited text with a header or a column map.
    Csv,
    /// Binance klines, trades and aggregate trades.
    Binance,
    /// NinjaTrader exports, minutes and ticks.
    NinjaTrader,
    /// MetaTrader 4 and 5 exports.
    MetaTrader,
    /// HistData minutes and ticks.
    HistData,
    /// Databento OHLCV as CSV.
    Databento,
    /// Polygon (Massive) minute flat files.
    Polygon,
    /// FirstRate Data.
    FirstRate,
    /// Kibot.
    Kibot,
    /// Dukascopy CSV downloads.
    Dukascopy,
    /// TradeStation exports.
    TradeStation,
    /// Sierra Chart text exports.
    SierraChart,
    /// TradingView exports.
    TradingView,
}

impl Format {
    /// All formats, in the order they are listed to users.
    pub const ALL: [Self; 14] = [
        Self::Lean,
        Self::Csv,
        Self::Binance,
        Self::NinjaTrader,
        Self::MetaTrader,
        Self::HistData,
        Self::Databento,
        Self::Polygon,
        Self::FirstRate,
        Self::Kibot,
        Self::Dukascopy,
        Self::TradeStation,
        Self::SierraChart,
        Self::TradingView,
    ];

    /// The word for it on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lean => "lean",
            Self::Csv => "csv",
            Self::Binance => "binance",
            Self::NinjaTrader => "ninjatrader",
            Self::MetaTrader => "metatrader",
            Self::HistData => "histdata",
            Self::Databento => "databento",
            Self::Polygon => "polygon",
            Self::FirstRate => "firstrate",
            Self::Kibot => "kibot",
            Self::Dukascopy => "dukascopy",
            Self::TradeStation => "tradestation",
            Self::SierraChart => "sierrachart",
            Self::TradingView => "tradingview",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A word that is none of the expected ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {what}; expected one of: {expected}")]
pub struct UnknownWord {
    /// The word given.
    pub word: String,
    /// What it should have been.
    pub what: &'static str,
    /// The accepted words.
    pub expected: String,
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let wanted = word.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.name() == wanted).ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            what: "format",
            expected: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// Which end of a bar its time stamp names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The bar's first instant.
    Open,
    /// The bar's end.
    Close,
}

impl FromStr for Label {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.trim().to_ascii_lowercase().as_str() {
            "open" => Ok(Self::Open),
            "close" => Ok(Self::Close),
            _ => Err(UnknownWord { word: word.to_owned(), what: "label", expected: "open, close".to_owned() }),
        }
    }
}

/// Order of day, month and year in a date that does not start with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day.
    Ymd,
}

impl FromStr for DateOrder {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.trim().to_ascii_lowercase().as_str() {
            "mdy" => Ok(Self::Mdy),
            "dmy" => Ok(Self::Dmy),
            "ymd" => Ok(Self::Ymd),
            _ => Err(UnknownWord { word: word.to_owned(), what: "date order", expected: "mdy, dmy, ymd".to_owned() }),
        }
    }
}

/// What one column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Date and time, or an epoch number.
    Timestamp,
    /// Date alone; needs [`Column::Time`] beside it.
    Date,
    /// Time of day alone.
    Time,
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Traded quantity.
    Volume,
    /// Number of price changes, where a venue has no volume.
    TickVolume,
    /// Volume on upticks; added to [`Column::DownVolume`].
    UpVolume,
    /// Volume on downticks.
    DownVolume,
    /// First bid of a bar.
    BidOpen,
    /// Highest bid.
    BidHigh,
    /// Lowest bid.
    BidLow,
    /// Last bid.
    BidClose,
    /// First ask of a bar.
    AskOpen,
    /// Highest ask.
    AskHigh,
    /// Lowest ask.
    AskLow,
    /// Last ask.
    AskClose,
    /// Price of one trade.
    Price,
    /// Quantity of one trade.
    Size,
    /// Bid of one quote.
    Bid,
    /// Ask of one quote.
    Ask,
    /// Ticker or contract of the row.
    Symbol,
    /// 1 marks a tick its vendor does not trust.
    Suspicious,
    /// Anything else.
    Skip,
}

impl FromStr for Column {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        crate::headers::column(word.as_bytes()).ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            what: "column",
            expected: "ts, date, time, open, high, low, close, volume, bid, ask, price, size, symbol, skip".to_owned(),
        })
    }
}

/// Reads a column map such as `ts,open,high,low,close,volume`.
///
/// # Errors
/// The first word that names no column.
pub fn parse_columns(text: &str) -> Result<Vec<Column>, UnknownWord> {
    text.split(',').map(str::parse).collect()
}

/// What the caller knows about the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Canonical symbol of the series; taken from the files where they name exactly one.
    pub symbol: Option<String>,
    /// The format, where detection should not decide.
    pub format: Option<Format>,
    /// Zone of times without an offset: an IANA name, `UTC-5`, `EST` (fixed) or `NY+7` (the usual broker clock).
    pub time_zone: Option<String>,
    /// Which end of a bar the stamps name.
    pub label: Option<Label>,
    /// Side to import where a source has several, or the side of prices that do not say.
    pub price_side: Option<PriceSide>,
    /// What each column holds, left to right.
    pub columns: Option<Vec<Column>>,
    /// Field delimiter.
    pub delimiter: Option<u8>,
    /// Order of day and month.
    pub date_order: Option<DateOrder>,
    /// Length of a bar, where the steps between bars do not show it.
    pub resolution: Option<Resolution>,
    /// Contract terms: decide asset-class defaults, whether prices may be negative, and which contract months count.
    pub instrument: Option<Instrument>,
    /// When a futures trading day begins; 18:00 New York unless stated.
    pub trading_day: Option<TradingDayRule>,
}
