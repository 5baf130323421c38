//! A tape and decision bars built by hand: one UTC session per day, decision bars of a whole number of minutes.

use market::{Scale, SessionKind, Tape, Timeframe, TimeframeBars, TradingDate, TradingDay};

pub const MINUTE: i64 = 60_000_000;
pub const DAY: i64 = 1_440 * MINUTE;
/// 1970-01-05, a Monday.
pub const FIRST_DATE: i32 = 4;

/// One raw bar and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct RawBar {
    pub day: i32,
    pub minute: i64,
    pub open: i64,
    pub high: i64,
    pub low: i64,
    pub close: i64,
    pub offset: i64,
    pub spread: i64,
}

/// The tape of raw bars; sessions run from midnight to `close_minute`. A bar at or after it is a stray of that day.
pub fn tape(bars: &[RawBar], places: u8, close_minute: i64) -> Tape {
    let mut tape = Tape {
        symbol: "TEST".into(),
        session: SessionKind::Full,
        resolution_minutes: 1,
        price_scale: Scale::new(places).unwrap(),
        volume_scale: Scale::new(0).unwrap(),
        ts: vec![],
        open: vec![],
        high: vec![],
        low: vec![],
        close: vec![],
        volume: vec![],
        offset: vec![],
        spread: vec![],
        day: vec![],
        days: vec![],
    };
    for bar in bars {
        let date = TradingDate(FIRST_DATE + bar.day);
        let start = i64::from(date.0) * DAY;
        let index = tape.ts.len() as u32;
        if tape.days.last().is_none_or(|day| day.date != date) {
            let close = start + close_minute * MINUTE;
            tape.days.push(TradingDay {
                date,
                open: start,
                close,
                week_open: start,
                week_close: close,
                breaks: vec![],
                first: index,
                end: index,
            });
        }
        tape.days.last_mut().unwrap().end = index + 1;
        tape.day.push(tape.days.len() as u32 - 1);
        tape.ts.push(start + bar.minute * MINUTE);
        tape.open.push(bar.open + bar.offset);
        tape.high.push(bar.high + bar.offset);
        tape.low.push(bar.low + bar.offset);
        tape.close.push(bar.close + bar.offset);
        tape.volume.push(1);
        tape.offset.push(bar.offset);
        tape.spread.push(bar.spread);
    }
    tape
}

/// Bars of `minutes` minutes anchored at midnight; a slot without minutes makes no bar.
pub fn decisions(tape: &Tape, minutes: i64) -> TimeframeBars {
    let mut bars = TimeframeBars {
        timeframe: Timeframe::M1,
        starts_at: vec![],
        completes_at: vec![],
        first: vec![],
        last: vec![],
        day: vec![],
        open: vec![],
        high: vec![],
        low: vec![],
        close: vec![],
        volume: vec![],
    };
    for index in 0..tape.len() {
        let length = minutes * MINUTE;
        let start = tape.ts[index].div_euclid(length) * length;
        if bars.starts_at.last() != Some(&start) {
            let close = tape.days[tape.day[index] as usize].close;
            bars.starts_at.push(start);
            bars.completes_at.push(if tape.ts[index] < close { (start + length).min(close) } else { start + length });
            bars.first.push(index as u32);
            bars.last.push(index as u32);
            bars.day.push(tape.day[index]);
            bars.open.push(tape.open[index]);
            bars.high.push(tape.high[index]);
            bars.low.push(tape.low[index]);
            bars.close.push(tape.close[index]);
            bars.volume.push(tape.volume[index]);
        } else {
            let bar = bars.starts_at.len() - 1;
            bars.last[bar] = index as u32;
            bars.high[bar] = bars.high[bar].max(tape.high[index]);
            bars.low[bar] = bars.low[bar].min(tape.low[index]);
            bars.close[bar] = tape.close[index];
            bars.volume[bar] += tape.volume[index];
        }
    }
    bars
}

/// The first `minutes` minutes of a tape and the decision bars that had completed by then.
pub fn truncated(tape: &Tape, bars: &TimeframeBars, minutes: usize) -> (Tape, TimeframeBars) {
    let mut tape = tape.clone();
    for column in [
        &mut tape.ts,
        &mut tape.open,
        &mut tape.high,
        &mut tape.low,
        &mut tape.close,
        &mut tape.volume,
        &mut tape.offset,
        &mut tape.spread,
    ] {
        column.truncate(minutes);
    }
    tape.day.truncate(minutes);
    let days = tape.day.last().map_or(0, |day| *day as usize + 1);
    tape.days.truncate(days);
    tape.days.last_mut().unwrap().end = minutes as u32;
    let kept = bars.last.partition_point(|last| (*last as usize) < minutes);
    let mut bars = bars.clone();
    for column in [
        &mut bars.starts_at,
        &mut bars.completes_at,
        &mut bars.open,
        &mut bars.high,
        &mut bars.low,
        &mut bars.close,
        &mut bars.volume,
    ] {
        column.truncate(kept);
    }
    for column in [&mut bars.first, &mut bars.last, &mut bars.day] {
        column.truncate(kept);
    }
    (tape, bars)
}
