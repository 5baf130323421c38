//! Labels, zones, repeated and skipped hours, bar lengths.

use crate::check::{check, check_refused, in_zone, symbol};
use importers::{DateOrder, Label, Options};
use market::{AssetClass, Resolution};

const HEADER: &str = "time,open,high,low,close,volume\n";

fn bars(stamps: &[&str]) -> String {
    stamps.iter().fold(HEADER.to_owned(), |text, stamp| text + stamp + ",1,1,1,1,1\n")
}

/// The open times a file of these stamps gives.
fn check_times(stamps: &[&str], options: &Options, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|ts| format!("{ts} 1 1 1 1 1")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check("x.csv", &bars(stamps), options, &expected);
}

#[test]
fn the_repeated_hour_goes_by_the_order_of_the_file() {
    // New York fell back on 2024-11-03 at 02:00, that is 06:00 UTC.
    check_times(
        &[
            "2024-11-03 00:59",
            "2024-11-03 01:00",
            "2024-11-03 01:59",
            "2024-11-03 01:00",
            "2024-11-03 01:59",
            "2024-11-03 02:00",
        ],
        &in_zone("X", "America/New_York"),
        &[
            "2024-11-03T04:59:00Z",
            "2024-11-03T05:00:00Z",
            "2024-11-03T05:59:00Z",
            "2024-11-03T06:00:00Z",
            "2024-11-03T06:59:00Z",
            "2024-11-03T07:00:00Z",
        ],
    );
}

#[test]
fn a_file_written_newest_first_repeats_the_hour_backwards() {
    check_times(
        &[
            "2024-11-03 02:00",
            "2024-11-03 01:30",
            "2024-11-03 01:00",
            "2024-11-03 01:30",
            "2024-11-03 01:00",
            "2024-11-03 00:59",
        ],
        &in_zone("X", "America/New_York"),
        &[
            "2024-11-03T04:59:00Z",
            "2024-11-03T05:00:00Z",
            "2024-11-03T05:30:00Z",
            "2024-11-03T06:00:00Z",
            "2024-11-03T06:30:00Z",
            "2024-11-03T07:00:00Z",
        ],
    );
}

#[test]
fn a_skipped_time_is_refused_by_name() {
    let imported = crate::check::run(
        &[("x.csv", bars(&["2024-03-10 01:59", "2024-03-10 02:30", "2024-03-10 03:00"]).as_bytes())],
        &in_zone("X", "America/New_York"),
    )
    .unwrap();
    assert_eq!(
        crate::check::lines(&imported.series),
        ["2024-03-10T06:59:00Z 1 1 1 1 1", "2024-03-10T07:00:00Z 1 1 1 1 1"]
    );
    let refusal = &imported.report.refusals[0];
    assert_eq!(refusal.line, 3);
    assert!(refusal.reason.contains("2024-03-10T02:30:00") && refusal.reason.contains("America/New_York"));
}

#[test]
fn every_half_hour_of_two_years_in_three_zones() {
    // Independent oracle: UTC instants written as local text by the zone itself, read back.
    for name in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"] {
        let zone = jiff::tz::TimeZone::get(name).unwrap();
        let start = 1_672_531_200_i64; // 2023-01-01
        let instants: Vec<i64> = (0..2 * 365 * 48).map(|half| start + half * 1_800).collect();
        let stamps: Vec<String> = instants
            .iter()
            .map(|&second| {
                zone.to_datetime(jiff::Timestamp::from_second(second).unwrap()).strftime("%Y-%m-%d %H:%M").to_string()
            })
            .collect();
        let text = bars(&stamps.iter().map(String::as_str).collect::<Vec<_>>());
        let imported = crate::check::run(&[("x.csv", text.as_bytes())], &in_zone("X", name)).unwrap();
        let expected: Vec<i64> = instants.iter().map(|second| second * 1_000_000).collect();
        assert!(imported.series.ts == expected, "{name}");
        assert_eq!(imported.series.resolution, Resolution(30));
    }
}

#[test]
fn close_labels_shift_by_the_bar_length() {
    let close = Options { label: Some(Label::Close), ..in_zone("X", "UTC") };
    check_times(
        &["2024-01-02 10:05", "2024-01-02 10:10", "2024-01-02 10:15"],
        &close,
        &["2024-01-02T10:00:00Z", "2024-01-02T10:05:00Z", "2024-01-02T10:10:00Z"],
    );
    check_times(
        &["2024-01-02 09:30:59", "2024-01-02 09:31:59"],
        &close,
        &["2024-01-02T09:30:00Z", "2024-01-02T09:31:00Z"],
    );
    let daily = Options { resolution: Some(Resolution(1440)), ..close };
    check_times(&["2024-01-02 24:00"], &daily, &["2024-01-02T00:00:00Z"]);
}

#[test]
fn bar_length_is_the_shortest_usual_step() {
    // A thin market prints every second to ninth slot and now and then two in a row.
    for minutes in [1, 5, 60, 1440] {
        let slots = (0..50_i64).flat_map(|turn| [turn * 17, turn * 17 + 1, turn * 17 + 3, turn * 17 + 12]);
        let stamps: Vec<String> = slots.map(|slot| (1_704_067_200 + slot * 60 * minutes).to_string()).collect();
        let text = bars(&stamps.iter().map(String::as_str).collect::<Vec<_>>());
        let imported = crate::check::run(&[("x.csv", text.as_bytes())], &symbol("X")).unwrap();
        assert_eq!(i64::from(imported.series.resolution.0), minutes);
    }
}

#[test]
fn bar_lengths_do_not_mix() {
    let rows = |step: i64| {
        let stamps: Vec<String> = (0..200).map(|row| (1_704_067_200 + row * step).to_string()).collect();
        bars(&stamps.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (minutes, hours) = (rows(60), rows(3600));
    let files: [(&str, &[u8]); 2] = [("m.csv", minutes.as_bytes()), ("h.csv", hours.as_bytes())];
    let message = crate::check::run(&files, &symbol("X")).unwrap_err().to_string();
    assert!(message.contains("m.csv has 1-minute") && message.contains("h.csv has 60-minute"), "{message}");
}

#[test]
fn dates_that_can_be_read_two_ways_are_asked_for() {
    let text = bars(&["02/01/2024 10:00", "03/01/2024 10:00"]);
    let options = in_zone("X", "UTC");
    check_refused("x.csv", text.as_bytes(), &options, &["--date-order"]);
    let dmy = Options { date_order: Some(DateOrder::Dmy), ..options.clone() };
    check("x.csv", &text, &dmy, &["2024-01-02T10:00:00Z 1 1 1 1 1", "2024-01-03T10:00:00Z 1 1 1 1 1"]);
    let mdy = Options { date_order: Some(DateOrder::Mdy), ..options };
    check("x.csv", &text, &mdy, &["2024-02-01T10:00:00Z 1 1 1 1 1", "2024-03-01T10:00:00Z 1 1 1 1 1"]);
}

#[test]
fn the_wrong_date_order_is_refused_as_a_whole() {
    let text = bars(&["13/01/2024 10:00", "14/01/2024 10:00", "15/01/2024 10:00"]);
    let mdy = Options { date_order: Some(DateOrder::Mdy), ..in_zone("X", "UTC") };
    check_refused("x.csv", text.as_bytes(), &mdy, &["3 of 3 rows", "line 2", "13/01/2024", "date order"]);
}

#[test]
fn local_times_without_a_zone_are_asked_for_except_in_crypto() {
    let text = bars(&["2024-01-02 10:00"]);
    check_refused("x.csv", text.as_bytes(), &symbol("X"), &["--tz"]);
    check_refused("x.csv", text.as_bytes(), &in_zone("X", "Mars/Olympus"), &["Mars/Olympus", "IANA"]);
    check("x.csv", &text, &crate::check::of("X", AssetClass::Crypto), &["2024-01-02T10:00:00Z 1 1 1 1 1"]);
    for (zone, expected) in
        [("EST", "15:00"), ("UTC-5", "15:00"), ("-05:00", "15:00"), ("Asia/Kolkata", "04:30"), ("gmt", "10:00")]
    {
        check("x.csv", &text, &in_zone("X", zone), &[&format!("2024-01-02T{expected}:00Z 1 1 1 1 1")]);
    }
}
