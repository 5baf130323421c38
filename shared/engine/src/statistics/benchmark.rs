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

/// Basis points per whole.
const BASIS_POINTS: f64 = 10_000.0;

/// Least daily returns of a regression: fewer say more about single days than about the market.
const REGRESSION_DAYS_LEAST: usize = 30;

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
        let mut minutes = window.clone().filter_map(|index| Minute::at(plan.tape, index));
        let desk = Desk { plan, contract: Contract::new(plan)? };
        let Some(first) = minutes.next() else { return Ok(None) };
        let Some(mut holding) = desk.buy(plan.capital.to_f64(), &first)? else { return Ok(None) };
        let mut marks = Self {
            daily: DailyEquity::new(plan.capital, plan.terms.days_per_year),
            drawdown: Drawdown::new(plan.capital),
            last: plan.capital,
        };
        let mut previous = first;
        marks.mark(&desk, &holding, &first, window.end)?;
        for minute in minutes {
            if minute.offset != previous.offset {
                let equity = desk.sell_at_roll(&holding, &previous, &minute)?;
                let Some(bought) = desk.buy(equity, &minute)? else { return Ok(None) };
                holding = bought;
            }
            if minute.day != previous.day {
                marks.close_day(plan, previous.day);
            }
            marks.mark(&desk, &holding, &minute, window.end)?;
            previous = minute;
        }
        marks.close_day(plan, previous.day);
        Ok(Some(marks))
    }

    /// Equity at a minute's close; at the window's last minute what is held is sold there.
    fn mark(&mut self, desk: &Desk<'_>, holding: &Holding, minute: &Minute, end: usize) -> Result<(), EngineError> {
        let equity = if minute.index + 1 == end {
            desk.sell_at_close(holding, minute)?
        } else {
            desk.value(holding, minute.close, minute.index)
        };
        self.last = Money(exact::round_half_even(equity * Money::PER_UNIT as f64)?);
        self.drawdown.mark(self.last);
        Ok(())
    }

    fn close_day(&mut self, plan: &Plan<'_>, day: u32) {
        if let Some(day) = plan.tape.days.get(day as usize) {
            self.daily.push(day.date, self.last);
        }
    }
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
