//! Size of an entry and its exit levels.
//!
//! Sizes and distances are `f64`, as the document states them; levels become integers on the grid.

use crate::exact::{limit_rounding, on_grid, opposite, sign, stop_rounding};
use crate::plain_loop::Loop;
use crate::rules::MeasuredFrom;
use crate::state::{BreakEvenStop, EntryOrder, Leg, Protection, Trail};
use engine::plan::{Distance, Side, Sizing, Slippage, TargetLeg};

/// Share of a tick or of a quantity step that is noise of `f64` arithmetic.
const NOISE: f64 = 1e-6;

/// What a distance is measured from, and for how much.
#[derive(Clone, Copy)]
struct Reference {
    side: Side,
    decision: usize,
    /// Adjusted counts.
    price: i64,
    /// Raw counts.
    raw: i64,
    /// Quantity steps; `None` while the size is being decided.
    quantity: Option<i64>,
    /// |fill − stop level as placed|, counts.
    stop: Option<f64>,
}

impl Loop<'_> {
    /// Account currency per unit of the instrument's currency at the last minute of a decision bar.
    fn decision_rate(&self, decision: usize) -> f64 {
        self.rate(self.plan.decisions.last[decision] as usize)
    }

    pub fn rate(&self, minute: usize) -> f64 {
        self.plan.conversion.as_ref().map_or(1.0, |rates| rates[minute])
    }

    /// A distance in counts, at least one tick; `None` where it is undefined or on the wrong side.
    fn distance(&self, distance: &Distance, from: Reference) -> Option<f64> {
        let terms = &self.plan.terms;
        let tick = terms.tick as f64;
        let counts = match distance {
            Distance::Points(points) => points * self.per_unit,
            Distance::Ticks(ticks) => ticks * tick,
            Distance::Percent(percent) => from.raw.abs() as f64 * percent / 100.0,
            Distance::Money(money) => {
                let units = from.quantity? as f64 * terms.quantity_step;
                money * self.per_unit / (units * terms.point_value * self.decision_rate(from.decision))
            }
            Distance::Atr { multiple, value } => multiple * value[from.decision] * self.per_unit,
            Distance::R(multiple) => multiple * from.stop?,
            Distance::Price(price) => {
                // The caller knows on which side the level lies; the sign is applied there.
                return Some(price[from.decision] * self.per_unit);
            }
        };
        self.at_least_a_tick(counts)
    }

    fn at_least_a_tick(&self, counts: f64) -> Option<f64> {
        let tick = self.plan.terms.tick as f64;
        (counts.is_finite() && counts >= -NOISE * tick).then(|| counts.max(tick))
    }

    /// A distance against the position (stops) or in its favour, counts.
    fn measured(&self, distance: &Distance, from: Reference, in_favour: bool) -> Option<f64> {
        let counts = self.distance(distance, from)?;
        match distance {
            Distance::Price(_) => {
                let direction = sign(from.side) as f64 * if in_favour { 1.0 } else { -1.0 };
                self.at_least_a_tick(direction * (counts - from.price as f64))
            }
            Distance::Points(_)
            | Distance::Ticks(_)
            | Distance::Percent(_)
            | Distance::Money(_)
            | Distance::Atr { .. }
            | Distance::R(_) => Some(counts),
        }
    }

    /// The exit levels of an entry filled now at `fill`; `None` refuses it.
    pub fn protection(&self, order: &EntryOrder, fill: i64) -> Option<Protection> {
        let exits = self.plan.exits.get(order.side);
        let base = self.measuring_base(order, fill);
        let (side, direction) = (order.side, sign(order.side) as f64);
        let from = Reference {
            side,
            decision: order.decision,
            price: fill,
            raw: fill - self.offset(),
            quantity: Some(order.quantity),
            stop: None,
        };
        let tick = self.plan.terms.tick;
        let stop_at = |level: f64| on_grid(level, self.offset(), tick, stop_rounding(opposite(side)));
        let stop = match &exits.stop_loss {
            Some(distance) => Some(stop_at(base as f64 - direction * self.measured(distance, from, false)?)),
            None => None,
        };
        let from = Reference { stop: stop.map(|level| (fill - level).abs() as f64), ..from };
        let mut levels = Vec::new();
        for leg in &exits.take_profit {
            let level = base as f64 + direction * self.measured(&leg.distance, from, true)?;
            levels.push(on_grid(level, self.offset(), tick, limit_rounding(opposite(side))));
        }
        let trail = match &exits.trailing {
            Some(trailing) => {
                let distance = self.measured(&trailing.distance, from, false)?;
                let waits_for = match &trailing.activate_after {
                    Some(after) => Some(self.measured(after, from, true)?),
                    None => None,
                };
                let level = waits_for.is_none().then(|| stop_at(base as f64 - direction * distance));
                Some(Trail { distance, waits_for, level })
            }
            None => None,
        };
        let break_even = match &exits.break_even {
            Some(rule) => {
                let waits_for = self.measured(&rule.after, from, true)?;
                let beyond = match &rule.offset {
                    Some(offset) => self.measured(offset, from, true)?,
                    None => 0.0,
                };
                Some(BreakEvenStop { waits_for, moves_to: stop_at(fill as f64 + direction * beyond), level: None })
            }
            None => None,
        };
        Some(Protection { stop, legs: legs(order.quantity, &exits.take_profit, &levels), trail, break_even })
    }

    /// What exit distances are measured from.
    pub fn measuring_base(&self, order: &EntryOrder, fill: i64) -> i64 {
        match self.rules.measured_from {
            MeasuredFrom::Fill => fill,
            MeasuredFrom::Order => {
                let decided = self.plan.decisions.last[order.decision] as usize;
                order.rests.map_or(self.plan.tape.close[decided], |(_, level)| level)
            }
        }
    }

    /// Quantity steps of an order decided now, and whether the leverage cap made it smaller; `None` refuses it.
    pub fn size(&self, side: Side, level: i64, decision: usize, mark: i64) -> Option<(i64, bool)> {
        let terms = &self.plan.terms;
        let rate = self.decision_rate(decision);
        let equity = mark as f64 / 1e6;
        let raw_close = (self.close() - self.offset()).abs() as f64 / self.per_unit;
        let notional = raw_close * terms.point_value * rate;
        let wanted = match self.plan.sizing {
            Sizing::Fixed(units) => units,
            Sizing::RiskMoney(money) => money / self.risk_per_unit(side, level, decision)?,
            Sizing::RiskPercent(percent) => equity * percent / 100.0 / self.risk_per_unit(side, level, decision)?,
            Sizing::EquityPercent(percent) => equity * percent / 100.0 / notional,
        };
        let wanted = self.plan.max_quantity.map_or(wanted, |most| wanted.min(most));
        let cap = terms.leverage.map(|leverage| leverage * equity / notional);
        let capped = cap.map_or(wanted, |cap| wanted.min(cap));
        let steps = |units: f64| ((units / terms.quantity_step + NOISE).floor() as i64).max(0);
        Some((steps(capped), steps(capped) < steps(wanted)))
    }

    /// Money lost per unit when the stop is hit, costs included, account currency; `None` where risk cannot be stated.
    fn risk_per_unit(&self, side: Side, level: i64, decision: usize) -> Option<f64> {
        let (terms, costs) = (&self.plan.terms, &self.plan.costs);
        let stop = self.plan.exits.get(side).stop_loss.as_ref()?;
        if matches!(stop, Distance::Money(_) | Distance::R(_)) {
            return None;
        }
        let raw = level - self.offset();
        let from = Reference { side, decision, price: level, raw, quantity: None, stop: None };
        let distance = self.measured(stop, from, false)? / self.per_unit;
        let reference = raw.abs() as f64 / self.per_unit;
        let slippage = match costs.slippage {
            Slippage::Ticks(ticks) => (ticks * terms.tick) as f64 / self.per_unit,
            Slippage::Bps(points) => reference * points / 10_000.0,
            Slippage::HalfSpread => {
                self.plan.tape.spread.get(self.minute).copied().unwrap_or(0) as f64 / 2.0 / self.per_unit
            }
        };
        let commission = costs.commission_per_unit + reference * terms.point_value * costs.commission_bps / 10_000.0;
        let round_trip = 2.0 * commission + 2.0 * slippage * terms.point_value;
        Some((distance * terms.point_value + round_trip) * self.decision_rate(decision))
    }
}

/// Quantities of the take-profit legs: whole steps, legs of nothing dropped; the last leg is the rest where all are the whole.
fn legs(initial: i64, legs: &[TargetLeg], levels: &[i64]) -> Vec<Leg> {
    let together: f64 = legs.iter().map(|leg| leg.fraction).sum();
    let mut left = initial;
    let mut placed = Vec::new();
    for (index, (leg, level)) in legs.iter().zip(levels).enumerate() {
        let last = index + 1 == legs.len();
        let share = (initial as f64 * leg.fraction + 0.02).floor() as i64;
        let quantity = if last && together >= 0.98 { left } else { share.min(left) };
        left -= quantity;
        if quantity > 0 {
            placed.push(Leg { level: *level, quantity });
        }
    }
    placed
}
