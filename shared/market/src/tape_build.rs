//! From stored bars to a tape: the session filter, adjustment for rolls, and grouping into trading days.
//!
//! Sessions and bars are walked together; no bar is converted to local time. (Daily and coarser bars are: their label
//! is a date.)

use crate::bars::BarSeries;
use crate::calendar::{Calendar, DaySession, SessionKind, TradingDate};
use crate::tape::{Tape, TradingDay};
use crate::timeframe::Timeframe;
use crate::zone::MINUTE_US;
use std::ops::Range;

/// Days of schedule before the first bar, so that a stray first bar finds the day that closed last.
const SCHEDULE_BEFORE_DAYS: i32 = 21;
/// Days of schedule after the last bar, so that its week is complete.
const SCHEDULE_AFTER_DAYS: i32 = 8;
/// Local minute from which the label of a daily bar means the next date: 17:00, where futures and currency days roll.
const NEXT_DATE_FROM_MINUTE: u32 = 17 * 60;

impl Tape {
    /// The tape of a series under a session.
    ///
    /// A bar belongs to the session its time lies in (a bar coarser than a minute also to one that opens within it).
    /// A stray bar, outside every session or inside a break, belongs to the day that closed (or paused) last; under
    /// [`SessionKind::Regular`] it is left out. A daily bar labelled by a local midnight, a session open or UTC
    /// midnight is placed at the open of its trading date.
    #[must_use]
    pub fn build(series: &BarSeries, calendar: &Calendar, session: SessionKind) -> Self {
        let mut tape = Self::empty(series, session);
        let (Some(first), Some(last)) = (series.ts.first(), series.ts.last()) else { return tape };
        let from = calendar.zone().local(*first).date.monday().plus_days(-SCHEDULE_BEFORE_DAYS);
        let to = calendar.zone().local(*last).date.monday().plus_days(SCHEDULE_AFTER_DAYS + 6);
        let sessions = calendar.sessions(session, from, to);
        if series.resolution.0 >= Timeframe::D1.minutes() {
            tape.place_daily(series, calendar, &sessions);
        } else {
            tape.place_intraday(series, &sessions);
        }
        tape
    }

    /// No bars yet, with room for all of a series.
    fn empty(series: &BarSeries, session: SessionKind) -> Self {
        let column = |source: &Vec<i64>| Vec::with_capacity(source.len());
        Self {
            symbol: series.symbol.clone(),
            session,
            resolution_minutes: series.resolution.0,
            price_scale: series.price_scale,
            volume_scale: series.volume_scale,
            ts: column(&series.ts),
            open: column(&series.open),
            high: column(&series.high),
            low: column(&series.low),
            close: column(&series.close),
            volume: column(&series.volume),
            offset: column(&series.offset),
            spread: column(&series.spread),
            day: Vec::with_capacity(series.ts.len()),
            days: Vec::new(),
        }
    }

    /// Each session takes the run of bars from its open to the next one's.
    fn place_intraday(&mut self, series: &BarSeries, sessions: &[DaySession]) {
        let ts = series.ts.as_slice();
        let base_us = i64::from(series.resolution.0) * MINUTE_US;
        let count_before = |from: usize, instant: i64| {
            from + ts.get(from..).map_or(0, |rest| rest.partition_point(|ts| *ts < instant))
        };
        let mut at = sessions.first().map_or(0, |session| count_before(0, session.open - base_us + 1));
        for (index, session) in sessions.iter().enumerate() {
            if at >= ts.len() {
                break;
            }
            let in_session = count_before(at, session.close);
            let next_open = sessions.get(index + 1).map_or(i64::MAX, |next| next.open - base_us + 1);
            let end = count_before(in_session, next_open);
            match self.session {
                SessionKind::Full => self.append(series, at..end),
                // No regular session has a break (a test says so), so there is none to leave out.
                SessionKind::Regular => self.append(series, at..in_session),
            }
            self.close_day(session, sessions);
            at = end;
        }
    }

    /// Each bar goes to the trading date its label means, or to the day that closed last if that date has no session.
    fn place_daily(&mut self, series: &BarSeries, calendar: &Calendar, sessions: &[DaySession]) {
        let mut cursor = calendar.zone().cursor();
        let mut open_day: Option<&DaySession> = None;
        for (index, ts) in series.ts.iter().enumerate() {
            let local = cursor.local(*ts);
            let date = TradingDate(local.date.0 + i32::from(local.minute_of_day >= NEXT_DATE_FROM_MINUTE));
            let after = sessions.partition_point(|session| session.date <= date);
            let Some(session) = sessions.get(after.wrapping_sub(1)) else { continue };
            let stray = session.date != date;
            if stray && self.session == SessionKind::Regular {
                continue;
            }
            if let Some(previous) = open_day.filter(|previous| previous.date != session.date) {
                self.close_day(previous, sessions);
            }
            open_day = Some(session);
            let after_previous = self.ts.last().map_or(i64::MIN, |last| last + 1);
            self.append(series, index..index + 1);
            if let Some(placed) = self.ts.last_mut() {
                *placed = if stray { (*ts).max(session.close) } else { session.open }.max(after_previous);
            }
        }
        if let Some(last) = open_day {
            self.close_day(last, sessions);
        }
    }

    /// Copies a run of bars, prices adjusted.
    fn append(&mut self, series: &BarSeries, run: Range<usize>) {
        let offsets = series.offset.get(run.clone()).unwrap_or_default();
        let adjust = |from: &[i64], to: &mut Vec<i64>| {
            let raw = from.get(run.clone()).unwrap_or_default();
            if offsets.is_empty() {
                to.extend_from_slice(raw);
            } else {
                to.extend(raw.iter().zip(offsets).map(|(price, offset)| price + offset));
            }
        };
        adjust(&series.open, &mut self.open);
        adjust(&series.high, &mut self.high);
        adjust(&series.low, &mut self.low);
        adjust(&series.close, &mut self.close);
        self.offset.extend_from_slice(offsets);
        self.ts.extend_from_slice(series.ts.get(run.clone()).unwrap_or_default());
        self.volume.extend_from_slice(series.volume.get(run.clone()).unwrap_or_default());
        self.spread.extend_from_slice(series.spread.get(run).unwrap_or_default());
    }

    /// Groups the bars appended since the last day under a session's date; nothing if there are none.
    fn close_day(&mut self, session: &DaySession, sessions: &[DaySession]) {
        let (first, end) = (self.day.len(), self.ts.len());
        if first == end {
            return;
        }
        let monday = session.date.monday();
        let week_from = sessions.partition_point(|other| other.date < monday);
        let week_end = sessions.partition_point(|other| other.date < monday.plus_days(7));
        self.day.resize(end, self.days.len() as u32);
        self.days.push(TradingDay {
            date: session.date,
            open: session.open,
            close: session.close,
            breaks: session.breaks.clone(),
            week_open: sessions.get(week_from).map_or(session.open, |other| other.open),
            week_close: sessions.get(week_end.wrapping_sub(1)).map_or(session.close, |other| other.close),
            first: first as u32,
            end: end as u32,
        });
    }
}
