//! Base bars in columns, exactly as the lake stores them.

use crate::price::Scale;
use serde::{Deserialize, Serialize};

/// Length of a base bar in minutes: 1 for minute data, 60 or 1440 for hourly and daily files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resolution(pub u32);

impl Resolution {
    /// One-minute bars.
    pub const MINUTE: Self = Self(1);
}

/// Which side of the market the prices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceSide {
    /// Last trades.
    Trade,
    /// Bid quotes only.
    Bid,
    /// Ask quotes only.
    Ask,
    /// Mid of bid and ask, with a `spread` column.
    Mid,
}

/// One symbol's base bars, strictly ascending by open time; a minute without trades has no bar.
///
/// Prices are raw (as traded) counts of `price_scale`; volumes counts of `volume_scale`.
/// All columns have the same length, except `offset` and `spread`, which are empty where the series has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarSeries {
    /// Canonical symbol.
    pub symbol: String,
    /// Length of one bar.
    pub resolution: Resolution,
    /// Side of the market the prices are.
    pub price_side: PriceSide,
    /// Grid of `open`, `high`, `low`, `close`, `offset` and `spread`.
    pub price_scale: Scale,
    /// Grid of `volume`.
    pub volume_scale: Scale,
    /// Open time, microseconds since the Unix epoch, UTC.
    pub ts: Vec<i64>,
    /// First price.
    pub open: Vec<i64>,
    /// Highest price.
    pub high: Vec<i64>,
    /// Lowest price.
    pub low: Vec<i64>,
    /// Last price.
    pub close: Vec<i64>,
    /// Traded quantity; 0 where the source has none.
    pub volume: Vec<i64>,
    /// Continuous futures: what to add to a raw price to get the adjusted price (difference method).
    pub offset: Vec<i64>,
    /// Bid/ask sources: ask minus bid at the close, never negative.
    pub spread: Vec<i64>,
}

impl BarSeries {
    /// A series that has no bars yet: trades of one minute, prices in hundredths, whole volumes.
    #[must_use]
    pub fn empty(symbol: &str) -> Self {
        Self {
            symbol: symbol.to_owned(),
            resolution: Resolution::MINUTE,
            price_side: PriceSide::Trade,
            price_scale: Scale::CENTS,
            volume_scale: Scale::UNITS,
            ts: Vec::new(),
            open: Vec::new(),
            high: Vec::new(),
            low: Vec::new(),
            close: Vec::new(),
            volume: Vec::new(),
            offset: Vec::new(),
            spread: Vec::new(),
        }
    }

    /// Number of bars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ts.len()
    }

    /// True without bars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ts.is_empty()
    }
}
