//! Tables a run leaves behind, in the units users see: trades and the equity curve.

use engine::ExitReason;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One trade as shown and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeRow {
    /// 1 for the first trade to close.
    pub number: u32,
    /// `long` or `short`.
    pub side: String,
    /// Units.
    pub quantity: f64,
    /// Open time of the entry minute, microseconds UTC.
    pub entry_time: i64,
    /// Open time of the exit minute, microseconds UTC.
    pub exit_time: i64,
    /// Raw entry fill.
    pub entry_price: f64,
    /// Raw exit fill.
    pub exit_price: f64,
    /// Profit before commission, account currency.
    pub gross: f64,
    /// Profit after commission.
    pub net: f64,
    /// Commission.
    pub commission: f64,
    /// Cost of slippage, already in the fills.
    pub slippage: f64,
    /// Strategy bars completed while open.
    pub bars_held: u32,
    /// Rolls held through.
    pub rolls: u32,
    /// Worst open profit, at most 0.
    pub mae: f64,
    /// Best open profit, at least 0.
    pub mfe: f64,
    /// Why it ended.
    pub exit_reason: ExitReason,
    /// Its outcome rested on the order of events inside a minute.
    pub ambiguous: bool,
}

/// The bars a run's rules ran on, and the lines they compare. Columns are of one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceChart {
    /// Start of each bar, microseconds UTC.
    pub ts: Vec<i64>,
    /// First price of each bar.
    pub open: Vec<f64>,
    /// Highest price.
    pub high: Vec<f64>,
    /// Lowest price.
    pub low: Vec<f64>,
    /// Last price.
    pub close: Vec<f64>,
    /// Indicators and levels.
    pub lines: Vec<PriceLine>,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceLine {
    /// What it is, in words.
    pub label: String,
    /// Lines of one group share an axis.
    pub group: String,
    /// True when it lies on the price's axis.
    pub on_price: bool,
    /// One value per bar; not a number where undefined.
    pub values: Vec<f64>,
}

/// Equity marks, one per simulated minute.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EquityCurve {
    /// Open time of the minute, microseconds UTC.
    pub ts: Vec<i64>,
    /// Equity at its close, account currency.
    pub equity: Vec<f64>,
}

impl EquityCurve {
    /// The marks to draw of a part of the curve: the lowest and the highest of each of so many equal stretches, the first and the
    /// last; their places, ascending. A part with no more than two marks a stretch is drawn whole.
    #[must_use]
    pub fn drawable(&self, part: Range<usize>, stretches: usize) -> Vec<usize> {
        let marks: Vec<usize> = part.collect();
        if marks.len() <= stretches * 2 {
            return marks;
        }
        let mark = |place: &usize| self.equity.get(*place).copied().unwrap_or_default();
        let mut kept: Vec<usize> = marks.first().into_iter().chain(marks.last()).copied().collect();
        for stretch in marks.chunks(marks.len().div_ceil(stretches.max(1))) {
            let lowest = stretch.iter().min_by(|a, b| mark(a).total_cmp(&mark(b)));
            let highest = stretch.iter().max_by(|a, b| mark(a).total_cmp(&mark(b)));
            kept.extend([lowest, highest].into_iter().flatten());
        }
        kept.sort_unstable();
        kept.dedup();
        kept
    }
}
