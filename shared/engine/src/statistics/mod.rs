//! The closed table of statistics and the accumulator that computes it.
//!
//! One file per family; every family states its rows beside the code that fills them. Full runs and sweeps feed the same
//! accumulator the same events in the same order, so their figures are equal bit for bit.

mod benchmark;
mod catalogue;
mod drawdown;
mod exposure;
mod returns;
mod trades;

pub use benchmark::Benchmark;
pub use catalogue::{Better, MetricInfo, Unit, catalogue};

use crate::outcome::{Metrics, Trade};
use crate::plan::{Money, Plan};
use crate::robustness::{BlockSum, block_sums};
use drawdown::Drawdown;
use exposure::Exposure;
use market::TradingDate;
use returns::DailyEquity;
use trades::TradeTally;

/// Figures of a run in progress.
#[derive(Debug, Clone)]
pub(crate) struct Statistics {
    trades: TradeTally,
    drawdown: Drawdown,
    daily: DailyEquity,
    exposure: Exposure,
}

/// Marks of consecutive minutes with the same position.
pub(crate) struct HeldMarks {
    /// How many.
    pub(crate) minutes: u64,
    /// Least mark.
    pub(crate) low: Money,
    /// Greatest mark.
    pub(crate) high: Money,
    /// Last mark.
    pub(crate) last: Money,
    /// Largest notional, millionths of account currency.
    pub(crate) notional: f64,
}

impl Statistics {
    /// Before the first minute of `plan`.
    pub(crate) fn new(plan: &Plan<'_>) -> Self {
        Self {
            trades: TradeTally::new(plan.capital),
            drawdown: Drawdown::new(plan.capital),
            daily: DailyEquity::new(plan.capital, plan.terms.days_per_year),
            exposure: Exposure::default(),
        }
    }

    /// A trade was closed.
    #[inline(always)]
    pub(crate) fn trade(&mut self, trade: &Trade) {
        self.trades.add(trade);
    }

    /// A minute was marked.
    #[inline]
    pub(crate) fn mark(&mut self, equity: Money) {
        self.drawdown.mark(equity);
        self.exposure.minutes += 1;
    }

    /// Minutes were marked as the one before them: no peak, no trough, no exposure.
    pub(crate) fn repeat_mark(&mut self, minutes: u64) {
        self.exposure.minutes += minutes;
    }

    /// Minutes were marked with the same position; `extremes` are notional and equity at the highest and at the lowest close:
    /// leverage is largest at one of the two. False where a mark is a new peak: then all of them are still to be
    /// [`held_to_peak`](Self::held_to_peak).
    // Inlined in any case, as `Simulation::mark_leg` which leads here.
    #[inline(always)]
    pub(crate) fn held(&mut self, held: &HeldMarks, extremes: impl FnOnce() -> [(f64, Money); 2]) -> bool {
        self.exposure.minutes += held.minutes;
        self.exposure.stretch(held.minutes, held.notional, held.low, extremes);
        self.drawdown.without_peak(held.low, held.high, held.last)
    }

    /// Marks of held minutes in order, with a new peak among them.
    #[inline(never)]
    pub(crate) fn held_to_peak(&mut self, marks: impl Iterator<Item = Money>) {
        marks.for_each(|equity| self.drawdown.mark(equity));
    }

    /// A minute was marked with a position of this notional (millionths of account currency).
    #[inline]
    pub(crate) fn exposed(&mut self, notional: f64, equity: Money) {
        self.exposure.held(notional, equity);
    }

    /// A trading day ended with this mark.
    pub(crate) fn day_end(&mut self, date: TradingDate, equity: Money) {
        self.daily.push(date, equity);
    }

    /// Last mark of each trading day.
    pub(crate) fn daily_equity(&self) -> &[(TradingDate, Money)] {
        self.daily.marks()
    }

    /// Daily returns summed by blocks of consecutive days.
    pub(crate) fn block_sums(&self, blocks: usize) -> Vec<BlockSum> {
        block_sums(&self.daily.returns(), blocks)
    }

    /// What buying and holding would have made over the same days; `None` where it cannot be told.
    pub(crate) fn benchmark(&self, plan: &Plan<'_>) -> Option<Benchmark> {
        Benchmark::of(plan, &self.daily)
    }

    /// The table.
    pub(crate) fn metrics(&self) -> Metrics {
        let worst = self.drawdown.worst();
        let returns = self.daily.returns();
        let mut values = Vec::with_capacity(catalogue().len());
        append(&mut values, &trades::ROWS, self.trades.values());
        append(&mut values, &returns::ROWS, self.daily.values(&returns));
        append(&mut values, &drawdown::ROWS, worst.values(&self.daily, self.trades.closed_drawdown()));
        append(&mut values, &exposure::ROWS, self.exposure.values());
        Metrics { values }
    }
}

/// Adds a family's values under its keys; what is not finite is undefined.
fn append<const ROWS: usize>(
    table: &mut Vec<(&'static str, Option<f64>)>,
    rows: &[MetricInfo; ROWS],
    values: [Option<f64>; ROWS],
) {
    let finite = values.map(|value| value.filter(|value| value.is_finite()));
    table.extend(rows.iter().map(|row| row.key).zip(finite));
}

/// `dividend ÷ divisor`, undefined for a divisor of zero.
fn ratio(dividend: f64, divisor: f64) -> Option<f64> {
    (divisor != 0.0).then(|| dividend / divisor)
}

/// Currency units of a sum of millionths.
fn units(sum: i128) -> f64 {
    sum as f64 / Money::PER_UNIT as f64
}
