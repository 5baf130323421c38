//! An entry fill: slippage, levels, a possible reversal, the new position.

use super::exit::ExitPrice;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{NEVER, Simulation};
use crate::brackets::{self, Brackets};
use crate::contract::convert;
use crate::error::EngineError;
use crate::levels::{Measure, shifted};
use crate::orders::{EntryOrder, Resting};
use crate::outcome::ExitReason;
use crate::position::{EntryFill, Position};

/// Microseconds per minute of `max_minutes`.
const MICROSECONDS_PER_MINUTE: i64 = 60_000_000;

/// Where and how an entry fills.
#[derive(Debug, Clone, Copy)]
pub(super) struct EntryPrice {
    /// Adjusted price before slippage.
    pub(super) price: i64,
    /// Market and stop orders slip, limits do not.
    pub(super) slipped: bool,
    /// Inside the minute's range, not at its open.
    pub(super) inside: bool,
    /// The other side's order was reached in the same minute.
    pub(super) ambiguous: bool,
    /// A reversal whose closing trade could have ended better in the same minute.
    pub(super) closes_ambiguously: bool,
}

impl EntryPrice {
    /// A market order at the open.
    pub(super) const fn market(open: i64) -> Self {
        Self { price: open, slipped: true, inside: false, ambiguous: false, closes_ambiguously: false }
    }

    /// A resting order at `price`.
    pub(super) const fn resting(kind: Resting, price: i64) -> Self {
        let slipped = match kind {
            Resting::Stop => true,
            Resting::Limit => false,
        };
        Self { slipped, ..Self::market(price) }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// The fill an order would get and its levels (legs in `prepared_targets`); `None` when it is refused.
    pub(super) fn prepare(
        &mut self,
        order: &EntryOrder,
        price: EntryPrice,
        minute: &Minute,
    ) -> Result<Option<(i64, Brackets)>, EngineError> {
        let slippage = if price.slipped {
            self.contract.slippage(price.price - minute.offset, self.spread(minute.index))?
        } else {
            0
        };
        let fill = shifted(price.price, slippage * order.side.sign())?;
        let measure = Measure {
            contract: &self.contract,
            side: order.side,
            fill,
            offset: minute.offset,
            units: Some(self.contract.units(order.quantity)),
            decision: order.decision,
            rate: order.rate,
            stop_distance: None,
        };
        let exits = self.plan.exits.get(order.side);
        let placed = brackets::place(measure, exits, order.quantity, &mut self.prepared_targets)?;
        Ok(placed.map(|brackets| (fill, brackets)))
    }

    /// Fills an entry; an open position on the other side is closed at the same price first. False when it is refused.
    pub(super) fn enter(
        &mut self,
        order: &EntryOrder,
        price: EntryPrice,
        minute: &Minute,
    ) -> Result<bool, EngineError> {
        let Some((fill, brackets)) = self.prepare(order, price, minute)? else {
            self.counts.refused_entries += 1;
            return Ok(false);
        };
        if self.position.is_some() {
            let closing = ExitPrice {
                price: price.price,
                slipped: price.slipped,
                reason: ExitReason::Reversal,
                ambiguous: price.closes_ambiguously,
            };
            self.exit_all(closing, minute)?;
        }
        let rate = self.rate(minute.index);
        let commission = convert(self.contract.commission(order.quantity, fill - minute.offset)?, rate)?;
        let entry = EntryFill {
            side: order.side,
            quantity: order.quantity,
            reference: price.price,
            fill,
            inside: price.inside,
            deadline: self.deadline(order, minute),
            commission,
        };
        std::mem::swap(&mut self.targets, &mut self.prepared_targets);
        let mut position = Position::open(entry, brackets, self.targets.first().copied(), &self.contract, minute)?;
        position.ambiguous = price.ambiguous;
        self.position = Some(position);
        self.pay(commission)?;
        self.orders.cancel_all();
        self.day.entries += 1;
        self.counts.reduced_quantity += u32::from(order.reduced);
        Ok(true)
    }

    /// First instant at which `max_minutes` is due.
    fn deadline(&self, order: &EntryOrder, minute: &Minute) -> i64 {
        let minutes = self.plan.exits.get(order.side).max_minutes;
        minutes.map_or(NEVER, |minutes| minute.ts.saturating_add(i64::from(minutes) * MICROSECONDS_PER_MINUTE))
    }
}
