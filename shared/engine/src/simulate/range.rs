//! The range of a minute: stop before target, nearest level first, at most one entry.

use super::enter::EntryPrice;
use super::exit::ExitPrice;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::Simulation;
use crate::error::EngineError;
use crate::orders::{Resting, RestingOrder};
use crate::outcome::ExitReason;
use crate::plan::Side;
use crate::position::Position;

impl<R: Recorder> Simulation<'_, R> {
    /// Tests the minute's range against the position's levels, or against resting entries when flat.
    pub(super) fn range_phase(&mut self, minute: &Minute) -> Result<(), EngineError> {
        match &self.position {
            Some(position) => {
                let side = position.side;
                if self.adverse_move(side, minute)? {
                    return Ok(());
                }
                self.favourable_move(side, minute)
            }
            None if self.orders.has_resting() => self.enter_inside(minute),
            None => Ok(()),
        }
    }

    /// Stops and opposite stop entries, nearest first (equal: the stop). True when one acted.
    fn adverse_move(&mut self, side: Side, minute: &Minute) -> Result<bool, EngineError> {
        let sign = side.sign();
        loop {
            let Some(position) = &self.position else { return Ok(true) };
            let stop = position.protective().filter(|(level, _)| (minute.adverse(side) - level) * sign <= 0);
            let nearer = |order: &RestingOrder| stop.is_none_or(|(level, _)| (order.level - level) * sign > 0);
            let reversal = self.opposite(side, Resting::Stop, minute).filter(nearer);
            let ambiguous = (stop.is_some() || reversal.is_some()) && self.favourable_reached(side, minute);
            if let Some(order) = reversal {
                // A refused reversal has lost its order: look again at what is left.
                if self.fill_inside(&order, false, ambiguous, minute)? {
                    return Ok(true);
                }
            } else if let Some((level, reason)) = stop {
                let price = stop_price(position, level, minute);
                self.exit_all(ExitPrice { ambiguous, ..ExitPrice::market(price, reason) }, minute)?;
                return Ok(true);
            } else {
                return Ok(false);
            }
        }
    }

    /// Targets and opposite limit entries, nearest first (equal: the target); several legs may fill.
    fn favourable_move(&mut self, side: Side, minute: &Minute) -> Result<(), EngineError> {
        while self.position.is_some() {
            let target = self.next_target().filter(|target| self.target_reached(target.level, side, minute));
            let nearer =
                |order: &RestingOrder| target.is_none_or(|target| (order.level - target.level) * side.sign() < 0);
            if let Some(order) = self.opposite(side, Resting::Limit, minute).filter(nearer) {
                if self.fill_inside(&order, false, false, minute)? {
                    return Ok(());
                }
            } else if let Some(target) = target {
                self.exit_target(target, target.level, minute)?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// A resting entry of a flat account, the one nearer to the open first.
    fn enter_inside(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let through = self.through;
        while let Some((order, contested)) = self
            .orders
            .first_reached(|order| (order.level - minute.open).abs(), |order| order.is_reached(minute, through))
        {
            if self.fill_inside(&order, contested, false, minute)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fills a resting entry at its level and applies what the same minute may still do to it. False when it is refused.
    fn fill_inside(
        &mut self,
        order: &RestingOrder,
        ambiguous: bool,
        closes_ambiguously: bool,
        minute: &Minute,
    ) -> Result<bool, EngineError> {
        *self.orders.resting.get_mut(order.entry.side) = None;
        let price =
            EntryPrice { inside: true, ambiguous, closes_ambiguously, ..EntryPrice::resting(order.kind, order.level) };
        let filled = self.enter(&order.entry, price, minute)?;
        if filled {
            self.finish_entry_minute(minute)?;
        }
        Ok(filled)
    }

    /// After an entry inside the range: the stop-loss is taken if the range reaches it, a target is not credited.
    fn finish_entry_minute(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let target = self.next_target();
        let Some(side) = self.position.as_ref().map(|position| position.side) else { return Ok(()) };
        let target_reached = target.is_some_and(|target| self.target_reached(target.level, side, minute));
        let Some(position) = &mut self.position else { return Ok(()) };
        let stop = position.stop_loss().filter(|level| (minute.adverse(side) - level) * side.sign() <= 0);
        position.ambiguous |= stop.is_some() || target_reached;
        let Some(level) = stop else { return Ok(()) };
        let price = stop_price(position, level, minute);
        self.exit_all(ExitPrice::market(price, ExitReason::Stop), minute)
    }

    /// The other side's resting order, if it is of this kind and the range reaches it.
    fn opposite(&self, side: Side, kind: Resting, minute: &Minute) -> Option<RestingOrder> {
        self.orders
            .resting
            .get(side.opposite())
            .filter(|order| order.kind == kind && order.is_reached(minute, self.through))
    }

    fn target_reached(&self, level: i64, side: Side, minute: &Minute) -> bool {
        (minute.favourable(side) - level) * side.sign() >= self.through
    }

    /// True when the range also reaches a target or an opposite limit entry.
    fn favourable_reached(&self, side: Side, minute: &Minute) -> bool {
        self.next_target().is_some_and(|target| self.target_reached(target.level, side, minute))
            || self.opposite(side, Resting::Limit, minute).is_some()
    }
}

/// A stop fills at its level; in the minute of the entry never better than the market stood at the entry.
fn stop_price(position: &Position, level: i64, minute: &Minute) -> i64 {
    if position.entry_minute != minute.index {
        return level;
    }
    match position.side {
        Side::Long => level.min(position.reference),
        Side::Short => level.max(position.reference),
    }
}
