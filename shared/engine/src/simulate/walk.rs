//! The walk over the window: minutes in which something may happen are taken phase by phase, the quiet ones between them in
//! one step. A quiet minute fills nothing, moves no level, decides nothing: it only marks the account.

use super::minute::Minute;
use super::recorder::Recorder;
use super::state::{NEVER, Simulation};
use crate::error::EngineError;
use crate::plan::{Entry, ExitSignal, Mask, Side};
use crate::position::Position;
use crate::price_index::Extremes;
use crate::statistics::HeldMarks;

/// Decision bars of one word of a mask.
const WORD_BARS: usize = 64;

/// Quiet minutes from the one at hand on.
struct Quiet {
    /// One past the last of them.
    end: usize,
    /// The decision bar that is decided at the last one's close.
    decides: Option<usize>,
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
        let mut quiet = match self.next_deciding(most) {
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
    fn held_until(&self, position: &Position, minute: &Minute, day_end: usize) -> Option<usize> {
        if self.plan.conversion.is_some() || position.entered_inside(minute) {
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
    fn next_deciding(&self, end: usize) -> Option<(usize, usize)> {
        let completes = &self.plan.decisions.last;
        let by_bars = self.position.as_ref().and_then(|position| {
            let most = self.plan.exits.get(position.side).max_bars?;
            Some(self.decision + most.saturating_sub(position.bars).saturating_sub(1) as usize)
        });
        let first_word = self.decision / WORD_BARS;
        let mut passed = !0 << (self.decision % WORD_BARS);
        let mut found = None;
        for word in first_word.. {
            let start = word * WORD_BARS;
            if completes.get(start.max(self.decision)).is_none_or(|last| *last as usize >= end) {
                break;
            }
            let bits = self.acting(word) & passed;
            if bits != 0 {
                found = Some(start + bits.trailing_zeros() as usize);
                break;
            }
            passed = !0;
        }
        let decision = found.into_iter().chain(by_bars).min()?;
        let at = *completes.get(decision)? as usize;
        (at < end).then_some((decision, at))
    }

    /// Of 64 decision bars those at which a rule may act: any entry of a flat account, an opposite entry or an exit of an
    /// open position.
    fn acting(&self, word: usize) -> u64 {
        let bits = |mask: &Mask| mask.words().get(word).copied().unwrap_or(0);
        let entry = |side| self.plan.entry.get(side).as_ref().map_or(0, |entry: &Entry| bits(&entry.when));
        let allowed = self.plan.allowed.as_ref().map_or(!0, |allowed| bits(allowed));
        let Some(position) = &self.position else { return (entry(Side::Long) | entry(Side::Short)) & allowed };
        let exit = match &self.plan.exits.get(position.side).signal {
            None => 0,
            Some(ExitSignal::Mask(mask)) => bits(mask),
            Some(ExitSignal::Position(_)) => !0,
        };
        entry(position.side.opposite()) & allowed | exit
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
        let (tape, cash) = (self.plan.tape, self.cash);
        let Some(position) = &mut self.position else { return Ok(true) };
        let range = minute.index..quiet.end;
        let extremes: Extremes = self.plan.index.extremes(tape, range.clone());
        let (value, fill, sign) = (position.value, position.fill, position.side.sign());
        let equity = |close: i64| cash.plus(value.money((close - fill) * sign, None)?);
        let (at_high, at_low) = (equity(extremes.close_high)?, equity(extremes.close_low)?);
        let (low, high) = (at_high.min(at_low), at_high.max(at_low));
        if low.0 <= 0 || self.day.would_limit(&self.daily_limits, low) || self.day.would_limit(&self.daily_limits, high)
        {
            return Ok(false);
        }
        position.touch(extremes.high);
        position.touch(extremes.low);
        let notional = |close: i64| self.contract.notional(close - minute.offset, position.quantity, None);
        let closes = tape.close.get(range.clone()).unwrap_or_default();
        // Marks lie between the two that fit, so they fit.
        let marks = closes.iter().filter_map(|close| equity(*close).ok());
        self.equity = marks.clone().next_back().unwrap_or(self.equity);
        self.statistics.held(HeldMarks {
            minutes: range.len() as u64,
            extremes: [(notional(extremes.close_high), at_high), (notional(extremes.close_low), at_low)],
            low,
            high,
            last: self.equity,
            marks: marks.clone(),
        });
        self.recorder.marks(marks);
        Ok(true)
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
    fn decided_before(&self, from: usize, end: usize) -> usize {
        let completes = &self.plan.decisions.last;
        // Each completes with a minute of its own: no more of them than minutes.
        let most = (self.decision + (end - from)).min(completes.len());
        let candidates = completes.get(self.decision..most).unwrap_or_default();
        match candidates.last() {
            Some(last) if *last as usize >= end => {
                self.decision + candidates.partition_point(|last| (*last as usize) < end)
            }
            Some(_) | None => most,
        }
    }
}
