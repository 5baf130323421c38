//! Tapes: filtering, adjustment, trading days and stray bars, by hand and against a bar-by-bar reading of the rule.

use crate::{date, in_new_york, new_york, series, utc};
use market::{BarSeries, Calendar, SessionKind, Tape};

const MINUTE_US: i64 = 60_000_000;

/// Bars at New York times, and the trading days they make: `date: count`, then the tape's times.
fn check(calendar: &str, kind: SessionKind, bars: &[&str], expected_days: &[&str], expected_left_out: &[&str]) -> Tape {
    let calendar = Calendar::named(calendar).unwrap();
    let ts: Vec<i64> = bars.iter().map(|text| new_york(text)).collect();
    let tape = Tape::build(&series(1, ts.clone()), &calendar, kind);
    let days: Vec<String> = tape.days.iter().map(|day| format!("{}: {}", day.date, day.end - day.first)).collect();
    assert_eq!(days, expected_days);
    let left_out: Vec<String> = ts.iter().filter(|ts| !tape.ts.contains(ts)).map(|ts| in_new_york(*ts)).collect();
    assert_eq!(left_out, expected_left_out);
    consistent(&tape);
    tape
}

/// What holds for every tape: equal columns, ascending times, days that tile the bars and know their schedule.
fn consistent(tape: &Tape) {
    let columns = [&tape.open, &tape.high, &tape.low, &tape.close, &tape.volume];
    assert!(columns.iter().all(|column| column.len() == tape.ts.len()) && tape.day.len() == tape.ts.len());
    assert!(tape.ts.is_sorted_by(|left, right| left < right));
    let mut next = 0;
    for (index, day) in tape.days.iter().enumerate() {
        assert_eq!(day.first, next);
        assert!(day.end > day.first && day.week_open <= day.open && day.close <= day.week_close);
        assert!(tape.day[day.first as usize..day.end as usize].iter().all(|of| *of as usize == index));
        next = day.end;
    }
    assert_eq!(next as usize, tape.ts.len());
    assert!(tape.days.windows(2).all(|pair| pair[0].date < pair[1].date));
}

#[test]
fn sunday_evening_belongs_to_monday() {
    let tape = check(
        "cme_equity",
        SessionKind::Full,
        &["2024-01-05 16:59", "2024-01-07 18:00", "2024-01-08 09:30", "2024-01-08 18:00"],
        &["2024-01-05: 1", "2024-01-08: 2", "2024-01-09: 1"],
        &[],
    );
    assert_eq!(in_new_york(tape.days[1].open), "2024-01-07 18:00");
    assert_eq!(in_new_york(tape.days[1].close), "2024-01-08 17:00");
}

#[test]
fn stray_bars_belong_to_the_day_that_closed_last() {
    check(
        "cme_equity",
        SessionKind::Full,
        &[
            "2024-01-05 16:59",
            "2024-01-05 17:30", // after the close
            "2024-01-06 12:00", // Saturday
            "2024-01-07 17:59", // the last minute before Sunday's open
            "2024-01-07 18:00",
        ],
        &["2024-01-05: 4", "2024-01-08: 1"],
        &[],
    );
    // A day whose only bar is stray: the series starts on a Saturday, after a Friday without bars.
    check("cme_equity", SessionKind::Full, &["2024-01-06 12:00"], &["2024-01-05: 1"], &[]);
    // A holiday opens no session: Christmas belongs to Christmas Eve.
    check(
        "cme_equity",
        SessionKind::Full,
        &["2024-12-25 12:00", "2024-12-25 18:00"],
        &["2024-12-24: 1", "2024-12-26: 1"],
        &[],
    );
    // Inside the pause: the day goes on.
    check("cme_equity", SessionKind::Full, &["2020-01-08 16:20"], &["2020-01-08: 1"], &[]);
}

#[test]
fn the_regular_session_leaves_the_rest_out() {
    check(
        "us_stocks",
        SessionKind::Regular,
        &["2024-01-05 09:29", "2024-01-05 09:30", "2024-01-05 15:59", "2024-01-05 16:00", "2024-01-06 10:00"],
        &["2024-01-05: 2"],
        &["2024-01-05 09:29", "2024-01-05 16:00", "2024-01-06 10:00"],
    );
    check(
        "cme_equity",
        SessionKind::Regular,
        &["2024-11-29 12:59", "2024-11-29 13:00", "2024-12-02 09:30"],
        &["2024-11-29: 1", "2024-12-02: 1"],
        &["2024-11-29 13:00"],
    );
}

#[test]
fn weeks_know_their_scheduled_ends() {
    // Only Tuesday has a bar; the week runs from Sunday evening to Friday, whether or not they print.
    let tape = check("cme_equity", SessionKind::Full, &["2024-01-09 10:00"], &["2024-01-09: 1"], &[]);
    assert_eq!(in_new_york(tape.days[0].week_open), "2024-01-07 18:00");
    assert_eq!(in_new_york(tape.days[0].week_close), "2024-01-12 17:00");
    // Good Friday is no trading day: Thursday ends the week. New Year's Monday is none either.
    let tape = check("cme_equity", SessionKind::Full, &["2024-03-26 10:00"], &["2024-03-26: 1"], &[]);
    assert_eq!(in_new_york(tape.days[0].week_close), "2024-03-28 17:00");
    let tape = check("cme_equity", SessionKind::Full, &["2024-01-03 10:00"], &["2024-01-03: 1"], &[]);
    assert_eq!(in_new_york(tape.days[0].week_open), "2024-01-01 18:00");
    let tape = check("crypto", SessionKind::Full, &["2024-01-03 10:00"], &["2024-01-03: 1"], &[]);
    assert_eq!((tape.days[0].week_open, tape.days[0].week_close), (utc("2024-01-01 00:00"), utc("2024-01-08 00:00")));
}

#[test]
fn prices_are_adjusted_and_columns_follow_their_bars() {
    let ts = ["2024-01-05 09:29", "2024-01-05 09:30", "2024-01-05 09:31", "2024-01-05 17:00"].map(new_york).to_vec();
    let bars = BarSeries { offset: vec![-5, -5, 0, 0], spread: vec![1, 2, 3, 4], ..series(1, ts) };
    let tape = Tape::build(&bars, &Calendar::named("us_stocks").unwrap(), SessionKind::Regular);
    assert_eq!((&tape.open, &tape.high), (&vec![195, 300], &vec![195, 300]));
    assert_eq!((&tape.low, &tape.close), (&vec![195, 300], &vec![195, 300]));
    assert_eq!((&tape.offset, &tape.spread, &tape.volume), (&vec![-5, 0], &vec![2, 3], &vec![2, 3]));
    assert_eq!((tape.offset_at(0), tape.offset_at(1), tape.offset_at(9)), (-5, 0, 0));
}

#[test]
fn daily_labels_mean_their_trading_date() {
    // (calendar, label in UTC, trading date)
    let cases = [
        ("us_stocks", "2024-01-05 05:00", "2024-01-05"),  // local midnight
        ("us_stocks", "2024-01-05 00:00", "2024-01-05"),  // UTC midnight
        ("us_stocks", "2024-01-05 14:30", "2024-01-05"),  // the regular open
        ("cme_equity", "2024-01-08 05:00", "2024-01-08"), // local midnight
        ("cme_equity", "2024-01-07 23:00", "2024-01-08"), // the session open
        ("fx", "2024-01-07 22:00", "2024-01-08"),
        ("crypto", "2024-01-07 00:00", "2024-01-07"),
        ("cme_equity", "2024-01-06 05:00", "2024-01-05"), // a Saturday label is stray
    ];
    for (calendar, label, expected) in cases {
        let schedule = Calendar::named(calendar).unwrap();
        let tape = Tape::build(&series(1_440, vec![utc(label)]), &schedule, SessionKind::Full);
        assert_eq!(tape.days.len(), 1, "{calendar} {label}");
        assert_eq!(tape.days[0].date, date(expected), "{calendar} {label}");
        consistent(&tape);
    }
}

#[test]
fn daily_bars_stand_at_the_open_of_their_date() {
    let ts = ["2024-01-04 05:00", "2024-01-05 05:00", "2024-01-06 05:00", "2024-01-08 05:00"].map(utc).to_vec();
    let calendar = Calendar::named("cme_equity").unwrap();
    let tape = Tape::build(&series(1_440, ts.clone()), &calendar, SessionKind::Full);
    let placed: Vec<String> = tape.ts.iter().map(|ts| in_new_york(*ts)).collect();
    assert_eq!(placed, ["2024-01-03 18:00", "2024-01-04 18:00", "2024-01-06 00:00", "2024-01-07 18:00"]);
    consistent(&tape);
    let tape = Tape::build(&series(1_440, ts), &calendar, SessionKind::Regular);
    let placed: Vec<String> = tape.ts.iter().map(|ts| in_new_york(*ts)).collect();
    assert_eq!(placed, ["2024-01-04 09:30", "2024-01-05 09:30", "2024-01-08 09:30"]);
}

#[test]
fn a_coarse_bar_belongs_to_the_session_that_opens_within_it() {
    let ts = ["2024-01-05 08:00", "2024-01-05 09:00", "2024-01-05 15:00", "2024-01-05 16:00"].map(new_york).to_vec();
    let tape = Tape::build(&series(60, ts), &Calendar::named("us_stocks").unwrap(), SessionKind::Regular);
    let kept: Vec<String> = tape.ts.iter().map(|ts| in_new_york(*ts)).collect();
    assert_eq!(kept, ["2024-01-05 09:00", "2024-01-05 15:00"]);
}

#[test]
fn nothing_makes_an_empty_tape() {
    let tape = Tape::build(&series(1, Vec::new()), &Calendar::named("fx").unwrap(), SessionKind::Full);
    assert!(tape.is_empty() && tape.days.is_empty());
}

/// Random sparse minutes, many of them stray, against the rule applied to each bar alone.
#[test]
fn every_bar_is_where_the_rule_puts_it() {
    let names = ["cme_equity", "cme_grains", "us_stocks", "fx", "crypto", "cme_livestock"];
    for seed in 0..60_u64 {
        let name = names[seed as usize % names.len()];
        let calendar = Calendar::named(name).unwrap();
        let ts = crate::timeframes::random_minutes(seed, utc("2020-12-01 00:00"), 4_000);
        for kind in [SessionKind::Full, SessionKind::Regular] {
            let tape = Tape::build(&series(1, ts.clone()), &calendar, kind);
            consistent(&tape);
            let mut at = 0;
            for bar in &ts {
                let session = calendar.last_opened(kind, *bar).expect("a session before every bar");
                if kind == SessionKind::Regular && !session.contains(*bar) {
                    continue;
                }
                assert_eq!(tape.ts[at], *bar, "seed {seed} {name} {kind:?}");
                let day = &tape.days[tape.day[at] as usize];
                let expected = (session.date, session.open, session.close, &session.breaks);
                assert_eq!((day.date, day.open, day.close, &day.breaks), expected, "seed {seed} {name} {kind:?}");
                at += 1;
            }
            assert_eq!(at, tape.len(), "seed {seed} {name} {kind:?}");
        }
    }
}

/// A tape is cut from its series: dropping the future changes no bar or day before it, except the last day's end.
#[test]
fn a_longer_series_changes_no_earlier_bar() {
    let calendar = Calendar::named("cme_equity").unwrap();
    let ts = crate::timeframes::random_minutes(7, utc("2020-12-01 00:00"), 3_000);
    let whole = Tape::build(&series(1, ts.clone()), &calendar, SessionKind::Full);
    for length in [1, 2, 500, 1_777, 2_999] {
        let part = Tape::build(&series(1, ts[..length].to_vec()), &calendar, SessionKind::Full);
        assert_eq!(part.ts, whole.ts[..length]);
        assert_eq!(part.day, whole.day[..length]);
        for (cut, full) in part.days.iter().zip(&whole.days) {
            assert_eq!(
                (cut.open, cut.close, cut.week_open, cut.week_close),
                (full.open, full.close, full.week_open, full.week_close)
            );
            assert!(cut.end == full.end || cut.end as usize == length);
        }
    }
    assert!(whole.ts.windows(2).any(|pair| pair[1] - pair[0] > MINUTE_US), "the series has gaps");
}
