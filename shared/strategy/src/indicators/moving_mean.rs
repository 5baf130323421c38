//! The mean of a moving window of integers, a part of the series at a time: the same bits in any parts, because sums of integers
//! are exact and each is divided once.

use super::bar_columns::Column;
use super::exact_ratio::{SMALL_FLOAT, exact_float, small_float};

/// Sums divided together: they fit the first-level cache.
const SUMS_AT_ONCE: usize = 512;

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
    /// Sum of what is in the window before it enters and after the oldest has left.
    sum: i64,
}

impl MovingMean {
    /// Before the first of counts of at most this magnitude; `None` where a sum may be no [`small_float`] or the divisor no
    /// float exactly.
    pub(super) fn of(magnitude: u64, per_unit: i64, period: usize) -> Option<Self> {
        let fits = period > 0 && u128::from(magnitude) * period as u128 <= SMALL_FLOAT;
        let divisor = exact_float(period as i128 * i128::from(per_unit))?;
        fits.then_some(Self { period, divisor, next: 0, sum: 0 })
    }

    /// The next means; undefined while the window is not full.
    pub(super) fn fill(&mut self, counts: &[i64], values: &mut [f64]) {
        let warming = (self.period - 1).saturating_sub(self.next).min(values.len());
        let (undefined, mut defined) = values.split_at_mut(warming);
        undefined.fill(f64::NAN);
        self.sum += counts.get(self.next..self.next + warming).unwrap_or_default().iter().sum::<i64>();
        self.next += warming;
        // Sums follow from one another, divisions do not: many at once. Both convert exactly, so that dividing is the only
        // rounding, as in `ratio`.
        let mut sums = [0; SUMS_AT_ONCE];
        while !defined.is_empty() {
            let (now, later) = defined.split_at_mut(defined.len().min(SUMS_AT_ONCE));
            let part = |from: usize| counts.get(from..from + now.len()).unwrap_or_default();
            let (entering, leaving) = (part(self.next), part(self.next + 1 - self.period));
            // The difference waits for no sum: one addition from each to the next.
            let (mut sum, mut left) = (self.sum, 0);
            for ((place, entering), leaving) in sums.iter_mut().zip(entering).zip(leaving) {
                sum += entering - left;
                (*place, left) = (sum, *leaving);
            }
            self.sum = sum - left;
            now.iter_mut().zip(&sums).for_each(|(value, sum)| *value = small_float(*sum) / self.divisor);
            self.next += now.len();
            defined = later;
        }
    }
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
        let counts = source.exact.as_ref().and_then(|exact| exact.counts.get(self.first..)).unwrap_or_default();
        self.mean.fill(counts, after);
    }
}
