//! The open position: what was filled, which levels protect it, how far the price has gone.
//!
//! It moves its own levels from completed minutes; whether a level is reached is decided by `simulate`.

use crate::brackets::{Brackets, Target, Trail, behind};
use crate::contract::{Contract, MoveValue};
use crate::error::EngineError;
use crate::levels::Measure;
use crate::outcome::ExitReason;
use crate::plan::{Money, Side, TrailBasis};
use crate::simulate::Minute;

/// One open position.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    /// Long or short.
    pub(crate) side: Side,
    /// Quantity still open, steps.
    pub(crate) quantity: i64,
    /// Tape index of the entry minute.
    pub(crate) entry_minute: usize,
    /// Open time of the entry minute.
    pub(crate) entry_ts: i64,
    /// Adjusted fill, slippage included.
    pub(crate) fill: i64,
    /// The fill before slippage.
    pub(crate) reference: i64,
    /// Raw fill, slippage included.
    pub(crate) raw_fill: i64,
    /// Offset of the contract it is held in.
    pub(crate) offset: i64,
    /// Filled inside the range of its entry minute, not at its open.
    pub(crate) inside: bool,
    /// First instant at which `max_minutes` is due.
    pub(crate) deadline: i64,
    /// Value of price moves on the open quantity.
    pub(crate) value: MoveValue,
    /// Entry and roll commission not yet assigned to a trade.
    pub(crate) commission: Money,
    /// Roll slippage not yet assigned to a trade.
    pub(crate) roll_slippage: Money,
    /// Strategy bars completed since the fill.
    pub(crate) bars: u32,
    /// Rolls held through.
    pub(crate) rolls: u32,
    /// Its outcome rests on the order of events in its entry minute.
    pub(crate) ambiguous: bool,
    /// Most adverse move so far, counts, ≤ 0.
    pub(crate) worst: i64,
    /// Most favourable move so far, counts, ≥ 0.
    pub(crate) best: i64,
    /// Next target leg.
    pub(crate) next_target: usize,
    /// Prices strictly between these reach neither the protective stop nor the next target.
    quiet: (i64, i64),
    brackets: Brackets,
    /// Tightest stop in force.
    protective: Option<(i64, ExitReason)>,
    trailing_level: Option<i64>,
    break_even_level: Option<i64>,
    /// Best high (long) or low (short) of completed minutes, from the fill on.
    best_extreme: i64,
    /// Best close of completed minutes, from the fill on.
    best_close: i64,
}

/// The facts of an entry fill.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryFill {
    /// Long or short.
    pub(crate) side: Side,
    /// Steps.
    pub(crate) quantity: i64,
    /// Adjusted price before slippage.
    pub(crate) reference: i64,
    /// Adjusted price, slippage included.
    pub(crate) fill: i64,
    /// Filled inside the minute's range.
    pub(crate) inside: bool,
    /// First instant at which `max_minutes` is due.
    pub(crate) deadline: i64,
    /// Commission of the entry.
    pub(crate) commission: Money,
}

impl Position {
    /// A position just filled in `minute`. A trailing stop without activation stands at once, unless filled inside the range.
    pub(crate) fn open(
        entry: EntryFill,
        brackets: Brackets,
        target: Option<Target>,
        contract: &Contract,
        minute: &Minute,
    ) -> Result<Self, EngineError> {
        let mut position = Self {
            side: entry.side,
            quantity: entry.quantity,
            entry_minute: minute.index,
            entry_ts: minute.ts,
            fill: entry.fill,
            reference: entry.reference,
            raw_fill: entry.fill - minute.offset,
            offset: minute.offset,
            inside: entry.inside,
            deadline: entry.deadline,
            value: contract.value_of(entry.quantity)?,
            commission: entry.commission,
            roll_slippage: Money(0),
            bars: 0,
            rolls: 0,
            ambiguous: false,
            worst: 0,
            best: 0,
            next_target: 0,
            quiet: (i64::MIN, i64::MAX),
            brackets,
            protective: None,
            trailing_level: None,
            break_even_level: None,
            best_extreme: entry.fill,
            best_close: entry.fill,
        };
        if !entry.inside {
            position.trail(contract, minute.offset)?;
        }
        position.protect(target);
        Ok(position)
    }

    /// The tightest stop and what it is called.
    pub(crate) const fn protective(&self) -> Option<(i64, ExitReason)> {
        self.protective
    }

    /// The stop-loss alone.
    pub(crate) const fn stop_loss(&self) -> Option<i64> {
        self.brackets.stop
    }

    /// Prices that a minute must stay strictly between to change nothing about the position; `None` when any close may.
    pub(crate) fn quiet_band(&self) -> Option<(i64, i64)> {
        let (below, above) = self.quiet;
        match (&self.brackets.trailing, &self.brackets.break_even) {
            (None, None) => Some((below, above)),
            (Some(Trail { basis: TrailBasis::Close, .. }), _) => None,
            (Some(Trail { basis: TrailBasis::HighLow, .. }), _) | (None, Some(_)) => Some(match self.side {
                Side::Long => (below, above.min(self.best_extreme.saturating_add(1))),
                Side::Short => (below.max(self.best_extreme.saturating_sub(1)), above),
            }),
        }
    }

    /// True in the minute of an entry inside its range.
    pub(crate) const fn entered_inside(&self, minute: &Minute) -> bool {
        self.inside && self.entry_minute == minute.index
    }

    /// Open profit in counts at `price`.
    pub(crate) const fn gain(&self, price: i64) -> i64 {
        (price - self.fill) * self.side.sign()
    }

    /// Extends the excursion to `price`.
    #[inline]
    pub(crate) fn touch(&mut self, price: i64) {
        let gain = self.gain(price);
        self.worst = self.worst.min(gain);
        self.best = self.best.max(gain);
    }

    /// Extends the excursion by a minute held to its close.
    #[inline]
    pub(crate) fn hold(&mut self, minute: &Minute) {
        if self.entered_inside(minute) {
            self.touch(minute.close);
        } else {
            self.touch(minute.high);
            self.touch(minute.low);
        }
    }

    /// Moves trailing and break-even stops after a completed minute; they only tighten.
    pub(crate) fn follow(
        &mut self,
        target: Option<Target>,
        contract: &Contract,
        minute: &Minute,
    ) -> Result<(), EngineError> {
        if self.brackets.trailing.is_none() && self.brackets.break_even.is_none() {
            return Ok(());
        }
        let extreme = if self.entered_inside(minute) { minute.close } else { minute.favourable(self.side) };
        let before = (self.best_extreme, self.best_close);
        self.best_extreme = self.better(self.best_extreme, extreme);
        self.best_close = self.better(self.best_close, minute.close);
        let inside = self.entered_inside(minute);
        if before == (self.best_extreme, self.best_close) && !inside {
            return Ok(());
        }
        // A better price of the other kind sets nothing again: after a roll it would stand on other ticks.
        let improved = self.brackets.trailing.is_some_and(|trail| match trail.basis {
            TrailBasis::HighLow => before.0 != self.best_extreme,
            TrailBasis::Close => before.1 != self.best_close,
        });
        if improved || inside {
            self.trail(contract, minute.offset)?;
        }
        if let Some(rule) = self.brackets.break_even
            && self.gain(self.best_extreme) >= rule.after
        {
            self.break_even_level = Some(rule.level);
        }
        self.protect(target);
        Ok(())
    }

    /// The trailing level for the best price so far, once activated.
    fn trail(&mut self, contract: &Contract, offset: i64) -> Result<(), EngineError> {
        let Some(Trail { distance, activation, basis }) = self.brackets.trailing else { return Ok(()) };
        let best = match basis {
            TrailBasis::HighLow => self.best_extreme,
            TrailBasis::Close => self.best_close,
        };
        if self.gain(best) < activation {
            return Ok(());
        }
        let measure = Measure {
            contract,
            side: self.side,
            fill: self.fill,
            offset,
            units: None,
            decision: 0,
            rate: 1.0,
            stop_distance: None,
        };
        let level = behind(&measure, best, distance)?;
        self.trailing_level = Some(self.trailing_level.map_or(level, |held| self.better(held, level)));
        Ok(())
    }

    /// Chooses the tightest stop; at equal levels stop-loss, then break-even, then trailing names the exit.
    pub(crate) fn protect(&mut self, target: Option<Target>) {
        let candidates = [
            (self.brackets.stop, ExitReason::Stop),
            (self.break_even_level, ExitReason::BreakEven),
            (self.trailing_level, ExitReason::TrailingStop),
        ];
        self.protective = None;
        for (level, reason) in candidates {
            let Some(level) = level else { continue };
            let tighter = self.protective.is_none_or(|(held, _)| (level - held) * self.side.sign() > 0);
            if tighter {
                self.protective = Some((level, reason));
            }
        }
        let stop = self.protective.map(|(level, _)| level);
        let target = target.map(|target| target.level);
        let (below, above) = match self.side {
            Side::Long => (stop, target),
            Side::Short => (target, stop),
        };
        self.quiet = (below.unwrap_or(i64::MIN), above.unwrap_or(i64::MAX));
    }

    /// The price further in the position's favour.
    fn better(&self, left: i64, right: i64) -> i64 {
        match self.side {
            Side::Long => left.max(right),
            Side::Short => left.min(right),
        }
    }
}
