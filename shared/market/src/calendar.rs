//! Trading calendars: which minutes of which trading day an instrument trades, by date.
//!
//! The hours themselves are data in `schedules`; here they become instants.

pub use crate::date::TradingDate;
use crate::holidays::Holiday;
use crate::instrument::Instrument;
use crate::schedules::{Effect, Hours, SCHEDULES, Schedule};
use crate::zone::{DAY_US, MINUTE_US, Zone, ZoneError};
use serde::{Deserialize, Serialize};

/// Longest run of days without a session that a look-back crosses (September 2001 closed stocks for six).
const LONGEST_CLOSURE_DAYS: i32 = 14;
/// Most days one call lists, about a century: more is a mistaken range and is cut.
pub const MAX_LISTED_DAYS: i32 = 40_000;

/// Which of an instrument's two sessions a strategy trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Everything the venue trades.
    Full,
    /// The day session ("regular trading hours").
    Regular,
}

/// One trading day's scheduled session: `[open, close)` in microseconds UTC, less its breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySession {
    /// The trading date.
    pub date: TradingDate,
    /// First instant of the session.
    pub open: i64,
    /// First instant after the session (early closes included).
    pub close: i64,
    /// Scheduled pauses `[from, to)` inside the session, ascending.
    pub breaks: Vec<(i64, i64)>,
}

impl DaySession {
    /// True inside the session and outside its breaks.
    #[must_use]
    pub fn contains(&self, ts_us: i64) -> bool {
        self.open <= ts_us && ts_us < self.close && !self.breaks.iter().any(|(from, to)| *from <= ts_us && ts_us < *to)
    }

    /// Scheduled minutes that start within `[from_ts, to_ts)`.
    fn minutes_between(&self, from_ts: i64, to_ts: i64) -> u64 {
        let minutes = |from: i64, to: i64| {
            let span = to.min(to_ts).saturating_sub(from.max(from_ts)).max(0);
            u64::try_from(span / MINUTE_US).unwrap_or(0)
        };
        let paused: u64 = self.breaks.iter().map(|(from, to)| minutes(*from, *to)).sum();
        minutes(self.open, self.close).saturating_sub(paused)
    }
}

/// Why there is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No calendar has this name.
    #[error("unknown trading calendar `{name}`: use one of {}", Calendar::names().join(", "))]
    UnknownCalendar {
        /// The name asked for.
        name: String,
    },
    /// Its zone is not in the database.
    #[error(transparent)]
    Zone(#[from] ZoneError),
}

/// The trading schedule of one instrument, versioned by date.
#[derive(Debug, Clone)]
pub struct Calendar {
    schedule: &'static Schedule,
    zone: Zone,
}

impl Calendar {
    /// The calendar an instrument names.
    ///
    /// # Errors
    /// [`CalendarError::UnknownCalendar`] if there is none of that name.
    pub fn of(instrument: &Instrument) -> Result<Self, CalendarError> {
        Self::named(&instrument.calendar)
    }

    /// The calendar of a name.
    ///
    /// # Errors
    /// [`CalendarError::UnknownCalendar`] if there is none of that name.
    pub fn named(name: &str) -> Result<Self, CalendarError> {
        let schedule = SCHEDULES
            .iter()
            .find(|schedule| schedule.name == name)
            .ok_or_else(|| CalendarError::UnknownCalendar { name: name.to_owned() })?;
        Ok(Self { schedule, zone: Zone::get(schedule.time_zone)? })
    }

    /// The names of all calendars, sorted.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        SCHEDULES.iter().map(|schedule| schedule.name).collect()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.schedule.name
    }

    /// The zone in which its hours are stated.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// True for a market that never closes (24/7).
    #[must_use]
    pub const fn is_continuous(&self) -> bool {
        self.schedule.continuous
    }

    /// The newest weekly hours in words, for example `18:00 (evening before) to 17:00 America/New_York`.
    #[must_use]
    pub fn hours(&self, kind: SessionKind) -> String {
        if self.is_continuous() {
            return format!("00:00 to 24:00 {}, every day", self.zone.name());
        }
        let newest = self.versions(kind).last().map(|hours| hours.segments).unwrap_or_default();
        let segments: Vec<String> =
            newest.iter().map(|(from, to)| format!("{} to {}", clock_text(*from), clock_text(*to))).collect();
        format!("{} {}", segments.join(" and "), self.zone.name())
    }

    /// The sessions of the trading dates `from` to `to`, both included, ascending; dates without one are absent.
    /// At most [`MAX_LISTED_DAYS`] dates are looked at.
    #[must_use]
    pub fn sessions(&self, kind: SessionKind, from: TradingDate, to: TradingDate) -> Vec<DaySession> {
        let last = to.min(from.plus_days(MAX_LISTED_DAYS - 1));
        (from.0..=last.0).filter_map(|day| self.session_on(kind, TradingDate(day))).collect()
    }

    /// The session of one trading date, if it has one.
    #[must_use]
    pub fn session_on(&self, kind: SessionKind, date: TradingDate) -> Option<DaySession> {
        let (hours, effect) = self.rule_on(kind, date)?;
        let last_minute = match effect {
            Effect::Usual => i32::MAX,
            Effect::ClosesAt(minute) => minute,
            Effect::Closed => return None,
        };
        let mut session: Option<DaySession> = None;
        for (from, to) in hours.segments.iter().filter(|(from, _)| *from < last_minute) {
            let (from, to) = (self.instant(date, *from), self.instant(date, (*to).min(last_minute)));
            match &mut session {
                None => session = Some(DaySession { date, open: from, close: to, breaks: Vec::new() }),
                Some(session) => {
                    session.breaks.push((session.close, from));
                    session.close = to;
                }
            }
        }
        session
    }

    /// True if the venue trades at all on a trading date.
    #[must_use]
    pub fn is_trading_date(&self, date: TradingDate) -> bool {
        self.rule_on(SessionKind::Full, date).is_some_and(|(_, effect)| effect != Effect::Closed)
    }

    /// The trading date whose session (breaks included) an instant lies in; `None` outside every session.
    #[must_use]
    pub fn trading_date_of(&self, kind: SessionKind, ts_us: i64) -> Option<TradingDate> {
        self.last_opened(kind, ts_us).filter(|session| ts_us < session.close).map(|session| session.date)
    }

    /// The session that opened last at or before an instant: the one it lies in, or the one that closed last.
    #[must_use]
    pub fn last_opened(&self, kind: SessionKind, ts_us: i64) -> Option<DaySession> {
        let local = self.zone.local(ts_us).date;
        (-1..LONGEST_CLOSURE_DAYS)
            .filter_map(|back| self.session_on(kind, local.plus_days(-back)))
            .find(|session| session.open <= ts_us)
    }

    /// How many minutes are scheduled in `[from_ts, to_ts)` (microseconds UTC), breaks and holidays left out: what a
    /// complete one-minute series would hold.
    #[must_use]
    pub fn expected_minutes(&self, kind: SessionKind, from_ts: i64, to_ts: i64) -> u64 {
        let first = self.zone.local(from_ts).date;
        let last = self.zone.local(to_ts).date.plus_days(1);
        self.sessions(kind, first, last).iter().map(|session| session.minutes_between(from_ts, to_ts)).sum()
    }

    const fn versions(&self, kind: SessionKind) -> &'static [Hours] {
        match kind {
            SessionKind::Full => self.schedule.full,
            SessionKind::Regular => self.schedule.regular,
        }
    }

    /// The weekly hours that apply on a date and what holidays do to them.
    fn rule_on(&self, kind: SessionKind, date: TradingDate) -> Option<(&'static Hours, Effect)> {
        let weekday = date.weekday();
        let hours =
            self.versions(kind).iter().rfind(|hours| hours.since <= date && hours.weekdays.contains(&weekday))?;
        let dated = self.schedule.dates.iter().find(|rule| rule.date == date).map(|rule| (rule.full, rule.regular));
        let effects = dated.or_else(|| self.holiday_effects(date)).unwrap_or((Effect::Usual, Effect::Usual));
        Some(match kind {
            SessionKind::Full => (hours, effects.0),
            SessionKind::Regular => (hours, effects.1),
        })
    }

    fn holiday_effects(&self, date: TradingDate) -> Option<(Effect, Effect)> {
        let holiday = Holiday::on(date)?;
        let (year, _, _) = date.to_ymd();
        let fits = |years: (i32, i32)| years.0 <= year && year <= years.1;
        let rule = self.schedule.holidays.iter().rfind(|rule| rule.holiday == holiday && fits(rule.years))?;
        Some((rule.full, rule.regular))
    }

    /// The instant of a clock time given as minutes from a trading date's midnight, negative on the evening before.
    fn instant(&self, date: TradingDate, minute: i32) -> i64 {
        self.zone.instant_of_clock(i64::from(date.0) * DAY_US + i64::from(minute) * MINUTE_US)
    }
}

/// A clock time given as minutes from a trading date's midnight.
fn clock_text(minute: i32) -> String {
    let (of_day, evening) = (minute.rem_euclid(1_440), if minute < 0 { " (evening before)" } else { "" });
    format!("{:02}:{:02}{evening}", of_day / 60, of_day % 60)
}
