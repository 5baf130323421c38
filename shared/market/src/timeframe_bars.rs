//! Bars of a strategy's timeframe, cut from a tape's trading days and anchored at the session open.
//!
//! It reads only the tape: schedules are already in its days.

use crate::tape::{Tape, TradingDay};
use crate::timeframe::Timeframe;
use crate::zone::MINUTE_US;

/// Completed bars of one timeframe over a [`crate::Tape`], in columns of equal length.
///
/// Prices are **adjusted** counts of the tape's price scale. A bar completes by the clock at its scheduled end or at
/// the session's close or break, whichever is first; a slot without minutes makes no bar. The slot grid runs from the
/// session open through breaks; a slot cut by a break gives a bar on each side of it. A stray minute (outside the
/// session, or inside a break) is on the tape but in no bar below one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeframeBars {
    /// The timeframe.
    pub timeframe: Timeframe,
    /// Scheduled start of the slot, microseconds UTC.
    pub starts_at: Vec<i64>,
    /// Instant the bar completes and rules run, microseconds UTC. No minute of the bar is at or after it.
    pub completes_at: Vec<i64>,
    /// Index into the tape of the bar's first minute.
    pub first: Vec<u32>,
    /// Index into the tape of the bar's last minute.
    pub last: Vec<u32>,
    /// Index into [`crate::Tape::days`] of the trading day the bar completes in.
    pub day: Vec<u32>,
    /// First price, adjusted.
    pub open: Vec<i64>,
    /// Highest price, adjusted.
    pub high: Vec<i64>,
    /// Lowest price, adjusted.
    pub low: Vec<i64>,
    /// Last price, adjusted.
    pub close: Vec<i64>,
    /// Sum of the minutes' volumes.
    pub volume: Vec<i64>,
}

impl TimeframeBars {
    /// Number of bars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts_at.len()
    }

    /// True without bars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts_at.is_empty()
    }
}

impl TimeframeBars {
    /// The completed bars of `timeframe` over a tape, or `None` if the timeframe is finer than the tape's base bars or
    /// not a multiple of them.
    ///
    /// A day completes at its session close, a week (Monday-based, by trading date) at the close of its last scheduled
    /// trading day. Where base bars are coarser than the schedule's grid (an hourly bar over an early close), the bar
    /// completes no earlier than its last base bar ends, so that nothing is seen before it happened.
    #[must_use]
    pub fn build(tape: &Tape, timeframe: Timeframe) -> Option<Self> {
        let base = tape.resolution_minutes;
        if base == 0 || timeframe.minutes() < base || !timeframe.minutes().is_multiple_of(base) {
            return None;
        }
        let full_slots = tape.len() / (timeframe.minutes() / base) as usize;
        let mut bars = Self::with_capacity(timeframe, full_slots + tape.days.len());
        match timeframe {
            Timeframe::D1 => bars.cut_days(tape),
            Timeframe::W1 => bars.cut_weeks(tape),
            Timeframe::M1
            | Timeframe::M2
            | Timeframe::M3
            | Timeframe::M5
            | Timeframe::M10
            | Timeframe::M15
            | Timeframe::M30
            | Timeframe::H1
            | Timeframe::H2
            | Timeframe::H4 => bars.cut_slots(tape),
        }
        Some(bars)
    }

    /// No bars, with room for `count`.
    fn with_capacity(timeframe: Timeframe, count: usize) -> Self {
        Self {
            timeframe,
            starts_at: Vec::with_capacity(count),
            completes_at: Vec::with_capacity(count),
            first: Vec::with_capacity(count),
            last: Vec::with_capacity(count),
            day: Vec::with_capacity(count),
            open: Vec::with_capacity(count),
            high: Vec::with_capacity(count),
            low: Vec::with_capacity(count),
            close: Vec::with_capacity(count),
            volume: Vec::with_capacity(count),
        }
    }

    /// One bar per trading day that has a minute in its session.
    fn cut_days(&mut self, tape: &Tape) {
        for (index, day) in tape.days.iter().enumerate() {
            let end = end_of_session(tape, day);
            self.push(tape, (day.open, day.close), (day.first as usize, end), index);
        }
    }

    /// One bar per Monday-based week that has a minute in a session.
    fn cut_weeks(&mut self, tape: &Tape) {
        let mut index = 0;
        while let Some(first_day) = tape.days.get(index) {
            let rest = tape.days.get(index..).unwrap_or_default();
            let count = rest.iter().take_while(|day| day.week_close == first_day.week_close).count().max(1);
            let last_index = index + count - 1;
            let end = tape.days.get(last_index).map_or(0, |day| end_of_session(tape, day));
            let slot = (first_day.week_open, first_day.week_close);
            self.push(tape, slot, (first_day.first as usize, end), last_index);
            index += count;
        }
    }

    /// Bars shorter than a day: the slot grid from each session open, cut at breaks and at the close.
    fn cut_slots(&mut self, tape: &Tape) {
        let base_us = i64::from(tape.resolution_minutes) * MINUTE_US;
        let slot_us = i64::from(self.timeframe.minutes()) * MINUTE_US;
        for (index, day) in tape.days.iter().enumerate() {
            // Base bars coarser than a minute keep their own grid, so that an hourly file gives its own bars at 1h.
            let anchor = day.open - day.open.rem_euclid(base_us);
            let mut minute = day.first as usize;
            for (from, to) in segments(day) {
                minute += count_while(tape, minute, day.end as usize, |ts| ts + base_us <= from);
                while let Some(ts) = tape.ts.get(minute).filter(|ts| minute < day.end as usize && **ts < to) {
                    let slot_start = anchor + ((*ts).max(from) - anchor) / slot_us * slot_us;
                    let slot = (slot_start.max(from), (slot_start + slot_us).min(to));
                    let end = minute + count_while(tape, minute, day.end as usize, |ts| ts < slot.1);
                    self.push(tape, slot, (minute, end), index);
                    minute = end;
                }
            }
        }
    }

    /// Appends the bar of minutes `[first, end)` scheduled over `[starts_at, ends_at)`; nothing if there is no minute.
    fn push(&mut self, tape: &Tape, (starts_at, ends_at): (i64, i64), (first, end): (usize, usize), day: usize) {
        let columns = (tape.ts.get(first..end), tape.open.get(first..end), tape.close.get(first..end));
        let ranges = (tape.high.get(first..end), tape.low.get(first..end), tape.volume.get(first..end));
        let ((Some(ts), Some(open), Some(close)), (Some(high), Some(low), Some(volume))) = (columns, ranges) else {
            return;
        };
        let (Some(last_ts), Some(open), Some(close)) = (ts.last(), open.first(), close.last()) else { return };
        let (Some(high), Some(low)) = (high.iter().max(), low.iter().min()) else { return };
        let base_us = i64::from(tape.resolution_minutes) * MINUTE_US;
        // A daily base bar is labelled within its session and ends with it.
        let base_end = if tape.resolution_minutes >= Timeframe::D1.minutes() { ends_at } else { last_ts + base_us };
        self.starts_at.push(starts_at);
        self.completes_at.push(ends_at.max(base_end));
        self.first.push(first as u32);
        self.last.push((end - 1) as u32);
        self.day.push(day as u32);
        self.open.push(*open);
        self.high.push(*high);
        self.low.push(*low);
        self.close.push(*close);
        self.volume.push(volume.iter().fold(0, |sum: i64, part| sum.saturating_add(*part)));
    }
}

/// The stretches between a day's breaks, ascending.
fn segments(day: &TradingDay) -> impl Iterator<Item = (i64, i64)> {
    let starts = std::iter::once(day.open).chain(day.breaks.iter().map(|pause| pause.1));
    let ends = day.breaks.iter().map(|pause| pause.0).chain(std::iter::once(day.close));
    starts.zip(ends)
}

/// One past the day's last minute before its close: stray minutes come after it.
fn end_of_session(tape: &Tape, day: &TradingDay) -> usize {
    let first = day.first as usize;
    first + count_while(tape, first, day.end as usize, |ts| ts < day.close)
}

/// How many minutes from `from` (and before `end`) hold a condition that only ever turns false.
fn count_while(tape: &Tape, from: usize, end: usize, holds: impl Fn(i64) -> bool) -> usize {
    tape.ts.get(from..end).map_or(0, |rest| rest.iter().take_while(|ts| holds(**ts)).count())
}
