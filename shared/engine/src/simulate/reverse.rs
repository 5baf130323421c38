//! Reversal upon reversal: what an account does whose rules place nothing but market orders of one size, without levels,
//! clocks of their own or limits. From entry to entry the position only marks, so a leg is one step.
//!
//! The same fills, money and statistics as phase by phase (`open`, `enter`, `exit`, `close`), said for this case alone; what
//! a leg may not do is left to the phases.

use super::acting::Acting;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{NEVER, Simulation};
use super::walk::Marked;
use crate::brackets::Brackets;
use crate::contract::{Contract, MoveValue};
use crate::error::EngineError;
use crate::levels::shifted;
use crate::outcome::{ExitReason, Trade};
use crate::plan::{ExitSignal, Exits, Money, OrderKind, PerSide, Plan, Quantity, Side, TradeLimits};
use crate::position::{EntryFill, Position};

/// Reversals looked for before the first of them is carried out.
const REVERSALS_AT_ONCE: usize = 32;

/// What every leg of a plan that only reverses trades.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reversing {
    quantity: i64,
    value: MoveValue,
}

/// A position from its fill on.
#[derive(Debug, Clone, Copy)]
struct Leg {
    side: Side,
    /// Minute at whose open it was filled.
    entry: usize,
    /// First decision bar that completes while it is held.
    decision: usize,
    /// Adjusted price before slippage, and after.
    reference: i64,
    fill: i64,
    commission: Money,
}

impl Reversing {
    /// `None` for a plan that may do anything else than reverse a `quantity` that never changes.
    pub(super) fn of(plan: &Plan<'_>, contract: &Contract, quantity: Option<i64>) -> Option<Self> {
        let (long, short) = (plan.entry.long.as_ref()?, plan.entry.short.as_ref()?);
        let at_market = [long, short].iter().all(|entry| matches!(entry.order, OrderKind::Market));
        let plain = [&plan.exits.long, &plan.exits.short].into_iter().all(without_levels)
            && plan.limits == TradeLimits::default()
            && plan.conversion.is_none();
        let quantity = quantity.filter(|_| at_market && plain)?;
        Some(Self { quantity, value: contract.value_of(quantity).ok()? })
    }
}

/// True for exits that are a rule at most, known beforehand.
const fn without_levels(exits: &Exits) -> bool {
    let known = match exits.signal {
        None | Some(ExitSignal::Mask(_)) => true,
        Some(ExitSignal::Position(_)) => false,
    };
    known
        && exits.stop_loss.is_none()
        && exits.take_profit.is_empty()
        && exits.trailing.is_none()
        && exits.break_even.is_none()
        && exits.max_minutes.is_none()
        && exits.max_bars.is_none()
}

impl<R: Recorder> Simulation<'_, R> {
    /// Takes every leg from a position just filled at the open of `minute` to a reversal within the same trading day. Then a
    /// position has again just been filled, at the open of `self.next_minute`.
    pub(super) fn reverse_in_a_row(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let Some(reversing) = self.reversing else { return Ok(()) };
        let Some(position) = self.position.as_ref().filter(|position| position.entry_minute == minute.index) else {
            return Ok(());
        };
        if self.due.is_some() || !self.orders.is_empty() || self.halted {
            return Ok(());
        }
        let mut leg = Leg {
            side: position.side,
            entry: minute.index,
            decision: self.decision,
            reference: position.reference,
            fill: position.fill,
            commission: position.commission,
        };
        // The last of these minutes, like whatever ends them, is left to the phases.
        let last = self.held_until(position, minute, self.day.end.min(self.last_index)).unwrap_or(0).saturating_sub(1);
        let decisions = self.decided_before(minute.index, last);
        let on = |side| Acting::on(self.plan, Some(side));
        let acting = PerSide { long: on(Side::Long), short: on(Side::Short) };
        while self.reverse_some(&reversing, &mut leg, &acting, minute.offset, decisions)? {}
        if leg.entry == minute.index { Ok(()) } else { self.hold(&reversing, &leg) }
    }

    /// Takes the next reversals decided before `end`; false when no more follow in a row. They are found before the first of
    /// them is carried out: looking for the next does not wait for the money of the last.
    #[inline]
    fn reverse_some(
        &mut self,
        reversing: &Reversing,
        leg: &mut Leg,
        acting: &PerSide<Acting<'_>>,
        offset: i64,
        end: usize,
    ) -> Result<bool, EngineError> {
        let (mut decisions, mut found) = ([0; REVERSALS_AT_ONCE], 0);
        let (mut side, mut from) = (leg.side, leg.decision);
        for place in &mut decisions {
            let Some(decision) = acting.get(side).first(from, end) else { break };
            if !self.only_reverses(side, decision) {
                break;
            }
            *place = decision;
            (side, from, found) = (side.opposite(), decision + 1, found + 1);
        }
        for decision in decisions.into_iter().take(found) {
            let Some(next) = self.reverse(reversing, leg, offset, decision)? else { return Ok(false) };
            *leg = next;
        }
        Ok(found == REVERSALS_AT_ONCE)
    }

    /// True when decision `decision` neither enters the side that is held nor exits by rule.
    #[inline]
    fn only_reverses(&self, side: Side, decision: usize) -> bool {
        let exits = match &self.plan.exits.get(side).signal {
            None => false,
            Some(ExitSignal::Mask(mask)) => mask.get(decision),
            Some(ExitSignal::Position(_)) => true,
        };
        !exits && !self.plan.entry.get(side).as_ref().is_some_and(|entry| entry.when.get(decision))
    }

    /// Marks a leg until decision `decision` and reverses it at the next open; `None`, and nothing done, when a mark of it stops
    /// trading.
    #[inline]
    fn reverse(
        &mut self,
        reversing: &Reversing,
        leg: &Leg,
        offset: i64,
        decision: usize,
    ) -> Result<Option<Leg>, EngineError> {
        let tape = self.plan.tape;
        let Some(index) = self.plan.decisions.last.get(decision).map(|at| *at as usize + 1) else { return Ok(None) };
        let times = tape.ts.get(leg.entry).copied().zip(tape.ts.get(index).copied());
        let Some(((entry_ts, exit_ts), open)) = times.zip(tape.open.get(index).copied()) else { return Ok(None) };
        let Reversing { quantity, value } = *reversing;
        let held = Marked { side: leg.side, fill: leg.fill, quantity, value };
        let Some(extremes) = self.mark_stretch(&held, leg.entry..index, offset)? else { return Ok(None) };
        // Both fills of a reversal are the same trade at the same price.
        let slippage = self.contract.slippage(open - offset, self.spread(index))?;
        let fill = shifted(open, -slippage * leg.side.sign())?;
        let commission = Money(self.contract.commission(quantity, fill - offset)?);
        let gain = |price: i64| (price - leg.fill) * leg.side.sign();
        let moves = [extremes.high, extremes.low, open, fill].map(gain);
        let profit = value.money(gain(fill), None)?;
        let paid = leg.commission.plus(commission)?;
        let trade = Trade {
            side: leg.side,
            quantity: Quantity(quantity),
            entry_minute: leg.entry as u32,
            exit_minute: index as u32,
            entry_ts,
            exit_ts,
            entry_price: leg.fill - offset,
            exit_price: fill - offset,
            gross: profit,
            commission: paid,
            slippage: value.money((leg.fill - leg.reference).abs() + slippage, None)?,
            net: profit.minus(paid)?,
            bars_held: (decision + 1 - leg.decision) as u32,
            rolls: 0,
            mae: value.money(moves.into_iter().fold(0, i64::min), None)?,
            mfe: value.money(moves.into_iter().fold(0, i64::max), None)?,
            reason: ExitReason::Reversal,
            ambiguous: false,
        };
        self.cash = self.cash.plus(profit)?.minus(commission)?;
        self.pay(commission)?;
        self.statistics.trade(&trade);
        self.recorder.trade(&trade);
        let side = leg.side.opposite();
        Ok(Some(Leg { side, entry: index, decision: decision + 1, reference: open, fill, commission }))
    }

    /// Makes a leg the open position, just filled.
    fn hold(&mut self, reversing: &Reversing, leg: &Leg) -> Result<(), EngineError> {
        let Some(minute) = Minute::at(self.plan.tape, leg.entry) else { return Ok(()) };
        let entry = EntryFill {
            side: leg.side,
            quantity: reversing.quantity,
            reference: leg.reference,
            fill: leg.fill,
            inside: false,
            deadline: NEVER,
            commission: leg.commission,
        };
        self.position = Some(Position::open(entry, Brackets::NONE, None, &self.contract, &minute)?);
        self.next_minute = leg.entry;
        self.decision = leg.decision;
        self.decides_after = self.decision_minute();
        self.bars_since_exit = Some(0);
        Ok(())
    }
}
