//! Opening, rolling and closing a position, and the trade each exit leaves behind.

use crate::exact::{Ratio, opposite, sign};
use crate::plain_loop::Loop;
use crate::rules::{Expiry, ProtectionLive, RestingEntryProtection, WithinMinute};
use crate::state::{EntryOrder, Event, Leg, Position, Unassigned};
use engine::plan::{Money, Quantity, Side};
use engine::{ExitReason, Trade};

impl Loop<'_> {
    /// Opens a position; false when its exits refuse it. Every other entry order is cancelled.
    pub fn enter(&mut self, order: EntryOrder, price: i64, fill: i64, inside: bool) -> bool {
        let shared = std::mem::take(&mut self.shared_order);
        let Some(mut protection) = self.protection(&order, fill) else {
            self.outcome.counts.refused_entries += 1;
            return false;
        };
        let drawn_later = inside || self.rules.within_minute == WithinMinute::Path;
        if drawn_later && let Some(trail) = &mut protection.trail {
            trail.level = None;
        }
        let next_minute = if order.rests.is_some() {
            self.rules.resting_entry == RestingEntryProtection::NextMinute
        } else {
            self.rules.protection_live == ProtectionLive::NextMinute
        };
        let commission = self.leg_commission(fill, order.quantity, shared);
        let base = self.measuring_base(&order, fill);
        let bracket = self.rules.expiry == Expiry::WholeBracket && order.rests.is_some();
        self.cash -= commission;
        self.day.entries += 1;
        self.resting.clear();
        self.market_entry = None;
        self.market_exit = None;
        self.outcome.counts.reduced_quantity += u32::from(order.reduced);
        self.position = Some(Position {
            side: order.side,
            entry_minute: self.minute,
            fill,
            price,
            inside,
            at_close: false,
            quantity: order.quantity,
            protection,
            protected_from: self.minute + usize::from(next_minute),
            bracket_last_bar: bracket.then_some(order.decision + order.expires_bars.max(1) as usize),
            best_extreme: base,
            best_close: base,
            bars: 0,
            rolls: 0,
            unassigned: Unassigned { commission, roll_slippage: 0 },
            highest: fill,
            lowest: fill,
            ambiguous: false,
            events: Vec::new(),
        });
        true
    }

    /// Closes everything that is left.
    pub fn exit_all(&mut self, price: i64, fill: i64, reason: ExitReason) {
        let Some(position) = &self.position else { return };
        let quantity = position.quantity;
        if reason == ExitReason::Reversal {
            self.note(Event::Reversal);
        }
        self.record_exit(quantity, price, fill, reason);
        self.position = None;
        self.market_exit = None;
        self.bars_since_exit = Some(0);
    }

    /// Closes one take-profit leg.
    pub fn exit_leg(&mut self, leg: Leg, price: i64, fill: i64) {
        let Some(position) = &mut self.position else { return };
        if let Some(index) = position.protection.legs.iter().position(|other| *other == leg) {
            position.protection.legs.remove(index);
        }
        if leg.quantity >= position.quantity {
            self.exit_all(price, fill, ExitReason::Target);
            return;
        }
        self.record_exit(leg.quantity, price, fill, ExitReason::Target);
        if let Some(position) = &mut self.position {
            position.quantity -= leg.quantity;
        }
    }

    /// Commission of a fill; in a reversal by one order, its half of an order of twice the quantity.
    fn leg_commission(&self, fill: i64, quantity: i64, shared: bool) -> i64 {
        if shared {
            self.commission(fill, 2 * quantity, self.minute) / 2
        } else {
            self.commission(fill, quantity, self.minute)
        }
    }

    fn record_exit(&mut self, quantity: i64, price: i64, fill: i64, reason: ExitReason) {
        let minute = self.minute;
        let exit_commission = self.leg_commission(fill, quantity, self.shared_order);
        let Some(mut position) = self.position.take() else { return };
        let share =
            |total: i64| Ratio::new(i128::from(total) * i128::from(quantity), i128::from(position.quantity)).rounded();
        let shared = Unassigned {
            commission: share(position.unassigned.commission),
            roll_slippage: share(position.unassigned.roll_slippage),
        };
        position.unassigned.commission -= shared.commission;
        position.unassigned.roll_slippage -= shared.roll_slippage;
        let direction = sign(position.side);
        let in_account = |run: &Self, counts: i64| run.in_account(run.money(counts, quantity), minute);
        let price_profit = in_account(self, direction * (fill - position.fill));
        let slipped = (position.fill - position.price).abs() + (fill - price).abs();
        let (worst, best) = self.excursion(&position, fill, reason);
        let gross = price_profit - shared.roll_slippage;
        let commission = shared.commission + exit_commission;
        let tape = self.plan.tape;
        let trade = Trade {
            side: position.side,
            quantity: Quantity(quantity),
            entry_minute: position.entry_minute as u32,
            exit_minute: minute as u32,
            entry_ts: tape.ts[position.entry_minute],
            exit_ts: tape.ts[minute],
            entry_price: position.fill - tape.offset_at(position.entry_minute),
            exit_price: fill - tape.offset_at(minute),
            gross: Money(gross),
            commission: Money(commission),
            slippage: Money(in_account(self, slipped) + shared.roll_slippage),
            net: Money(gross - commission),
            bars_held: position.bars,
            rolls: position.rolls,
            mae: Money(in_account(self, direction * (worst - position.fill))),
            mfe: Money(in_account(self, direction * (best - position.fill))),
            reason,
            ambiguous: position.ambiguous,
        };
        self.cash += price_profit - exit_commission;
        self.outcome.events.push(position.events.clone());
        self.position = Some(position);
        self.count(&trade);
        self.outcome.trades.push(trade);
    }

    /// Worst and best price from fill to exit: completed minutes, the exit minute's open if held at it, the exit fill.
    fn excursion(&self, position: &Position, fill: i64, reason: ExitReason) -> (i64, i64) {
        let (mut highest, mut lowest) = (position.highest.max(fill), position.lowest.min(fill));
        let held_at_open = position.entry_minute < self.minute || !position.inside;
        if held_at_open && reason != ExitReason::EndOfData {
            (highest, lowest) = (highest.max(self.open()), lowest.min(self.open()));
        }
        match position.side {
            Side::Long => (lowest, highest),
            Side::Short => (highest, lowest),
        }
    }

    /// Counters that closed trades move; a losing streak that reaches its limit cancels resting orders.
    fn count(&mut self, trade: &Trade) {
        self.outcome.counts.ambiguous_fills += u32::from(trade.ambiguous);
        self.day.losing_streak = if trade.net.0 < 0 { self.day.losing_streak + 1 } else { 0 };
        if self.plan.limits.max_consecutive_losses.is_some_and(|most| self.day.losing_streak >= most) {
            self.resting.clear();
        }
    }

    /// A change of offset with a position open: closed at the old raw close, opened at the new raw open, both paid now.
    pub fn roll(&mut self) {
        let tape = self.plan.tape;
        let (minute, first) = (self.minute, self.plan.window.0 as usize);
        if minute == first || tape.offset_at(minute - 1) == tape.offset_at(minute) {
            return;
        }
        let Some((side, quantity)) = self.position.as_ref().map(|position| (position.side, position.quantity)) else {
            return;
        };
        let mut costs = Unassigned::default();
        let mut slipped = 0;
        for (price, at, buying) in
            [(tape.close[minute - 1], minute - 1, opposite(side)), (tape.open[minute], minute, side)]
        {
            let by = self.slippage_counts(price, at);
            let fill = price + sign(buying) * by;
            slipped += by;
            costs.commission += self.in_account(self.commission_before_conversion(fill, quantity, at), minute);
        }
        costs.roll_slippage = self.in_account(self.money(slipped, quantity), minute);
        self.cash -= costs.commission + costs.roll_slippage;
        if let Some(position) = &mut self.position {
            position.rolls += 1;
            position.unassigned.commission += costs.commission;
            position.unassigned.roll_slippage += costs.roll_slippage;
        }
    }

    pub fn note(&mut self, event: Event) {
        if let Some(position) = &mut self.position {
            position.events.push(event);
        }
    }

    pub fn note_ambiguous(&mut self) {
        if let Some(position) = &mut self.position {
            position.ambiguous = true;
        }
    }
}
