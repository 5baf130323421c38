//! Wall-clock time to UTC, by the zone's rules and, in the repeated hour, by the order of the file.

use crate::stamp::{self, MINUTE_US, SECOND_US};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// Name under which the usual broker clock is asked for: New York plus seven hours, so that a day ends at 17:00
/// New York all year.
pub const NEW_YORK_CLOSE: &str = "NY+7";

/// The same clock as a POSIX rule: UTC+2, in summer UTC+3, changing when New York changes (02:00 there, 09:00 here).
const NEW_YORK_CLOSE_POSIX: &str = "EET-2EEST-3,M3.2.0/9,M11.1.0/9";

/// Distance from a change of offset inside which times are resolved one by one.
const NEAR_CHANGE_US: i64 = 4 * 60 * MINUTE_US;

/// A zone by IANA name, `EST` (fixed, as vendors mean it), an offset (`UTC-5`, `+02:00`) or [`NEW_YORK_CLOSE`].
/// `None` when there is no such zone.
pub(crate) fn find(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    if name.eq_ignore_ascii_case("EST") {
        return Some(TimeZone::fixed(Offset::constant(-5)));
    }
    if name.eq_ignore_ascii_case(NEW_YORK_CLOSE) {
        return TimeZone::posix(NEW_YORK_CLOSE_POSIX).ok();
    }
    match stamp::parse_offset(name.as_bytes()) {
        Some(0) => Some(TimeZone::UTC),
        Some(seconds) => Offset::from_seconds(i32::try_from(seconds).ok()?).ok().map(TimeZone::fixed),
        None => TimeZone::get(name).ok(),
    }
}

/// Microseconds of an offset east of UTC.
fn offset_us(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * SECOND_US
}

/// A span of wall-clock time with one offset.
#[derive(Debug, Clone, Copy)]
struct Span {
    from_us: i64,
    to_us: i64,
    offset_us: i64,
}

/// Converts one file's wall-clock times, in the order of the file.
#[derive(Debug)]
pub(crate) struct WallClock {
    zone: TimeZone,
    span: Option<Span>,
    previous_us: Option<i64>,
    second_pass: bool,
    repeats: Repeats,
}

/// What an equal time stamp means inside the repeated hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// Bars: there is one bar of a time, so the same time again is the second occurrence (hourly files show the
    /// repeated hour only so).
    Later,
    /// Ticks: many share one time, so only a time that goes backwards is the second occurrence.
    Same,
}

impl WallClock {
    /// A clock at the start of a file.
    pub(crate) fn new(zone: TimeZone, repeats: Repeats) -> Self {
        Self { zone, span: None, previous_us: None, second_pass: false, repeats }
    }

    /// UTC microseconds of a wall-clock time; `None` when the zone skips that time.
    ///
    /// In the repeated hour the first occurrence is meant until the file's time goes backwards (or, for bars, stands still).
    pub(crate) fn utc_of(&mut self, wall_us: i64) -> Option<i64> {
        if let Some(span) = self.span
            && (span.from_us..span.to_us).contains(&wall_us)
        {
            self.previous_us = Some(wall_us);
            self.second_pass = false;
            return Some(wall_us - span.offset_us);
        }
        self.resolve(wall_us)
    }

    /// The slow way: asks the zone, remembers the span if the time is far from a change.
    fn resolve(&mut self, wall_us: i64) -> Option<i64> {
        let wall = Offset::UTC.to_datetime(Timestamp::from_microsecond(wall_us).ok()?);
        let backwards = self.previous_us.is_some_and(|previous| match self.repeats {
            Repeats::Later => wall_us <= previous,
            Repeats::Same => wall_us < previous,
        });
        self.previous_us = Some(wall_us);
        let offset = match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Gap { .. } => return None,
            AmbiguousOffset::Unambiguous { offset } => {
                self.second_pass = false;
                self.span = self.span_around(wall_us, offset);
                offset
            }
            AmbiguousOffset::Fold { before, after } => {
                self.second_pass |= backwards;
                if self.second_pass { after } else { before }
            }
        };
        Some(wall_us - offset_us(offset))
    }

    /// The wall-clock span around a time in which its offset holds beyond doubt.
    fn span_around(&self, wall_us: i64, offset: Offset) -> Option<Span> {
        let offset_us = offset_us(offset);
        let at = Timestamp::from_microsecond(wall_us - offset_us).ok()?;
        let wall_of = |change: Timestamp| change.as_microsecond() + offset_us;
        let before = self.zone.preceding(at).next().map(|change| wall_of(change.timestamp()));
        let after = self.zone.following(at).next().map(|change| wall_of(change.timestamp()));
        let from_us = before.map_or(i64::MIN, |change| change + NEAR_CHANGE_US);
        let to_us = after.map_or(i64::MAX, |change| change - NEAR_CHANGE_US);
        (from_us < to_us).then_some(Span { from_us, to_us, offset_us })
    }
}
