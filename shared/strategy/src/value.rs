//! Values of parameters: integers, exact decimals, times of day. Which one a parameter has is decided by its places.

use crate::syntax::token::parse_decimal;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A whole number: periods, bars, counts.
    Integer,
    /// An exact decimal: thresholds, distances, sizes.
    Decimal,
    /// Minutes after local midnight, written `"HH:MM"`.
    TimeOfDay,
}

impl ParameterKind {
    /// The kind in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number",
            Self::TimeOfDay => "a time of day (\"HH:MM\")",
        }
    }
}

/// A parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterValue {
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Minutes after midnight, 0–1440 (`24:00` ends a day).
    TimeOfDay(u16),
}

/// Minutes of a day: the largest time of day is `24:00`.
pub const DAY_MINUTES: u16 = 24 * 60;

impl ParameterValue {
    /// Reads a JSON number or `"HH:MM"` as `kind`.
    ///
    /// # Errors
    /// A sentence that says what is expected, when the value is of another kind.
    pub fn parse(value: &Value, kind: ParameterKind) -> Result<Self, String> {
        let wrong = || format!("{value} is not {}", kind.in_words());
        match kind {
            ParameterKind::TimeOfDay => value.as_str().and_then(parse_time).map(Self::TimeOfDay).ok_or_else(wrong),
            ParameterKind::Decimal => json_decimal(value).map(Self::Decimal).ok_or_else(wrong),
            ParameterKind::Integer => json_decimal(value)
                .filter(Decimal::is_integer)
                .and_then(|value| value.to_i64())
                .map(Self::Integer)
                .ok_or_else(wrong),
        }
    }

    /// The kind this value has.
    #[must_use]
    pub const fn kind(&self) -> ParameterKind {
        match self {
            Self::Integer(_) => ParameterKind::Integer,
            Self::Decimal(_) => ParameterKind::Decimal,
            Self::TimeOfDay(_) => ParameterKind::TimeOfDay,
        }
    }

    /// The value as an exact decimal; a time of day is its minutes.
    #[must_use]
    pub fn to_decimal(&self) -> Decimal {
        match self {
            Self::Integer(value) => Decimal::from(*value),
            Self::Decimal(value) => *value,
            Self::TimeOfDay(minutes) => Decimal::from(*minutes),
        }
    }

    /// The nearest `f64`: the one the decimal text parses to.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        decimal_to_f64(self.to_decimal())
    }

    /// The JSON a document or a result holds: a number, or `"HH:MM"`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Integer(value) => Value::from(*value),
            Self::Decimal(value) => decimal_to_json(*value),
            Self::TimeOfDay(_) => Value::from(self.to_string()),
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(formatter, "{value}"),
            Self::Decimal(value) => write!(formatter, "{}", value.normalize()),
            Self::TimeOfDay(minutes) => write!(formatter, "{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

impl Serialize for ParameterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ParameterValue {
    /// A whole JSON number reads as an integer; [`crate::Strategy::conform`] gives it the kind its parameter has.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let kinds = [ParameterKind::Integer, ParameterKind::Decimal, ParameterKind::TimeOfDay];
        kinds
            .into_iter()
            .find_map(|kind| Self::parse(&value, kind).ok())
            .ok_or_else(|| serde::de::Error::custom(format!("{value} is neither a number nor \"HH:MM\"")))
    }
}

/// The `f64` nearest to `value`.
pub(crate) fn decimal_to_f64(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// A JSON number that reads back as the same decimal.
pub(crate) fn decimal_to_json(value: Decimal) -> Value {
    match value.to_i64().filter(|_| value.is_integer()) {
        Some(whole) => Value::from(whole),
        None => serde_json::Number::from_f64(decimal_to_f64(value)).map_or(Value::Null, Value::Number),
    }
}

/// The decimal a JSON number is written as.
pub(crate) fn json_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => parse_decimal(&number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Minutes of `"HH:MM"`, at most `24:00`.
pub fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours, 2) || minutes.len() != 2 || !digits(minutes, 2) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY_MINUTES).then_some(total)
}
