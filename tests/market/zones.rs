//! Clock times both ways: gaps and overlaps by hand, everything else against jiff's own conversion.

use crate::{date, utc};
use jiff::tz::TimeZone;
use market::{Zone, ZoneError, format_utc};

const MINUTE_US: i64 = 60_000_000;

#[test]
fn gaps_and_overlaps_resolve_per_date() {
    // (zone, date, minute of day, instant in UTC)
    let cases = [
        // New York springs forward at 02:00 on 2024-03-10: 02:00–02:59 do not exist, the gap ends at 07:00 UTC.
        ("America/New_York", "2024-03-10", 119, "2024-03-10 06:59"),
        ("America/New_York", "2024-03-10", 120, "2024-03-10 07:00"),
        ("America/New_York", "2024-03-10", 150, "2024-03-10 07:00"),
        ("America/New_York", "2024-03-10", 180, "2024-03-10 07:00"),
        ("America/New_York", "2024-03-10", 181, "2024-03-10 07:01"),
        // It falls back at 02:00 on 2024-11-03: 01:00–01:59 happen twice, the first at UTC−4.
        ("America/New_York", "2024-11-03", 60, "2024-11-03 05:00"),
        ("America/New_York", "2024-11-03", 119, "2024-11-03 05:59"),
        ("America/New_York", "2024-11-03", 120, "2024-11-03 07:00"),
        // The end of a day is the next midnight.
        ("America/New_York", "2024-11-03", 1_440, "2024-11-04 05:00"),
        // Samoa skipped 2011-12-30 altogether: its noon is the first instant of the 31st.
        ("Pacific/Apia", "2011-12-30", 720, "2011-12-30 10:00"),
        ("UTC", "2024-03-10", 150, "2024-03-10 02:30"),
        ("Asia/Kolkata", "2024-03-10", 555, "2024-03-10 03:45"),
    ];
    for (zone, day, minute, expected) in cases {
        let instant = Zone::get(zone).unwrap().instant(date(day), minute);
        assert_eq!(format_utc(instant), format_utc(utc(expected)), "{zone} {day} {minute}");
    }
}

#[test]
fn repeated_and_skipped_readings_list_their_instants() {
    let zone = Zone::get("America/New_York").unwrap();
    // (clock reading, instants in UTC)
    let cases: [(&str, &[&str]); 4] = [
        ("2024-11-03 01:30", &["2024-11-03 05:30", "2024-11-03 06:30"]),
        ("2024-03-10 02:30", &[]),
        ("2024-07-01 09:30", &["2024-07-01 13:30"]),
        ("2024-01-02 09:30", &["2024-01-02 14:30"]),
    ];
    for (clock, expected) in cases {
        let expected: Vec<i64> = expected.iter().map(|text| utc(text)).collect();
        assert_eq!(zone.instants_of_clock(utc(clock)), expected, "{clock}");
    }
}

#[test]
fn local_times_agree_with_jiff() {
    for name in ["America/New_York", "America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Tokyo", "UTC"] {
        let zone = Zone::get(name).unwrap();
        let mut cursor = zone.cursor();
        let jiff_zone = TimeZone::get(name).unwrap();
        // A step that is no divisor of a day walks through every hour of the day and both sides of every change.
        for step in 0..40_000_i64 {
            let ts = utc("1965-01-01 00:00") + step * 977 * MINUTE_US + step % 60 * 1_000_000;
            let expected = jiff_zone.to_datetime(jiff::Timestamp::from_microsecond(ts).unwrap());
            let local = zone.local(ts);
            assert_eq!(local.date.to_string(), expected.date().to_string(), "{name} {ts}");
            assert_eq!(local.minute_of_day as i32, i32::from(expected.hour()) * 60 + i32::from(expected.minute()));
            assert_eq!(local.second as i32, i32::from(expected.second()));
            assert_eq!(local.weekday, local.date.weekday());
            assert_eq!(cursor.local(ts), local);
            let back = zone.instants_of_clock(ts + zone.offset_us(ts));
            assert!(back.contains(&ts), "{name} {ts}");
            assert_eq!(back.first().copied(), Some(zone.instant_of_clock(ts + zone.offset_us(ts))));
        }
    }
}

#[test]
fn a_cursor_may_go_back() {
    let zone = Zone::get("America/New_York").unwrap();
    let mut cursor = zone.cursor();
    for text in ["2024-07-01 12:00", "2024-01-01 12:00", "2024-03-10 07:00", "2024-03-10 06:59"] {
        assert_eq!(cursor.local(utc(text)), zone.local(utc(text)), "{text}");
    }
}

#[test]
fn unknown_zones_are_named() {
    for name in ["", "New York", "America/Newyork", "Etc/Unknown"] {
        assert_eq!(Zone::get(name), Err(ZoneError::Unknown { name: name.to_owned() }), "{name:?}");
    }
    assert_eq!(Zone::get("america/new_york").unwrap().name(), "America/New_York");
}

#[test]
fn instants_are_written_in_utc() {
    let cases = [
        (0, "1970-01-01T00:00:00Z"),
        (1_704_205_800_000_000, "2024-01-02T14:30:00Z"),
        (1_704_205_859_000_001, "2024-01-02T14:30:59.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ];
    for (ts, expected) in cases {
        assert_eq!(format_utc(ts), expected);
    }
}
