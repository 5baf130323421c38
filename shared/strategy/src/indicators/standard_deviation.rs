//! Population standard deviation of a moving window.
//!
//! Over exact values `√(n·Σx² − (Σx)²) ÷ n` with an integer under the root, so that equal values give exactly 0.

use super::input::Run;
use super::window_sums::{after_look_back, float_means, spread_sums};

/// Largest `period × |count|` whose squares are sure to fit an `i128` however the window is centred: `2^61`.
const LARGEST_SCALED_COUNT: u128 = 1 << 61;

/// Deviation of each window of `period` values.
pub(super) fn standard_deviation(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let Some((counts, per_unit)) = run.exact else {
        return after_look_back(look_back, length, float_deviations(run.values, period));
    };
    let divisor = period as f64 * per_unit as f64;
    let largest = counts.iter().map(|count| count.unsigned_abs()).max().unwrap_or(0);
    if u128::from(largest) * period as u128 <= LARGEST_SCALED_COUNT {
        return after_look_back(look_back, length, rolling_roots(counts, period).map(|root| root / divisor));
    }
    let roots = counts.windows(period.max(1)).map(|window| window_root(window) / divisor);
    after_look_back(look_back, length, roots)
}

/// `√(n·Σx² − (Σx)²)` of each window, both sums rolling.
fn rolling_roots(counts: &[i64], period: usize) -> impl Iterator<Item = f64> {
    let before = || counts.iter().take(period.saturating_sub(1)).map(|count| i128::from(*count));
    let mut sum: i128 = before().sum();
    let mut squares: i128 = before().map(|count| count * count).sum();
    let size = period as i128;
    counts.iter().skip(period.saturating_sub(1)).zip(counts).map(move |(entering, leaving)| {
        let (entering, leaving) = (i128::from(*entering), i128::from(*leaving));
        let (full, full_squares) = (sum + entering, squares + entering * entering);
        (sum, squares) = (full - leaving, full_squares - leaving * leaving);
        root(size * full_squares - full * full)
    })
}

/// The same root for one window of counts too large to roll: exact around its first value where that fits, else in
/// floats. Which of both depends on the window alone.
fn window_root(window: &[i64]) -> f64 {
    let anchor = i128::from(window.first().copied().unwrap_or(0));
    let distances = || window.iter().map(|count| i128::from(*count) - anchor);
    let largest = distances().map(i128::unsigned_abs).max().unwrap_or(0);
    let size = window.len() as i128;
    if largest * window.len() as u128 <= 2 * LARGEST_SCALED_COUNT {
        let sum: i128 = distances().sum();
        return root(size * distances().map(|distance| distance * distance).sum::<i128>() - sum * sum);
    }
    let mean = distances().map(|distance| distance as f64).sum::<f64>() / size as f64;
    let squares: f64 = distances().map(|distance| (distance as f64 - mean) * (distance as f64 - mean)).sum();
    (size as f64 * squares).sqrt()
}

fn root(square: i128) -> f64 {
    // Through i64 where it fits: one instruction instead of a call.
    i64::try_from(square).map_or(square as f64, |narrow| narrow as f64).sqrt()
}

/// Two passes over each window of floats: its mean, then the squared distances.
fn float_deviations(values: &[f64], period: usize) -> impl Iterator<Item = f64> {
    let squares = spread_sums(values, &float_means(values, period), period, |distance| distance * distance);
    squares.into_iter().map(move |square| (square / period as f64).sqrt())
}
