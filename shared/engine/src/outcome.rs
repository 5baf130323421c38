//! What a simulation returns.

use crate::breakdown::{Excursions, MonthResult, WeekdayResult, by_month, by_weekday, excursions};
use crate::error::EngineError;
use crate::plan::{Money, Plan, Quantity, Side};
use crate::quality::{self, Evidence, QualityFlag};
use crate::regime::{Regimes, by_regime};
use crate::statistics::{Benchmark, Statistics};
use market::TradingDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a trade ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// An exit rule was true.
    Signal,
    /// The stop-loss.
    Stop,
    /// A take-profit leg.
    Target,
    /// The trailing stop.
    TrailingStop,
    /// The break-even stop.
    BreakEven,
    /// `max_minutes` or `max_bars`.
    Time,
    /// Flatten time or the session's close.
    SessionClose,
    /// An opposite entry.
    Reversal,
    /// Equity reached zero.
    Liquidation,
    /// The window ended.
    EndOfData,
    /// Daily loss or profit limit.
    DailyLimit,
}

/// One closed trade (a partial exit is a trade of its own).
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// Long or short.
    pub side: Side,
    /// Counts of the quantity step.
    pub quantity: Quantity,
    /// Minute of the entry fill (tape index).
    pub entry_minute: u32,
    /// Minute of the exit fill.
    pub exit_minute: u32,
    /// Open time of the entry minute, microseconds UTC.
    pub entry_ts: i64,
    /// Open time of the exit minute, microseconds UTC.
    pub exit_ts: i64,
    /// Raw entry fill, slippage included, counts.
    pub entry_price: i64,
    /// Raw exit fill, slippage included, counts.
    pub exit_price: i64,
    /// Profit before commission, slippage included.
    pub gross: Money,
    /// Both sides' commission (and that of rolls held through).
    pub commission: Money,
    /// What slippage cost (already in the fills).
    pub slippage: Money,
    /// `gross − commission`.
    pub net: Money,
    /// Strategy bars completed while it was open.
    pub bars_held: u32,
    /// Rolls held through.
    pub rolls: u32,
    /// Worst open profit from fill to exit, ≤ 0.
    pub mae: Money,
    /// Best open profit from fill to exit, ≥ 0.
    pub mfe: Money,
    /// Why it ended.
    pub reason: ExitReason,
    /// Its outcome rested on the order of events inside a minute.
    pub ambiguous: bool,
}

/// Things that happened (or did not) and were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunCounts {
    /// Trades whose outcome rested on intra-minute order.
    pub ambiguous_fills: u32,
    /// Decision bars where long and short were both true.
    pub conflicting_entries: u32,
    /// Entries skipped because the size rounded to zero.
    pub skipped_too_small: u32,
    /// Entries refused because a level was undefined or on the wrong side.
    pub refused_entries: u32,
    /// Entries whose quantity was reduced by the leverage cap.
    pub reduced_quantity: u32,
    /// Session-close exits that had to wait for the next bar.
    pub data_gaps: u32,
}

/// The statistics of a run: every key of the closed table in `ENGINE.md`, `None` where undefined (never zero or infinite).
///
/// Identical to the last bit whether computed by a full run or in a sweep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics {
    /// Values by key (camelCase, as shown to users), in the table's order.
    pub values: Vec<(&'static str, Option<f64>)>,
}

impl Metrics {
    /// The value of `key`; `None` when it is undefined or not in the table.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<f64> {
        self.values.iter().find(|(name, _)| *name == key).and_then(|(_, value)| *value)
    }
}

/// A full run: metrics and everything behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct FullResult {
    /// The statistics.
    pub metrics: Metrics,
    /// Counted events.
    pub counts: RunCounts,
    /// Closed trades, in order of exit.
    pub trades: Vec<Trade>,
    /// Equity at every simulated minute's close.
    pub equity: Vec<Money>,
    /// Last mark of each trading day of the window that has a bar.
    pub daily: Vec<(TradingDate, Money)>,
    /// Change of equity by calendar month.
    pub months: Vec<MonthResult>,
    /// Change of equity by weekday of the trading date.
    pub weekdays: Vec<WeekdayResult>,
    /// Buying and holding over the same minutes; `None` when the capital buys nothing.
    pub benchmark: Option<Benchmark>,
    /// Change of equity by what the benchmark had done before each day; `None` without a benchmark.
    pub regimes: Option<Regimes>,
    /// Excursions of winning trades.
    pub winners: Excursions,
    /// Excursions of losing trades.
    pub losers: Excursions,
    /// Trades per exit reason.
    pub exit_reasons: BTreeMap<ExitReason, u32>,
    /// Reasons to distrust the result.
    pub flags: Vec<QualityFlag>,
}

impl FullResult {
    /// Everything that follows from a finished run.
    pub(crate) fn assemble(
        plan: &Plan<'_>,
        statistics: Statistics,
        counts: RunCounts,
        trades: Vec<Trade>,
        equity: Vec<Money>,
    ) -> Result<Self, EngineError> {
        let metrics = statistics.metrics();
        let daily = statistics.daily_equity().to_vec();
        let months = by_month(&daily, plan.capital)?;
        let weekdays = by_weekday(&daily, plan.capital)?;
        let benchmark = statistics.benchmark(plan);
        let regimes = benchmark.as_ref().map(|held| by_regime(&daily, &held.daily, plan.capital)).transpose()?;
        let mut exit_reasons = BTreeMap::new();
        for trade in &trades {
            *exit_reasons.entry(trade.reason).or_insert(0) += 1;
        }
        let flags = quality::flags(Evidence {
            metrics: &metrics,
            counts: &counts,
            trades: &trades,
            months: &months,
            benchmark: benchmark.as_ref(),
            regimes: regimes.as_ref(),
        });
        let (winners, losers) = (excursions(&trades, |net| net.0 > 0), excursions(&trades, |net| net.0 < 0));
        Ok(Self {
            metrics,
            counts,
            trades,
            equity,
            daily,
            months,
            weekdays,
            benchmark,
            regimes,
            winners,
            losers,
            exit_reasons,
            flags,
        })
    }
}
