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
use crate::plan::{ExitSignal, Exits, Money, OrderKind, Plan, Quantity, Side, TradeLimits};
use crate::position::{EntryFill, Position};

/// What every leg of a plan that only reverses trades.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reversing {
    quantity: i64,
    value: MoveValue,
    /// No clock closes a position, so that one may be held from a trading day into the next.
    overnight: bool,
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
    /// First minute that is not marked yet.
    unmarked: usize,
    /// Most adverse and most favourable move of the minutes marked, counts.
    worst: i64,
    best: i64,
}

impl Leg {
    fn gain(&self, price: i64) -> i64 {
        (price - self.fill) * self.side.sign()
    }

    #[inline]
    fn touch(&mut self, prices: [i64; 2]) {
        for gain in prices.map(|price| self.gain(price)) {
            self.worst = self.worst.min(gain);
            self.best = self.best.max(gain);
        }
    }
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
        Some(Self {
            quantity,
            value: contract.value_of(quantity).ok()?,
            overnight: plan.flatten_at.iter().all(Option::is_none),
        })
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
    /// Takes minutes before `end` from `minute` on, which has opened with a position, as long as it does nothing but mark and
    /// reverse; true when any was taken. The next minute has yet to open, or has just filled a reversal.
    pub(super) fn reverse_in_a_row(&mut self, minute: &Minute, end: usize) -> Result<bool, EngineError> {
        let Some(reversing) = self.reversing else { return Ok(false) };
        let Some(mut leg) = self.leg(minute) else { return Ok(false) };
        let end = end.min(self.last_index).min(self.plan.index.next_roll(minute.index));
        let end = if reversing.overnight { end } else { end.min(self.day.end).min(self.day.flatten_minute) };
        let (mut decision, decisions) = (self.decision, self.decided_before(minute.index, end));
        let plan = self.plan;
        let on = |side| Acting::on(plan, Some(side));
        let (mut acting, mut opposite) = (on(leg.side), on(leg.side.opposite()));
        loop {
            let turn = acting.first(decision, decisions);
            let fill = turn.map_or(usize::MAX, |bar| self.completes_with(bar) + 1);
            let only_reverses = |bar| !self.exits(leg.side, bar) && !opposite.at(bar);
            let Some(turn) = turn.filter(|bar| fill < end && only_reverses(*bar)) else {
                // Deciding anything else is left to the phases.
                self.mark_leg(&reversing, &mut leg, minute.offset, end.min(fill.saturating_sub(1)))?;
                break;
            };
            if !self.mark_leg(&reversing, &mut leg, minute.offset, fill)? {
                break;
            }
            decision = turn + 1;
            std::mem::swap(&mut acting, &mut opposite);
            leg = self.reverse(&reversing, &leg, minute.offset, decision)?;
        }
        let taken = leg.unmarked > minute.index;
        if taken {
            self.hold(&reversing, &leg, minute.index)?;
        }
        Ok(taken)
    }

    /// The open position as a leg; `None` where more is to do than marking and reversing it.
    fn leg(&self, minute: &Minute) -> Option<Leg> {
        let position = self.position.as_ref()?;
        let plain = self.due.is_none() && self.orders.is_empty() && !self.halted && position.rolls == 0;
        plain.then(|| Leg {
            side: position.side,
            entry: position.entry_minute,
            decision: self.decision - position.bars as usize,
            reference: position.reference,
            fill: position.fill,
            commission: position.commission,
            unmarked: minute.index,
            worst: position.worst,
            best: position.best,
        })
    }

    /// The minute a decision bar completes with.
    #[inline]
    fn completes_with(&self, bar: usize) -> usize {
        self.plan.decisions.last.get(bar).map_or(usize::MAX - 1, |last| *last as usize)
    }

    /// True when a position on `side` has an exit at decision bar `bar`.
    #[inline]
    fn exits(&self, side: Side, bar: usize) -> bool {
        match &self.plan.exits.get(side).signal {
            None => false,
            Some(ExitSignal::Mask(mask)) => mask.get(bar),
            Some(ExitSignal::Position(_)) => true,
        }
    }

    /// Marks a leg up to minute `to`, a trading day at a time; false, and the rest not marked, when a mark stops trading.
    // Inlined in any case: the calls of every leg were a tenth of a sweep's instructions.
    #[inline(always)]
    fn mark_leg(&mut self, reversing: &Reversing, leg: &mut Leg, offset: i64, to: usize) -> Result<bool, EngineError> {
        let held = Marked { side: leg.side, fill: leg.fill, quantity: reversing.quantity, value: reversing.value };
        while leg.unmarked < to {
            let end = to.min(self.day.end);
            let Some(extremes) = self.mark_stretch(&held, leg.unmarked..end, offset)? else { return Ok(false) };
            leg.touch([extremes.high, extremes.low]);
            leg.unmarked = end;
            if end == self.day.end
                && reversing.overnight
                && let Some(minute) = Minute::at(self.plan.tape, end)
            {
                self.begin_day(&minute);
            }
        }
        Ok(true)
    }

    /// Reverses a leg marked so far, at the open of its first unmarked minute; `decision` is the first to complete after it.
    #[inline]
    fn reverse(&mut self, reversing: &Reversing, leg: &Leg, offset: i64, decision: usize) -> Result<Leg, EngineError> {
        let (tape, index) = (self.plan.tape, leg.unmarked);
        let at = |column: &[i64], index: usize| column.get(index).copied().unwrap_or(0);
        let open = at(&tape.open, index);
        let Reversing { quantity, value, .. } = *reversing;
        // Both fills of a reversal are the same trade at the same price.
        let slippage = self.contract.slippage(open - offset, self.spread(index))?;
        let fill = shifted(open, -slippage * leg.side.sign())?;
        let commission = Money(self.contract.commission(quantity, fill - offset)?);
        let mut leg = *leg;
        leg.touch([open, fill]);
        let profit = value.money(leg.gain(fill), None)?;
        let paid = leg.commission.plus(commission)?;
        let trade = Trade {
            side: leg.side,
            quantity: Quantity(quantity),
            entry_minute: leg.entry as u32,
            exit_minute: index as u32,
            entry_ts: at(&tape.ts, leg.entry),
            exit_ts: at(&tape.ts, index),
            entry_price: leg.fill - offset,
            exit_price: fill - offset,
            gross: profit,
            commission: paid,
            slippage: value.money((leg.fill - leg.reference).abs() + slippage, None)?,
            net: profit.minus(paid)?,
            bars_held: (decision - leg.decision) as u32,
            rolls: 0,
            mae: value.money(leg.worst, None)?,
            mfe: value.money(leg.best, None)?,
            reason: ExitReason::Reversal,
            ambiguous: false,
        };
        self.cash = self.cash.plus(profit)?.minus(commission)?;
        self.pay(commission)?;
        self.statistics.trade(&trade);
        self.recorder.trade(&trade);
        let side = leg.side.opposite();
        Ok(Leg { side, entry: index, decision, reference: open, fill, commission, unmarked: index, worst: 0, best: 0 })
    }

    /// Makes a leg the open position and goes on where it is marked to; `from` is where marking began.
    fn hold(&mut self, reversing: &Reversing, leg: &Leg, from: usize) -> Result<(), EngineError> {
        self.next_minute = leg.unmarked;
        self.decision = self.decided_before(from, leg.unmarked);
        self.decides_after = self.decision_minute();
        let known = self.position.take().filter(|position| position.entry_minute == leg.entry);
        let known_bars = known.as_ref().map(|position| position.bars);
        let mut position = known.map_or_else(|| self.filled(reversing, leg), Ok)?;
        let bars = (self.decision - leg.decision) as u32;
        self.bars_since_exit = match known_bars {
            Some(before) => self.bars_since_exit.map(|since| since.saturating_add(bars - before)),
            None => Some(bars),
        };
        (position.bars, position.worst, position.best) = (bars, leg.worst, leg.best);
        self.position = Some(position);
        Ok(())
    }

    /// The position of a leg as filled.
    fn filled(&self, reversing: &Reversing, leg: &Leg) -> Result<Position, EngineError> {
        let entry = EntryFill {
            side: leg.side,
            quantity: reversing.quantity,
            reference: leg.reference,
            fill: leg.fill,
            inside: false,
            deadline: NEVER,
            commission: leg.commission,
        };
        let minute =
            Minute::at(self.plan.tape, leg.entry).ok_or(EngineError::InvalidPlan("a fill outside the tape"))?;
        Position::open(entry, Brackets::NONE, None, &self.contract, &minute)
    }
}
