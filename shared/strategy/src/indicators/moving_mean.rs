//! The mean of a moving window of integers, a part of the series at a time: the same bits in any parts, because sums of integers
//! are exact and each is divided once.

use super::bar_columns::Column;
use super::exact_ratio::{SMALL_FLOAT, exact_float, small_float};

/// A column in the making, computed a part at a time.
pub(crate) trait Flow {
    /// Writes the next values of the column; `source` is the one the flow was made for.
    fn fill(&mut self, source: &Column, values: &mut [f64]);
}

/// Where the window stands.
pub(super) struct MovingMean {
    period: usize,
    divisor: f64,
    /// The next value to enter.
    next: usize,
}

impl MovingMean {
    /// Before the first of counts of at most this magnitude; `None` where a sum may be no [`small_float`] or the divisor no
    /// float exactly.
    pub(super) fn of(magnitude: u64, per_unit: i64, period: usize) -> Option<Self> {
        let fits = period > 0 && u128::from(magnitude) * period as u128 <= SMALL_FLOAT;
        let divisor = exact_float(period as i128 * i128::from(per_unit))?;
        fits.then_some(Self { period, divisor, next: 0 })
    }

    /// The next means; undefined while the window is not full. `sums` are the [`running_sums`] of what is averaged.
    pub(super) fn fill(&mut self, sums: &[i64], values: &mut [f64]) {
        let warming = (self.period - 1).saturating_sub(self.next).min(values.len());
        let (undefined, defined) = values.split_at_mut(warming);
        undefined.fill(f64::NAN);
        self.next += warming;
        let from = |first: usize| sums.get(first..).unwrap_or_default();
        let windows = from(self.next + 1).iter().zip(from(self.next + 1 - self.period.min(self.next + 1)));
        self.next += defined.len();
        // No value waits for the one before it. Both convert exactly, so that dividing is the only rounding, as in `ratio`.
        for (value, (with, before)) in defined.iter_mut().zip(windows) {
            *value = small_float(with.wrapping_sub(*before)) / self.divisor;
        }
    }
}

/// The sum of all counts before each, and of all: a window's is the difference of two, whatever wrapped before it.
pub(super) fn running_sums(counts: &[i64]) -> Vec<i64> {
    let sums = counts.iter().scan(0_i64, |sum, count| {
        *sum = sum.wrapping_add(*count);
        Some(*sum)
    });
    std::iter::once(0).chain(sums).collect()
}

/// The flow of the mean over `source` from bar `start` on.
pub(super) fn flow(source: &Column, start: usize, period: usize) -> Option<impl Flow + use<>> {
    let exact = source.exact.as_ref()?;
    let first = exact.first.max(start);
    let mean = MovingMean::of(exact.magnitude(), exact.per_unit, period)?;
    Some(FromBar { undefined: first, first, mean })
}

/// A mean that starts at a bar.
struct FromBar {
    /// Bars before it that have not been written.
    undefined: usize,
    first: usize,
    mean: MovingMean,
}

impl Flow for FromBar {
    fn fill(&mut self, source: &Column, values: &mut [f64]) {
        let (before, after) = values.split_at_mut(self.undefined.min(values.len()));
        before.fill(f64::NAN);
        self.undefined -= before.len();
        let sums = source.exact.as_ref().and_then(|exact| exact.sums().get(self.first..)).unwrap_or_default();
        self.mean.fill(sums, after);
    }
}
