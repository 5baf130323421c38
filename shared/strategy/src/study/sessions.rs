//! Values of a trading day's session, or of the periods before it, as known at the end of each bar of a frame: open,
//! extremes, the day, week or month before, pivots, gaps, opening ranges. The session may differ from the strategy's.

use super::numbers::Evaluator;
use super::session_averages;
use super::sources::FrameBars;
use crate::indicators::Column;
use crate::rules::{FrameId, Period, PeriodPrice, PivotLine, SessionValue};
use market::{SessionKind, Tape, TradingDate};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;

/// What is known of one period's session so far, counts.
#[derive(Clone, Copy)]
struct Known {
    /// [`Period::key`] of its days.
    key: i32,
    /// True where the data hold its beginning.
    whole: bool,
    scheduled_open: i64,
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    /// Adjusted minus raw price of its last minute.
    offset: i64,
    /// High and low of the first minutes.
    opening: Option<(i64, i64)>,
}

/// The minutes a value is read from, and what of them each bar may see.
pub(super) struct Minutes<'a> {
    pub(super) frame: &'a FrameBars,
    pub(super) tape: &'a Tape,
    /// Minutes known at each bar.
    pub(super) known: Vec<usize>,
    /// Trading date of each bar.
    pub(super) dates: Vec<Option<TradingDate>>,
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
    let dates = frame.bars.day.iter().map(|day| own.days.get(*day as usize).map(|day| day.date)).collect();
    let minutes = Minutes { frame, tape, known, dates };
    match value {
        SessionValue::Vwap(anchor) => session_averages::column(&minutes, anchor, &evaluator.study.clock),
        SessionValue::OpeningHigh(length) | SessionValue::OpeningLow(length) => {
            walk(&minutes, evaluator.bound.count(length) as i64 * MINUTE_US, value)
        }
        SessionValue::Open
        | SessionValue::High
        | SessionValue::Low
        | SessionValue::Previous(..)
        | SessionValue::Pivot(..)
        | SessionValue::GapPoints
        | SessionValue::GapPercent
        | SessionValue::MinutesSinceOpen => walk(&minutes, 0, value),
    }
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

fn walk(minutes: &Minutes<'_>, opening_us: i64, value: SessionValue) -> Column {
    let period = value.period();
    let (mut current, mut previous): (Option<Known>, Option<Known>) = (None, None);
    let mut minute = 0;
    let mut values = Vec::with_capacity(minutes.known.len());
    for ((count, date), instant) in minutes.known.iter().zip(&minutes.dates).zip(&minutes.frame.bars.completes_at) {
        while minute < *count {
            step(minutes.tape, minute, (period, opening_us), &mut current, &mut previous);
            minute += 1;
        }
        let key = date.map(|date| period.key(date));
        let now = current.filter(|known| Some(known.key) == key);
        let before = if now.is_some() { previous } else { current }.filter(|known| known.whole);
        values.push(read(value, now, before, *instant, opening_us, minutes.tape));
    }
    Column::computed(values)
}

/// Takes one minute into the period it belongs to. Of a week or month the first one on the tape has no known beginning.
fn step(
    tape: &Tape,
    minute: usize,
    (period, opening_us): (Period, i64),
    current: &mut Option<Known>,
    previous: &mut Option<Known>,
) {
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
    let (key, offset) = (period.key(trading.date), tape.offset_at(minute));
    match current {
        Some(known) if known.key == key => {
            known.high = known.high.max(*high);
            known.low = known.low.min(*low);
            (known.close, known.offset) = (*close, offset);
            if opens {
                let (top, bottom) = known.opening.unwrap_or((*high, *low));
                known.opening = Some((top.max(*high), bottom.min(*low)));
            }
        }
        Some(_) | None => {
            *previous = *current;
            *current = Some(Known {
                key,
                whole: period == Period::Day || previous.is_some(),
                scheduled_open: trading.open,
                open: *open,
                high: *high,
                low: *low,
                close: *close,
                offset,
                opening: opens.then_some((*high, *low)),
            });
        }
    }
}

fn read(
    value: SessionValue,
    now: Option<Known>,
    before: Option<Known>,
    instant: i64,
    opening_us: i64,
    tape: &Tape,
) -> f64 {
    let price = |count: Option<i64>| count.map_or(f64::NAN, |count| tape.price_scale.to_f64(count));
    let opening = now.filter(|day| instant >= day.scheduled_open + opening_us).and_then(|day| day.opening);
    let gap = || now.zip(before).map(|(day, before)| (day.open - before.close, before.close - before.offset));
    match value {
        SessionValue::Open => price(now.map(|day| day.open)),
        SessionValue::High => price(now.map(|day| day.high)),
        SessionValue::Low => price(now.map(|day| day.low)),
        SessionValue::Previous(_, of) => price(before.map(|period| match of {
            PeriodPrice::Open => period.open,
            PeriodPrice::High => period.high,
            PeriodPrice::Low => period.low,
            PeriodPrice::Close => period.close,
        })),
        SessionValue::Pivot(_, line) => {
            let thirds = before.map_or(f64::NAN, |period| pivot_thirds(period, line) as f64);
            thirds / (3 * tape.price_scale.per_unit()) as f64
        }
        SessionValue::GapPoints => price(gap().map(|(gap, _)| gap)),
        SessionValue::GapPercent => gap().map_or(f64::NAN, |(gap, base)| 100.0 * gap as f64 / base as f64),
        SessionValue::OpeningHigh(_) => price(opening.map(|range| range.0)),
        SessionValue::OpeningLow(_) => price(opening.map(|range| range.1)),
        SessionValue::MinutesSinceOpen => {
            now.map_or(f64::NAN, |day| ((instant - day.scheduled_open) / MINUTE_US) as f64)
        }
        SessionValue::Vwap(_) => f64::NAN,
    }
}

/// Three times a floor-trader pivot in price counts: P = (H + L + C) ÷ 3, R1 = 2P − L, S1 = 2P − H, R2 = P + (H − L),
/// S2 = P − (H − L), R3 = H + 2(P − L), S3 = L − 2(H − P).
fn pivot_thirds(period: Known, line: PivotLine) -> i64 {
    let Known { high, low, close, .. } = period;
    let (sum, range) = (high + low + close, high - low);
    match line {
        PivotLine::Pivot => sum,
        PivotLine::R1 => 2 * sum - 3 * low,
        PivotLine::R2 => sum + 3 * range,
        PivotLine::R3 => 3 * high + 2 * sum - 6 * low,
        PivotLine::S1 => 2 * sum - 3 * high,
        PivotLine::S2 => sum - 3 * range,
        PivotLine::S3 => 3 * low + 2 * sum - 6 * high,
    }
}
