//! Buying and holding instead: what the market itself paid over the same minutes, charged the same costs.
//!
//! The whole capital buys at the window's first open, fractions of a quantity step allowed and without leverage, and sells
//! at its last close. A roll sells at the old contract's last close and buys at the new one's first open with the whole
//! equity, so that a change is always an adjusted difference on a raw base. It decides nothing and flags nothing.

use super::drawdown::Drawdown;
use super::returns::DailyEquity;
use crate::contract::Contract;
use crate::error::EngineError;
use crate::exact;
use crate::plan::{Costs, Money, Plan};
use crate::simulate::Minute;
use market::TradingDate;
use std::ops::Range;

/// Basis points per whole.
const BASIS_POINTS: f64 = 10_000.0;

/// Least daily returns of a regression: fewer say more about single days than about the market.
const REGRESSION_DAYS_LEAST: usize = 30;

/// Fewer minutes are marked one by one.
const MINUTES_AT_ONCE_LEAST: usize = 16;

/// What buying and holding made, and how the strategy's daily returns relate to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Final equity ÷ capital − 1.
    pub total_return: f64,
    /// As the statistic of that name.
    pub cagr: Option<f64>,
    /// As the statistic of that name.
    pub sharpe_ratio: Option<f64>,
    /// As the statistic of that name, over every minute's mark.
    pub max_drawdown_percent: f64,
    /// Slope of the strategy's daily returns on the benchmark's; `None` under 30 days or without variation.
    pub beta: Option<f64>,
    /// Intercept of the same line × days per year; `None` where beta is.
    pub alpha: Option<f64>,
    /// Last mark of each trading day.
    pub daily: Vec<(TradingDate, Money)>,
}

impl Benchmark {
    /// The benchmark of a plan beside the strategy's own days; `None` when the capital buys nothing, a price it would have to
    /// be bought at is not above zero, or its equity leaves fixed point: a run does not fail because of it.
    pub(super) fn of(plan: &Plan<'_>, own: &DailyEquity) -> Option<Self> {
        let Marks { daily, drawdown, last } = Marks::of(plan).ok().flatten()?;
        let returns = daily.returns();
        let [sharpe_ratio, _, cagr, ..] = daily.values(&returns);
        let line = regression(&own.returns(), &returns);
        Some(Self {
            total_return: last.0 as f64 / plan.capital.0 as f64 - 1.0,
            cagr,
            sharpe_ratio,
            max_drawdown_percent: drawdown.worst().fraction(),
            beta: line.map(|(_, slope)| slope),
            alpha: line.map(|(intercept, _)| intercept * plan.terms.days_per_year),
            daily: daily.marks().to_vec(),
        })
    }
}

/// The benchmark's equity, minute by minute.
struct Marks {
    daily: DailyEquity,
    drawdown: Drawdown,
    last: Money,
}

impl Marks {
    fn of(plan: &Plan<'_>) -> Result<Option<Self>, EngineError> {
        let window = plan.window.0 as usize..plan.window.1 as usize;
        let desk = Desk { plan, contract: Contract::new(plan)? };
        let Some(first) = Minute::at(plan.tape, window.start) else { return Ok(None) };
        let Some(mut holding) = desk.buy(plan.capital.to_f64(), &first)? else { return Ok(None) };
        let mut marks = Self {
            daily: DailyEquity::new(plan.capital, plan.terms.days_per_year),
            drawdown: Drawdown::new(plan.capital),
            last: plan.capital,
        };
        let (mut minute, mut previous) = (first, first);
        loop {
            if minute.offset != previous.offset {
                let equity = desk.sell_at_roll(&holding, &previous, &minute)?;
                let Some(bought) = desk.buy(equity, &minute)? else { return Ok(None) };
                holding = bought;
            }
            if minute.day != previous.day {
                marks.close_day(plan, previous.day);
            }
            let day_end = plan.tape.days.get(minute.day as usize).map_or(0, |day| day.end as usize);
            let end = day_end.min(plan.index.next_roll(minute.index)).max(minute.index + 1).min(window.end);
            marks.mark(&desk, &holding, minute.index..end)?;
            previous = Minute::at(plan.tape, end - 1).unwrap_or(minute);
            match Minute::at(plan.tape, end).filter(|_| end < window.end) {
                Some(next) => minute = next,
                None => break,
            }
        }
        marks.mark_equity(desk.sell_at_close(&holding, &previous)?)?;
        marks.close_day(plan, previous.day);
        Ok(Some(marks))
    }

    /// Equity at the closes of minutes with one holding: all at once where none is a new peak, as a higher close is never worth
    /// less; of the window's last minute, at which what is held is sold, nothing.
    fn mark(&mut self, desk: &Desk<'_>, holding: &Holding, minutes: Range<usize>) -> Result<(), EngineError> {
        let plan = desk.plan;
        let minutes = minutes.start..minutes.end.min(plan.window.1 as usize - 1);
        if minutes.len() < MINUTES_AT_ONCE_LEAST || plan.conversion.is_some() {
            for index in minutes {
                let close = plan.tape.close.get(index).copied().unwrap_or(0);
                self.mark_equity(desk.value(holding, close, index))?;
            }
            return Ok(());
        }
        let worth = |close: i64| rounded(desk.value(holding, close, minutes.start));
        let extremes = plan.index.extremes(plan.tape, minutes.clone());
        let (low, high) = (worth(extremes.close_low)?, worth(extremes.close_high)?);
        let last = worth(plan.tape.close.get(minutes.end - 1).copied().unwrap_or(0))?;
        if self.drawdown.without_peak(low, high, last) {
            self.last = last;
            return Ok(());
        }
        let middle = minutes.start + minutes.len() / 2;
        self.mark(desk, holding, minutes.start..middle)?;
        self.mark(desk, holding, middle..minutes.end)
    }

    fn mark_equity(&mut self, equity: f64) -> Result<(), EngineError> {
        self.last = rounded(equity)?;
        self.drawdown.mark(self.last);
        Ok(())
    }

    fn close_day(&mut self, plan: &Plan<'_>, day: u32) {
        if let Some(day) = plan.tape.days.get(day as usize) {
            self.daily.push(day.date, self.last);
        }
    }
}

/// Currency units in fixed point.
fn rounded(equity: f64) -> Result<Money, EngineError> {
    exact::round_half_even(equity * Money::PER_UNIT as f64).map(Money)
}

/// What is held: units (fractions allowed), the adjusted price they were bought at, and the equity left beside them.
struct Holding {
    units: f64,
    bought_at: i64,
    cash: f64,
}

/// Prices, terms and costs of the plan.
struct Desk<'p> {
    plan: &'p Plan<'p>,
    contract: Contract,
}

impl Desk<'_> {
    /// As many units as `equity` pays for at a minute's open, slippage and commission included; `None` when it pays for none.
    fn buy(&self, equity: f64, minute: &Minute) -> Result<Option<Holding>, EngineError> {
        let raw = minute.open - minute.offset;
        let slippage = self.slippage(raw, minute.index)?;
        let rate = self.rate(minute.index);
        let unit = self.money(raw + slippage) * rate;
        let (commission, minimum) = (self.unit_commission(raw + slippage) * rate, self.minimum() * rate);
        if unit <= 0.0 {
            return Ok(None);
        }
        let with_commission = equity / (unit + commission);
        let units = if with_commission * commission < minimum { (equity - minimum) / unit } else { with_commission };
        let cash = equity - (units * commission).max(minimum);
        Ok((units > 0.0).then_some(Holding { units, bought_at: minute.open + slippage, cash }))
    }

    /// Equity after selling at the old contract's last close, valued at the new minute's open.
    fn sell_at_roll(&self, holding: &Holding, old: &Minute, new: &Minute) -> Result<f64, EngineError> {
        let raw = old.close - old.offset;
        let slippage = self.slippage(raw, old.index)?;
        Ok(self.value(holding, new.open - slippage, new.index)
            - self.commission(holding.units, raw - slippage) * self.rate(new.index))
    }

    /// Equity after selling at a minute's close.
    fn sell_at_close(&self, holding: &Holding, minute: &Minute) -> Result<f64, EngineError> {
        let raw = minute.close - minute.offset;
        let slippage = self.slippage(raw, minute.index)?;
        Ok(self.value(holding, minute.close - slippage, minute.index)
            - self.commission(holding.units, raw - slippage) * self.rate(minute.index))
    }

    /// Equity with what is held at an adjusted price.
    fn value(&self, holding: &Holding, price: i64, index: usize) -> f64 {
        holding.cash + holding.units * self.money(price - holding.bought_at) * self.rate(index)
    }

    /// Counts a fill moves against the trader.
    fn slippage(&self, raw: i64, index: usize) -> Result<i64, EngineError> {
        self.contract.slippage(raw, self.plan.tape.spread.get(index).copied().unwrap_or(0))
    }

    /// Instrument's currency of a price of one unit.
    fn money(&self, counts: i64) -> f64 {
        counts as f64 / self.contract.counts_per_unit * self.contract.point_value
    }

    /// Commission of one order, instrument's currency.
    fn commission(&self, units: f64, raw: i64) -> f64 {
        (units * self.unit_commission(raw)).max(self.minimum())
    }

    fn unit_commission(&self, raw: i64) -> f64 {
        let Costs { commission_per_unit, commission_bps, .. } = self.plan.costs;
        commission_per_unit + self.money(raw).abs() * commission_bps / BASIS_POINTS
    }

    const fn minimum(&self) -> f64 {
        self.plan.costs.commission_minimum
    }

    /// Account currency per unit of the instrument's.
    fn rate(&self, index: usize) -> f64 {
        self.plan.conversion.as_ref().and_then(|rates| rates.get(index).copied()).unwrap_or(1.0)
    }
}

/// Intercept and slope of `own` on `market` by least squares.
fn regression(own: &[f64], market: &[f64]) -> Option<(f64, f64)> {
    let days = market.len();
    if days < REGRESSION_DAYS_LEAST || own.len() != days {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / days as f64;
    let (own_mean, market_mean) = (mean(own), mean(market));
    let (mut together, mut square) = (0.0, 0.0);
    for (own, market) in own.iter().zip(market) {
        let deviation = market - market_mean;
        together += (own - own_mean) * deviation;
        square += deviation * deviation;
    }
    let slope = super::ratio(together, square)?;
    Some((own_mean - slope * market_mean, slope))
}
