//! What a minute's range does to resting orders.

use crate::exact::{opposite, sign};
use crate::plain_loop::Loop;
use crate::rules::GapFill;
use crate::state::{EntryOrder, Event, Leg, RestingKind};
use engine::ExitReason;
use engine::plan::Side;

impl Loop<'_> {
    /// The side of the open position; long without one, where no caller looks.
    pub fn position_side(&self) -> Side {
        self.side().unwrap_or(Side::Long)
    }

    /// The level that protects and its name: the tightest, the first of stop-loss, break-even, trailing stop among equals.
    pub fn protective_stop(&self) -> Option<(i64, ExitReason)> {
        let position = self.position.as_ref()?;
        let protection = &position.protection;
        let candidates = [
            (protection.stop, ExitReason::Stop),
            (protection.break_even.and_then(|stop| stop.level), ExitReason::BreakEven),
            (protection.trail.and_then(|trail| trail.level), ExitReason::TrailingStop),
        ];
        let direction = sign(position.side);
        let mut tightest: Option<(i64, ExitReason)> = None;
        for (level, reason) in candidates {
            let Some(level) = level else { continue };
            if tightest.is_none_or(|(best, _)| direction * level > direction * best) {
                tightest = Some((level, reason));
            }
        }
        tightest
    }

    /// True when `price` has reached a level on the losing side of the position.
    pub fn reached_against(&self, price: i64, level: i64) -> bool {
        sign(self.position_side()) * (price - level) <= 0
    }

    /// True when `price` fills a limit on the winning side of the position.
    pub fn reached_in_favour(&self, price: i64, level: i64) -> bool {
        let through = self.plan.limit_through_ticks * self.plan.terms.tick;
        sign(self.position_side()) * (price - level) >= through
    }

    /// Targets by nearness, list order among equals.
    pub fn legs_by_nearness(&self) -> Vec<Leg> {
        let direction = sign(self.position_side());
        let mut legs = self.position.as_ref().map_or_else(Vec::new, |position| position.protection.legs.clone());
        legs.sort_by_key(|leg| direction * leg.level);
        legs
    }

    /// The extreme of this minute against the position, and the one for it.
    fn extremes(&self) -> (i64, i64) {
        match self.position_side() {
            Side::Long => (self.low(), self.high()),
            Side::Short => (self.high(), self.low()),
        }
    }

    /// In position: adverse before favourable. Flat: the nearest resting entry.
    pub fn within_range(&mut self) {
        match self.side() {
            Some(side) => self.range_in_position(side),
            None if self.exited_in_range() => {}
            None => self.range_flat(),
        }
    }

    /// True when a peer's rule already closed the position by this minute's range.
    fn exited_in_range(&self) -> bool {
        self.range_exit == Some(self.minute)
    }

    pub fn range_in_position(&mut self, side: Side) {
        let (against, in_favour) = self.extremes();
        let live = self.position.as_ref().is_some_and(|position| self.minute >= position.protected_from);
        let stop = self.protective_stop().filter(|(level, _)| live && self.reached_against(against, *level));
        let legs: Vec<Leg> = if live { self.legs_by_nearness() } else { Vec::new() };
        let legs: Vec<Leg> = legs.into_iter().filter(|leg| self.reached_in_favour(in_favour, leg.level)).collect();
        let reversing = self.resting.iter().copied().find(|order| order.side == opposite(side));
        let adverse_entry = reversing
            .and_then(|order| self.level_of(&order, RestingKind::Stop))
            .filter(|(_, level)| self.reached_against(against, *level));
        let favourable_entry = reversing
            .and_then(|order| self.level_of(&order, RestingKind::Limit))
            .filter(|(_, level)| self.reached_in_favour(in_favour, *level));
        if self.refuses(side, stop, adverse_entry) {
            self.range_in_position(side);
            return;
        }
        if stop.is_some() || adverse_entry.is_some() {
            if !legs.is_empty() || favourable_entry.is_some() {
                self.note(Event::BothTouched);
                self.note_ambiguous();
            }
            self.take_adverse(side, stop, adverse_entry);
            return;
        }
        self.take_favourable(side, &legs, favourable_entry);
    }

    fn level_of(&self, order: &EntryOrder, kind: RestingKind) -> Option<(EntryOrder, i64)> {
        order.rests.filter(|(of_kind, _)| *of_kind == kind).map(|(_, level)| (*order, level))
    }

    /// True when the adverse entry is nearer to the open than the stop.
    fn entry_first(side: Side, stop: Option<(i64, ExitReason)>, level: i64) -> bool {
        stop.is_none_or(|(stop_level, _)| sign(side) * level > sign(side) * stop_level)
    }

    /// Removes an adverse entry that would act but whose exits refuse it: the minute goes on as if it had not been there.
    fn refuses(&mut self, side: Side, stop: Option<(i64, ExitReason)>, entry: Option<(EntryOrder, i64)>) -> bool {
        let Some((order, level)) = entry.filter(|(_, level)| Self::entry_first(side, stop, *level)) else {
            return false;
        };
        let refused = self.protection(&order, self.slipped_entry_stop(level, order.side)).is_none();
        if refused {
            self.resting.retain(|other| other.side != order.side);
            self.outcome.counts.refused_entries += 1;
        }
        refused
    }

    /// The adverse level nearer to the open acts; the protective stop among equals.
    fn take_adverse(&mut self, side: Side, stop: Option<(i64, ExitReason)>, entry: Option<(EntryOrder, i64)>) {
        if let Some((order, level)) = entry.filter(|(_, level)| Self::entry_first(side, stop, *level)) {
            self.fill_resting(order, RestingKind::Stop, level, level, true);
            self.protect_inside();
            return;
        }
        if let Some((level, reason)) = stop {
            self.stop_out(level, reason);
        }
    }

    /// Favourable levels act nearest first; the target among equals.
    fn take_favourable(&mut self, side: Side, legs: &[Leg], entry: Option<(EntryOrder, i64)>) {
        let direction = sign(side);
        let Some((order, level)) = entry else {
            self.take_targets(legs);
            return;
        };
        let nearer: Vec<Leg> = legs.iter().copied().filter(|leg| direction * leg.level <= direction * level).collect();
        let farther: Vec<Leg> = legs.iter().copied().filter(|leg| direction * leg.level > direction * level).collect();
        self.take_targets(&nearer);
        if self.position.is_none() {
            return;
        }
        // A losing leg may just have ended the day's trading and with it this order.
        let still_rests = self.resting.iter().any(|other| other.side == order.side);
        if still_rests && self.fill_resting(order, RestingKind::Limit, level, level, true) {
            self.protect_inside();
        } else {
            self.take_targets(&farther);
        }
    }

    /// Fills `legs` in order; a peer may meet a leg the open has passed only here.
    fn take_targets(&mut self, legs: &[Leg]) {
        for leg in legs {
            if self.position.is_none() {
                return;
            }
            let open = self.open();
            let gapped = self.reached_in_favour(open, leg.level);
            let price = if gapped && self.rules.gapped_target == GapFill::AtOpen { open } else { leg.level };
            if gapped {
                self.note(Event::GappedTarget);
            }
            self.note_entry_minute();
            let fill = self.slipped_target(price, leg.level, gapped);
            self.exit_leg(*leg, price, fill);
            self.range_exit = self.position.is_none().then_some(self.minute);
        }
    }

    /// Closes what is left at the stop. In the minute of the entry it cannot fill better than the entry's price; a peer may meet
    /// a level the open has passed only here.
    fn stop_out(&mut self, level: i64, reason: ExitReason) {
        let Some(position) = &self.position else { return };
        let (side, entered_now, inside) = (position.side, position.entry_minute == self.minute, position.inside);
        let market = if entered_now { position.price } else { self.open() };
        let gapped = self.reached_against(market, level);
        let price = if gapped && self.rules.gapped_stop == GapFill::AtOpen { market } else { level };
        if gapped && !inside {
            self.note(Event::GappedStop);
        }
        if reason == ExitReason::TrailingStop {
            self.note(Event::TrailingStop);
        }
        self.note_entry_minute();
        let fill = self.slipped_stop(price, opposite(side));
        self.exit_all(price, fill, reason);
        self.range_exit = Some(self.minute);
    }

    pub fn note_entry_minute(&mut self) {
        if self.position.as_ref().is_some_and(|position| position.entry_minute == self.minute) {
            self.note(Event::ExitInEntryMinute);
        }
    }

    /// Resting entries the range reaches: the one nearer to the open fills at its level, and its stop-loss is live at once.
    fn range_flat(&mut self) {
        let open = self.open();
        let mut reached: Vec<EntryOrder> =
            self.resting.iter().copied().filter(|order| self.order_reached(order)).collect();
        reached.sort_by_key(|order| {
            let (kind, level) = order.rests.unwrap_or((RestingKind::Limit, open));
            ((level - open).abs(), kind, order.side == Side::Short)
        });
        for (index, order) in reached.iter().copied().enumerate() {
            let another = index + 1 < reached.len();
            let Some((kind, level)) = order.rests else { continue };
            if self.fill_resting(order, kind, level, level, true) {
                self.note(Event::RestingEntryInside);
                if another {
                    self.note_ambiguous();
                }
                self.protect_inside();
                return;
            }
        }
    }

    fn order_reached(&self, order: &EntryOrder) -> bool {
        let through = self.plan.limit_through_ticks * self.plan.terms.tick;
        match (order.rests, order.side) {
            (Some((RestingKind::Stop, level)), Side::Long) => self.high() >= level,
            (Some((RestingKind::Stop, level)), Side::Short) => self.low() <= level,
            (Some((RestingKind::Limit, level)), Side::Long) => self.low() <= level - through,
            (Some((RestingKind::Limit, level)), Side::Short) => self.high() >= level + through,
            (None, _) => false,
        }
    }

    /// The minute of an entry at its level: the stop-loss is taken if the range reaches it, the target is not credited.
    fn protect_inside(&mut self) {
        let Some(position) = &self.position else { return };
        if self.minute < position.protected_from {
            return;
        }
        let stop = position.protection.stop;
        let (against, in_favour) = self.extremes();
        let target_reached = self.legs_by_nearness().iter().any(|leg| self.reached_in_favour(in_favour, leg.level));
        let stop_reached = stop.filter(|level| self.reached_against(against, *level));
        if target_reached || stop_reached.is_some() {
            self.note_ambiguous();
        }
        if let Some(level) = stop_reached {
            self.stop_out(level, ExitReason::Stop);
        }
    }
}
