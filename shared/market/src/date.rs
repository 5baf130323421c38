//! Calendar dates as day counts, and weekdays. It knows no zones and no sessions.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar date as days since 1970-01-01: a trading date, or the local date of a clock time.
///
/// An evening session belongs to the next trading date (Sunday 18:00 is Monday). Serialised as the number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TradingDate(pub i32);

/// A day of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Weekday {
    /// `mon`
    #[serde(rename = "mon")]
    Monday,
    /// `tue`
    #[serde(rename = "tue")]
    Tuesday,
    /// `wed`
    #[serde(rename = "wed")]
    Wednesday,
    /// `thu`
    #[serde(rename = "thu")]
    Thursday,
    /// `fri`
    #[serde(rename = "fri")]
    Friday,
    /// `sat`
    #[serde(rename = "sat")]
    Saturday,
    /// `sun`
    #[serde(rename = "sun")]
    Sunday,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn days_from_monday(self) -> u32 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }

    /// `mon` to `sun`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monday => "mon",
            Self::Tuesday => "tue",
            Self::Wednesday => "wed",
            Self::Thursday => "thu",
            Self::Friday => "fri",
            Self::Saturday => "sat",
            Self::Sunday => "sun",
        }
    }

    /// The weekday of a label (`mon`) or an English name (`Monday`), whatever its case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|day| lower == day.label() || lower == format!("{day:?}").to_ascii_lowercase())
    }
}

impl TradingDate {
    /// First year of a date that can be written: four digits.
    pub const MIN_YEAR: i32 = 1;
    /// Last year of a date that can be written: four digits.
    pub const MAX_YEAR: i32 = 9999;

    /// The date of a year, month (1–12) and day of the month, or `None` if there is no such day.
    #[must_use]
    pub const fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if year < Self::MIN_YEAR || year > Self::MAX_YEAR || month < 1 || month > 12 {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self::civil(year, month, day))
    }

    /// Day count of a date known to exist (Hinnant, *chrono-Compatible Low-Level Date Algorithms*, days_from_civil).
    pub(crate) const fn civil(year: i32, month: u32, day: u32) -> Self {
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month (1–12) and day of the month (Hinnant, civil_from_days).
    #[must_use]
    pub const fn to_ymd(self) -> (i32, u32, u32) {
        let shifted = self.0 as i64 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year as i32, month as u32, day as u32)
    }

    /// Day of the week (1970-01-01 was a Thursday).
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        match (self.0 as i64 + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// The Monday of this date's week.
    #[must_use]
    pub const fn monday(self) -> Self {
        Self(self.0 - self.weekday().days_from_monday() as i32)
    }

    /// The date `days` later (earlier if negative).
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// A date written `YYYY-MM-DD`, nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, width| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        Self::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }
}

impl fmt::Display for TradingDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.to_ymd();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

/// Days of a month of the proleptic Gregorian calendar; `month` is 1–12.
pub(crate) const fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
