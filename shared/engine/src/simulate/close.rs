//! The close of a minute: excursion, mark, liquidation and daily limits, moving stops, end of data, decisions.

use super::exit::ExitPrice;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{Due, Simulation};
use crate::error::EngineError;
use crate::outcome::ExitReason;

impl<R: Recorder> Simulation<'_, R> {
    /// Everything that happens at the minute's close, in order.
    #[inline]
    pub(super) fn close_phase(&mut self, minute: &Minute) -> Result<(), EngineError> {
        if let Some(position) = &mut self.position {
            position.hold(minute);
        }
        if minute.index == self.last_index {
            return self.end_of_data(minute);
        }
        self.mark(minute)?;
        self.watch_equity();
        if let Some(position) = &mut self.position {
            let target = self.targets.get(position.next_target).copied();
            position.follow(target, &self.contract, minute)?;
        }
        if minute.index == self.decides_after {
            self.decide(minute)?;
            self.decision += 1;
            self.decides_after = self.decision_minute();
        }
        Ok(())
    }

    /// The window's last minute: what is open is closed at the close, and the last mark is taken after it.
    fn end_of_data(&mut self, minute: &Minute) -> Result<(), EngineError> {
        self.exit_all(ExitPrice::market(minute.close, ExitReason::EndOfData), minute)?;
        self.mark(minute)
    }

    /// Equity at the close: cash and the open profit.
    #[inline]
    fn mark(&mut self, minute: &Minute) -> Result<(), EngineError> {
        self.equity = self.cash;
        if let Some(position) = &self.position {
            let open_profit = position.value.money(position.gain(minute.close), self.rate(minute.index))?;
            self.equity = self.cash.plus(open_profit)?;
            let notional =
                self.contract.notional(minute.close - minute.offset, position.quantity, self.rate(minute.index));
            self.statistics.exposed(notional, self.equity);
        }
        self.statistics.mark(self.equity);
        self.recorder.mark(self.equity);
        Ok(())
    }

    /// Liquidation at the first mark at or below zero; daily limits against the last mark of the trading day before.
    #[inline]
    fn watch_equity(&mut self) {
        if self.equity.0 <= 0 && !self.halted {
            self.halted = true;
            self.stop_trading(Due::Liquidation);
        }
        if self.day.would_limit(&self.daily_limits, self.equity, self.equity) {
            self.day.limited = true;
            self.stop_trading(Due::DailyLimit);
        }
    }

    /// Cancels all orders and sends the position out at the next open.
    fn stop_trading(&mut self, reason: Due) {
        self.orders.cancel_all();
        if self.position.is_some() {
            self.make_due(reason);
        }
    }
}
