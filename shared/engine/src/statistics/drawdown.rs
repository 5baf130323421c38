//! Statistics of falls from a peak: at every minute's mark, at closed trades, and at daily marks (Ulcer).

use super::catalogue::{Better, MetricInfo, Unit, ranked};
use super::ratio;
use super::returns::DailyEquity;
use crate::plan::Money;

/// The family's rows.
pub(super) const ROWS: [MetricInfo; 6] = [
    ranked(
        "maxDrawdown",
        Unit::Money,
        Better::Lower,
        [
            "largest fall of marked equity below its peak, positive",
            "max (peak − equity) over every minute's mark; the peak starts at capital",
            "",
        ],
    ),
    ranked(
        "maxDrawdownPercent",
        Unit::Fraction,
        Better::Lower,
        [
            "largest fall as a share of its own peak, positive",
            "max ((peak − equity) ÷ peak) over every minute's mark, maximised on its own",
            "",
        ],
    ),
    ranked(
        "closedTradeDrawdown",
        Unit::Money,
        Better::Lower,
        [
            "largest fall of capital plus closed profit below its peak, positive",
            "as maxDrawdown over capital + Σ net in order of exit",
            "",
        ],
    ),
    ranked(
        "ulcerIndex",
        Unit::Fraction,
        Better::Lower,
        [
            "depth and length of daily drawdowns, positive (× 100 is Martin's percent)",
            "√(mean of ((peak − E) ÷ peak)²) over daily equity; the peak starts at capital",
            "no days",
        ],
    ),
    ranked(
        "calmarRatio",
        Unit::Ratio,
        Better::Higher,
        ["growth per drawdown", "cagr ÷ maxDrawdownPercent", "cagr undefined, or no drawdown"],
    ),
    ranked(
        "recoveryFactor",
        Unit::Ratio,
        Better::Higher,
        ["net profit per drawdown", "totalPnl ÷ maxDrawdown", "no drawdown"],
    ),
];

/// Falls from a running peak. Within one peak the deepest mark is the deepest in money and in percent alike, so a
/// division is needed only where the peak moves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawdown {
    peak: i64,
    trough: i64,
    last: i64,
    worst: Worst,
}

/// The largest falls.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Worst {
    money: i128,
    fraction: f64,
    /// The last mark.
    last: i64,
}

impl Drawdown {
    /// Before the first mark.
    pub(super) const fn new(capital: Money) -> Self {
        Self {
            peak: capital.0,
            trough: capital.0,
            last: capital.0,
            worst: Worst { money: 0, fraction: 0.0, last: capital.0 },
        }
    }

    /// Adds a mark.
    #[inline]
    pub(super) fn mark(&mut self, equity: Money) {
        self.last = equity.0;
        if equity.0 > self.peak {
            self.worst = self.worst();
            self.peak = equity.0;
            self.trough = equity.0;
        } else if equity.0 < self.trough {
            self.trough = equity.0;
        }
    }

    /// Adds marks between `low` and `high` of which none is a new peak; false, and nothing done, when one is.
    #[inline]
    pub(super) fn without_peak(&mut self, low: Money, high: Money, last: Money) -> bool {
        if high.0 > self.peak {
            return false;
        }
        self.trough = self.trough.min(low.0);
        self.last = last.0;
        true
    }

    /// The largest falls so far. Peaks are above zero because capital is.
    pub(super) fn worst(&self) -> Worst {
        let fall = i128::from(self.peak) - i128::from(self.trough);
        let fraction = fall as f64 / self.peak as f64;
        Worst { money: self.worst.money.max(fall), fraction: self.worst.fraction.max(fraction), last: self.last }
    }
}

impl Worst {
    /// The largest fall as a share of its own peak.
    pub(super) const fn fraction(&self) -> f64 {
        self.fraction
    }

    /// Values of [`ROWS`].
    pub(super) fn values(&self, daily: &DailyEquity, closed_drawdown: f64) -> [Option<f64>; 6] {
        let money = super::units(self.money);
        let profit = super::units(i128::from(self.last) - i128::from(daily.capital().0));
        [
            Some(money),
            Some(self.fraction),
            Some(closed_drawdown),
            ulcer(daily),
            daily.growth().and_then(|growth| ratio(growth, self.fraction)),
            ratio(profit, money),
        ]
    }
}

/// Martin's Ulcer index of daily equity, as a fraction.
fn ulcer(daily: &DailyEquity) -> Option<f64> {
    let mut peak = daily.capital().0;
    let mut squares = 0.0;
    for (_, equity) in daily.marks() {
        peak = peak.max(equity.0);
        let fall = (peak as f64 - equity.0 as f64) / peak as f64;
        squares += fall * fall;
    }
    ratio(squares, daily.marks().len() as f64).map(f64::sqrt)
}
