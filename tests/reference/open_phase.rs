//! What happens at a minute's open, in its order.

use crate::exact::opposite;
use crate::plain_loop::Loop;
use crate::rules::{GapFill, PassedTarget, ReversalOrders};
use crate::state::{EntryOrder, Event, RestingKind};
use engine::ExitReason;
use engine::plan::Side;

/// Microseconds in a minute.
const MINUTE_US: i64 = 60_000_000;

impl Loop<'_> {
    /// Flatten time: entry orders are cancelled, the position exits at the first open at or after it.
    pub fn clock(&mut self) {
        let tape = self.plan.tape;
        let day = tape.day[self.minute] as usize;
        let ts = self.ts();
        let flatten = |day: usize| self.plan.flatten_at.get(day).copied().flatten();
        let mut due = None;
        if let Some(at) = flatten(day).filter(|at| ts >= *at) {
            self.market_entry = None;
            self.resting.clear();
            due = Some((at, day));
        }
        let previous_day = self.minute.checked_sub(1).map(|previous| tape.day[previous] as usize);
        if let Some(previous_day) = previous_day.filter(|previous| *previous != day)
            && let Some(at) = flatten(previous_day)
        {
            let decided = |order: &EntryOrder| self.plan.decisions.completes_at[order.decision];
            self.market_entry = self.market_entry.filter(|order| decided(order) > at);
            self.resting = self.resting.iter().copied().filter(|order| decided(order) > at).collect();
            due = Some((at, previous_day));
        }
        if let Some((_, of_day)) = due
            && self.position.is_some()
        {
            if self.market_exit != Some(ExitReason::Liquidation) {
                self.market_exit = Some(ExitReason::SessionClose);
            }
            self.outcome.counts.data_gaps += u32::from(ts >= tape.days[of_day].close);
        }
    }

    /// Why the position is to be closed at the market now, if it is.
    pub fn due_reason(&self) -> Option<ExitReason> {
        let position = self.position.as_ref()?;
        let decided = self.market_exit;
        let minutes = self.plan.exits.get(position.side).max_minutes;
        let closes_at =
            minutes.map(|minutes| self.plan.tape.ts[position.entry_minute] + i64::from(minutes) * MINUTE_US);
        let by_time = closes_at.is_some_and(|at| self.ts() >= at);
        let reverses = self.market_entry.is_some_and(|order| order.side == opposite(position.side));
        match decided {
            Some(ExitReason::Signal) | None if by_time => Some(ExitReason::Time),
            Some(reason) => Some(reason),
            None if reverses => Some(ExitReason::Reversal),
            None => None,
        }
    }

    /// (a) Exits due, at the open with slippage.
    pub fn exits_due(&mut self) {
        let Some(reason) = self.due_reason() else { return };
        self.market_exit = None;
        let open = self.open();
        if reason == ExitReason::Reversal && !self.reversal_possible(open) {
            self.market_entry = None;
            self.outcome.counts.refused_entries += 1;
            return;
        }
        if self.level_in_range() {
            self.note(Event::DueWithLevelTouched);
        }
        if reason == ExitReason::Time {
            self.note(Event::TimeExit);
        }
        self.exit_at_market(open, reason);
    }

    /// Closes the position at the market; a peer may do so with the order that turns it round.
    pub fn exit_at_market(&mut self, price: i64, reason: ExitReason) {
        self.shared_order = reason == ExitReason::Reversal && self.rules.reversal == ReversalOrders::One;
        let fill = self.slipped_market(price, opposite(self.position_side()));
        self.exit_all(price, fill, reason);
    }

    /// True when the market entry that turns the position round would not be refused.
    fn reversal_possible(&self, open: i64) -> bool {
        self.market_entry.is_some_and(|order| {
            let fill = self.slipped_market(open, order.side);
            self.protection(&order, fill).is_some()
        })
    }

    /// (b) A stop the open has passed; else the targets it has passed, nearest first.
    pub fn protection_passed_by_open(&mut self) {
        let Some(position) = &self.position else { return };
        if self.minute < position.protected_from || position.entry_minute == self.minute {
            return;
        }
        let open = self.open();
        if let Some((level, reason)) = self.protective_stop()
            && self.reached_against(open, level)
        {
            let price = if self.rules.gapped_stop == GapFill::AtOpen { open } else { level };
            self.note(Event::GappedStop);
            if reason == ExitReason::TrailingStop {
                self.note(Event::TrailingStop);
            }
            let fill = self.slipped_stop(price, opposite(self.position_side()));
            self.exit_all(price, fill, reason);
            return;
        }
        if self.rules.passed_target == PassedTarget::StopFirst {
            return;
        }
        for leg in self.legs_by_nearness() {
            if self.position.is_some() && self.reached_in_favour(open, leg.level) {
                let price = if self.rules.gapped_target == GapFill::AtOpen { open } else { leg.level };
                self.note(Event::GappedTarget);
                let fill = self.slipped_target(price, leg.level, true);
                self.exit_leg(leg, price, fill);
            }
        }
    }

    /// (c) The market entry, after the exit leg when it reverses.
    pub fn enter_at_market(&mut self) {
        let Some(order) = self.market_entry.take() else { return };
        if self.position.is_some() {
            return;
        }
        let open = self.open();
        let fill = self.slipped_market(open, order.side);
        self.enter(order, open, fill, false);
    }

    /// (d) Resting entries at or beyond the open: a stop at the open with slippage, a limit at the open.
    pub fn resting_passed_by_open(&mut self) {
        let open = self.open();
        let mut passed: Vec<EntryOrder> =
            self.resting.iter().copied().filter(|order| self.order_passed(order, open)).collect();
        passed.sort_by_key(|order| (order.rests.map(|(kind, _)| kind), order.side == Side::Short));
        for (index, order) in passed.iter().copied().enumerate() {
            let another = index + 1 < passed.len();
            let Some((kind, level)) = order.rests else { continue };
            let at_level = kind == RestingKind::Limit && self.rules.gapped_limit_entry == GapFill::AtLevel;
            let price = if at_level { level } else { open };
            if self.fill_resting(order, kind, level, price, false) {
                self.note(Event::RestingEntryAtOpen);
                if another {
                    self.note_ambiguous();
                }
                return;
            }
        }
    }

    /// True when a price of `open` fills the resting entry at once.
    fn order_passed(&self, order: &EntryOrder, open: i64) -> bool {
        let through = self.plan.limit_through_ticks * self.plan.terms.tick;
        match (order.rests, order.side) {
            (Some((RestingKind::Stop, level)), Side::Long) => open >= level,
            (Some((RestingKind::Stop, level)), Side::Short) => open <= level,
            (Some((RestingKind::Limit, level)), Side::Long) => open <= level - through,
            (Some((RestingKind::Limit, level)), Side::Short) => open >= level + through,
            (None, _) => false,
        }
    }

    /// Fills a resting entry at `price`, closing an opposite position with the same fill. False when refused; the order is gone either way.
    pub fn fill_resting(&mut self, order: EntryOrder, kind: RestingKind, level: i64, price: i64, inside: bool) -> bool {
        let fill = match kind {
            RestingKind::Stop => self.slipped_entry_stop(price, order.side),
            RestingKind::Limit => self.slipped_entry_limit(price, level, order.side, !inside),
        };
        self.resting.retain(|other| other.side != order.side);
        if self.protection(&order, fill).is_none() {
            self.outcome.counts.refused_entries += 1;
            return false;
        }
        if self.position.is_some() {
            self.exit_all(price, fill, ExitReason::Reversal);
        }
        self.enter(order, price, fill, inside)
    }

    /// True when the open position's stop or a target lies within this minute's range and is live.
    fn level_in_range(&self) -> bool {
        let Some(position) = &self.position else { return false };
        let within = |level: i64| self.low() <= level && level <= self.high();
        self.minute >= position.protected_from
            && (self.protective_stop().is_some_and(|(level, _)| within(level))
                || position.protection.legs.iter().any(|leg| within(leg.level)))
    }
}
