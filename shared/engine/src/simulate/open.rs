//! The open of a minute: new day, roll, clock, then (a) exits due, (b) levels passed by the open, (c) market entries,
//! (d) resting entries passed by the open.

use super::enter::EntryPrice;
use super::exit::ExitPrice;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{Due, NEVER, Simulation};
use crate::error::EngineError;
use crate::outcome::ExitReason;

impl<R: Recorder> Simulation<'_, R> {
    /// Everything that happens at the minute's open, in order.
    pub(super) fn open_phase(&mut self, minute: &Minute) -> Result<(), EngineError> {
        if self.day.index != Some(minute.day) {
            self.begin_day(minute);
        }
        if self.position.is_none() && self.orders.is_empty() {
            return Ok(());
        }
        self.pay_roll(minute)?;
        self.watch_clock(minute);
        self.exit_due(minute)?;
        // A reversal is all or nothing, and comes before levels: one that is refused leaves the position to them.
        let reverses = self.position.is_some();
        if !reverses || !self.enter_at_market(minute)? {
            self.exit_passed_levels(minute)?;
            self.enter_at_market(minute)?;
        }
        self.enter_passed_orders(minute)
    }

    /// Starts the counters of a trading day; a position or order that outlived the last day's clock exit is dealt with.
    pub(super) fn begin_day(&mut self, minute: &Minute) {
        self.close_day();
        let missed =
            self.day.flatten_at != NEVER && self.previous(minute).is_some_and(|bar| bar.ts < self.day.flatten_at);
        if missed {
            self.orders.cancel_decided_until(self.day.flatten_at);
            if self.position.is_some() {
                self.make_due(Due::SessionClose);
                self.counts.data_gaps += u32::from(minute.ts >= self.day.closes_at);
            }
        }
        let index = minute.day as usize;
        self.day.index = Some(minute.day);
        self.day.flatten_at = self.plan.flatten_at.get(index).copied().flatten().unwrap_or(NEVER);
        let (closes_at, end) = self.plan.tape.days.get(index).map_or((NEVER, 0), |day| (day.close, day.end as usize));
        self.day.closes_at = closes_at;
        self.day.end = end;
        self.day.flatten_minute = end;
        if self.day.flatten_at != NEVER {
            let times = self.plan.tape.ts.get(minute.index..end).unwrap_or_default();
            self.day.flatten_minute = minute.index + times.partition_point(|ts| *ts < self.day.flatten_at);
        }
        self.day.base = self.equity;
        self.day.entries = 0;
        self.day.losing_streak = 0;
        self.day.limited = false;
    }

    /// From the flatten instant on orders are cancelled and the position is due to exit.
    fn watch_clock(&mut self, minute: &Minute) {
        if minute.ts < self.day.flatten_at {
            return;
        }
        self.orders.cancel_all();
        if self.position.is_some() {
            self.make_due(Due::SessionClose);
            self.counts.data_gaps += u32::from(minute.ts >= self.day.closes_at);
        }
    }

    /// (a) Market exits and clock exits.
    fn exit_due(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let Some(position) = &self.position else { return Ok(()) };
        let late = (minute.ts >= position.deadline).then_some(Due::Time);
        let due = [self.due, late].into_iter().flatten().min();
        let reason = match due {
            Some(Due::Liquidation) => ExitReason::Liquidation,
            Some(Due::SessionClose) => ExitReason::SessionClose,
            Some(Due::DailyLimit) => ExitReason::DailyLimit,
            Some(Due::Time) => ExitReason::Time,
            Some(Due::Signal) => ExitReason::Signal,
            None => return Ok(()),
        };
        self.due = None;
        self.exit_all(ExitPrice::market(minute.open, reason), minute)
    }

    /// (b) A stop passed by the open, or else the targets it passed.
    fn exit_passed_levels(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let Some(position) = &self.position else { return Ok(()) };
        let sign = position.side.sign();
        if let Some((level, reason)) = position.protective()
            && (minute.open - level) * sign <= 0
        {
            return self.exit_all(ExitPrice::market(minute.open, reason), minute);
        }
        while let Some(target) = self.next_target()
            && (minute.open - target.level) * sign >= self.through
        {
            self.exit_target(target, minute.open, minute)?;
        }
        Ok(())
    }

    /// (c) The pending market entry, of a flat account or as a reversal; false when there is none or it is refused.
    fn enter_at_market(&mut self, minute: &Minute) -> Result<bool, EngineError> {
        match self.orders.market.take() {
            Some(order) => self.enter(&order, EntryPrice::market(minute.open), minute),
            None => Ok(false),
        }
    }

    /// (d) Resting entries passed by the open.
    fn enter_passed_orders(&mut self, minute: &Minute) -> Result<(), EngineError> {
        let through = self.through;
        while let Some((order, contested)) =
            self.orders.first_reached(|_| 0, |order| order.is_passed(minute.open, through))
        {
            *self.orders.resting.get_mut(order.entry.side) = None;
            let price = EntryPrice { ambiguous: contested, ..EntryPrice::resting(order.kind, minute.open) };
            self.enter(&order.entry, price, minute)?;
        }
        Ok(())
    }
}
