//! Statistics of daily returns. Float sums run in day order; nothing is annualised that is not said to be.

use super::catalogue::{Better, MetricInfo, Unit, ranked, shown};
use super::ratio;
use crate::plan::Money;
use market::TradingDate;

/// Days per year of the growth rate: the mean Gregorian year.
const CALENDAR_DAYS_PER_YEAR: f64 = 365.25;
/// Least calendar days of a growth rate: a shorter span extrapolates noise.
const GROWTH_DAYS_LEAST: i32 = 90;
/// Least daily returns of a 5 % quantile: below, not one day lies in the tail.
const VALUE_AT_RISK_DAYS_LEAST: usize = 20;
/// Tail of value at risk.
const VALUE_AT_RISK_TAIL: f64 = 0.05;

/// The family's rows.
pub(super) const ROWS: [MetricInfo; 11] = [
    ranked(
        "sharpeRatio",
        Unit::Ratio,
        Better::Higher,
        [
            "annualised Sharpe ratio of daily returns, risk-free rate 0",
            "mean ÷ sample standard deviation (n−1) × √days per year (252, or 365 for 24/7 markets)",
            "under 2 days, or all returns equal",
        ],
    ),
    ranked(
        "sortinoRatio",
        Unit::Ratio,
        Better::Higher,
        [
            "annualised Sortino ratio of daily returns, target 0",
            "mean ÷ √(Σ min(r,0)² ÷ n) × √days per year",
            "under 2 days, or no losing day",
        ],
    ),
    ranked(
        "cagr",
        Unit::Fraction,
        Better::Higher,
        [
            "compound annual growth rate, signed",
            "(finalEquity ÷ capital)^(365.25 ÷ calendar days, first and last trading date included) − 1",
            "under 90 calendar days, or final equity not above zero",
        ],
    ),
    ranked(
        "annualVolatility",
        Unit::Fraction,
        Better::Lower,
        [
            "annualised standard deviation of daily returns, positive",
            "sample standard deviation (n−1) × √days per year",
            "under 2 days",
        ],
    ),
    ranked(
        "valueAtRisk95",
        Unit::Fraction,
        Better::Lower,
        [
            "historical one-day value at risk, a loss is positive",
            "−(5 % quantile of daily returns, linear between order statistics)",
            "under 20 days",
        ],
    ),
    shown(
        "skew",
        Unit::Ratio,
        Better::Higher,
        ["skewness of daily returns", "m₃ ÷ m₂^1.5, population moments", "under 3 days, or all returns equal"],
    ),
    shown(
        "kurtosis",
        Unit::Ratio,
        Better::Lower,
        [
            "raw kurtosis of daily returns (normal is 3)",
            "m₄ ÷ m₂², population moments",
            "under 4 days, or all returns equal",
        ],
    ),
    shown("bestDay", Unit::Fraction, Better::Higher, ["largest daily return", "max r", "no days"]),
    ranked("worstDay", Unit::Fraction, Better::Higher, ["smallest daily return", "min r", "no days"]),
    shown(
        "profitableDays",
        Unit::Fraction,
        Better::Higher,
        ["share of trading days with a positive return", "days with r > 0 ÷ days", "no days"],
    ),
    shown(
        "tradingDays",
        Unit::Count,
        Better::None,
        ["trading days of the window that have a bar", "number of days", ""],
    ),
];

/// Last mark of each trading day.
#[derive(Debug, Clone)]
pub(super) struct DailyEquity {
    capital: Money,
    days_per_year: f64,
    marks: Vec<(TradingDate, Money)>,
}

impl DailyEquity {
    /// Before the first day.
    pub(super) const fn new(capital: Money, days_per_year: f64) -> Self {
        Self { capital, days_per_year, marks: Vec::new() }
    }

    /// Adds a day.
    pub(super) fn push(&mut self, date: TradingDate, equity: Money) {
        self.marks.push((date, equity));
    }

    /// The days so far.
    pub(super) fn marks(&self) -> &[(TradingDate, Money)] {
        &self.marks
    }

    /// Capital.
    pub(super) const fn capital(&self) -> Money {
        self.capital
    }

    /// Daily returns, the first against capital; a day that starts without positive equity counts as zero.
    pub(super) fn returns(&self) -> Vec<f64> {
        let mut previous = self.capital;
        let mut returns = Vec::with_capacity(self.marks.len());
        for (_, equity) in &self.marks {
            let change = equity.0 as f64 - previous.0 as f64;
            returns.push(if previous.0 > 0 { change / previous.0 as f64 } else { 0.0 });
            previous = *equity;
        }
        returns
    }

    /// Compound annual growth rate.
    pub(super) fn growth(&self) -> Option<f64> {
        let ((first, _), (last, equity)) = self.marks.first().zip(self.marks.last())?;
        let days = last.0 - first.0 + 1;
        if days < GROWTH_DAYS_LEAST || equity.0 <= 0 {
            return None;
        }
        let multiple = equity.0 as f64 / self.capital.0 as f64;
        Some(libm::pow(multiple, CALENDAR_DAYS_PER_YEAR / f64::from(days)) - 1.0)
    }

    /// Values of [`ROWS`].
    pub(super) fn values(&self, returns: &[f64]) -> [Option<f64>; 11] {
        let days = returns.len() as f64;
        let moments = Moments::of(returns);
        let annual = self.days_per_year.sqrt();
        let ordered = ascending(returns);
        let deviation = moments.sample_deviation();
        let downside = (returns.iter().map(|r| r.min(0.0) * r.min(0.0)).sum::<f64>() / days).sqrt();
        let varied = ordered.first() != ordered.last();
        let wins = returns.iter().filter(|r| **r > 0.0).count() as f64;
        [
            deviation.filter(|_| varied).and_then(|deviation| ratio(moments.mean * annual, deviation)),
            (returns.len() >= 2).then_some(downside).and_then(|downside| ratio(moments.mean * annual, downside)),
            self.growth(),
            deviation.map(|deviation| if varied { deviation * annual } else { 0.0 }),
            value_at_risk(&ordered),
            moments.skew().filter(|_| varied),
            moments.kurtosis().filter(|_| varied),
            ordered.last().copied(),
            ordered.first().copied(),
            ratio(wins, days),
            Some(days),
        ]
    }
}

/// Population moments of a sample, about its mean.
#[derive(Debug, Clone, Copy)]
struct Moments {
    count: f64,
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
        for value in values {
            let deviation = value - mean;
            let square = deviation * deviation;
            second += square;
            third += square * deviation;
            fourth += square * square;
        }
        Self { count, mean, second: second / count, third: third / count, fourth: fourth / count }
    }

    fn sample_deviation(&self) -> Option<f64> {
        (self.count >= 2.0).then(|| (self.second * self.count / (self.count - 1.0)).sqrt())
    }

    fn skew(&self) -> Option<f64> {
        if self.count >= 3.0 { ratio(self.third, self.second * self.second.sqrt()) } else { None }
    }

    fn kurtosis(&self) -> Option<f64> {
        if self.count >= 4.0 { ratio(self.fourth, self.second * self.second) } else { None }
    }
}

/// The values in ascending order.
fn ascending(values: &[f64]) -> Vec<f64> {
    let mut ordered = values.to_vec();
    ordered.sort_by(f64::total_cmp);
    ordered
}

/// Minus the 5 % quantile, linear between order statistics (Hyndman and Fan's type 7).
fn value_at_risk(ordered: &[f64]) -> Option<f64> {
    if ordered.len() < VALUE_AT_RISK_DAYS_LEAST {
        return None;
    }
    let place = (ordered.len() - 1) as f64 * VALUE_AT_RISK_TAIL;
    let below = place.floor();
    let low = ordered.get(below as usize)?;
    let high = ordered.get(below as usize + 1)?;
    Some(-(low + (high - low) * (place - below)))
}
