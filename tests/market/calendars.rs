//! Schedules worked by hand: clock changes, Sunday evenings, half days, holidays, versions of the hours.

use crate::{date, in_new_york, new_york, utc};
use market::{Calendar, CalendarError, SessionKind, TradingDate};

/// `open > close` of a session in New York time, with `pause > resume` pairs in brackets; `closed` without one.
fn written(calendar: &Calendar, kind: SessionKind, day: TradingDate) -> String {
    let Some(session) = calendar.session_on(kind, day) else { return "closed".to_owned() };
    let pair = |(from, to): (i64, i64)| format!("{} > {}", in_new_york(from), in_new_york(to));
    let breaks: String = session.breaks.iter().map(|pause| format!(" [{}]", pair(*pause))).collect();
    pair((session.open, session.close)) + &breaks
}

fn check(calendar: &str, kind: SessionKind, day: &str, expected: &str) {
    let calendar = Calendar::named(calendar).unwrap();
    let found = written(&calendar, kind, date(day));
    assert_eq!(found, expected, "{} {kind:?} {day}", calendar.name());
    let listed = calendar.sessions(kind, date(day), date(day));
    assert_eq!(listed.first().cloned(), calendar.session_on(kind, date(day)));
}

#[test]
fn index_futures_hours_are_versioned() {
    let full = |day, expected| check("cme_equity", SessionKind::Full, day, expected);
    full(
        "2013-10-07", // a Monday: it opened on Sunday evening
        "2013-10-06 18:00 > 2013-10-07 17:15 [2013-10-07 16:15 > 2013-10-07 16:30]",
    );
    full("2015-09-18", "2015-09-17 18:00 > 2015-09-18 17:15 [2015-09-18 16:15 > 2015-09-18 16:30]");
    full("2015-09-21", "2015-09-20 18:00 > 2015-09-21 17:00 [2015-09-21 16:15 > 2015-09-21 16:30]");
    full("2021-06-25", "2021-06-24 18:00 > 2021-06-25 17:00 [2021-06-25 16:15 > 2021-06-25 16:30]");
    full("2021-06-28", "2021-06-27 18:00 > 2021-06-28 17:00");
    full("2012-11-15", "2012-11-14 18:00 > 2012-11-15 17:30 [2012-11-15 16:15 > 2012-11-15 16:30]");
    full("2012-11-16", "2012-11-15 18:00 > 2012-11-16 16:15");
    full("2024-01-06", "closed");
    full("2024-01-07", "closed");
}

#[test]
fn index_futures_holidays() {
    let full = |day, expected| check("cme_equity", SessionKind::Full, day, expected);
    let regular = |day, expected| check("cme_equity", SessionKind::Regular, day, expected);
    full("2024-01-01", "closed");
    full("2024-01-02", "2024-01-01 18:00 > 2024-01-02 17:00");
    full("2024-01-15", "2024-01-14 18:00 > 2024-01-15 13:00");
    regular("2024-01-15", "closed"); // stocks do not trade, so there is no regular session
    full("2013-01-21", "2013-01-20 18:00 > 2013-01-21 11:30");
    full("2013-11-28", "2013-11-27 18:00 > 2013-11-28 11:30");
    full("2014-11-27", "2014-11-26 18:00 > 2014-11-27 13:00");
    full("2024-03-29", "closed");
    full("2023-04-07", "2023-04-06 18:00 > 2023-04-07 09:15"); // employment report on Good Friday
    regular("2023-04-07", "closed");
    full("2019-11-29", "2019-11-28 18:00 > 2019-11-29 13:15"); // the early close comes before the pause
    regular("2019-11-29", "2019-11-29 09:30 > 2019-11-29 13:00");
    full("2024-12-24", "2024-12-23 18:00 > 2024-12-24 13:15");
    full("2024-12-25", "closed");
    full("2024-12-26", "2024-12-25 18:00 > 2024-12-26 17:00");
    full("2021-12-24", "closed");
    full("2021-12-31", "2021-12-30 18:00 > 2021-12-31 17:00");
    full("2025-01-09", "2025-01-08 18:00 > 2025-01-09 09:30"); // day of mourning
    full("2021-06-18", "2021-06-17 18:00 > 2021-06-18 17:00 [2021-06-18 16:15 > 2021-06-18 16:30]"); // no Juneteenth yet
    full("2023-06-19", "2023-06-18 18:00 > 2023-06-19 13:00");
    regular("2024-01-16", "2024-01-16 09:30 > 2024-01-16 16:00");
}

#[test]
fn other_calendars() {
    let full = SessionKind::Full;
    let regular = SessionKind::Regular;
    check("us_stocks", full, "2024-01-16", "2024-01-16 04:00 > 2024-01-16 20:00");
    check("us_stocks", regular, "2024-11-29", "2024-11-29 09:30 > 2024-11-29 13:00");
    check("us_stocks", full, "2024-11-29", "2024-11-29 04:00 > 2024-11-29 17:00");
    check("us_stocks", regular, "2012-10-29", "closed"); // hurricane Sandy
    check("fx", full, "2024-01-15", "2024-01-14 17:00 > 2024-01-15 17:00");
    check("fx", full, "2024-01-13", "closed");
    check("fx", full, "2024-01-14", "closed");
    check("cme_fx", full, "2024-01-15", "2024-01-14 18:00 > 2024-01-15 17:00"); // holidays trade in full since 2022
    check("cme_fx", full, "2020-01-20", "2020-01-19 18:00 > 2020-01-20 13:00");
    check("cme_fx", regular, "2024-01-16", "2024-01-16 08:20 > 2024-01-16 15:00");
    check("cme_metals", full, "2014-06-04", "2014-06-03 18:00 > 2014-06-04 17:15");
    check("cme_energy", full, "2024-06-04", "2024-06-03 18:00 > 2024-06-04 17:00");
    check("cme_energy", full, "2024-05-27", "2024-05-26 18:00 > 2024-05-27 14:30");
    check("cme_energy", regular, "2024-06-04", "2024-06-04 09:00 > 2024-06-04 14:30");
    check("cme_rates", full, "2023-04-07", "2023-04-06 18:00 > 2023-04-07 11:15");
    check(
        "cme_grains",
        full,
        "2024-06-04",
        "2024-06-03 20:00 > 2024-06-04 14:20 [2024-06-04 08:45 > 2024-06-04 09:30]",
    );
    check("cme_grains", regular, "2014-06-04", "2014-06-04 09:30 > 2014-06-04 14:15");
    check("cme_grains", full, "2012-06-06", "2012-06-05 18:00 > 2012-06-06 15:00");
    check("cme_livestock", full, "2024-06-04", "2024-06-04 09:30 > 2024-06-04 14:05");
    check("cme_crypto", full, "2024-06-04", "2024-06-03 18:00 > 2024-06-04 17:00");
    check("crypto", full, "2024-06-08", "2024-06-07 20:00 > 2024-06-08 20:00"); // a Saturday, UTC midnights
}

#[test]
fn clock_changes_move_sessions_in_utc() {
    let equity = Calendar::named("cme_equity").unwrap();
    // (trading date, open and close in UTC, hours)
    let cases = [
        ("2024-03-08", "2024-03-07 23:00", "2024-03-08 22:00"), // winter
        ("2024-03-11", "2024-03-10 22:00", "2024-03-11 21:00"), // the Sunday of the change: it opens after it
        ("2024-11-01", "2024-10-31 22:00", "2024-11-01 21:00"), // summer
        ("2024-11-04", "2024-11-03 23:00", "2024-11-04 22:00"), // after the change back
    ];
    for (day, open, close) in cases {
        let session = equity.session_on(SessionKind::Full, date(day)).unwrap();
        assert_eq!((session.open, session.close), (utc(open), utc(close)), "{day}");
    }
}

#[test]
fn every_instant_has_at_most_one_trading_date() {
    // (calendar, session, New York time, trading date)
    let cases = [
        ("cme_equity", SessionKind::Full, "2024-01-07 17:59", None),
        ("cme_equity", SessionKind::Full, "2024-01-07 18:00", Some("2024-01-08")),
        ("cme_equity", SessionKind::Full, "2024-01-08 16:59", Some("2024-01-08")),
        ("cme_equity", SessionKind::Full, "2024-01-08 17:00", None),
        ("cme_equity", SessionKind::Full, "2020-01-08 16:20", Some("2020-01-08")), // the pause is inside the day
        ("cme_equity", SessionKind::Regular, "2024-01-08 09:29", None),
        ("cme_equity", SessionKind::Regular, "2024-01-08 09:30", Some("2024-01-08")),
        ("cme_equity", SessionKind::Full, "2024-12-24 14:00", None),
        ("cme_equity", SessionKind::Full, "2024-12-25 18:00", Some("2024-12-26")),
        ("fx", SessionKind::Full, "2024-01-08 17:00", Some("2024-01-09")),
        ("fx", SessionKind::Full, "2024-01-12 17:00", None),
        ("crypto", SessionKind::Full, "2024-01-13 19:00", Some("2024-01-14")),
        ("us_stocks", SessionKind::Full, "2024-01-08 03:59", None),
    ];
    for (calendar, kind, at, expected) in cases {
        let calendar = Calendar::named(calendar).unwrap();
        let found = calendar.trading_date_of(kind, new_york(at));
        assert_eq!(found.map(|day| day.to_string()).as_deref(), expected, "{} {at}", calendar.name());
    }
}

#[test]
fn the_session_that_opened_last_is_found_across_closures() {
    let equity = Calendar::named("cme_equity").unwrap();
    for (at, expected) in [("2024-12-25 12:00", "2024-12-24"), ("2024-01-07 12:00", "2024-01-05")] {
        let found = equity.last_opened(SessionKind::Full, new_york(at)).unwrap();
        assert_eq!(found.date, date(expected), "{at}");
    }
    let stocks = Calendar::named("us_stocks").unwrap();
    let found = stocks.last_opened(SessionKind::Regular, new_york("2001-09-17 09:29")).unwrap();
    assert_eq!(found.date, date("2001-09-10"));
}

#[test]
fn expected_minutes_by_hand() {
    let cases = [
        // One day of 23 hours less the 15-minute pause.
        ("cme_equity", SessionKind::Full, "2020-01-07 18:00", "2020-01-08 18:00", 23 * 60 - 15),
        // The week of Martin Luther King Jr. Day 2024: 19 hours on Monday, four days of 23.
        ("cme_equity", SessionKind::Full, "2024-01-14 00:00", "2024-01-20 00:00", 19 * 60 + 4 * 23 * 60),
        ("cme_equity", SessionKind::Regular, "2024-01-14 00:00", "2024-01-20 00:00", 4 * 390),
        // A window that begins and ends inside the pause.
        ("cme_equity", SessionKind::Full, "2020-01-08 16:20", "2020-01-08 16:29", 0),
        ("cme_equity", SessionKind::Full, "2020-01-08 16:14", "2020-01-08 16:31", 2),
        // The Sunday of the clock change has 23 hours, all of them traded.
        ("crypto", SessionKind::Full, "2024-03-10 00:00", "2024-03-11 00:00", 23 * 60),
        ("fx", SessionKind::Full, "2024-01-12 00:00", "2024-01-15 00:00", 17 * 60 + 7 * 60),
        ("us_stocks", SessionKind::Regular, "2024-01-08 10:00", "2024-01-08 09:00", 0),
    ];
    for (calendar, kind, from, to, expected) in cases {
        let calendar = Calendar::named(calendar).unwrap();
        let found = calendar.expected_minutes(kind, new_york(from), new_york(to));
        assert_eq!(found, expected, "{} {kind:?} {from} > {to}", calendar.name());
    }
}

/// Sessions of every calendar from 2005 to 2030 are ordered, apart, and hold together.
#[test]
fn sessions_never_overlap() {
    for name in Calendar::names() {
        let calendar = Calendar::named(name).unwrap();
        for kind in [SessionKind::Full, SessionKind::Regular] {
            let sessions = calendar.sessions(kind, date("2005-01-01"), date("2030-12-31"));
            assert!(sessions.len() > 6_300, "{name}: {}", sessions.len());
            for session in &sessions {
                let edges = std::iter::once(session.open)
                    .chain(session.breaks.iter().flat_map(|pause| [pause.0, pause.1]))
                    .chain(std::iter::once(session.close));
                assert!(edges.is_sorted_by(|left, right| left < right), "{name} {}", session.date);
            }
            for pair in sessions.windows(2) {
                assert!(pair[0].close <= pair[1].open && pair[0].date < pair[1].date, "{name} {}", pair[1].date);
            }
            assert_eq!(calendar.is_continuous(), sessions.windows(2).all(|pair| pair[0].close == pair[1].open));
        }
    }
}

/// The regular session lies within the full one and has no break.
#[test]
fn regular_is_part_of_full() {
    for name in Calendar::names() {
        let calendar = Calendar::named(name).unwrap();
        for regular in calendar.sessions(SessionKind::Regular, date("2005-01-01"), date("2030-12-31")) {
            let full = calendar.session_on(SessionKind::Full, regular.date);
            let full = full.unwrap_or_else(|| panic!("{name} {} has no full session", regular.date));
            assert!(regular.breaks.is_empty(), "{name} {}", regular.date);
            assert!(full.open <= regular.open && regular.close <= full.close, "{name} {}", regular.date);
        }
    }
}

#[test]
fn unknown_calendars_are_named() {
    let error = Calendar::named("cme").unwrap_err();
    assert_eq!(error, CalendarError::UnknownCalendar { name: "cme".to_owned() });
    assert!(error.to_string().contains("cme_equity"), "{error}");
}

#[test]
fn hours_in_words() {
    // (calendar, full, regular)
    let cases = [
        ("cme_equity", "18:00 (evening before) to 17:00 America/New_York", "09:30 to 16:00 America/New_York"),
        (
            "cme_grains",
            "20:00 (evening before) to 08:45 and 09:30 to 14:20 America/New_York",
            "09:30 to 14:20 America/New_York",
        ),
        ("crypto", "00:00 to 24:00 UTC, every day", "00:00 to 24:00 UTC, every day"),
    ];
    for (name, full, regular) in cases {
        let calendar = Calendar::named(name).unwrap();
        assert_eq!(calendar.hours(SessionKind::Full), full);
        assert_eq!(calendar.hours(SessionKind::Regular), regular);
    }
}
