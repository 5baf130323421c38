//! The end of a strategy bar: exit rules, filters, entry rules. What is decided here meets the market from the next minute on.

use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{Due, Simulation};
use crate::error::EngineError;
use crate::levels::{Rounding, on_grid};
use crate::orders::{EntryOrder, Resting, RestingOrder};
use crate::plan::{Entry, ExitSignal, OrderKind, PositionView, Side};
use crate::sizing::{self, Size, SizingBase};

impl<R: Recorder> Simulation<'_, R> {
    /// Decides bar `self.decision`, completed by `minute`.
    pub(super) fn decide(&mut self, minute: &Minute) -> Result<(), EngineError> {
        self.bars_since_exit = self.bars_since_exit.map(|bars| bars.saturating_add(1));
        if self.orders.has_resting() {
            self.orders.expire(self.decision);
        }
        if let Some(position) = &mut self.position {
            position.bars = position.bars.saturating_add(1);
            self.decide_exit(minute)?;
        }
        if self.entries_blocked() {
            return Ok(());
        }
        let plan = self.plan;
        let long = plan.entry.long.as_ref().filter(|entry| entry.when.get(self.decision));
        let short = plan.entry.short.as_ref().filter(|entry| entry.when.get(self.decision));
        let both_rest = |long: &Entry, short: &Entry| rests(&long.order) && rests(&short.order);
        if let (Some(long), Some(short)) = (long, short)
            && !both_rest(long, short)
        {
            self.counts.conflicting_entries += 1;
            return Ok(());
        }
        for (side, entry) in [(Side::Long, long), (Side::Short, short)] {
            if let Some(entry) = entry {
                self.decide_entry(side, entry, minute)?;
            }
        }
        Ok(())
    }

    /// `max_bars` and the exit rule of the open position's side.
    fn decide_exit(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let Some(position) = &self.position else { return Ok(()) };
        let exits = self.plan.exits.get(position.side);
        let too_long = exits.max_bars.is_some_and(|most| position.bars >= most);
        let signal = match &exits.signal {
            None => false,
            Some(ExitSignal::Mask(mask)) => mask.get(self.decision),
            Some(ExitSignal::Position(condition)) => {
                let profit = position.value.money(position.gain(minute.close), self.rate(minute.index))?;
                let view = PositionView {
                    side: position.side,
                    entry_price: self.plan.tape.price_scale.to_f64(position.fill),
                    bars_in_trade: position.bars,
                    open_profit: profit.to_f64(),
                };
                condition.holds(self.decision, &view)
            }
        };
        if too_long {
            self.make_due(Due::Time);
        } else if signal {
            self.make_due(Due::Signal);
        }
        Ok(())
    }

    /// True when a filter keeps every entry away from this decision.
    fn entries_blocked(&self) -> bool {
        let limits = &self.plan.limits;
        self.halted
            || self.day.limited
            || self.plan.allowed.as_ref().is_some_and(|allowed| !allowed.get(self.decision))
            || limits.max_trades_per_day.is_some_and(|most| self.day.entries >= most)
            || limits.max_consecutive_losses.is_some_and(|most| self.day.losing_streak >= most)
            || limits
                .cooldown_bars
                .is_some_and(|cooldown| self.bars_since_exit.is_some_and(|completed| completed < cooldown))
    }

    /// Sizes and places the order of a true entry rule.
    fn decide_entry(&mut self, side: Side, entry: &Entry, minute: &Minute) -> Result<(), EngineError> {
        if self.position.as_ref().is_some_and(|position| position.side == side) {
            return Ok(());
        }
        let resting = match &entry.order {
            OrderKind::Market => None,
            OrderKind::Stop { price, expires_bars } => Some((Resting::Stop, price, *expires_bars)),
            OrderKind::Limit { price, expires_bars } => Some((Resting::Limit, price, *expires_bars)),
        };
        let level = match resting {
            None => None,
            Some((kind, prices, _)) => {
                let Some(level) = self.level(side, kind, prices, minute)? else {
                    self.counts.refused_entries += 1;
                    return Ok(());
                };
                Some(level)
            }
        };
        let Some(order) = self.sized(side, level.unwrap_or(minute.close), minute)? else { return Ok(()) };
        match resting.zip(level) {
            None => self.orders.market = Some(order),
            Some(((kind, _, expires_bars), level)) => {
                let expires_at = self.decision.saturating_add(expires_bars.max(1) as usize);
                *self.orders.resting.get_mut(side) = Some(RestingOrder { entry: order, kind, level, expires_at });
            }
        }
        Ok(())
    }

    /// The level of a resting order, frozen and rounded; `None` when the price is undefined.
    fn level(&self, side: Side, kind: Resting, prices: &[f64], minute: &Minute) -> Result<Option<i64>, EngineError> {
        let price = prices.get(self.decision).copied().unwrap_or(f64::NAN);
        if !price.is_finite() {
            return Ok(None);
        }
        let rounding = match kind {
            Resting::Stop => Rounding::stop(side),
            Resting::Limit => Rounding::limit(side),
        };
        // Measured from the close so that the float part stays small.
        let shift = price * self.contract.counts_per_unit - minute.close as f64;
        on_grid(minute.close, shift, minute.offset, self.contract.tick, rounding).map(Some)
    }

    /// The entry with its size, or `None` (counted) when it has none.
    fn sized(&mut self, side: Side, reference: i64, minute: &Minute) -> Result<Option<EntryOrder>, EngineError> {
        let rate = self.rate(minute.index).unwrap_or(1.0);
        let size = match self.constant_quantity {
            Some(quantity) => Size::Steps { quantity, reduced: false },
            None => self.size(side, reference, rate, minute)?,
        };
        match size {
            Size::Refused => self.counts.refused_entries += 1,
            Size::TooSmall => self.counts.skipped_too_small += 1,
            Size::Steps { quantity, reduced } => {
                let decided_at = self.plan.decisions.completes_at.get(self.decision).copied().unwrap_or(minute.ts);
                let decision = self.decision;
                return Ok(Some(EntryOrder { side, decision, decided_at, quantity, reduced, rate }));
            }
        }
        Ok(None)
    }

    fn size(&self, side: Side, reference: i64, rate: f64, minute: &Minute) -> Result<Size, EngineError> {
        let base = SizingBase {
            contract: &self.contract,
            side,
            reference,
            close: minute.close,
            offset: minute.offset,
            spread: self.spread(minute.index),
            equity: self.equity.to_f64(),
            rate,
            decision: self.decision,
        };
        sizing::size(&base, self.plan)
    }
}

/// True for stop and limit orders.
const fn rests(order: &OrderKind) -> bool {
    match order {
        OrderKind::Market => false,
        OrderKind::Stop { .. } | OrderKind::Limit { .. } => true,
    }
}
