//! One minute of the tape as the simulation sees it.

use crate::plan::{Plan, Side};
use market::Tape;
use std::ops::Range;

/// One base bar: adjusted prices and what relates them to raw ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Minute {
    /// Tape index.
    pub(crate) index: usize,
    /// Open time, microseconds UTC.
    pub(crate) ts: i64,
    /// Index of the trading day on the tape.
    pub(crate) day: u32,
    /// First price.
    pub(crate) open: i64,
    /// Highest price.
    pub(crate) high: i64,
    /// Lowest price.
    pub(crate) low: i64,
    /// Last price.
    pub(crate) close: i64,
    /// Adjusted minus raw.
    pub(crate) offset: i64,
}

impl Minute {
    /// The minute at `index`, if it is on the tape.
    pub(crate) fn at(tape: &Tape, index: usize) -> Option<Self> {
        Some(Self {
            index,
            ts: *tape.ts.get(index)?,
            day: *tape.day.get(index)?,
            open: *tape.open.get(index)?,
            high: *tape.high.get(index)?,
            low: *tape.low.get(index)?,
            close: *tape.close.get(index)?,
            offset: tape.offset_at(index),
        })
    }

    /// The extreme in favour of `side`.
    pub(crate) const fn favourable(&self, side: Side) -> i64 {
        match side {
            Side::Long => self.high,
            Side::Short => self.low,
        }
    }

    /// The extreme against `side`.
    pub(crate) const fn adverse(&self, side: Side) -> i64 {
        match side {
            Side::Long => self.low,
            Side::Short => self.high,
        }
    }
}

/// The window as a range of tape indexes.
pub(crate) const fn window(plan: &Plan<'_>) -> Range<usize> {
    plan.window.0 as usize..plan.window.1 as usize
}
