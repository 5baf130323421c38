//! Volume-weighted average prices since the session's open, since the week's or month's, or since a time of day.

use super::clock::Clock;
use super::sessions::Minutes;
use crate::indicators::{self, Column, ratio};
use crate::rules::{Anchor, Period};
use market::TradingDay;

/// The column of the average under `anchor`.
pub(super) fn column(minutes: &Minutes<'_>, anchor: Anchor, clock: &Clock) -> Column {
    match anchor {
        Anchor::Period(Period::Day) => since_open(minutes),
        Anchor::Period(period) => anchored(minutes, period, |day, _| {
            // Of the first period on the tape the beginning is not known.
            let first = minutes.tape.days.first().map(|first| period.key(first.date));
            first != Some(period.key(day.date))
        }),
        Anchor::Clock(minute) => anchored(minutes, Period::Day, |day, ts| {
            clock.in_session(minute, day.open, day.close).is_some_and(|start| ts >= start)
        }),
    }
}

/// Since the session's open, by the table's definition over sums of that session's minutes.
fn since_open(minutes: &Minutes<'_>) -> Column {
    let Minutes { frame, tape, known, dates } = minutes;
    let mut volume = Vec::with_capacity(known.len());
    let mut hlc_volume = Vec::with_capacity(known.len());
    let mut minute = 0;
    for (count, date) in known.iter().zip(dates) {
        let (mut traded, mut weighted) = (0_i64, 0_i128);
        while minute < *count {
            let of_date =
                tape.day.get(minute).and_then(|day| tape.days.get(*day as usize)).map(|day| day.date) == *date;
            if let Some((money, quantity)) = minutes.traded(minute).filter(|_| of_date) {
                traded = traded.saturating_add(quantity);
                weighted += money;
            }
            minute += 1;
        }
        volume.push(traded);
        hlc_volume.push(weighted);
    }
    let computed = indicators::find("vwap")
        .and_then(|row| row.compute(None, &frame.columns_with(&volume, &hlc_volume), &[]).into_iter().next());
    computed.unwrap_or_else(|| Column::computed(vec![f64::NAN; known.len()]))
}

/// Since the first minute of each period that counts by its day and time.
fn anchored(minutes: &Minutes<'_>, period: Period, counts: impl Fn(&TradingDay, i64) -> bool) -> Column {
    let tape = minutes.tape;
    let triple = 3 * i128::from(tape.price_scale.per_unit());
    let mut current = None;
    let (mut money, mut volume) = (0_i128, 0_i128);
    let mut minute = 0;
    let mut values = Vec::with_capacity(minutes.known.len());
    for (count, bar_date) in minutes.known.iter().zip(&minutes.dates) {
        while minute < *count {
            let day = tape.day.get(minute).and_then(|day| tape.days.get(*day as usize));
            let counted = day.zip(tape.ts.get(minute)).filter(|(day, ts)| counts(day, **ts));
            let now = counted.map(|(day, _)| period.key(day.date));
            if now != current {
                (current, money, volume) = (now, 0, 0);
            }
            if let Some((traded, quantity)) = minutes.traded(minute) {
                money += traded;
                volume += i128::from(quantity);
            }
            minute += 1;
        }
        let is_current = current.is_some() && current == bar_date.map(|date| period.key(date));
        values.push(if is_current { ratio(money, triple * volume) } else { f64::NAN });
    }
    Column::computed(values)
}

impl Minutes<'_> {
    /// Three times hlc3 × volume of a minute in counts, and its volume.
    fn traded(&self, minute: usize) -> Option<(i128, i64)> {
        let tape = self.tape;
        let (high, low, close) = (tape.high.get(minute)?, tape.low.get(minute)?, tape.close.get(minute)?);
        let quantity = *tape.volume.get(minute)?;
        let triple = i128::from(*high) + i128::from(*low) + i128::from(*close);
        Some((triple * i128::from(quantity), quantity))
    }
}
