//! Values of a trading day's session as known at the end of each bar of a frame: open, extremes, the previous day,
//! opening ranges, VWAP. The session may differ from the strategy's.

use super::numbers::Evaluator;
use super::sources::FrameBars;
use crate::indicators::{self, Column};
use crate::rules::{FrameId, SessionValue};
use market::{SessionKind, Tape, TradingDate};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;

/// What is known of one trading day's session so far, counts.
#[derive(Clone, Copy)]
struct Day {
    date: TradingDate,
    scheduled_open: i64,
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    /// High and low of the first minutes.
    opening: Option<(i64, i64)>,
}

/// The column of `value` under `session` on the bars of a frame.
pub(super) fn column(
    evaluator: &Evaluator<'_>,
    frame_id: FrameId,
    frame: &FrameBars,
    value: SessionValue,
    session: SessionKind,
) -> Column {
    let rules = evaluator.bound.rules;
    let symbol = rules.frames.get(frame_id).map_or(0, |frame| frame.symbol);
    let sources = &evaluator.study.sources;
    let (Some(tape), Some(own)) = (sources.tape_of(symbol, session), sources.tape_of(symbol, rules.session)) else {
        return Column::computed(Vec::new());
    };
    let known = if session == rules.session { own_known(frame) } else { known(frame, tape) };
    let dates: Vec<Option<TradingDate>> =
        frame.bars.day.iter().map(|day| own.days.get(*day as usize).map(|day| day.date)).collect();
    if matches!(value, SessionValue::Vwap) {
        return vwap(frame, tape, &known, &dates);
    }
    let opening_us = match value {
        SessionValue::OpeningHigh(minutes) | SessionValue::OpeningLow(minutes) => {
            evaluator.bound.count(minutes) as i64 * MINUTE_US
        }
        SessionValue::Open
        | SessionValue::High
        | SessionValue::Low
        | SessionValue::PreviousHigh
        | SessionValue::PreviousLow
        | SessionValue::PreviousClose
        | SessionValue::MinutesSinceOpen
        | SessionValue::Vwap => 0,
    };
    walk(frame, tape, &known, &dates, opening_us, value)
}

/// Minutes known at each bar of the strategy's own session: up to the bar's last.
fn own_known(frame: &FrameBars) -> Vec<usize> {
    frame.bars.last.iter().map(|last| *last as usize + 1).collect()
}

/// Minutes of another session's tape that have ended when each bar completes.
fn known(frame: &FrameBars, tape: &Tape) -> Vec<usize> {
    let length = i64::from(tape.resolution_minutes) * MINUTE_US;
    let mut count = 0;
    frame
        .bars
        .completes_at
        .iter()
        .map(|instant| {
            while tape.ts.get(count).is_some_and(|ts| ts + length <= *instant) {
                count += 1;
            }
            count
        })
        .collect()
}

fn walk(
    frame: &FrameBars,
    tape: &Tape,
    known: &[usize],
    dates: &[Option<TradingDate>],
    opening_us: i64,
    value: SessionValue,
) -> Column {
    let mut current: Option<Day> = None;
    let mut previous: Option<Day> = None;
    let mut minute = 0;
    let mut values = Vec::with_capacity(known.len());
    for ((count, date), instant) in known.iter().zip(dates).zip(&frame.bars.completes_at) {
        while minute < *count {
            step(tape, minute, opening_us, &mut current, &mut previous);
            minute += 1;
        }
        let today = current.filter(|day| Some(day.date) == *date);
        let before = if today.is_some() { previous } else { current };
        values.push(read(value, today, before, *instant, opening_us, tape));
    }
    Column::computed(values)
}

/// Takes one minute into the day it belongs to.
fn step(tape: &Tape, minute: usize, opening_us: i64, current: &mut Option<Day>, previous: &mut Option<Day>) {
    let (Some(open), Some(high), Some(low), Some(close), Some(ts)) = (
        tape.open.get(minute),
        tape.high.get(minute),
        tape.low.get(minute),
        tape.close.get(minute),
        tape.ts.get(minute),
    ) else {
        return;
    };
    let Some(trading) = tape.day.get(minute).and_then(|day| tape.days.get(*day as usize)) else { return };
    let length = i64::from(tape.resolution_minutes) * MINUTE_US;
    let opens = *ts >= trading.open && ts + length <= trading.open + opening_us;
    match current {
        Some(day) if day.date == trading.date => {
            day.high = day.high.max(*high);
            day.low = day.low.min(*low);
            day.close = *close;
            if opens {
                let (top, bottom) = day.opening.unwrap_or((*high, *low));
                day.opening = Some((top.max(*high), bottom.min(*low)));
            }
        }
        Some(_) | None => {
            *previous = *current;
            let opening = opens.then_some((*high, *low));
            *current = Some(Day {
                date: trading.date,
                scheduled_open: trading.open,
                open: *open,
                high: *high,
                low: *low,
                close: *close,
                opening,
            });
        }
    }
}

fn read(
    value: SessionValue,
    today: Option<Day>,
    before: Option<Day>,
    instant: i64,
    opening_us: i64,
    tape: &Tape,
) -> f64 {
    let price = |count: Option<i64>| count.map_or(f64::NAN, |count| tape.price_scale.to_f64(count));
    let opening = today.filter(|day| instant >= day.scheduled_open + opening_us).and_then(|day| day.opening);
    match value {
        SessionValue::Open => price(today.map(|day| day.open)),
        SessionValue::High => price(today.map(|day| day.high)),
        SessionValue::Low => price(today.map(|day| day.low)),
        SessionValue::PreviousHigh => price(before.map(|day| day.high)),
        SessionValue::PreviousLow => price(before.map(|day| day.low)),
        SessionValue::PreviousClose => price(before.map(|day| day.close)),
        SessionValue::OpeningHigh(_) => price(opening.map(|range| range.0)),
        SessionValue::OpeningLow(_) => price(opening.map(|range| range.1)),
        SessionValue::MinutesSinceOpen => {
            today.map_or(f64::NAN, |day| ((instant - day.scheduled_open) / MINUTE_US) as f64)
        }
        SessionValue::Vwap => f64::NAN,
    }
}

/// Volume-weighted minute hlc3 since the session's open, by the table's definition over sums of that session's minutes.
fn vwap(frame: &FrameBars, tape: &Tape, known: &[usize], dates: &[Option<TradingDate>]) -> Column {
    let mut volume = Vec::with_capacity(known.len());
    let mut hlc_volume = Vec::with_capacity(known.len());
    let mut minute = 0;
    for (count, date) in known.iter().zip(dates) {
        let (mut traded, mut weighted) = (0_i64, 0_i128);
        while minute < *count {
            let of_date =
                tape.day.get(minute).and_then(|day| tape.days.get(*day as usize)).map(|day| day.date) == *date;
            if of_date
                && let (Some(high), Some(low), Some(close), Some(quantity)) =
                    (tape.high.get(minute), tape.low.get(minute), tape.close.get(minute), tape.volume.get(minute))
            {
                traded = traded.saturating_add(*quantity);
                weighted += (i128::from(*high) + i128::from(*low) + i128::from(*close)) * i128::from(*quantity);
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
