//! Sums over a moving window, independent of where the series starts.
//!
//! Integers roll (exact); floats are added up afresh for every window, oldest value first. Results come one per full
//! window, in order; [`after_look_back`] puts them in their place.

/// Outputs computed together while summing floats: fits the first-level cache with its inputs.
const BLOCK_VALUES: usize = 1024;

/// Sum of each window of `period` integers.
pub(super) fn integer_sums(counts: &[i64], period: usize) -> impl Iterator<Item = i128> {
    wide_sums(counts.iter().map(|count| i128::from(*count)), period)
}

/// Sum of each window of `period` wide integers; modulo `2^128`, so exact wherever the window's own sum fits.
pub(super) fn wide_sums(counts: impl Iterator<Item = i128> + Clone, period: usize) -> impl Iterator<Item = i128> {
    let mut sum = counts.clone().take(period.saturating_sub(1)).fold(0_i128, i128::wrapping_add);
    counts.clone().skip(period.saturating_sub(1)).zip(counts).map(move |(entering, leaving)| {
        let full = sum.wrapping_add(entering);
        sum = full.wrapping_sub(leaving);
        full
    })
}

/// Sum and linearly weighted sum (oldest weight 1, newest `period`) of each window of `period` integers.
pub(super) fn integer_linear_sums(counts: &[i64], period: usize) -> impl Iterator<Item = (i128, i128)> {
    let before = || counts.iter().take(period.saturating_sub(1)).map(|count| i128::from(*count));
    let mut sum: i128 = before().sum();
    let mut weighted: i128 = before().zip(1..).map(|(count, weight)| count * weight).sum();
    counts.iter().skip(period.saturating_sub(1)).zip(counts).map(move |(entering, leaving)| {
        let full = (sum + i128::from(*entering), weighted + i128::from(*entering) * period as i128);
        weighted = full.1 - full.0;
        sum = full.0 - i128::from(*leaving);
        full
    })
}

/// Σ `weights[j]` × value `j` of the window, oldest first, for each window of `weights.len()` values.
pub(super) fn weighted_sums(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; (values.len() + 1).saturating_sub(weights.len())];
    for (block, outputs) in sums.chunks_mut(BLOCK_VALUES).enumerate() {
        let inputs = values.get(block * BLOCK_VALUES..).unwrap_or_default();
        for (position, weight) in weights.iter().enumerate() {
            let shifted = inputs.get(position..).unwrap_or_default();
            outputs.iter_mut().zip(shifted).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    sums
}

/// Σ `measure`(value − centre) over each window of `period` values, oldest first; `centres` has one value per window.
pub(super) fn spread_sums(values: &[f64], centres: &[f64], period: usize, measure: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; centres.len()];
    for (block, outputs) in sums.chunks_mut(BLOCK_VALUES).enumerate() {
        let inputs = values.get(block * BLOCK_VALUES..).unwrap_or_default();
        let centres = centres.get(block * BLOCK_VALUES..).unwrap_or_default();
        for position in 0..period {
            let shifted = inputs.get(position..).unwrap_or_default();
            let places = outputs.iter_mut().zip(shifted.iter().zip(centres));
            places.for_each(|(sum, (value, centre))| *sum += measure(value - centre));
        }
    }
    sums
}

/// Mean of each window of `period` floats.
pub(super) fn float_means(values: &[f64], period: usize) -> Vec<f64> {
    let divisor = period as f64;
    let mut sums = weighted_sums(values, &vec![1.0; period]);
    sums.iter_mut().for_each(|sum| *sum /= divisor);
    sums
}

/// Puts `look_back` undefined values before the `defined` ones; as long as the series.
pub(super) fn after_look_back(look_back: usize, length: usize, defined: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut column = Vec::with_capacity(length);
    column.resize(look_back.min(length), f64::NAN);
    column.extend(defined);
    column.resize(length, f64::NAN);
    column
}
