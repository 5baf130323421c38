//! Which trading dates a backtest covers, as a document or a call states it, resolved against the data there is.

use crate::limits;
use market::TradingDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A unit of `{"last": …}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowUnit {
    /// Calendar days.
    #[serde(rename = "d")]
    Days,
    /// Weeks.
    #[serde(rename = "w")]
    Weeks,
    /// Calendar months.
    #[serde(rename = "m")]
    Months,
    /// Calendar years.
    #[serde(rename = "y")]
    Years,
}

/// The window asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowSpec {
    /// The last stretch of the data.
    Last {
        /// How many units.
        count: u32,
        /// Which unit.
        unit: WindowUnit,
    },
    /// From a date to a date, both included; an absent end is the data's.
    Range {
        /// First trading date.
        from: Option<TradingDate>,
        /// Last trading date.
        to: Option<TradingDate>,
    },
}

impl Default for WindowSpec {
    /// The last year of data.
    fn default() -> Self {
        Self::Last { count: 1, unit: WindowUnit::Years }
    }
}

/// Why a window cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No data inside it.
    #[error("the window {from} to {to} has no data: the series covers {first} to {last}; choose dates inside it")]
    NoData {
        /// First date asked for.
        from: TradingDate,
        /// Last date asked for.
        to: TradingDate,
        /// First date there is.
        first: TradingDate,
        /// Last date there is.
        last: TradingDate,
    },
}

impl WindowSpec {
    /// Reads `{"last": "2y"}`, `{"from": "2023-01-01", "to": "2023-12-31"}` (either end may be absent).
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(value: &Value) -> Result<Self, String> {
        let Some(map) = value.as_object() else { return Err("a window is an object".to_owned()) };
        let date = |key: &str| match map.get(key).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(TradingDate::parse)
                .map(Some)
                .ok_or_else(|| format!("`{key}` is a date YYYY-MM-DD, not {value}")),
        };
        let (from, to) = (date("from")?, date("to")?);
        let Some(last) = map.get("last").filter(|value| !value.is_null()) else {
            return match (from, to) {
                (None, None) => Err("a window needs `last`, `from` or `to`".to_owned()),
                (Some(from), Some(to)) if from > to => Err(format!("the window ends ({to}) before it starts ({from})")),
                (from, to) => Ok(Self::Range { from, to }),
            };
        };
        if from.is_some() || to.is_some() {
            return Err("give either `last`, or `from` and `to`".to_owned());
        }
        last.as_str().and_then(Self::parse_last).ok_or_else(|| {
            format!(
                "`last` is a count and d, w, m or y, for example \"2y\", at most {} years, not {last}",
                limits::WINDOW_YEARS
            )
        })
    }

    fn parse_last(text: &str) -> Option<Self> {
        let unit = match text.chars().last()? {
            'd' => WindowUnit::Days,
            'w' => WindowUnit::Weeks,
            'm' => WindowUnit::Months,
            'y' => WindowUnit::Years,
            _ => return None,
        };
        let digits = text.get(..text.len() - 1)?;
        let count: u32 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        let years = match unit {
            WindowUnit::Days => count / 365,
            WindowUnit::Weeks => count / 52,
            WindowUnit::Months => count / 12,
            WindowUnit::Years => count,
        };
        (count > 0 && years <= limits::WINDOW_YEARS).then_some(Self::Last { count, unit })
    }

    /// The window as a document writes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Last { count, unit } => {
                let letter = match unit {
                    WindowUnit::Days => "d",
                    WindowUnit::Weeks => "w",
                    WindowUnit::Months => "m",
                    WindowUnit::Years => "y",
                };
                json!({ "last": format!("{count}{letter}") })
            }
            Self::Range { from, to } => {
                let mut map = serde_json::Map::new();
                if let Some(from) = from {
                    map.insert("from".to_owned(), Value::from(from.to_string()));
                }
                if let Some(to) = to {
                    map.insert("to".to_owned(), Value::from(to.to_string()));
                }
                Value::Object(map)
            }
        }
    }

    /// First and last trading date of the window, both included, inside data that span `first` … `last`.
    ///
    /// `last n units` ends with the data: one year before 2013-12-31 starts on 2013-01-01.
    ///
    /// # Errors
    /// [`WindowError::NoData`] when the window and the data do not overlap.
    pub fn resolve(&self, first: TradingDate, last: TradingDate) -> Result<(TradingDate, TradingDate), WindowError> {
        let (from, to) = match self {
            Self::Range { from, to } => (from.unwrap_or(first), to.unwrap_or(last)),
            Self::Last { count, unit } => (back(last, *count, *unit), last),
        };
        let resolved = (from.max(first), to.min(last));
        if resolved.0 > resolved.1 {
            return Err(WindowError::NoData { from, to, first, last });
        }
        Ok(resolved)
    }
}

/// The first day of the stretch of `count` units that ends with `last`.
fn back(last: TradingDate, count: u32, unit: WindowUnit) -> TradingDate {
    let days = |length: u32| last.plus_days(1 - i32::try_from(count.saturating_mul(length)).unwrap_or(i32::MAX / 2));
    let months = |count: u32| {
        let next = last.plus_days(1);
        let (year, month, day) = next.to_ymd();
        let index = i64::from(year) * 12 + i64::from(month) - 1 - i64::from(count);
        let (year, month) = (index.div_euclid(12) as i32, index.rem_euclid(12) as u32 + 1);
        (0..4).find_map(|less| TradingDate::from_ymd(year, month, day.saturating_sub(less))).unwrap_or(last)
    };
    match unit {
        WindowUnit::Days => days(1),
        WindowUnit::Weeks => days(7),
        WindowUnit::Months => months(count),
        WindowUnit::Years => months(count * 12),
    }
}
