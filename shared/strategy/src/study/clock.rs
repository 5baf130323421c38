//! Clock times: when entries may be decided, and when positions are closed, resolved per decision bar and trading day.

use super::error::StudyError;
use super::numbers::Evaluator;
use crate::rules::Rules;
use crate::value::DAY_MINUTES;
use engine::plan::{FlattenAt, Mask};
use market::{Tape, TimeframeBars, TradingDate, Zone};
use std::sync::Arc;

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;
/// Minutes of an hour.
const MINUTES_PER_HOUR: u32 = 60;

/// Local times of a study's decision bars and the sessions of its days.
pub(super) struct Clock {
    zone: Zone,
    /// Local minute of day of each decision instant.
    minutes: Vec<u16>,
    /// Trading date of each decision bar.
    dates: Vec<TradingDate>,
    /// Scheduled open and close of each trading day, with the start of its last base bar.
    days: Vec<(i64, i64, i64)>,
}

impl Clock {
    pub(super) fn build(rules: &Rules, decisions: &TimeframeBars, tape: &Tape) -> Result<Self, StudyError> {
        let zone = Zone::get(&rules.time_zone)?;
        let mut cursor = zone.cursor();
        let minutes =
            decisions.completes_at.iter().map(|instant| cursor.local(*instant).minute_of_day as u16).collect();
        let dates = decisions
            .day
            .iter()
            .map(|day| tape.days.get(*day as usize).map_or(TradingDate(0), |day| day.date))
            .collect();
        let length = i64::from(tape.resolution_minutes) * MINUTE_US;
        let days = tape.days.iter().map(|day| (day.open, day.close, (day.close - length).max(day.open))).collect();
        Ok(Self { zone, minutes, dates, days })
    }

    /// The hour an instant (microseconds UTC) has on the local clock.
    pub(super) fn hour(&self, instant: i64) -> u8 {
        (self.zone.local(instant).minute_of_day / MINUTES_PER_HOUR) as u8
    }

    /// The first time the local clock shows `minute` within a day's session, if it does.
    pub(super) fn in_session(&self, minute: u16, open: i64, close: i64) -> Option<i64> {
        let first = self.zone.local(open).date;
        let last = self.zone.local(close).date;
        (first.0..=last.0)
            .map(|date| self.zone.instant(TradingDate(date), u32::from(minute)))
            .find(|instant| *instant >= open && *instant < close)
    }
}

impl Evaluator<'_> {
    /// Decision bars at which entries may be decided; `None` when nothing restricts them.
    pub(super) fn allowed(&self) -> Option<Arc<Mask>> {
        let filters = &self.bound.rules.filters;
        if filters.windows.is_empty() && filters.weekdays.is_none() && filters.skip_dates.is_empty() {
            return None;
        }
        let windows: Vec<(u16, u16)> = filters
            .windows
            .iter()
            .map(|(from, to)| (self.bound.count(*from) as u16, self.bound.count(*to) as u16))
            .collect();
        let allowed = self.kept(&format!("allowed {windows:?}"), || {
            let clock = &self.study.clock;
            let mut mask = Mask::new(clock.minutes.len());
            for (index, (minute, date)) in clock.minutes.iter().zip(&clock.dates).enumerate() {
                let day = filters
                    .weekdays
                    .is_none_or(|days| days.get(date.weekday().days_from_monday() as usize) == Some(&true));
                if day && !filters.skip_dates.contains(date) && in_windows(*minute, &windows) {
                    mask.set(index);
                }
            }
            mask
        });
        Some(allowed)
    }

    /// The clock exit of every trading day: the earliest of `flatten` and `before_close_minutes`, at the latest the
    /// last scheduled minute.
    pub(super) fn flatten_at(&self) -> Arc<[FlattenAt]> {
        let exits = &self.bound.rules.clock;
        let flatten = exits.flatten.map(|time| self.bound.count(time) as u16);
        let before_close = exits.before_close_minutes.map(|minutes| self.bound.count(minutes) as i64);
        let clock = &self.study.clock;
        let days: Arc<Arc<[FlattenAt]>> = self.kept(&format!("flatten {flatten:?} {before_close:?}"), || {
            let of_day = |(open, close, last): &(i64, i64, i64)| -> FlattenAt {
                let at_time = flatten.map(|minute| clock.in_session(minute, *open, *close).unwrap_or(*last));
                let at_close = before_close.map(|minutes| (close - minutes * MINUTE_US).max(*open));
                at_time.into_iter().chain(at_close).min().map(|instant| instant.min(*last))
            };
            clock.days.iter().map(of_day).collect()
        });
        Arc::clone(&days)
    }
}

/// True when `minute` lies in one of the half-open windows; one whose end is before its start crosses midnight.
fn in_windows(minute: u16, windows: &[(u16, u16)]) -> bool {
    windows.is_empty()
        || windows.iter().any(|(from, to)| {
            if from <= to {
                (*from..*to).contains(&minute)
            } else {
                minute >= *from && minute < DAY_MINUTES || minute < *to
            }
        })
}
