//! What happens at a minute's close: mark, limits, stops that move.

use crate::exact::{Ratio, on_grid, opposite, sign, stop_rounding};
use crate::plain_loop::Loop;
use crate::rules::{TrailEntryMinute, TrailShare};
use crate::state::Trail;
use engine::ExitReason;
use engine::plan::{Side, TrailBasis};

/// Share of a tick within which an activation counts as reached: noise of `f64` arithmetic.
const REACHED_TICKS: f64 = 1e-6;

/// The better of two prices for `side`.
fn better(side: Side, a: i64, b: i64) -> i64 {
    match side {
        Side::Long => a.max(b),
        Side::Short => a.min(b),
    }
}

impl Loop<'_> {
    /// Extremes since the fill: a minute held from the open gives its high and low, one entered inside only its close.
    pub fn extend_extremes(&mut self) {
        let (high, low, close, minute) = (self.high(), self.low(), self.close(), self.minute);
        let Some(position) = &mut self.position else { return };
        let inside_now = position.inside && position.entry_minute == minute;
        let (high, low) = if inside_now { (close, close) } else { (high, low) };
        position.highest = position.highest.max(high);
        position.lowest = position.lowest.min(low);
    }

    /// Price profit of what is open at this minute's close, millionths of the account currency.
    pub fn open_profit(&self) -> i64 {
        self.position.as_ref().map_or(0, |position| {
            let counts = sign(position.side) * (self.close() - position.fill);
            self.in_account(self.money(counts, position.quantity), self.minute)
        })
    }

    pub fn mark(&self) -> i64 {
        self.cash + self.open_profit()
    }

    fn cancel_entries(&mut self) {
        self.market_entry = None;
        self.resting.clear();
    }

    /// The first mark at or below zero ends everything at the next open.
    pub fn liquidate(&mut self, mark: i64) {
        if mark > 0 || self.liquidated {
            return;
        }
        self.liquidated = true;
        self.cancel_entries();
        self.market_exit = self.position.as_ref().map(|_| ExitReason::Liquidation);
    }

    /// Realised plus open profit of the trading day against its limits.
    pub fn daily_limits(&mut self, mark: i64) {
        let millionths = |amount: f64| Ratio::of_decimal(amount).times_integer(1_000_000).rounded();
        let change = mark - self.day.base;
        let limits = &self.plan.limits;
        let lost = limits.max_daily_loss.is_some_and(|limit| change <= -millionths(limit));
        let won = limits.max_daily_profit.is_some_and(|limit| change >= millionths(limit));
        if self.day.limited || !(lost || won) {
            return;
        }
        self.day.limited = true;
        self.cancel_entries();
        if self.position.is_some() && self.market_exit.is_none() {
            self.market_exit = Some(ExitReason::DailyLimit);
        }
    }

    /// Trailing and break-even stops after this minute; they only tighten.
    pub fn move_stops(&mut self) {
        let (high, low, close) = (self.high(), self.low(), self.close());
        let (offset, tick, minute) = (self.offset(), self.plan.terms.tick, self.minute);
        let rules = self.rules;
        let Some(position) = &mut self.position else { return };
        let (side, direction) = (position.side, sign(position.side));
        let entered_now = position.entry_minute == minute;
        let before = (position.best_extreme, position.best_close);
        if !entered_now || (!position.inside && rules.trail_entry_minute == TrailEntryMinute::Counts) {
            let extreme = if side == Side::Long { high } else { low };
            position.best_extreme = better(side, position.best_extreme, extreme);
            position.best_close = better(side, position.best_close, close);
        } else if rules.trail_entry_minute == TrailEntryMinute::Counts {
            position.best_extreme = better(side, position.best_extreme, close);
            position.best_close = better(side, position.best_close, close);
        }
        let tolerance = REACHED_TICKS * tick as f64;
        let basis = self.plan.exits.get(side).trailing.as_ref().map_or(TrailBasis::HighLow, |trailing| trailing.basis);
        let (best, best_before) = match basis {
            TrailBasis::HighLow => (position.best_extreme, before.0),
            TrailBasis::Close => (position.best_close, before.1),
        };
        let fill = position.fill;
        let moved = |best: i64| (direction * (best - fill)) as f64;
        if let Some(trail) = &mut position.protection.trail {
            if trail.waits_for.is_some_and(|distance| moved(best) + tolerance >= distance) {
                trail.waits_for = None;
            }
            // Set again only when the price it follows has improved: after a roll it would stand on other ticks.
            let stands = trail.level.is_some() && best == best_before;
            if trail.waits_for.is_none() && !stands {
                let distance = match rules.trail_share {
                    TrailShare::OfFill => trail.distance,
                    TrailShare::OfBest => trail.distance * best as f64 / fill as f64,
                };
                let level = best as f64 - direction as f64 * distance;
                let level = on_grid(level, offset, tick, stop_rounding(opposite(side)));
                *trail = Trail { level: Some(trail.level.map_or(level, |old| better(side, old, level))), ..*trail };
            }
        }
        let best_extreme = position.best_extreme;
        if let Some(stop) = &mut position.protection.break_even
            && moved(best_extreme) + tolerance >= stop.waits_for
        {
            stop.level = Some(stop.moves_to);
        }
    }
}
