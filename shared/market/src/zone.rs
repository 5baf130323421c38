//! Clock times in a named time zone, both ways, from the compiled-in IANA database.
//!
//! A zone is a table of offset spans, so a look-up is a binary search and an ascending column costs one per span.
//! It knows no sessions.

use crate::date::{TradingDate, Weekday};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in a day of 24 hours.
pub const DAY_US: i64 = 1_440 * MINUTE_US;

/// First second covered by offset tables, 1900-01-01: older than any bar; earlier times take the first offset.
const TABLE_START_S: i64 = -2_208_988_800;
/// Last second covered by offset tables, 2100-01-01: later times take the last offset.
const TABLE_END_S: i64 = 4_102_444_800;

/// Zones that were asked for, by name in lower case: there are no more than the database has.
static KNOWN: LazyLock<RwLock<BTreeMap<String, Zone>>> = LazyLock::new(RwLock::default);

/// Why a zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// The name is not in the IANA database.
    #[error("unknown time zone `{name}`: use an IANA name such as `America/New_York` or `UTC`")]
    Unknown {
        /// The name asked for.
        name: String,
    },
}

/// A time zone of the compiled-in IANA database, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: Arc<str>,
    /// (first instant, microseconds to add to UTC), ascending; the first starts at `i64::MIN`.
    spans: Arc<[(i64, i64)]>,
}

/// An instant as a local clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// Local calendar date (not yet a trading date: an evening session belongs to the next one).
    pub date: TradingDate,
    /// Minutes since local midnight, 0–1439.
    pub minute_of_day: u32,
    /// Seconds of the minute, 0–59.
    pub second: u32,
    /// Weekday of `date`.
    pub weekday: Weekday,
}

impl Zone {
    /// The zone of an IANA name, whatever its case.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`] if the database has no such name.
    pub fn get(name: &str) -> Result<Self, ZoneError> {
        let key = name.to_ascii_lowercase();
        if let Some(zone) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(zone.clone());
        }
        let zone = Self::load(name)?;
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(key, zone.clone());
        Ok(zone)
    }

    /// The zone as the database has it: its hundreds of transitions, one by one.
    fn load(name: &str) -> Result<Self, ZoneError> {
        let unknown = || ZoneError::Unknown { name: name.to_owned() };
        let zone = TimeZone::get(name).map_err(|_| unknown())?;
        if zone.is_unknown() {
            return Err(unknown());
        }
        let start = Timestamp::from_second(TABLE_START_S).map_err(|_| unknown())?;
        let end = Timestamp::from_second(TABLE_END_S).map_err(|_| unknown())?;
        let mut spans = vec![(i64::MIN, i64::from(zone.to_offset(start).seconds()) * SECOND_US)];
        for transition in zone.following(start).take_while(|transition| transition.timestamp() < end) {
            let offset = i64::from(transition.offset().seconds()) * SECOND_US;
            if spans.last().is_none_or(|last| last.1 != offset) {
                spans.push((transition.timestamp().as_microsecond(), offset));
            }
        }
        let name = zone.iana_name().unwrap_or(name).into();
        Ok(Self { name, spans: spans.into() })
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The instant (microseconds UTC) at which the local clock shows `minute_of_day` (0–1440) on `date`.
    ///
    /// A time the clock skips is the first instant after the gap; a time it shows twice is the first of the two.
    #[must_use]
    pub fn instant(&self, date: TradingDate, minute_of_day: u32) -> i64 {
        let clock = i64::from(date.0) * DAY_US + i64::from(minute_of_day) * MINUTE_US;
        self.instant_of_clock(clock)
    }

    /// The instant of a local clock reading given as microseconds since 1970-01-01 00:00 on that clock, by the same
    /// rules as [`Zone::instant`].
    #[must_use]
    pub fn instant_of_clock(&self, clock: i64) -> i64 {
        let after = self.spans.partition_point(|(from, _)| *from <= clock.saturating_sub(DAY_US)).saturating_sub(1);
        let nearby = self.spans.get(after..).unwrap_or_default();
        for (index, (from, offset)) in nearby.iter().enumerate() {
            let until = nearby.get(index + 1).map_or(i64::MAX, |next| next.0);
            let instant = clock - offset;
            if instant < *from {
                return *from;
            }
            if instant < until {
                return instant;
            }
        }
        clock
    }

    /// The instants of a local clock reading: none in a gap, two in an overlap, else one.
    #[must_use]
    pub fn instants_of_clock(&self, clock: i64) -> Vec<i64> {
        let after = self.spans.partition_point(|(from, _)| *from <= clock.saturating_sub(DAY_US)).saturating_sub(1);
        let nearby = self.spans.get(after..).unwrap_or_default();
        let ends = nearby.iter().skip(1).map(|next| next.0).chain(std::iter::once(i64::MAX));
        nearby
            .iter()
            .zip(ends)
            .map(|((from, offset), until)| (clock - offset, *from, until))
            .take_while(|(instant, from, _)| *from == i64::MIN || instant.saturating_add(DAY_US) >= *from)
            .filter(|(instant, from, until)| instant >= from && instant < until)
            .map(|(instant, _, _)| instant)
            .collect()
    }

    /// Microseconds to add to UTC at an instant.
    #[must_use]
    pub fn offset_us(&self, ts_us: i64) -> i64 {
        let index = self.spans.partition_point(|(from, _)| *from <= ts_us).saturating_sub(1);
        self.spans.get(index).map_or(0, |span| span.1)
    }

    /// What the local clock shows at an instant (microseconds UTC).
    #[must_use]
    pub fn local(&self, ts_us: i64) -> LocalTime {
        LocalTime::from_clock(ts_us.saturating_add(self.offset_us(ts_us)))
    }

    /// Converts an ascending column with one look-up per offset span, in any order correctly.
    #[must_use]
    pub fn cursor(&self) -> ZoneCursor<'_> {
        ZoneCursor { zone: self, from: 0, until: 0, offset: 0 }
    }
}

/// A zone that remembers the offset span of the last instant it converted.
#[derive(Debug, Clone)]
pub struct ZoneCursor<'zone> {
    zone: &'zone Zone,
    from: i64,
    until: i64,
    offset: i64,
}

impl ZoneCursor<'_> {
    /// What the local clock shows at an instant; the same as [`Zone::local`].
    pub fn local(&mut self, ts_us: i64) -> LocalTime {
        if ts_us < self.from || ts_us >= self.until {
            let spans = &self.zone.spans;
            let next = spans.partition_point(|(from, _)| *from <= ts_us);
            let (from, offset) = spans.get(next.saturating_sub(1)).copied().unwrap_or((i64::MIN, 0));
            let until = spans.get(next).map_or(i64::MAX, |span| span.0);
            (self.from, self.until, self.offset) = (from, until, offset);
        }
        LocalTime::from_clock(ts_us.saturating_add(self.offset))
    }
}

impl LocalTime {
    /// Splits a clock reading (microseconds since 1970-01-01 00:00 on that clock).
    fn from_clock(clock: i64) -> Self {
        let date = TradingDate(clock.div_euclid(DAY_US) as i32);
        let of_day = clock.rem_euclid(DAY_US);
        Self {
            date,
            minute_of_day: (of_day / MINUTE_US) as u32,
            second: (of_day % MINUTE_US / SECOND_US) as u32,
            weekday: date.weekday(),
        }
    }
}

/// An instant as ISO 8601 in UTC, for example `2024-01-02T14:30:00Z`; a fraction only where there is one.
#[must_use]
pub fn format_utc(ts_us: i64) -> String {
    let local = LocalTime::from_clock(ts_us);
    let (hour, minute) = (local.minute_of_day / 60, local.minute_of_day % 60);
    let fraction = ts_us.rem_euclid(SECOND_US);
    let tail = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    format!("{}T{hour:02}:{minute:02}:{:02}{tail}Z", local.date, local.second)
}
