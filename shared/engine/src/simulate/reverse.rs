//! Reversal upon reversal: what an account does whose rules place nothing but market orders of one size, without levels,
//! clocks of their own or limits. From entry to entry the position only marks, so a leg is one step.
//!
//! The same fills, money and statistics as phase by phase (`open`, `enter`, `exit`, `close`), said for this case alone; what
//! a leg may not do is left to the phases.

use super::acting::{Acting, first_set, is_set};
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{NEVER, Simulation};
use super::walk::Marked;
use crate::brackets::Brackets;
use crate::contract::{Contract, Valued, WholeValue};
use crate::error::EngineError;
use crate::levels::PRICE_LIMIT_COUNTS;
use crate::outcome::{ExitReason, Trade};
use crate::plan::{ExitSignal, Exits, Money, OrderKind, PerSide, Plan, Quantity, Side, TradeLimits};
use crate::position::{EntryFill, Position};
use std::borrow::Cow;

/// What every leg of a plan that only reverses trades.
#[derive(Debug, Clone)]
pub(super) struct Reversing<'p> {
    quantity: i64,
    value: WholeValue,
    /// Slippage (counts) and commission of every fill, where no price changes them.
    slippage: Option<i64>,
    commission: Option<Money>,
    /// Largest slippage of a fill with which no price is out of bounds and moves are worth what `value` says, counts.
    most_slippage: i64,
    /// No clock closes a position, so that one may be held from a trading day into the next.
    overnight: bool,
    /// Words of the decision bars at which any rule acts on a position of a side.
    acting: PerSide<Cow<'p, [u64]>>,
    /// An exit rule is among them.
    exits: bool,
}

/// A position from its fill on.
#[derive(Debug, Clone, Copy)]
struct Leg {
    side: Side,
    /// Minute at whose open it was filled.
    entry: usize,
    /// First decision bar that completes while it is held.
    decision: usize,
    /// Adjusted price after slippage, and slippage.
    fill: i64,
    slippage: i64,
    commission: Money,
    /// First minute that is not marked yet.
    unmarked: usize,
    /// Most adverse and most favourable move of the minutes marked, counts.
    worst: i64,
    best: i64,
}

impl Leg {
    /// Adjusted price before slippage.
    const fn reference(&self) -> i64 {
        self.fill - self.slippage * self.side.sign()
    }

    const fn gain(&self, price: i64) -> i64 {
        (price - self.fill) * self.side.sign()
    }

    /// Reaches a price against it and one in its favour, which may be the same.
    #[inline]
    fn touch(&mut self, (against, favour): (i64, i64)) {
        self.worst = self.worst.min(self.gain(against));
        self.best = self.best.max(self.gain(favour));
    }
}

impl<'p> Reversing<'p> {
    /// `None` for a plan that may do anything else than reverse a `quantity` that never changes.
    pub(super) fn of(plan: &'p Plan<'p>, contract: &Contract, quantity: Option<i64>) -> Option<Self> {
        let (long, short) = (plan.entry.long.as_ref()?, plan.entry.short.as_ref()?);
        let at_market = [long, short].iter().all(|entry| matches!(entry.order, OrderKind::Market));
        let exits = [&plan.exits.long, &plan.exits.short];
        let plain =
            exits.into_iter().all(without_levels) && plan.limits == TradeLimits::default() && plan.conversion.is_none();
        let quantity = quantity.filter(|_| at_market && plain)?;
        let (lowest, highest) = plan.index.range();
        let most_slippage = (highest - lowest).min(PRICE_LIMIT_COUNTS - lowest.abs().max(highest.abs()));
        // Between two fills, or a fill and a price, lie at most the tape's range and the slippage of both.
        let value = contract.value_of(quantity).ok()?.of_moves_up_to(highest - lowest + 2 * most_slippage)?;
        let acting = |side| Acting::on(plan, Some(side)).words(plan.decisions.last.len());
        Some(Self {
            quantity,
            value,
            slippage: contract.fixed_slippage().filter(|slippage| *slippage <= most_slippage),
            commission: contract.fixed_commission(quantity).map(Money),
            most_slippage,
            overnight: plan.flatten_at.iter().all(Option::is_none),
            acting: PerSide { long: acting(Side::Long), short: acting(Side::Short) },
            exits: exits.into_iter().any(|exits| exits.signal.is_some()),
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
        let Some(reversing) = self.reversing.take() else { return Ok(false) };
        let taken = self.reverse_as(&reversing, minute, end);
        self.reversing = Some(reversing);
        taken
    }

    fn reverse_as(&mut self, reversing: &Reversing<'_>, minute: &Minute, end: usize) -> Result<bool, EngineError> {
        let Some(mut leg) = self.leg(reversing, minute) else { return Ok(false) };
        let end = end.min(self.last_index).min(self.plan.index.next_roll(minute.index));
        let end = if reversing.overnight { end } else { end.min(self.day.end).min(self.day.flatten_minute) };
        let (mut decision, decisions) = (self.decision, self.decided_before(minute.index, end));
        let words = |side| &**reversing.acting.get(side);
        let (mut acting, mut opposite) = (words(leg.side), words(leg.side.opposite()));
        loop {
            let turn = first_set(acting, decision, decisions);
            let fill = turn.map_or(usize::MAX, |bar| self.completes_with(bar) + 1);
            let more = |bar| is_set(opposite, bar) || reversing.exits && self.exits(leg.side, bar);
            let Some(turn) = turn.filter(|bar| fill < end && !more(*bar)) else {
                // Deciding anything else is left to the phases.
                self.mark_leg(reversing, &mut leg, minute.offset, end.min(fill.saturating_sub(1)))?;
                break;
            };
            if !self.mark_leg(reversing, &mut leg, minute.offset, fill)? {
                break;
            }
            decision = turn + 1;
            if !self.reverse(reversing, &mut leg, minute.offset, decision)? {
                break;
            }
            std::mem::swap(&mut acting, &mut opposite);
        }
        let taken = leg.unmarked > minute.index;
        if taken {
            self.hold(reversing, &leg, minute.index)?;
        }
        Ok(taken)
    }

    /// The open position as a leg; `None` where more is to do than marking and reversing it.
    fn leg(&self, reversing: &Reversing<'_>, minute: &Minute) -> Option<Leg> {
        let position = self.position.as_ref()?;
        let slippage = (position.fill - position.reference).abs();
        let plain = self.due.is_none()
            && self.orders.is_empty()
            && !self.halted
            && position.rolls == 0
            && slippage <= reversing.most_slippage;
        plain.then(|| Leg {
            side: position.side,
            entry: position.entry_minute,
            decision: self.decision - position.bars as usize,
            fill: position.fill,
            slippage,
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
    fn mark_leg(
        &mut self,
        reversing: &Reversing<'_>,
        leg: &mut Leg,
        offset: i64,
        to: usize,
    ) -> Result<bool, EngineError> {
        let held = Marked { side: leg.side, fill: leg.fill, quantity: reversing.quantity, value: reversing.value };
        while leg.unmarked < to {
            let end = to.min(self.day.end);
            let Some(extremes) = self.mark_stretch(&held, leg.unmarked..end, offset)? else { return Ok(false) };
            leg.touch(extremes.prices(leg.side));
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

    /// Reverses a leg marked so far, at the open of its first unmarked minute, into the next; `decision` is the first to
    /// complete after it. False, and nothing done, where slippage is out of bounds.
    #[inline(always)]
    fn reverse(
        &mut self,
        reversing: &Reversing<'_>,
        leg: &mut Leg,
        offset: i64,
        decision: usize,
    ) -> Result<bool, EngineError> {
        let (tape, index) = (self.plan.tape, leg.unmarked);
        let at = |column: &[i64], index: usize| column.get(index).copied().unwrap_or(0);
        let open = at(&tape.open, index);
        let Reversing { quantity, value, .. } = *reversing;
        // Both fills of a reversal are the same trade at the same price.
        let slippage =
            reversing.slippage.map_or_else(|| self.contract.slippage(open - offset, self.spread(index)), Ok)?;
        if slippage > reversing.most_slippage {
            return Ok(false);
        }
        let fill = open - slippage * leg.side.sign();
        let commission =
            reversing.commission.map_or_else(|| self.contract.commission(quantity, fill - offset).map(Money), Ok)?;
        leg.touch((fill, open));
        let profit = value.at_par(leg.gain(fill))?;
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
            slippage: value.at_par(leg.slippage + slippage)?,
            net: profit.minus(paid)?,
            bars_held: (decision - leg.decision) as u32,
            rolls: 0,
            mae: value.at_par(leg.worst)?,
            mfe: value.at_par(leg.best)?,
            reason: ExitReason::Reversal,
            ambiguous: false,
        };
        self.cash = self.cash.plus(profit)?.minus(commission)?;
        self.pay(commission)?;
        self.statistics.trade(&trade);
        self.recorder.trade(&trade);
        let (side, entry, unmarked) = (leg.side.opposite(), index, index);
        *leg = Leg { side, entry, decision, fill, slippage, commission, unmarked, worst: 0, best: 0 };
        Ok(true)
    }

    /// Makes a leg the open position and goes on where it is marked to; `from` is where marking began.
    fn hold(&mut self, reversing: &Reversing<'_>, leg: &Leg, from: usize) -> Result<(), EngineError> {
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
    fn filled(&self, reversing: &Reversing<'_>, leg: &Leg) -> Result<Position, EngineError> {
        let entry = EntryFill {
            side: leg.side,
            quantity: reversing.quantity,
            reference: leg.reference(),
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
