//! The walk over the window: minutes in which something may happen are taken phase by phase, the quiet ones between them in
//! one step. A quiet minute fills nothing, moves no level, decides nothing: it only marks the account.

use super::acting::Acting;
use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{NEVER, Simulation};
use crate::contract::{MoveValue, Valued};
use crate::error::EngineError;
use crate::plan::{Money, Side};
use crate::position::Position;
use crate::price_index::Extremes;
use crate::statistics::HeldMarks;
use std::ops::Range;

/// Quiet minutes from the one at hand on.
struct Quiet {
    /// One past the last of them.
    end: usize,
    /// The decision bar that is decided at the last one's close.
    decides: Option<usize>,
}

/// What marking needs of a position.
pub(super) struct Marked<V> {
    pub(super) side: Side,
    /// Adjusted, slippage included.
    pub(super) fill: i64,
    /// Steps.
    pub(super) quantity: i64,
    pub(super) value: V,
}

impl<R: Recorder> Simulation<'_, R> {
    /// Takes every minute of the window before `end` that has not been taken. A walk may rest where a trading day begins: no quiet
    /// stretch goes further, so resting changes nothing.
    pub(super) fn walk(&mut self, end: usize) -> Result<(), EngineError> {
        let end = end.min(self.last_index + 1);
        while self.next_minute < end
            && let Some(minute) = Minute::at(self.plan.tape, self.next_minute)
        {
            self.open_phase(&minute)?;
            if self.reverse_in_a_row(&minute, end)? {
                continue;
            }
            self.next_minute = match self.quiet(&minute) {
                Some(quiet) if self.pass(&minute, &quiet)? => quiet.end,
                Some(_) | None => {
                    self.range_phase(&minute)?;
                    self.close_phase(&minute)?;
                    minute.index + 1
                }
            };
        }
        Ok(())
    }

    /// The quiet minutes from `minute`, which has opened, within its trading day; `None` when it is not one itself.
    fn quiet(&self, minute: &Minute) -> Option<Quiet> {
        if self.due.is_some() || !self.orders.is_empty() {
            return None;
        }
        let day_end = self.day.end.min(self.last_index);
        let most = match &self.position {
            // What the open has just closed is marked by the minute itself.
            None if self.equity != self.cash => return None,
            None => day_end,
            Some(position) => self.held_until(position, minute, day_end)?,
        };
        let mut quiet = match self.next_deciding(minute.index, most) {
            Some((decision, at)) => Quiet { end: at + 1, decides: Some(decision) },
            None => Quiet { end: most, decides: None },
        };
        if let Some(position) = &self.position {
            let outside =
                self.plan.index.first_outside(self.plan.tape, minute.index..quiet.end, position.quiet_band()?);
            if outside < quiet.end {
                quiet = Quiet { end: outside, decides: None };
            }
        }
        (quiet.end > minute.index).then_some(quiet)
    }

    /// One past the last minute that clocks, rolls and the day leave to a position.
    pub(super) fn held_until(&self, position: &Position, minute: &Minute, day_end: usize) -> Option<usize> {
        if position.entered_inside(minute) {
            return None;
        }
        let most = day_end.min(self.day.flatten_minute).min(self.plan.index.next_roll(minute.index));
        if position.deadline == NEVER {
            return Some(most);
        }
        let times = self.plan.tape.ts.get(minute.index..most)?;
        Some(minute.index + times.partition_point(|ts| *ts < position.deadline))
    }

    /// The next decision bar at which a rule may act as things stand, and the minute it completes with, before minute `end`.
    fn next_deciding(&self, from: usize, end: usize) -> Option<(usize, usize)> {
        let decisions = self.decided_before(from, end);
        let by_rule =
            Acting::on(self.plan, self.position.as_ref().map(|position| position.side)).first(self.decision, decisions);
        let by_bars = self.position.as_ref().and_then(|position| {
            let most = self.plan.exits.get(position.side).max_bars?;
            Some(self.decision + most.saturating_sub(position.bars).saturating_sub(1) as usize)
        });
        let decision = by_rule.into_iter().chain(by_bars.filter(|bar| *bar < decisions)).min()?;
        Some((decision, *self.plan.decisions.last.get(decision)? as usize))
    }

    /// Marks the quiet minutes from `minute` on and decides at the last one's close if a rule may act there; false, and
    /// nothing done, when a mark among them stops trading.
    fn pass(&mut self, minute: &Minute, quiet: &Quiet) -> Result<bool, EngineError> {
        if self.position.is_none() {
            let minutes = quiet.end - minute.index;
            self.statistics.repeat_mark(minutes as u64);
            self.recorder.marks(std::iter::repeat_n(self.equity, minutes));
        } else if !self.mark_held(minute, quiet)? {
            return Ok(false);
        }
        self.pass_decisions(quiet.decides.unwrap_or_else(|| self.decided_before(minute.index, quiet.end)));
        if quiet.decides.is_some() {
            if let Some(last) = Minute::at(self.plan.tape, quiet.end - 1) {
                self.decide(&last)?;
            }
            self.decision += 1;
            self.decides_after = self.decision_minute();
        }
        Ok(true)
    }

    /// Marks every quiet minute of an open position; false, and nothing done, when a mark among them stops trading.
    fn mark_held(&mut self, minute: &Minute, quiet: &Quiet) -> Result<bool, EngineError> {
        let Some(position) = &self.position else { return Ok(true) };
        let Position { side, fill, quantity, value, .. } = *position;
        let marked = Marked { side, fill, quantity, value };
        let (plan, range) = (self.plan, minute.index..quiet.end);
        let extremes = match &plan.conversion {
            None => self.mark_stretch(&marked, range, minute.offset)?,
            Some(rates) => self.mark_converted(&marked, range, minute.offset, rates)?,
        };
        let Some(extremes) = extremes else { return Ok(false) };
        if let Some(position) = &mut self.position {
            position.touch(extremes.high);
            position.touch(extremes.low);
        }
        Ok(true)
    }

    /// Marks minutes held with one position and one offset, and gives their prices' extremes; `None`, and nothing done, when a
    /// mark among them stops trading.
    // Inlined in any case, as `Simulation::mark_leg` which calls it.
    #[inline(always)]
    pub(super) fn mark_stretch(
        &mut self,
        held: &Marked<impl Valued>,
        range: Range<usize>,
        offset: i64,
    ) -> Result<Option<Extremes>, EngineError> {
        let (tape, cash) = (self.plan.tape, self.cash);
        let extremes = self.plan.index.extremes(tape, range.clone());
        let (value, fill, side, sign) = (held.value, held.fill, held.side, held.side.sign());
        let equity = move |close: i64| cash.plus(value.at_par((close - fill) * sign)?);
        let (worst, best) = extremes.closes(side);
        let (low, high) = (equity(worst)?, equity(best)?);
        if low.0 <= 0 || self.day.would_limit(&self.daily_limits, low, high) {
            return Ok(None);
        }
        let minutes = range.len() as u64;
        let closes = tape.close.get(range).unwrap_or_default();
        if let Some(last) = closes.last() {
            self.equity = equity(*last)?;
        }
        let (contract, quantity) = (&self.contract, held.quantity);
        let notional = move |close: i64| contract.notional(close - offset, quantity, None);
        let furthest = offset + (worst - offset).abs().max((best - offset).abs());
        let marks = HeldMarks { minutes, low, high, last: self.equity, notional: notional(furthest) };
        let (at_worst, at_best) = (move || (notional(worst), low), move || (notional(best), high));
        let at_extremes = move || match side {
            Side::Long => [at_best(), at_worst()],
            Side::Short => [at_worst(), at_best()],
        };
        if !self.statistics.held(&marks, at_extremes) {
            self.statistics.held_to_peak(marks_of(closes, equity));
        }
        self.recorder.marks(marks_of(closes, equity));
        Ok(Some(extremes))
    }

    /// The same at a rate of its own for every minute: each is a mark by itself.
    fn mark_converted(
        &mut self,
        held: &Marked<MoveValue>,
        range: Range<usize>,
        offset: i64,
        rates: &[f64],
    ) -> Result<Option<Extremes>, EngineError> {
        let (tape, cash) = (self.plan.tape, self.cash);
        let (value, fill, sign) = (held.value, held.fill, held.side.sign());
        let equity = |close: i64, rate: f64| cash.plus(value.money((close - fill) * sign, Some(rate))?);
        let closes = tape.close.get(range.clone()).unwrap_or_default();
        let minutes = closes.iter().copied().zip(rates.get(range.clone()).unwrap_or_default().iter().copied());
        for (close, rate) in minutes.clone() {
            let mark = equity(close, rate)?;
            if mark.0 <= 0 || self.day.would_limit(&self.daily_limits, mark, mark) {
                return Ok(None);
            }
        }
        for (close, rate) in minutes {
            self.equity = equity(close, rate)?;
            let notional = self.contract.notional(close - offset, held.quantity, Some(rate));
            self.statistics.exposed(notional, self.equity);
            self.statistics.mark(self.equity);
            self.recorder.mark(self.equity);
        }
        Ok(Some(self.plan.index.extremes(tape, range)))
    }

    /// Passes the decision bars before `decision`, at which no rule acts.
    fn pass_decisions(&mut self, decision: usize) {
        let bars = u32::try_from(decision - self.decision).unwrap_or(u32::MAX);
        self.bars_since_exit = self.bars_since_exit.map(|since| since.saturating_add(bars));
        if let Some(position) = &mut self.position {
            position.bars = position.bars.saturating_add(bars);
        }
        self.decision = decision;
        self.decides_after = self.decision_minute();
    }

    /// The first decision bar that completes with minute `end` or later, seen from minute `from`.
    pub(super) fn decided_before(&self, from: usize, end: usize) -> usize {
        let completes = &self.plan.decisions.last;
        // Each completes with a minute of its own: no more of them than minutes.
        let most = (self.decision + end.saturating_sub(from)).min(completes.len());
        let candidates = completes.get(self.decision..most).unwrap_or_default();
        match candidates.last() {
            Some(last) if *last as usize >= end => {
                self.decision + candidates.partition_point(|last| (*last as usize) < end)
            }
            Some(_) | None => most,
        }
    }
}

/// The marks of these closes, which lie between two that fit, so they fit.
fn marks_of(closes: &[i64], equity: impl Fn(i64) -> Result<Money, EngineError>) -> impl Iterator<Item = Money> {
    closes.iter().filter_map(move |close| equity(*close).ok())
}
