//! Bid bars and ask bars of the same times to mid bars with a spread.

use crate::row::{Bar, Mid};

/// Mid bars and what did not fit.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) bars: Vec<Bar>,
    /// Bars of one side whose time the other side does not have; they make no bar, for a mid needs both.
    pub(crate) unpaired: u64,
    pub(crate) crossed: u64,
    pub(crate) rounded: u64,
}

/// Joins two strictly ascending sides.
pub(crate) fn join(bids: Vec<Bar>, asks: &[Bar]) -> Joined {
    let total = bids.len() + asks.len();
    let mut joined = Joined { bars: Vec::with_capacity(bids.len()), unpaired: 0, crossed: 0, rounded: 0 };
    let mut asks = asks.iter().peekable();
    for mut bid in bids {
        while asks.next_if(|ask| ask.ts < bid.ts).is_some() {}
        let Some(ask) = asks.next_if(|ask| ask.ts == bid.ts) else { continue };
        let mid = Mid::of(bid.prices, ask.prices);
        joined.crossed += u64::from(mid.crossed);
        joined.rounded += mid.rounded;
        bid.prices = mid.prices;
        bid.spread = mid.spread;
        bid.volume += ask.volume;
        joined.bars.push(bid);
    }
    joined.unpaired = (total - 2 * joined.bars.len()) as u64;
    joined
}
