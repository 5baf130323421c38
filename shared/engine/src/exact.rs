//! Exact rational arithmetic for money: decimals as ratios, one rounding, half to even.
//!
//! No floating point and no wrapping: an intermediate that does not fit is an [`EngineError::Overflow`].

use crate::error::EngineError;
use crate::plan::Money;
use rust_decimal::Decimal;
use std::str::FromStr;

/// Places kept of terms and costs: more than any venue quotes, few enough that products stay within 128 bits.
const DECIMAL_PLACES: u32 = 12;

/// A non-negative exact number, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ratio {
    /// Dividend, ≥ 0.
    pub(crate) numerator: i128,
    /// Divisor, > 0.
    pub(crate) denominator: i128,
}

impl Ratio {
    /// The decimal that the shortest text of `value` shows (0.1 is one tenth), to [`DECIMAL_PLACES`]; `name` goes into the error.
    pub(crate) fn from_decimal_text(value: f64, name: &'static str) -> Result<Self, EngineError> {
        if !value.is_finite() || value < 0.0 {
            return Err(EngineError::InvalidPlan(name));
        }
        let decimal = Decimal::from_str(&value.to_string())
            .map_err(|_| EngineError::InvalidPlan(name))?
            .round_dp(DECIMAL_PLACES)
            .normalize();
        Self::new(decimal.mantissa(), 10_i128.pow(decimal.scale()))
    }

    /// `numerator ÷ denominator` in lowest terms.
    pub(crate) fn new(numerator: i128, denominator: i128) -> Result<Self, EngineError> {
        let divisor = greatest_common_divisor(numerator, denominator);
        if numerator < 0 || denominator <= 0 || divisor == 0 {
            return Err(EngineError::Overflow("an exact ratio"));
        }
        Ok(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// The product, in lowest terms.
    pub(crate) fn times(self, other: Self) -> Result<Self, EngineError> {
        // Cancelling crosswise first keeps the products as small as they can be.
        let left = Self::new(self.numerator, other.denominator)?;
        let right = Self::new(other.numerator, self.denominator)?;
        Self::new(product(left.numerator, right.numerator)?, product(left.denominator, right.denominator)?)
    }

    /// `self × factor`, rounded half to even.
    pub(crate) fn scale(self, factor: i128) -> Result<i64, EngineError> {
        to_count(divide_half_even(product(self.numerator, factor)?, self.denominator))
    }
}

/// The product, or an error when it does not fit.
pub(crate) fn product(left: i128, right: i128) -> Result<i128, EngineError> {
    left.checked_mul(right).ok_or(EngineError::Overflow("an amount of money"))
}

/// A 64-bit count, or an error when it does not fit.
pub(crate) fn to_count(value: i128) -> Result<i64, EngineError> {
    i64::try_from(value).map_err(|_| EngineError::Overflow("an amount of money"))
}

/// `dividend ÷ divisor` (divisor > 0) rounded to the nearest integer, ties to even.
pub(crate) const fn divide_half_even(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend.div_euclid(divisor);
    let rest = dividend.rem_euclid(divisor);
    let above = divisor - rest;
    if rest > above || (rest == above && quotient % 2 != 0) { quotient + 1 } else { quotient }
}

/// [`divide_half_even`] for operands that fit a machine word.
#[inline]
pub(crate) const fn divide_half_even_word(dividend: i64, divisor: i64) -> i64 {
    if divisor == 1 {
        return dividend;
    }
    let quotient = dividend.div_euclid(divisor);
    let rest = dividend.rem_euclid(divisor);
    let above = divisor - rest;
    if rest > above || (rest == above && quotient % 2 != 0) { quotient + 1 } else { quotient }
}

/// The nearest integer to `value` (ties to even), or an error outside 64 bits.
pub(crate) fn round_half_even(value: f64) -> Result<i64, EngineError> {
    /// Largest magnitude at which every `f64` converts to `i64` without loss of range (2^62 leaves room for one addition).
    const LIMIT: f64 = 4_611_686_018_427_387_904.0;
    if value.abs() < LIMIT { Ok(value.round_ties_even() as i64) } else { Err(EngineError::Overflow("a number")) }
}

impl Money {
    /// The sum, or an error when it does not fit.
    #[inline]
    pub(crate) fn plus(self, other: Self) -> Result<Self, EngineError> {
        self.0.checked_add(other.0).map(Self).ok_or(EngineError::Overflow("an amount of money"))
    }

    /// The difference, or an error when it does not fit.
    #[inline]
    pub(crate) fn minus(self, other: Self) -> Result<Self, EngineError> {
        self.0.checked_sub(other.0).map(Self).ok_or(EngineError::Overflow("an amount of money"))
    }
}

/// The least common multiple of two positive numbers, or an error when it does not fit.
pub(crate) fn least_common_multiple(left: i128, right: i128) -> Result<i128, EngineError> {
    product(left / greatest_common_divisor(left, right).max(1), right)
}

/// Euclid's algorithm; 0 only for two zeros.
const fn greatest_common_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    if left < 0 { -left } else { left }
}
