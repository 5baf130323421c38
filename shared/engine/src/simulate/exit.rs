//! An exit fill: what it earns, what it costs, and the trade it closes.

use super::minute::Minute;
use super::recorder::Recorder;
use super::state::Simulation;
use crate::brackets::Target;
use crate::contract::{Contract, convert};
use crate::error::EngineError;
use crate::exact;
use crate::levels::shifted;
use crate::outcome::{ExitReason, Trade};
use crate::plan::{Money, Quantity};
use crate::position::Position;

/// Where and why a position, or a part of it, is closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExitPrice {
    /// Adjusted price before slippage.
    pub(super) price: i64,
    /// Market and stop orders slip, limits do not.
    pub(super) slipped: bool,
    /// Why.
    pub(super) reason: ExitReason,
    /// The outcome rests on the order of events inside the minute.
    pub(super) ambiguous: bool,
}

impl ExitPrice {
    /// A market or stop exit.
    pub(super) const fn market(price: i64, reason: ExitReason) -> Self {
        Self { price, slipped: true, reason, ambiguous: false }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// The nearest target leg of the open position.
    pub(super) fn next_target(&self) -> Option<Target> {
        let position = self.position.as_ref()?;
        self.targets.get(position.next_target).copied()
    }

    /// Closes everything that is open.
    pub(super) fn exit_all(&mut self, price: ExitPrice, minute: &Minute) -> Result<(), EngineError> {
        let quantity = self.position.as_ref().map_or(0, |position| position.quantity);
        self.exit(quantity, price, minute)
    }

    /// Closes one target leg at `price`.
    pub(super) fn exit_target(&mut self, target: Target, price: i64, minute: &Minute) -> Result<(), EngineError> {
        if let Some(position) = &mut self.position {
            position.next_target += 1;
            position.protect(self.targets.get(position.next_target).copied());
        }
        let exit = ExitPrice { price, slipped: false, reason: ExitReason::Target, ambiguous: false };
        self.exit(target.quantity, exit, minute)
    }

    /// Takes a cost from cash.
    pub(super) fn pay(&mut self, cost: Money) -> Result<(), EngineError> {
        self.cash = self.cash.minus(cost)?;
        Ok(())
    }

    fn exit(&mut self, quantity: i64, price: ExitPrice, minute: &Minute) -> Result<(), EngineError> {
        let (rate, spread) = (self.rate(minute.index), self.spread(minute.index));
        let Some(position) = &mut self.position else { return Ok(()) };
        let closing = Closing { contract: &self.contract, quantity, price, minute, rate, spread };
        let trade = closing.close(position, &mut self.cash)?;
        self.counts.ambiguous_fills += u32::from(trade.ambiguous);
        self.statistics.trade(&trade);
        self.recorder.trade(&trade);
        if position.quantity > 0 {
            position.value = self.contract.value_of(position.quantity)?;
        } else {
            self.position = None;
            self.bars_since_exit = Some(0);
            self.due = None;
        }
        self.count_streak(&trade);
        Ok(())
    }

    /// Counts losing trades in a row; reaching the limit cancels resting orders.
    fn count_streak(&mut self, trade: &Trade) {
        self.day.losing_streak = if trade.net.0 < 0 { self.day.losing_streak + 1 } else { 0 };
        if self.plan.limits.max_consecutive_losses.is_some_and(|most| self.day.losing_streak >= most) {
            self.orders.cancel_resting();
        }
    }
}

/// One exit fill.
struct Closing<'a> {
    contract: &'a Contract,
    quantity: i64,
    price: ExitPrice,
    minute: &'a Minute,
    rate: Option<f64>,
    spread: i64,
}

impl Closing<'_> {
    /// Books the money of the fill, takes its quantity from the position and describes the trade it closes.
    #[inline]
    fn close(&self, position: &mut Position, cash: &mut Money) -> Result<Trade, EngineError> {
        let Self { contract, quantity, price, minute, rate, spread } = *self;
        let raw = price.price - minute.offset;
        let slippage = if price.slipped { contract.slippage(raw, spread)? } else { 0 };
        let fill = shifted(price.price, -slippage * position.side.sign())?;
        if !position.entered_inside(minute) {
            position.touch(minute.open);
        }
        position.touch(fill);
        let value = contract.value_of(quantity)?;
        let profit = value.money(position.gain(fill), rate)?;
        let exit_commission = convert(contract.commission(quantity, fill - minute.offset)?, rate)?;
        let remaining = position.quantity;
        let roll_slippage = take_share(&mut position.roll_slippage, quantity, remaining)?;
        let carried = take_share(&mut position.commission, quantity, remaining)?;
        let entry_slippage = (position.fill - position.reference).abs();
        let gross = profit.minus(roll_slippage)?;
        let commission = carried.plus(exit_commission)?;
        *cash = cash.plus(profit)?.minus(exit_commission)?;
        position.quantity -= quantity;
        Ok(Trade {
            side: position.side,
            quantity: Quantity(quantity),
            entry_minute: position.entry_minute as u32,
            exit_minute: minute.index as u32,
            entry_ts: position.entry_ts,
            exit_ts: minute.ts,
            entry_price: position.raw_fill,
            exit_price: fill - minute.offset,
            gross,
            commission,
            slippage: value.money(entry_slippage + slippage, rate)?.plus(roll_slippage)?,
            net: gross.minus(commission)?,
            bars_held: position.bars,
            rolls: position.rolls,
            mae: value.money(position.worst, rate)?,
            mfe: value.money(position.best, rate)?,
            reason: price.reason,
            ambiguous: price.ambiguous || position.ambiguous,
        })
    }
}

/// Takes `part ÷ whole` of `amount` out of it, half to even; the last part takes the rest.
fn take_share(amount: &mut Money, part: i64, whole: i64) -> Result<Money, EngineError> {
    let share = if part == whole {
        amount.0
    } else {
        let product = exact::product(i128::from(amount.0), i128::from(part))?;
        exact::to_count(exact::divide_half_even(product, i128::from(whole)))?
    };
    *amount = amount.minus(Money(share))?;
    Ok(Money(share))
}
