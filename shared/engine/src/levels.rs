//! Where a price level ends up: distances in counts and rounding on the tick grid of raw prices.
//!
//! Levels are rounded when they are placed; fills never pass through here.

use crate::contract::Contract;
use crate::error::EngineError;
use crate::exact;
use crate::plan::{Distance, Side};

/// A level this close to a grid point, in ticks, is that grid point: floating-point noise must not cost a tick.
pub(crate) const GRID_TOLERANCE_TICKS: f64 = 1e-6;

/// Largest magnitude of a price, an offset, a level or a fill, counts: any difference of two fits 64 bits with room to spare.
pub(crate) const PRICE_LIMIT_COUNTS: i64 = 1 << 60;

/// `price + change`, or an error beyond [`PRICE_LIMIT_COUNTS`].
#[inline]
pub(crate) fn shifted(price: i64, change: i64) -> Result<i64, EngineError> {
    price
        .checked_add(change)
        .filter(|sum| sum.abs() <= PRICE_LIMIT_COUNTS)
        .ok_or(EngineError::Overflow("a price level"))
}

/// Which neighbouring tick a level between two moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the higher tick.
    Up,
    /// To the lower tick.
    Down,
}

impl Rounding {
    /// A limit (or target) goes to the harder side: buy down, sell up.
    pub(crate) const fn limit(order: Side) -> Self {
        match order {
            Side::Long => Self::Down,
            Side::Short => Self::Up,
        }
    }

    /// A stop goes to the worse price: buy up, sell down.
    pub(crate) const fn stop(order: Side) -> Self {
        match order {
            Side::Long => Self::Up,
            Side::Short => Self::Down,
        }
    }
}

/// The adjusted level `base + shift`, rounded on the tick grid of the raw prices of a minute with `offset`.
pub(crate) fn on_grid(base: i64, shift: f64, offset: i64, tick: i64, rounding: Rounding) -> Result<i64, EngineError> {
    let raw = base - offset;
    // The whole ticks stay integers, so the float part is small and its noise far below the tolerance.
    let ticks = (raw.rem_euclid(tick) as f64 + shift) / tick as f64;
    let nearest = ticks.round();
    let steps = if (ticks - nearest).abs() <= GRID_TOLERANCE_TICKS {
        nearest
    } else {
        match rounding {
            Rounding::Up => ticks.ceil(),
            Rounding::Down => ticks.floor(),
        }
    };
    let count = raw.div_euclid(tick).checked_add(exact::round_half_even(steps)?);
    let level = count.and_then(|count| count.checked_mul(tick)).ok_or(EngineError::Overflow("a price level"))?;
    shifted(level, offset)
}

/// Whether a distance lies against the position or in its favour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Towards a loss: stops.
    Adverse,
    /// Towards a profit: targets, activation, break-even.
    Favourable,
}

/// What distances are measured from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure<'a> {
    /// Contract terms.
    pub(crate) contract: &'a Contract,
    /// Side of the position.
    pub(crate) side: Side,
    /// The fill (or, for sizing, the reference price), adjusted counts.
    pub(crate) fill: i64,
    /// Adjusted minus raw price at the fill.
    pub(crate) offset: i64,
    /// Units of the whole position; `None` while the size is still to be found.
    pub(crate) units: Option<f64>,
    /// Decision bar that frozen values are taken from.
    pub(crate) decision: usize,
    /// Account currency per unit of the instrument's currency at the decision.
    pub(crate) rate: f64,
    /// Distance of the stop-loss as placed, counts.
    pub(crate) stop_distance: Option<i64>,
}

impl Measure<'_> {
    /// The distance in counts, at least one tick; `None` when it is undefined or on the wrong side.
    pub(crate) fn counts(&self, distance: &Distance, direction: Direction) -> Option<f64> {
        let tick = self.contract.tick as f64;
        let counts = self.plain_counts(distance, direction)?;
        (counts.is_finite() && counts >= -GRID_TOLERANCE_TICKS * tick).then(|| counts.max(tick))
    }

    fn plain_counts(&self, distance: &Distance, direction: Direction) -> Option<f64> {
        let per_unit = self.contract.counts_per_unit;
        match distance {
            Distance::Points(points) => Some(points * per_unit),
            Distance::Ticks(ticks) => Some(ticks * self.contract.tick as f64),
            Distance::Percent(percent) => Some((self.fill - self.offset).abs() as f64 * percent / 100.0),
            Distance::Money(money) => Some(money * per_unit / (self.units? * self.contract.point_value * self.rate)),
            Distance::Atr { multiple, value } => Some(multiple * value.get(self.decision)? * per_unit),
            Distance::R(multiple) => Some(multiple * self.stop_distance? as f64),
            Distance::Price(price) => {
                let beyond = price.get(self.decision)? * per_unit - self.fill as f64;
                let sign = match direction {
                    Direction::Adverse => -self.side.sign(),
                    Direction::Favourable => self.side.sign(),
                };
                Some(beyond * sign as f64)
            }
        }
    }
}
