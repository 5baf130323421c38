//! What a fill costs: slippage and commission.
//!
//! Prices are adjusted counts; a raw price is the adjusted one less the minute's offset.

use crate::exact::{Ratio, opposite, sign};
use crate::plain_loop::Loop;
use crate::rules::{CommissionUnit, SlippedFills};
use engine::plan::{Side, Slippage};

/// Millionths in a cent.
const MILLIONTHS_A_CENT: i128 = 10_000;

impl Loop<'_> {
    /// Counts by which slippage moves a fill at the adjusted `price` of `minute`.
    pub fn slippage_counts(&self, price: i64, minute: usize) -> i64 {
        match self.plan.costs.slippage {
            Slippage::Ticks(ticks) => ticks * self.plan.terms.tick,
            Slippage::Bps(points) => {
                let raw = (price - self.plan.tape.offset_at(minute)).abs();
                Ratio::of_decimal(points).times_integer(i128::from(raw)).over_integer(10_000).rounded()
            }
            Slippage::HalfSpread => {
                let spread = self.plan.tape.spread.get(minute).copied().unwrap_or(0);
                (spread + 1).div_euclid(2)
            }
        }
    }

    /// `price` moved against a trader who is `buying`.
    fn slipped(&self, price: i64, buying: Side) -> i64 {
        price + sign(buying) * self.slippage_counts(price, self.minute)
    }

    fn kept_within_range(&self, price: i64, buying: Side) -> i64 {
        match buying {
            Side::Long => price.min(self.high()),
            Side::Short => price.max(self.low()),
        }
    }

    /// A market fill: an exit while a position of the other side is open, else an entry.
    pub fn slipped_market(&self, price: i64, buying: Side) -> i64 {
        let exiting = self.side() == Some(opposite(buying));
        match self.rules.slipped {
            SlippedFills::MarketAndStop | SlippedFills::Market | SlippedFills::All => self.slipped(price, buying),
            SlippedFills::Entries if exiting => price,
            SlippedFills::Entries => self.slipped(price, buying),
            SlippedFills::WithinRange => self.kept_within_range(self.slipped(price, buying), buying),
        }
    }

    /// A protective stop's fill.
    pub fn slipped_stop(&self, price: i64, buying: Side) -> i64 {
        match self.rules.slipped {
            SlippedFills::Market | SlippedFills::Entries => price,
            SlippedFills::MarketAndStop | SlippedFills::All => self.slipped(price, buying),
            SlippedFills::WithinRange => self.kept_within_range(self.slipped(price, buying), buying),
        }
    }

    /// A target's fill.
    pub fn slipped_target(&self, price: i64, level: i64, at_open: bool) -> i64 {
        let buying = self.closing_side();
        match self.rules.slipped {
            SlippedFills::MarketAndStop | SlippedFills::Market | SlippedFills::Entries => price,
            SlippedFills::All => self.slipped(price, buying),
            SlippedFills::WithinRange => self.limit_within_range(price, level, buying, at_open),
        }
    }

    /// A resting stop entry's fill.
    pub fn slipped_entry_stop(&self, price: i64, buying: Side) -> i64 {
        match self.rules.slipped {
            SlippedFills::WithinRange => self.kept_within_range(self.slipped(price, buying), buying),
            SlippedFills::MarketAndStop | SlippedFills::Market | SlippedFills::All | SlippedFills::Entries => {
                self.slipped(price, buying)
            }
        }
    }

    /// A resting limit entry's fill.
    pub fn slipped_entry_limit(&self, price: i64, level: i64, buying: Side, at_open: bool) -> i64 {
        match self.rules.slipped {
            SlippedFills::MarketAndStop | SlippedFills::Market => price,
            SlippedFills::All | SlippedFills::Entries => self.slipped(price, buying),
            SlippedFills::WithinRange => self.limit_within_range(price, level, buying, at_open),
        }
    }

    /// A limit slipped only when it fills at the open: a buy within range and limit, a sell within its limit.
    fn limit_within_range(&self, price: i64, level: i64, buying: Side, at_open: bool) -> i64 {
        if !at_open {
            return price;
        }
        match buying {
            Side::Long => self.slipped(price, buying).min(self.high().min(level)),
            Side::Short => self.slipped(price, buying).max(level),
        }
    }

    /// Commission of an order of `quantity` filled at the adjusted `fill` of `minute`, millionths of the account currency.
    pub fn commission(&self, fill: i64, quantity: i64, minute: usize) -> i64 {
        self.in_account(self.commission_before_conversion(fill, quantity, minute), minute)
    }

    /// The same in the instrument's currency.
    pub fn commission_before_conversion(&self, fill: i64, quantity: i64, minute: usize) -> i64 {
        let costs = &self.plan.costs;
        let units = Ratio::of_decimal(self.plan.terms.quantity_step).times_integer(i128::from(quantity));
        let per_unit = Ratio::of_decimal(costs.commission_per_unit).times(units).times_integer(1_000_000);
        let raw = i128::from((fill - self.plan.tape.offset_at(minute)).abs());
        let notional = self.value.times_integer(raw * i128::from(quantity));
        let by_value = Ratio::of_decimal(costs.commission_bps).times(notional).over_integer(10_000);
        let minimum = Ratio::of_decimal(costs.commission_minimum).times_integer(1_000_000);
        let rounded = |amount: Ratio| match self.rules.commission_unit {
            CommissionUnit::Millionth => amount.rounded(),
            CommissionUnit::Cent => amount.over_integer(MILLIONTHS_A_CENT).rounded() * MILLIONTHS_A_CENT as i64,
        };
        rounded(per_unit.plus(by_value)).max(rounded(minimum))
    }

    /// Money of `counts` of price for `quantity`, millionths of the instrument's currency.
    pub fn money(&self, counts: i64, quantity: i64) -> i64 {
        self.value.times_integer(i128::from(counts) * i128::from(quantity)).rounded()
    }

    /// The same amount in the account currency, at the rate of `minute`.
    pub fn in_account(&self, amount: i64, minute: usize) -> i64 {
        match &self.plan.conversion {
            Some(rates) => (amount as f64 * rates[minute]).round_ties_even() as i64,
            None => amount,
        }
    }
}
