//! Entry orders waiting for the market: one market order or one resting order per side.
//!
//! Whether a minute reaches them; not what happens then.

use crate::plan::{PerSide, Side};
use crate::simulate::Minute;

/// What was decided about an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EntryOrder {
    /// Side of the position it opens.
    pub(crate) side: Side,
    /// Decision bar it was decided on.
    pub(crate) decision: usize,
    /// Instant of that decision, microseconds UTC.
    pub(crate) decided_at: i64,
    /// Steps.
    pub(crate) quantity: i64,
    /// The leverage cap reduced the quantity.
    pub(crate) reduced: bool,
    /// Account currency per unit of the instrument's currency at the decision.
    pub(crate) rate: f64,
}

/// How a resting order rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resting {
    /// Fills when the price reaches its level from the worse side.
    Stop,
    /// Fills when the price reaches its level from the better side.
    Limit,
}

/// A stop or limit order at a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RestingOrder {
    /// What it opens.
    pub(crate) entry: EntryOrder,
    /// Stop or limit.
    pub(crate) kind: Resting,
    /// Adjusted counts, on the tick grid.
    pub(crate) level: i64,
    /// Decision bar whose completion cancels it.
    pub(crate) expires_at: usize,
}

impl RestingOrder {
    /// True when `price` is at the level or beyond it (a limit: beyond it by `through` counts).
    pub(crate) const fn is_passed(&self, price: i64, through: i64) -> bool {
        let beyond = (price - self.level) * self.entry.side.sign();
        match self.kind {
            Resting::Stop => beyond >= 0,
            Resting::Limit => beyond <= -through,
        }
    }

    /// True when the minute's range reaches it.
    pub(crate) const fn is_reached(&self, minute: &Minute, through: i64) -> bool {
        match self.kind {
            Resting::Stop => self.is_passed(minute.favourable(self.entry.side), through),
            Resting::Limit => self.is_passed(minute.adverse(self.entry.side), through),
        }
    }
}

/// All waiting entry orders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orders {
    /// Meets the next minute's open.
    pub(crate) market: Option<EntryOrder>,
    /// Rest until filled, replaced, cancelled or expired.
    pub(crate) resting: PerSide<Option<RestingOrder>>,
}

impl Orders {
    /// True when nothing waits.
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.market.is_none() && !self.has_resting()
    }

    /// True when a stop or limit order rests.
    #[inline]
    pub(crate) const fn has_resting(&self) -> bool {
        self.resting.long.is_some() || self.resting.short.is_some()
    }

    /// Cancels everything.
    pub(crate) fn cancel_all(&mut self) {
        *self = Self::default();
    }

    /// Cancels stop and limit orders.
    pub(crate) fn cancel_resting(&mut self) {
        self.resting = PerSide::default();
    }

    /// Cancels what was decided at or before `instant`.
    pub(crate) fn cancel_decided_until(&mut self, instant: i64) {
        self.market = self.market.filter(|order| order.decided_at > instant);
        for side in [Side::Long, Side::Short] {
            let resting = self.resting.get_mut(side);
            *resting = resting.filter(|order| order.entry.decided_at > instant);
        }
    }

    /// Cancels resting orders whose life ends with decision bar `decision`.
    pub(crate) fn expire(&mut self, decision: usize) {
        for side in [Side::Long, Side::Short] {
            let resting = self.resting.get_mut(side);
            *resting = resting.filter(|order| order.expires_at > decision);
        }
    }

    /// The resting order that acts first among those `reached` selects: least `distance`, then stop before limit,
    /// then long before short; and whether the other side's was selected too.
    pub(crate) fn first_reached(
        &self,
        distance: impl Fn(&RestingOrder) -> i64,
        reached: impl Fn(&RestingOrder) -> bool,
    ) -> Option<(RestingOrder, bool)> {
        let long = self.resting.long.filter(|order| reached(order));
        let short = self.resting.short.filter(|order| reached(order));
        match (long, short) {
            (None, None) => None,
            (Some(order), None) | (None, Some(order)) => Some((order, false)),
            (Some(long), Some(short)) => {
                let rank = |order: &RestingOrder| (distance(order), order.kind);
                Some((if rank(&long) <= rank(&short) { long } else { short }, true))
            }
        }
    }
}
