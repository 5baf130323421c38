//! A minute as a path: open, high, low, close, each a price at which orders match at their level.
//!
//! Only what a peer that walks minutes so is asked: one position, one resting limit entry, stop, target and trailing stop. The rules
//! of a range are in `range_phase`.

use crate::exact::sign;
use crate::plain_loop::Loop;
use crate::rules::{Expiry, GapFill};
use crate::state::{Event, Quotes, RestingKind};
use engine::ExitReason;

/// The price at which an order whose level was reached fills.
fn met(gap: GapFill, at_open: bool, price: i64, level: i64) -> i64 {
    if at_open && gap == GapFill::AtOpen { price } else { level }
}

impl Loop<'_> {
    /// The four prices; one that does not move on from the one before is not a price.
    pub fn along_path(&mut self) {
        let (open, high, low, close) = (self.open(), self.high(), self.low(), self.close());
        let last = |run: &Self| run.quotes.map(|quotes| quotes.last);
        if last(self) != Some(open) {
            self.meet(open, true);
        }
        if last(self) < Some(high) {
            self.meet(high, false);
        }
        if last(self) > Some(low) {
            self.meet(low, false);
        }
        if last(self) != Some(close) {
            self.meet(close, false);
        }
    }

    /// One price: orders match, the trailing stop follows the price before, entry orders past their time go.
    fn meet(&mut self, price: i64, at_open: bool) {
        let before = self.quotes.map_or(price, |quotes| quotes.last);
        self.quotes = Some(Quotes { bid: price, ask: price, last: before });
        if self.position.is_some() {
            self.match_exits(price, at_open);
        } else {
            self.match_entry(price, at_open);
        }
        self.trail_from(before);
        self.expire_on_path();
        if let Some(quotes) = &mut self.quotes {
            quotes.last = price;
        }
    }

    /// The resting limit that `price` reaches fills at its level; its exits are live at this very price.
    fn match_entry(&mut self, price: i64, at_open: bool) {
        let Some(order) = self.resting.first().copied() else { return };
        let Some((RestingKind::Limit, level)) = order.rests else { return };
        if sign(order.side) * (level - price) < 0 {
            return;
        }
        let met = met(self.rules.gapped_limit_entry, at_open, price, level);
        if !self.fill_resting(order, RestingKind::Limit, level, met, !at_open) {
            return;
        }
        self.note(if at_open { Event::RestingEntryAtOpen } else { Event::RestingEntryInside });
        self.match_exits(price, false);
        if self.position.is_none()
            && let Some(quotes) = &mut self.quotes
        {
            quotes.left_at(order.side, level);
        }
    }

    /// The stop or the target that `price` reaches fills at its level.
    fn match_exits(&mut self, price: i64, at_open: bool) {
        let stop = self.protective_stop().filter(|(level, _)| self.reached_against(price, *level));
        let target = self.legs_by_nearness().into_iter().find(|leg| self.reached_in_favour(price, leg.level));
        let closing = self.closing_side();
        let level = match (stop, target) {
            (Some((level, reason)), _) => {
                self.note_path_exit(at_open.then_some(Event::GappedStop));
                if reason == ExitReason::TrailingStop {
                    self.note(Event::TrailingStop);
                }
                let met = met(self.rules.gapped_stop, at_open, price, level);
                let fill = self.slipped_stop(met, closing);
                self.exit_all(met, fill, reason);
                level
            }
            (None, Some(leg)) => {
                self.note_path_exit(at_open.then_some(Event::GappedTarget));
                let met = met(self.rules.gapped_target, at_open, price, leg.level);
                let fill = self.slipped_target(met, leg.level, at_open);
                self.exit_leg(leg, met, fill);
                leg.level
            }
            (None, None) => return,
        };
        if let Some(quotes) = &mut self.quotes {
            quotes.left_at(closing, level);
        }
    }

    /// Exits placed after the close meet the market where the last fill left it: a stop it has reached fills at its level at once, a
    /// target it has reached is refused.
    pub fn place_exits(&mut self) {
        let (closing, Some(quotes)) = (self.closing_side(), self.quotes) else { return };
        let stands = quotes.met_by(closing);
        if self.protective_stop().is_some_and(|(level, _)| self.reached_against(stands, level)) {
            self.match_exits(stands, false);
            return;
        }
        let refused = self
            .legs_by_nearness()
            .into_iter()
            .filter(|leg| self.reached_in_favour(stands, leg.level))
            .collect::<Vec<_>>();
        if let Some(position) = &mut self.position {
            position.protection.legs.retain(|leg| !refused.contains(leg));
        }
    }

    /// Notes what a comparison counts: a level passed by the open, both levels within the minute, the minute of the entry.
    fn note_path_exit(&mut self, gapped: Option<Event>) {
        if let Some(event) = gapped {
            self.note(event);
        }
        let within = |level: i64| self.low() <= level && level <= self.high();
        let both = self.protective_stop().is_some_and(|(level, _)| within(level))
            && self.legs_by_nearness().iter().any(|leg| within(leg.level));
        if both {
            self.note(Event::BothTouched);
        }
        self.note_entry_minute();
    }

    /// Draws the trailing stop after `price`; it only tightens.
    pub fn trail_from(&mut self, price: i64) {
        let Some(position) = &mut self.position else { return };
        let direction = sign(position.side);
        if let Some(trail) = &mut position.protection.trail {
            let level = price - direction * trail.distance as i64;
            trail.level = Some(trail.level.map_or(level, |old| direction * (direction * old).max(direction * level)));
        }
    }

    /// An entry order goes after the first price of the bar after its last.
    fn expire_on_path(&mut self) {
        if self.rules.expiry != Expiry::AfterNextPrice {
            return;
        }
        let before = self.resting.len();
        let last = &self.plan.decisions.last;
        let minute = self.minute;
        self.resting.retain(|order| {
            last.get(order.decision + order.expires_bars.max(1) as usize).is_none_or(|end| *end as usize >= minute)
        });
        self.outcome.expired += (before - self.resting.len()) as u32;
    }
}
