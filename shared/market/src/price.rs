//! The grid of exact prices and volumes: an integer count of `10^-places`.

use serde::{Deserialize, Serialize};

/// Decimal places of a stored integer: one count is `10^-places` of the quoted unit.
///
/// A series picks the fewest places that hold every value of its source exactly, at most [`Scale::MAX_PLACES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scale(u8);

impl Scale {
    /// More places than any supported venue quotes; keeps every price within an `i64`.
    pub const MAX_PLACES: u8 = 9;

    /// Whole units.
    pub const UNITS: Self = Self(0);

    /// Hundredths.
    pub const CENTS: Self = Self(2);

    /// A scale of `places` decimal places, or `None` above [`Scale::MAX_PLACES`].
    #[must_use]
    pub const fn new(places: u8) -> Option<Self> {
        if places <= Self::MAX_PLACES { Some(Self(places)) } else { None }
    }

    /// Decimal places.
    #[must_use]
    pub const fn places(self) -> u8 {
        self.0
    }

    /// Counts per quoted unit: `10^places`.
    #[must_use]
    pub const fn per_unit(self) -> i64 {
        10_i64.pow(self.0 as u32)
    }

    /// The quoted value of `count`: one correctly rounded division, so equal counts give equal bits
    /// and the result equals the parsed decimal text of the price.
    #[must_use]
    pub fn to_f64(self, count: i64) -> f64 {
        count as f64 / self.per_unit() as f64
    }
}
