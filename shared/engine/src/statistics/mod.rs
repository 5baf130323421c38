//! The closed table of statistics and the accumulator that computes it.
//!
//! One file per family; every family states its rows beside the code that fills them. Full runs and sweeps feed the same
//! accumulator the same events in the same order, so their figures are equal bit for bit.

mod catalogue;
mod drawdown;
mod exposure;
mod returns;
mod trades;

pub use catalogue::{Better, MetricInfo, Unit, catalogue};

use crate::outcome::{Metrics, Trade};
use crate::plan::{Money, Plan};
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
    pub(crate) fn trade(&mut self, trade: &Trade) {
        self.trades.add(trade);
    }

    /// A minute was marked.
    #[inline]
    pub(crate) fn mark(&mut self, equity: Money) {
        self.drawdown.mark(equity);
        self.exposure.minutes += 1;
    }

    /// A minute was marked as the one before it: no peak, no trough, no exposure.
    #[inline]
    pub(crate) fn repeat_mark(&mut self) {
        self.exposure.minutes += 1;
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
