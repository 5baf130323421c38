//! The standard normal distribution, from `libm` alone.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Newton steps of [`upper_quantile`]: from its start the error falls below the last bit after eight for any probability
/// a count of trials can give.
const STEPS: usize = 12;

/// Probability of a value below `z`.
pub(super) fn cumulative(z: f64) -> f64 {
    upper_tail(-z)
}

/// Probability of a value above `z`.
fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The value that is exceeded with probability `tail`, 0 < tail ≤ 0.5.
///
/// Newton's method on the logarithm of the tail, from the bound `Q(z) ≤ e^(−z²÷2) ÷ 2`: the logarithm is concave, so every
/// step stays on the upper side.
pub(super) fn upper_quantile(tail: f64) -> f64 {
    let target = libm::log(tail);
    let mut z = (-2.0 * target).sqrt();
    for _ in 0..STEPS {
        let above = upper_tail(z);
        let density = libm::exp(-0.5 * z * z) / TAU.sqrt();
        z += (libm::log(above) - target) * above / density;
    }
    z
}
