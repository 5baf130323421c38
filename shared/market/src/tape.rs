//! A session's minutes, ready to simulate: filtered, adjusted, and grouped into trading days.

use crate::calendar::{SessionKind, TradingDate};
use crate::price::Scale;

/// One trading day that has at least one bar on the tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradingDay {
    /// The trading date.
    pub date: TradingDate,
    /// Scheduled first instant, microseconds UTC.
    pub open: i64,
    /// Scheduled first instant after the session, microseconds UTC (early closes included).
    pub close: i64,
    /// Scheduled pauses `[from, to)`, microseconds UTC.
    pub breaks: Vec<(i64, i64)>,
    /// Scheduled open of the first trading day of this date's week (Monday-based), microseconds UTC.
    pub week_open: i64,
    /// Scheduled close of the last trading day of this date's week, microseconds UTC, whether or not it has bars.
    pub week_close: i64,
    /// Index of the day's first bar on the tape. A stray bar (outside every session) belongs to the day that closed last.
    pub first: u32,
    /// One past the index of the day's last bar.
    pub end: u32,
}

/// Base bars of one symbol under one session, in columns of equal length.
///
/// `open/high/low/close` are **adjusted** counts of `price_scale` (equal to raw for series without rolls);
/// raw = adjusted − offset. Under [`SessionKind::Regular`] bars outside the session are not on the tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tape {
    /// Canonical symbol.
    pub symbol: String,
    /// The session filter that was applied.
    pub session: SessionKind,
    /// Length of a base bar in minutes.
    pub resolution_minutes: u32,
    /// Grid of every price column.
    pub price_scale: Scale,
    /// Grid of `volume`.
    pub volume_scale: Scale,
    /// Open time, microseconds UTC, strictly ascending.
    pub ts: Vec<i64>,
    /// First price, adjusted.
    pub open: Vec<i64>,
    /// Highest price, adjusted.
    pub high: Vec<i64>,
    /// Lowest price, adjusted.
    pub low: Vec<i64>,
    /// Last price, adjusted.
    pub close: Vec<i64>,
    /// Traded quantity.
    pub volume: Vec<i64>,
    /// Adjusted minus raw; empty where the series has no rolls (all zero).
    pub offset: Vec<i64>,
    /// Ask minus bid; empty where the series has none.
    pub spread: Vec<i64>,
    /// Index into `days` of each bar.
    pub day: Vec<u32>,
    /// Trading days that have bars, ascending.
    pub days: Vec<TradingDay>,
}

impl Tape {
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

    /// Adjusted minus raw price at bar `index`, 0 for series without rolls.
    #[must_use]
    pub fn offset_at(&self, index: usize) -> i64 {
        self.offset.get(index).copied().unwrap_or(0)
    }
}
