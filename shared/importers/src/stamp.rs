//! Date and time texts of all the vendors to microseconds, local or absolute. It knows no zones.

use crate::limits::{MAX_YEAR, MIN_YEAR};
use crate::options::DateOrder;

/// Microseconds in one second.
pub(crate) const SECOND_US: i64 = 1_000_000;
/// Microseconds in one minute.
pub(crate) const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in one day.
pub(crate) const DAY_US: i64 = 1_440 * MINUTE_US;

/// A point in time as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Microseconds since 1970-01-01 00:00, of UTC or of the wall clock.
    pub(crate) us: i64,
    /// True when `us` is a wall clock's and needs a zone.
    pub(crate) local: bool,
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, "chrono-compatible low-level date algorithms");
/// `None` for a date that does not exist or a year out of bounds.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month_days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) || !(1..=month_days).contains(&day) {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Value of an all-digit text of at most 18 digits.
fn number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0_i64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Reads a whole time stamp out of one field.
pub(crate) fn parse(text: &[u8], order: Option<DateOrder>) -> Option<Stamp> {
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole == text.len() || (whole >= 10 && text.get(whole) == Some(&b'.')) {
        return parse_numeric(text, whole);
    }
    match text.iter().position(|byte| matches!(byte, b' ' | b'T' | b't')) {
        Some(at) => parse_pair(text.get(..at)?, text.get(at + 1..)?, order),
        None => Some(Stamp { us: parse_date(text, order)? * DAY_US, local: true }),
    }
}

/// Reads a date field and a time field.
pub(crate) fn parse_pair(date: &[u8], time: &[u8], order: Option<DateOrder>) -> Option<Stamp> {
    let days = parse_date(date, order)?;
    let clock = parse_time(time.trim_ascii())?;
    let wall = days * DAY_US + clock.us;
    Some(match clock.offset_seconds {
        Some(offset) => Stamp { us: wall - offset * SECOND_US, local: false },
        None => Stamp { us: wall, local: true },
    })
}

/// Digits only: an epoch by its digit count (10 s, 13 ms, 16 us, 19 ns) or a compact date.
fn parse_numeric(text: &[u8], whole: usize) -> Option<Stamp> {
    let digits = text.get(..whole)?;
    let compact = |date: usize| parse_pair(digits.get(..date)?, digits.get(date..)?, None);
    let us = match whole {
        8 => return Some(Stamp { us: parse_date(digits, None)? * DAY_US, local: true }),
        12 | 14 | 17 => return compact(8),
        10 => number(digits)?.checked_mul(SECOND_US)? + fraction_us(text.get(whole + 1..).unwrap_or_default())?,
        13 => number(digits)?.checked_mul(1_000)?,
        16 => number(digits)?,
        19 => number(digits.get(..16)?)?,
        _ => return None,
    };
    let bounds = days_from_civil(MIN_YEAR, 1, 1)? * DAY_US..days_from_civil(MAX_YEAR, 12, 31)? * DAY_US;
    bounds.contains(&us).then_some(Stamp { us, local: false })
}

/// Digits after a decimal point of seconds, in microseconds, finer ones cut off.
fn fraction_us(digits: &[u8]) -> Option<i64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = (0..6).map(|index| digits.get(index).map_or(0, |byte| i64::from(byte - b'0')));
    Some(padded.fold(0, |value, digit| value * 10 + digit))
}

/// The three number groups of a date text, with the separator, or `None`.
fn date_groups(text: &[u8]) -> Option<([&[u8]; 3], u8)> {
    let separator = *text.iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    let mut groups = text.split(|&byte| byte == separator);
    let found = [groups.next()?, groups.next()?, groups.next()?];
    groups.next().is_none().then_some((found, separator))
}

/// Days since 1970-01-01 of a date text. Day and month order matters only where the year comes last.
pub(crate) fn parse_date(text: &[u8], order: Option<DateOrder>) -> Option<i64> {
    if text.len() == 8 && text.iter().all(u8::is_ascii_digit) {
        return days_from_civil(number(text.get(..4)?)?, number(text.get(4..6)?)?, number(text.get(6..)?)?);
    }
    let ([first, second, third], separator) = date_groups(text)?;
    if first.len() == 4 {
        return days_from_civil(number(first)?, number(second)?, number(third)?);
    }
    let default = if separator == b'.' { DateOrder::Dmy } else { DateOrder::Mdy };
    let (year, month, day) = match order.unwrap_or(default) {
        DateOrder::Mdy => (third, first, second),
        DateOrder::Dmy => (third, second, first),
        DateOrder::Ymd => (first, second, third),
    };
    let year = match (year.len(), number(year)?) {
        (4, value) => value,
        (2, value) if value >= 70 => 1900 + value,
        (2, value) => 2000 + value,
        _ => return None,
    };
    days_from_civil(year, number(month)?, number(day)?)
}

/// What one date says about the order of day and month: `None` when either would do or the year comes first.
pub(crate) fn order_shown_by(text: &[u8]) -> Option<DateOrder> {
    let ([first, second, _], _) = date_groups(text)?;
    match (number(first)?, number(second)?) {
        (first, second) if first > 12 && second <= 12 => Some(DateOrder::Dmy),
        (first, second) if first <= 12 && second > 12 => Some(DateOrder::Mdy),
        _ => None,
    }
}

/// True for a date text whose day and month cannot be told apart by its writing alone.
pub(crate) fn order_matters(text: &[u8]) -> bool {
    date_groups(text).is_some_and(|([first, _, _], separator)| first.len() < 4 && separator != b'.')
}

/// A time of day and the offset written after it.
struct Clock {
    us: i64,
    offset_seconds: Option<i64>,
}

/// Reads `HH:MM[:SS[.f]]`, `HHMM`, `HHMMSS`, `HHMMSSmmm`, with AM or PM, Z, UTC, GMT or a numeric offset after it.
fn parse_time(text: &[u8]) -> Option<Clock> {
    let clock_end =
        text.iter().position(|byte| !byte.is_ascii_digit() && !matches!(byte, b':' | b'.')).unwrap_or(text.len());
    let us = parse_clock(text.get(..clock_end)?)?;
    let suffix = text.get(clock_end..)?.trim_ascii();
    if suffix.is_empty() {
        return Some(Clock { us, offset_seconds: None });
    }
    if suffix.len() == 7 && suffix.iter().all(u8::is_ascii_digit) {
        return Some(Clock { us: us + fraction_us(suffix)?, offset_seconds: None });
    }
    if suffix.eq_ignore_ascii_case(b"AM") || suffix.eq_ignore_ascii_case(b"PM") {
        let half = 12 * 60 * MINUTE_US;
        let hour_less = us % half;
        let afternoon = suffix.eq_ignore_ascii_case(b"PM");
        return (us < half + 60 * MINUTE_US)
            .then_some(Clock { us: hour_less + if afternoon { half } else { 0 }, offset_seconds: None });
    }
    Some(Clock { us, offset_seconds: Some(parse_offset(suffix)?) })
}

/// The clock itself, in microseconds since midnight; 24:00 is the next midnight.
fn parse_clock(text: &[u8]) -> Option<i64> {
    let (hour, minute, second, fraction) = if text.contains(&b':') {
        let mut parts = text.split(|&byte| byte == b':');
        let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
        let seconds = parts.next().unwrap_or(b"0");
        if parts.next().is_some() {
            return None;
        }
        let whole = seconds.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (hour, minute, number(seconds.get(..whole)?)?, fraction_us(seconds.get(whole + 1..).unwrap_or_default())?)
    } else {
        let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let fraction = fraction_us(text.get(whole + 1..).unwrap_or_default())?;
        let value = number(text.get(..whole)?)?;
        match whole {
            1..=4 => (value / 100, value % 100, 0, fraction),
            5 | 6 => (value / 10_000, value / 100 % 100, value % 100, fraction),
            9 => (value / 10_000_000, value / 100_000 % 100, value / 1_000 % 100, value % 1_000 * 1_000),
            _ => return None,
        }
    };
    let valid = (hour < 24 && minute < 60 && second < 60) || (hour == 24 && minute == 0 && second == 0);
    valid.then_some((hour * 60 + minute) * MINUTE_US + second * SECOND_US + fraction)
}

/// Seconds east of UTC of `Z`, `UTC`, `GMT`, `+HH`, `+HHMM`, `+HH:MM`, `GMT+HHMM`.
pub(crate) fn parse_offset(text: &[u8]) -> Option<i64> {
    if text.eq_ignore_ascii_case(b"Z") {
        return Some(0);
    }
    let named =
        text.get(..3).is_some_and(|name| name.eq_ignore_ascii_case(b"UTC") || name.eq_ignore_ascii_case(b"GMT"));
    let text = if named { text.get(3..)? } else { text };
    if named && text.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match text.split_first()? {
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match (digits.len(), digits.iter().position(|&byte| byte == b':')) {
        (_, Some(at)) => (number(digits.get(..at)?)?, number(digits.get(at + 1..)?)?),
        (1 | 2, None) => (number(digits)?, 0),
        (4, None) => (number(digits)? / 100, number(digits)? % 100),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}
