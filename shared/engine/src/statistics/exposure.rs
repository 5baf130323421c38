//! Statistics of being in the market: how long, how large.

use super::catalogue::{Better, MetricInfo, Unit, ranked, shown};
use super::ratio;
use crate::plan::Money;

/// The family's rows.
pub(super) const ROWS: [MetricInfo; 2] = [
    shown(
        "timeInMarket",
        Unit::Fraction,
        Better::None,
        ["share of minutes with a position at their close", "minutes marked with a position ÷ minutes", ""],
    ),
    ranked(
        "peakLeverage",
        Unit::Ratio,
        Better::Lower,
        [
            "largest notional per equity, positive",
            "max (|raw close| × units × point value ÷ equity) over marks with a position and equity above zero",
            "never in the market at a mark",
        ],
    ),
];

/// Running exposure.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Exposure {
    /// Minutes marked.
    pub(super) minutes: u64,
    held_minutes: u64,
    peak_leverage: f64,
}

impl Exposure {
    /// Adds a mark with a position of this notional (millionths).
    #[inline]
    pub(super) fn held(&mut self, notional: f64, equity: Money) {
        self.held_minutes += 1;
        self.leverage(notional, equity);
    }

    /// Adds minutes with the same position, whose notional is at most `notional` and whose equity at least `equity`;
    /// `extremes` are both where leverage may be largest, looked at only where it may be larger than ever.
    #[inline(always)]
    pub(super) fn stretch(
        &mut self,
        minutes: u64,
        notional: f64,
        equity: Money,
        extremes: impl FnOnce() -> [(f64, Money); 2],
    ) {
        self.held_minutes += minutes;
        // Products round to floats in order: what this one does not exceed, none does.
        if notional > self.peak_leverage * equity.0 as f64 {
            extremes().into_iter().for_each(|(notional, equity)| self.leverage(notional, equity));
        }
    }

    #[inline]
    fn leverage(&mut self, notional: f64, equity: Money) {
        let equity = equity.0 as f64;
        // A product instead of a quotient: the division is needed only for a new maximum.
        if equity > 0.0 && notional > self.peak_leverage * equity {
            self.new_peak(notional, equity);
        }
    }

    /// By itself, as it is rare: else every mark would wait for a division.
    #[cold]
    fn new_peak(&mut self, notional: f64, equity: f64) {
        self.peak_leverage = notional / equity;
    }

    /// Values of [`ROWS`].
    pub(super) fn values(&self) -> [Option<f64>; 2] {
        [ratio(self.held_minutes as f64, self.minutes as f64), (self.held_minutes > 0).then_some(self.peak_leverage)]
    }
}
