//! Timeframe bars: anchoring by hand, and every slot against a minute-by-minute reading of the rule.

use crate::{in_new_york, new_york, series, utc};
use market::{Calendar, SessionKind, Tape, Timeframe, TimeframeBars};
use std::collections::BTreeMap;

const MINUTE_US: i64 = 60_000_000;

/// Ascending minutes with random gaps: runs of minutes, holes of hours, now and then days.
pub fn random_minutes(seed: u64, from: i64, count: usize) -> Vec<i64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut ts = from + random(1_440) as i64 * MINUTE_US;
    (0..count)
        .map(|_| {
            let gap = match random(100) {
                0..80 => 1,
                80..95 => 1 + random(30),
                95..99 => random(300) + 1,
                _ => random(3_000) + 1,
            };
            ts += gap as i64 * MINUTE_US;
            ts
        })
        .collect()
}

/// One minute bar at each New York time; the bars of a timeframe as `start > completes (number of minutes)`.
fn check(calendar: &str, kind: SessionKind, base: u32, timeframe: Timeframe, minutes: &[&str], expected: &[&str]) {
    let calendar = Calendar::named(calendar).unwrap();
    let tape = Tape::build(&series(base, minutes.iter().map(|text| new_york(text)).collect()), &calendar, kind);
    let bars = TimeframeBars::build(&tape, timeframe).unwrap();
    let found: Vec<String> = (0..bars.len())
        .map(|index| {
            let (start, completes) = (in_new_york(bars.starts_at[index]), in_new_york(bars.completes_at[index]));
            format!("{start} > {completes} ({})", bars.last[index] - bars.first[index] + 1)
        })
        .collect();
    assert_eq!(found, expected, "{} {timeframe}", calendar.name());
}

#[test]
fn slots_are_anchored_at_the_session_open() {
    use SessionKind::{Full, Regular};
    let full =
        |timeframe, minutes: &[&str], expected: &[&str]| check("cme_equity", Full, 1, timeframe, minutes, expected);
    // 18:00 anchors four hours: 18, 22, 02, 06, 10, 14; the last slot ends with the session at 17:00.
    full(
        Timeframe::H4,
        &[
            "2024-01-07 18:00",
            "2024-01-07 21:59",
            "2024-01-07 22:00",
            "2024-01-08 13:59",
            "2024-01-08 14:00",
            "2024-01-08 16:59",
        ],
        &[
            "2024-01-07 18:00 > 2024-01-07 22:00 (2)",
            "2024-01-07 22:00 > 2024-01-08 02:00 (1)",
            "2024-01-08 10:00 > 2024-01-08 14:00 (1)",
            "2024-01-08 14:00 > 2024-01-08 17:00 (2)",
        ],
    );
    // 09:30 anchors hours at half past; the last slot is cut at 16:00.
    check(
        "us_stocks",
        Regular,
        1,
        Timeframe::H1,
        &["2024-01-08 09:31", "2024-01-08 10:29", "2024-01-08 10:30", "2024-01-08 15:45"],
        &[
            "2024-01-08 09:30 > 2024-01-08 10:30 (2)",
            "2024-01-08 10:30 > 2024-01-08 11:30 (1)",
            "2024-01-08 15:30 > 2024-01-08 16:00 (1)",
        ],
    );
    // A slot completes by the clock although its last minute did not print, and an early close ends it.
    full(Timeframe::M5, &["2024-11-29 13:11"], &["2024-11-29 13:10 > 2024-11-29 13:15 (1)"]);
    full(Timeframe::M30, &["2024-11-29 13:01"], &["2024-11-29 13:00 > 2024-11-29 13:15 (1)"]);
}

#[test]
fn breaks_end_bars_and_the_grid_runs_on() {
    check(
        "cme_equity",
        SessionKind::Full,
        1,
        Timeframe::H1,
        &["2020-01-08 16:00", "2020-01-08 16:14", "2020-01-08 16:20", "2020-01-08 16:30", "2020-01-08 16:59"],
        &["2020-01-08 16:00 > 2020-01-08 16:15 (2)", "2020-01-08 16:30 > 2020-01-08 17:00 (2)"],
    );
    // Grains: the evening ends at 08:45, the day starts at 09:30 in the middle of the 08:00–10:00 slot of the grid.
    check(
        "cme_grains",
        SessionKind::Full,
        1,
        Timeframe::H2,
        &["2024-06-04 08:30", "2024-06-04 09:30", "2024-06-04 10:00", "2024-06-04 14:19"],
        &[
            "2024-06-04 08:00 > 2024-06-04 08:45 (1)",
            "2024-06-04 09:30 > 2024-06-04 10:00 (1)",
            "2024-06-04 10:00 > 2024-06-04 12:00 (1)",
            "2024-06-04 14:00 > 2024-06-04 14:20 (1)",
        ],
    );
}

#[test]
fn days_and_weeks_complete_by_schedule() {
    use SessionKind::{Full, Regular};
    let minutes = [
        "2024-01-07 18:00",
        "2024-01-08 16:59",
        "2024-01-08 17:10",
        "2024-01-10 12:00",
        "2024-01-15 12:59",
        "2024-01-15 18:00",
    ];
    check(
        "cme_equity",
        Full,
        1,
        Timeframe::D1,
        &minutes,
        &[
            "2024-01-07 18:00 > 2024-01-08 17:00 (2)", // the minute at 17:10 is stray: in no bar
            "2024-01-09 18:00 > 2024-01-10 17:00 (1)",
            "2024-01-14 18:00 > 2024-01-15 13:00 (1)",
            "2024-01-15 18:00 > 2024-01-16 17:00 (1)",
        ],
    );
    check(
        "cme_equity",
        Full,
        1,
        Timeframe::W1,
        &minutes,
        // Wednesday has the last bar of the first week, which completes on Friday all the same.
        &["2024-01-07 18:00 > 2024-01-12 17:00 (4)", "2024-01-14 18:00 > 2024-01-19 17:00 (2)"],
    );
    check(
        "us_stocks",
        Regular,
        1,
        Timeframe::W1,
        &["2024-03-25 10:00", "2024-03-28 15:59", "2024-04-01 09:30"],
        &["2024-03-25 09:30 > 2024-03-28 16:00 (2)", "2024-04-01 09:30 > 2024-04-05 16:00 (1)"],
    );
    check(
        "crypto",
        Full,
        1,
        Timeframe::W1,
        &["2024-01-14 18:59", "2024-01-14 19:00"], // Monday begins at 00:00 UTC, 19:00 on Sunday in New York
        &["2024-01-07 19:00 > 2024-01-14 19:00 (1)", "2024-01-14 19:00 > 2024-01-21 19:00 (1)"],
    );
}

#[test]
fn coarser_base_bars_are_seen_no_earlier_than_they_end() {
    // Hourly stock bars labelled on the hour: the first covers the open, the day's last one the close.
    check(
        "us_stocks",
        SessionKind::Regular,
        60,
        Timeframe::H1,
        &["2024-01-08 09:00", "2024-01-08 10:00", "2024-01-08 15:00"],
        &[
            "2024-01-08 09:30 > 2024-01-08 10:00 (1)",
            "2024-01-08 10:00 > 2024-01-08 11:00 (1)",
            "2024-01-08 15:00 > 2024-01-08 16:00 (1)",
        ],
    );
    // The same labelled at half past.
    check(
        "us_stocks",
        SessionKind::Regular,
        60,
        Timeframe::H1,
        &["2024-01-08 09:30", "2024-01-08 10:30"],
        &["2024-01-08 09:30 > 2024-01-08 10:30 (1)", "2024-01-08 10:00 > 2024-01-08 11:30 (1)"],
    );
    check(
        "us_stocks",
        SessionKind::Regular,
        1_440,
        Timeframe::D1,
        &["2024-01-08 00:00", "2024-01-09 00:00"],
        &["2024-01-08 09:30 > 2024-01-08 16:00 (1)", "2024-01-09 09:30 > 2024-01-09 16:00 (1)"],
    );
}

#[test]
fn finer_or_uneven_timeframes_are_refused() {
    let calendar = Calendar::named("fx").unwrap();
    // (base minutes, timeframes that can be cut from it)
    let cases = [
        (1, "1m 2m 3m 5m 10m 15m 30m 1h 2h 4h 1d 1w"),
        (2, "2m 10m 30m 1h 2h 4h 1d 1w"),
        (15, "15m 30m 1h 2h 4h 1d 1w"),
        (60, "1h 2h 4h 1d 1w"),
        (180, "1d 1w"),
        (1_440, "1d 1w"),
        (7, "1w"),
        (0, ""),
    ];
    for (base, expected) in cases {
        let tape = Tape::build(&series(base, vec![new_york("2024-01-08 12:00")]), &calendar, SessionKind::Full);
        let possible = Timeframe::ALL.into_iter().filter(|timeframe| TimeframeBars::build(&tape, *timeframe).is_some());
        let labels: Vec<&str> = possible.map(Timeframe::label).collect();
        assert_eq!(labels.join(" "), expected, "{base}");
    }
}

#[test]
fn timeframes_are_written_one_way() {
    for timeframe in Timeframe::ALL {
        assert_eq!(Timeframe::parse(timeframe.label()), Some(timeframe));
        assert_eq!(serde_json::to_string(&timeframe).unwrap(), format!("\"{timeframe}\""));
    }
    for text in ["", "5", "5M", "5min", " 5m", "60m", "D1"] {
        assert_eq!(Timeframe::parse(text), None, "{text:?}");
    }
    assert!(Timeframe::ALL.is_sorted_by(|left, right| left < right && left.minutes() < right.minutes()));
}

/// Start and end of the slot a minute belongs to, worked out for that minute alone; `None` for a stray one.
fn slot_of(tape: &Tape, index: usize, minutes: u32) -> Option<(i64, i64)> {
    let (ts, day) = (tape.ts[index], &tape.days[tape.day[index] as usize]);
    if ts >= day.close || day.breaks.iter().any(|pause| pause.0 <= ts && ts < pause.1) {
        return None;
    }
    let length = i64::from(minutes) * MINUTE_US;
    let grid = day.open + (ts - day.open).div_euclid(length) * length;
    let resumed = day.breaks.iter().map(|pause| pause.1).filter(|resume| *resume <= ts).max();
    let paused = day.breaks.iter().map(|pause| pause.0).filter(|pause| *pause > ts).min();
    let end = (grid + length).min(day.close).min(paused.unwrap_or(i64::MAX));
    Some((grid.max(resumed.unwrap_or(i64::MIN)), end))
}

#[test]
fn slots_agree_with_a_reading_minute_by_minute() {
    let names = ["cme_equity", "cme_grains", "us_stocks", "fx", "crypto"];
    for seed in 0..40_u64 {
        let name = names[seed as usize % names.len()];
        let kind = if seed % 2 == 0 { SessionKind::Full } else { SessionKind::Regular };
        let ts = random_minutes(seed, utc("2020-12-01 00:00"), 3_000);
        let mut bars = series(1, ts);
        // Prices that make high and low differ from first and last.
        bars.high.iter_mut().enumerate().for_each(|(n, price)| *price = 500_000 + (n as i64 * 7_919) % 1_009);
        bars.low.iter_mut().enumerate().for_each(|(n, price)| *price = -((n as i64 * 7_907) % 1_013));
        let tape = Tape::build(&bars, &Calendar::named(name).unwrap(), kind);
        for timeframe in Timeframe::ALL.into_iter().filter(|timeframe| timeframe.minutes() < 1_440) {
            let mut slots: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
            for index in 0..tape.len() {
                if let Some(slot) = slot_of(&tape, index, timeframe.minutes()) {
                    slots.entry(slot).or_default().push(index);
                }
            }
            let cut = TimeframeBars::build(&tape, timeframe).unwrap();
            assert_eq!(cut.len(), slots.len(), "seed {seed} {name} {kind:?} {timeframe}");
            for (index, ((start, end), members)) in slots.iter().enumerate() {
                let context = format!("seed {seed} {name} {kind:?} {timeframe} bar {index}");
                let (first, last) = (members[0], members[members.len() - 1]);
                assert_eq!((cut.starts_at[index], cut.completes_at[index]), (*start, *end), "{context}");
                assert_eq!((cut.first[index] as usize, cut.last[index] as usize), (first, last), "{context}");
                assert_eq!(cut.day[index], tape.day[last], "{context}");
                assert_eq!((cut.open[index], cut.close[index]), (tape.open[first], tape.close[last]), "{context}");
                assert_eq!(cut.high[index], members.iter().map(|n| tape.high[*n]).max().unwrap(), "{context}");
                assert_eq!(cut.low[index], members.iter().map(|n| tape.low[*n]).min().unwrap(), "{context}");
                assert_eq!(cut.volume[index], members.iter().map(|n| tape.volume[*n]).sum::<i64>(), "{context}");
            }
        }
    }
}

/// Whatever the base and the timeframe: bars complete in order, after every one of their minutes and not before.
#[test]
fn bars_complete_in_order_and_after_their_minutes() {
    for seed in 100..130_u64 {
        let base = [1, 5, 60, 240][seed as usize % 4];
        let calendar = Calendar::named(["cme_equity", "us_stocks", "crypto"][seed as usize % 3]).unwrap();
        let step = i64::from(base) * MINUTE_US;
        let mut ts: Vec<i64> =
            random_minutes(seed, utc("2020-12-01 00:00"), 3_000).iter().map(|ts| ts.div_euclid(step) * step).collect();
        ts.dedup();
        let tape = Tape::build(&series(base, ts), &calendar, SessionKind::Full);
        for timeframe in Timeframe::ALL {
            let Some(bars) = TimeframeBars::build(&tape, timeframe) else { continue };
            let context = format!("seed {seed} base {base} {timeframe}");
            assert!(bars.completes_at.is_sorted_by(|left, right| left < right), "{context}");
            for index in 0..bars.len() {
                let last = tape.ts[bars.last[index] as usize];
                assert!(last + step <= bars.completes_at[index], "{context} bar {index}");
                assert!(bars.first[index] <= bars.last[index]);
                assert!(index == 0 || bars.first[index] > bars.last[index - 1]);
            }
        }
    }
}
