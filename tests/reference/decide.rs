//! What a completed strategy bar decides: expiries, exits, entries and their size.

use crate::exact::{limit_rounding, on_grid, opposite, stop_rounding};
use crate::plain_loop::Loop;
use crate::rules::Expiry;
use crate::state::{EntryOrder, RestingKind};
use engine::ExitReason;
use engine::plan::{Entry, ExitSignal, Money, OrderKind, PositionView, Side};

impl Loop<'_> {
    /// Decides the strategy bar whose last minute this is, if there is one.
    pub fn decide(&mut self, mark: i64) {
        let minute = self.minute as u32;
        let Ok(decision) = self.plan.decisions.last.binary_search(&minute) else { return };
        if let Some(position) = &mut self.position {
            position.bars += 1;
        }
        self.bars_since_exit = self.bars_since_exit.map(|bars| bars + 1);
        self.expire(decision);
        self.decide_exit(decision);
        self.decide_entries(decision, mark);
    }

    fn expire(&mut self, decision: usize) {
        if self.rules.expiry != Expiry::AfterNextPrice {
            let before = self.resting.len();
            self.resting.retain(|order| decision - order.decision < order.expires_bars.max(1) as usize);
            self.outcome.expired += (before - self.resting.len()) as u32;
        }
        if self.rules.expiry == Expiry::WholeBracket
            && let Some(position) = &mut self.position
            && position.bracket_last_bar.is_some_and(|last| decision >= last)
        {
            position.bracket_last_bar = None;
            position.protection.stop = None;
            position.protection.legs.clear();
            self.outcome.expired_brackets += 1;
        }
    }

    fn decide_exit(&mut self, decision: usize) {
        let Some(position) = &self.position else { return };
        if self.market_exit.is_some() {
            return;
        }
        let exits = self.plan.exits.get(position.side);
        if exits.max_bars.is_some_and(|bars| position.bars >= bars) {
            self.market_exit = Some(ExitReason::Time);
            return;
        }
        let view = PositionView {
            side: position.side,
            entry_price: self.plan.tape.price_scale.to_f64(position.fill),
            bars_in_trade: position.bars,
            open_profit: Money(self.open_profit()).to_f64(),
        };
        let holds = exits.signal.as_ref().is_some_and(|signal| match signal {
            ExitSignal::Mask(mask) => mask.get(decision),
            ExitSignal::Position(condition) => condition.holds(decision, &view),
        });
        if holds {
            self.market_exit = Some(ExitReason::Signal);
        }
    }

    /// True when the filters let an entry be decided now.
    fn filters_pass(&self, decision: usize) -> bool {
        let limits = &self.plan.limits;
        !self.liquidated
            && !self.day.limited
            && self.plan.allowed.as_ref().is_none_or(|allowed| allowed.get(decision))
            && limits.max_trades_per_day.is_none_or(|most| self.day.entries < most)
            && limits.cooldown_bars.is_none_or(|bars| self.bars_since_exit.is_none_or(|since| since >= bars))
            && limits.max_consecutive_losses.is_none_or(|most| self.day.losing_streak < most)
    }

    fn decide_entries(&mut self, decision: usize, mark: i64) {
        if !self.filters_pass(decision) {
            return;
        }
        let plan = self.plan;
        let rule = |side: Side| plan.entry.get(side).as_ref().filter(|entry| entry.when.get(decision));
        let (long, short) = (rule(Side::Long), rule(Side::Short));
        if let (Some(long), Some(short)) = (long, short)
            && (matches!(long.order, OrderKind::Market) || matches!(short.order, OrderKind::Market))
        {
            self.outcome.counts.conflicting_entries += 1;
            return;
        }
        for (side, entry) in [(Side::Long, long), (Side::Short, short)] {
            if let Some(entry) = entry
                && self.side() != Some(side)
            {
                self.place(side, entry, decision, mark);
            }
        }
    }

    /// Places the order of one side; a new resting order replaces the old one.
    fn place(&mut self, side: Side, entry: &Entry, decision: usize, mark: i64) {
        let (kind, price, expires_bars) = match &entry.order {
            OrderKind::Market => (None, self.close() as f64, 0),
            OrderKind::Stop { price, expires_bars } => {
                (Some(RestingKind::Stop), price[decision] * self.per_unit, *expires_bars)
            }
            OrderKind::Limit { price, expires_bars } => {
                (Some(RestingKind::Limit), price[decision] * self.per_unit, *expires_bars)
            }
        };
        if !price.is_finite() {
            self.outcome.counts.refused_entries += 1;
            return;
        }
        let rounding = match kind {
            Some(RestingKind::Limit) => limit_rounding(side),
            Some(RestingKind::Stop) | None => stop_rounding(side),
        };
        let level = match kind {
            Some(_) => on_grid(price, self.offset(), self.plan.terms.tick, rounding),
            None => self.close(),
        };
        let Some((quantity, reduced)) = self.size(side, level, decision, mark) else {
            self.outcome.counts.refused_entries += 1;
            return;
        };
        if quantity == 0 {
            self.outcome.counts.skipped_too_small += 1;
            return;
        }
        let rests = kind.map(|kind| (kind, level));
        let order = EntryOrder { side, decision, quantity, reduced, rests, expires_bars };
        if rests.is_some() {
            self.resting.retain(|other| other.side != side);
            self.resting.push(order);
        } else {
            self.market_entry = Some(order);
        }
    }

    /// The side an order that closes the open position buys.
    pub fn closing_side(&self) -> Side {
        opposite(self.position_side())
    }
}
