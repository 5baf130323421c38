//! Exact arithmetic of the loop: money as rationals rounded once, half to even, and levels on the tick grid.
//!
//! Deliberately plain and slow: decimals of `f64` inputs are taken from their shortest text.

use engine::plan::{Side, Terms};

/// A rational number, denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    pub top: i128,
    pub bottom: i128,
}

impl Ratio {
    /// The decimal a person wrote: the shortest text that parses to `value`.
    pub fn of_decimal(value: f64) -> Self {
        let text = format!("{value}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let top: i128 = format!("{whole}{fraction}").parse().expect("a finite decimal");
        Self { top, bottom: 10_i128.pow(fraction.len() as u32) }.reduced()
    }

    pub fn new(top: i128, bottom: i128) -> Self {
        Self { top, bottom }
    }

    pub fn plus(self, other: Self) -> Self {
        Self { top: self.top * other.bottom + other.top * self.bottom, bottom: self.bottom * other.bottom }.reduced()
    }

    fn reduced(self) -> Self {
        let (mut a, mut b) = (self.top.abs(), self.bottom);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let a = a.max(1);
        Self { top: self.top / a, bottom: self.bottom / a }
    }

    pub fn times(self, other: Self) -> Self {
        Self { top: self.top * other.top, bottom: self.bottom * other.bottom }.reduced()
    }

    pub fn times_integer(self, count: i128) -> Self {
        Self { top: self.top * count, bottom: self.bottom }.reduced()
    }

    pub fn over_integer(self, count: i128) -> Self {
        Self { top: self.top, bottom: self.bottom * count }.reduced()
    }

    /// The nearest integer, ties to the even one.
    pub fn rounded(self) -> i64 {
        let floor = self.top.div_euclid(self.bottom);
        let twice = 2 * self.top.rem_euclid(self.bottom);
        let up = twice > self.bottom || (twice == self.bottom && floor % 2 != 0);
        i64::try_from(floor + i128::from(up)).expect("money within range")
    }
}

/// Money in millionths per price count and quantity count.
pub fn money_per_count(terms: &Terms, counts_per_unit: i64) -> Ratio {
    Ratio::of_decimal(terms.point_value)
        .times(Ratio::of_decimal(terms.quantity_step))
        .times_integer(1_000_000)
        .over_integer(i128::from(counts_per_unit))
}

/// +1 for long, −1 for short.
pub const fn sign(side: Side) -> i64 {
    match side {
        Side::Long => 1,
        Side::Short => -1,
    }
}

/// The other side.
pub const fn opposite(side: Side) -> Side {
    match side {
        Side::Long => Side::Short,
        Side::Short => Side::Long,
    }
}

/// Which way a level between two grid points goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    Up,
    Down,
}

/// Share of a tick within which a level is the grid point itself: noise of `f64` arithmetic.
const SNAP_TICKS: f64 = 1e-6;

/// The adjusted `level` (counts) moved to the grid of raw prices.
pub fn on_grid(level: f64, offset: i64, tick: i64, towards: Towards) -> i64 {
    let ticks = (level - offset as f64) / tick as f64;
    let nearest = ticks.round();
    let whole = if (ticks - nearest).abs() <= SNAP_TICKS {
        nearest
    } else {
        match towards {
            Towards::Up => ticks.ceil(),
            Towards::Down => ticks.floor(),
        }
    };
    whole as i64 * tick + offset
}

/// Direction a stop order is rounded: the worse price (buy up, sell down).
pub const fn stop_rounding(buying: Side) -> Towards {
    match buying {
        Side::Long => Towards::Up,
        Side::Short => Towards::Down,
    }
}

/// Direction a limit order is rounded: the harder side (buy down, sell up).
pub const fn limit_rounding(buying: Side) -> Towards {
    match buying {
        Side::Long => Towards::Down,
        Side::Short => Towards::Up,
    }
}
