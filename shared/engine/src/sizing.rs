//! How much an entry trades, decided with the order from what is known at the decision bar's close.

use crate::contract::Contract;
use crate::error::EngineError;
use crate::exact;
use crate::levels::{Direction, Measure};
use crate::plan::{Distance, Plan, Side, Sizing, Slippage};

/// A quantity this close to the next whole step, in steps, is that step.
const STEP_TOLERANCE: f64 = 1e-6;

/// What is known when an order is decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SizingBase<'a> {
    /// Contract terms.
    pub(crate) contract: &'a Contract,
    /// Side of the entry.
    pub(crate) side: Side,
    /// Price the stop distance is measured from: the decision close, or a resting order's level. Adjusted counts.
    pub(crate) reference: i64,
    /// Decision close, adjusted counts.
    pub(crate) close: i64,
    /// Adjusted minus raw price.
    pub(crate) offset: i64,
    /// Ask minus bid.
    pub(crate) spread: i64,
    /// Equity at the mark, account currency.
    pub(crate) equity: f64,
    /// Account currency per unit of the instrument's currency.
    pub(crate) rate: f64,
    /// Decision bar.
    pub(crate) decision: usize,
}

/// A size, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Whole quantity steps, above zero.
    Steps {
        /// Steps.
        quantity: i64,
        /// The leverage cap made it smaller.
        reduced: bool,
    },
    /// Rounded to zero.
    TooSmall,
    /// Undefined.
    Refused,
}

/// The quantity of every entry, in steps, where it depends on nothing that happens; `None` where it does, or is none.
pub(crate) fn constant(plan: &Plan<'_>, contract: &Contract) -> Option<i64> {
    let Sizing::Fixed(units) = plan.sizing else { return None };
    let units = plan.max_quantity.map_or(units, |most| units.min(most));
    let steps = whole_steps(units, contract).ok()?;
    (plan.terms.leverage.is_none() && units.is_finite() && steps > 0).then_some(steps)
}

/// The size of an entry under the plan's sizing, `max_quantity` and leverage cap.
pub(crate) fn size(base: &SizingBase<'_>, plan: &Plan<'_>) -> Result<Size, EngineError> {
    let notional = base.unit_notional();
    let units = match plan.sizing {
        Sizing::Fixed(units) => units,
        Sizing::RiskMoney(money) => base.risk_units(money, plan),
        Sizing::RiskPercent(percent) => base.risk_units(base.equity * percent / 100.0, plan),
        Sizing::EquityPercent(percent) => base.equity * percent / 100.0 / notional,
    };
    if !units.is_finite() {
        return Ok(Size::Refused);
    }
    let wanted = base.steps(plan.max_quantity.map_or(units, |most| units.min(most)))?;
    let capped = match plan.terms.leverage {
        Some(leverage) if notional > 0.0 => wanted.min(base.steps(leverage * base.equity / notional)?),
        Some(_) | None => wanted,
    };
    if capped <= 0 {
        return Ok(Size::TooSmall);
    }
    Ok(Size::Steps { quantity: capped, reduced: capped < wanted })
}

impl SizingBase<'_> {
    /// Account currency of one unit at the raw decision close.
    fn unit_notional(&self) -> f64 {
        (self.close - self.offset).abs() as f64 / self.contract.counts_per_unit * self.contract.point_value * self.rate
    }

    /// `risk ÷ ((stop distance × point value + round-trip costs) × rate)`; NaN without a distance that has a size.
    fn risk_units(&self, risk: f64, plan: &Plan<'_>) -> f64 {
        let Some(counts) = plan.exits.get(self.side).stop_loss.as_ref().and_then(|stop| self.stop_counts(stop)) else {
            return f64::NAN;
        };
        let loss = counts / self.contract.counts_per_unit * self.contract.point_value;
        risk / ((loss + self.round_trip(plan)) * self.rate)
    }

    /// The stop distance from the reference; `None` where it is undefined, on the wrong side, or depends on the size.
    fn stop_counts(&self, stop: &Distance) -> Option<f64> {
        let measure = Measure {
            contract: self.contract,
            side: self.side,
            fill: self.reference,
            offset: self.offset,
            units: None,
            decision: self.decision,
            rate: self.rate,
            stop_distance: None,
        };
        measure.counts(stop, Direction::Adverse)
    }

    /// Two commissions and two slippages of one unit at the reference, instrument's currency; the commission minimum is left out.
    fn round_trip(&self, plan: &Plan<'_>) -> f64 {
        let contract = self.contract;
        let raw = (self.reference - self.offset).abs() as f64 / contract.counts_per_unit;
        let costs = &plan.costs;
        let slippage = match costs.slippage {
            Slippage::Ticks(ticks) => ticks as f64 * contract.tick as f64 / contract.counts_per_unit,
            Slippage::Bps(bps) => raw * bps / 10_000.0,
            Slippage::HalfSpread => self.spread as f64 / 2.0 / contract.counts_per_unit,
        };
        let commission = costs.commission_per_unit + raw * contract.point_value * costs.commission_bps / 10_000.0;
        2.0 * commission + 2.0 * slippage * contract.point_value
    }

    fn steps(&self, units: f64) -> Result<i64, EngineError> {
        whole_steps(units, self.contract)
    }
}

/// Whole quantity steps in `units`, rounded down.
fn whole_steps(units: f64, contract: &Contract) -> Result<i64, EngineError> {
    exact::round_half_even((units / contract.quantity_step + STEP_TOLERANCE).floor())
}
