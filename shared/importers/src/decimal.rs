//! Decimal text to exact integers on the working grid of nine places; never through floating point.

use crate::limits::{MAX_DIGITS, WORKING_PLACES};

/// A number on the working grid and whether digits beyond the grid were rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OnGrid {
    /// Count of `10^-9`.
    pub(crate) count: i128,
    /// True when the text had more places than the grid.
    pub(crate) rounded: bool,
}

/// `10^power`, for powers that fit.
const fn power_of_ten(power: u32) -> Option<i128> {
    10_i128.checked_pow(power)
}

/// Reads `[+-]digits[point digits][e[+-]digits]` as a count of `10^-(9 + shift)` units.
///
/// `unit_places` is the number of places an integer column leaves out (4 for Lean equities, 9 for Databento).
/// `None` when the text is not such a number or does not fit.
pub(crate) fn parse(text: &[u8], point: u8, unit_places: u32) -> Option<OnGrid> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let (digits, exponent) = match digits.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (digits.get(..at)?, parse_exponent(digits.get(at + 1..)?)?),
        None => (digits, 0),
    };
    let (mantissa, fraction_digits) = parse_digits(digits, point)?;
    let shift = i64::from(WORKING_PLACES) - i64::from(fraction_digits) - i64::from(unit_places) + exponent;
    let scaled = shift_by(mantissa, shift)?;
    Some(OnGrid { count: if negative { -scaled.count } else { scaled.count }, rounded: scaled.rounded })
}

/// Mantissa and number of digits after the point.
fn parse_digits(digits: &[u8], point: u8) -> Option<(i128, u32)> {
    let mut mantissa: i128 = 0;
    let mut count = 0_u32;
    let mut fraction: Option<u32> = None;
    let mut seen = false;
    for &byte in digits {
        if byte == point {
            if fraction.is_some() {
                return None;
            }
            fraction = Some(0);
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        seen = true;
        if count > 0 || byte != b'0' {
            count += 1;
        }
        if count > MAX_DIGITS {
            return None;
        }
        mantissa = mantissa * 10 + i128::from(byte - b'0');
        fraction = fraction.map(|places| places + 1);
    }
    seen.then_some((mantissa, fraction.unwrap_or(0)))
}

/// A signed exponent of at most three digits.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1, text),
    };
    if digits.is_empty() || digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(sign * digits.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0')))
}

/// `mantissa × 10^shift`, rounding half away from zero when digits fall off. The mantissa is not negative.
fn shift_by(mantissa: i128, shift: i64) -> Option<OnGrid> {
    if mantissa == 0 {
        return Some(OnGrid { count: 0, rounded: false });
    }
    let places = u32::try_from(shift.unsigned_abs()).ok()?;
    if shift >= 0 {
        let count = mantissa.checked_mul(power_of_ten(places)?)?;
        return Some(OnGrid { count, rounded: false });
    }
    let Some(divisor) = power_of_ten(places) else { return Some(OnGrid { count: 0, rounded: true }) };
    let (quotient, remainder) = (mantissa / divisor, mantissa % divisor);
    let up = i128::from(remainder >= divisor - remainder);
    Some(OnGrid { count: quotient + up, rounded: remainder != 0 })
}
