//! Integers to floats with one rounding: equal rationals give equal bits and order is kept.

/// Largest magnitude below which every integer is a float: `2^53`.
pub(super) const EXACT_FLOAT: u128 = 1 << 53;

/// Largest magnitude of what [`small_float`] converts: `2^51`.
pub(super) const SMALL_FLOAT: u128 = 1 << 51;

/// An integer of at most [`SMALL_FLOAT`] as a float, exactly: added to the bits of `1.5 × 2^52` it is that many units of the
/// last place. Unlike a conversion, several at once on every machine.
#[inline]
pub(super) fn small_float(value: i64) -> f64 {
    const BASE: f64 = 6_755_399_441_055_744.0;
    f64::from_bits(BASE.to_bits().wrapping_add_signed(value)) - BASE
}

/// A positive integer as a float, where that is exact.
pub(super) fn exact_float(value: i128) -> Option<f64> {
    (value > 0 && value.unsigned_abs() <= EXACT_FLOAT).then_some(value as f64)
}

/// `numerator / denominator` rounded once, to nearest, ties to even; `NaN` when the denominator is 0.
///
/// Both magnitudes stay below `2^127`.
#[inline]
pub(crate) fn ratio(numerator: i128, denominator: i128) -> f64 {
    if numerator.unsigned_abs() <= EXACT_FLOAT && denominator.unsigned_abs() <= EXACT_FLOAT && denominator != 0 {
        // Both convert exactly, so the hardware division is the only rounding; through i64 because that is one instruction.
        return numerator as i64 as f64 / denominator as i64 as f64;
    }
    wide_ratio(numerator, denominator)
}

/// Quotient of integers too large for the hardware: at least 56 significant bits, the last one sticky, so that the
/// conversion to a float is the only rounding.
#[cold]
fn wide_ratio(numerator: i128, denominator: i128) -> f64 {
    let (top, bottom) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    if bottom == 0 {
        return f64::NAN;
    }
    let (mut quotient, mut remainder) = (top / bottom, top % bottom);
    let mut shift = 0_i32;
    while quotient < EXACT_FLOAT * 8 && remainder != 0 {
        remainder <<= 1;
        quotient <<= 1;
        if remainder >= bottom {
            remainder -= bottom;
            quotient |= 1;
        }
        shift += 1;
    }
    let magnitude = libm::scalbn((quotient | u128::from(remainder != 0)) as f64, -shift);
    if (numerator < 0) == (denominator < 0) { magnitude } else { -magnitude }
}
