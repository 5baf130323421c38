//! Dates against another calendar implementation, and their text form.

use market::{TradingDate, Weekday};

#[test]
fn every_day_of_two_centuries_agrees_with_jiff() {
    let mut expected = jiff::civil::date(1899, 12, 31);
    let first = TradingDate::from_ymd(1899, 12, 31).unwrap().0;
    for day in first..first + 73_500 {
        let (year, month, of_month) = (i32::from(expected.year()), expected.month() as u32, expected.day() as u32);
        let date = TradingDate(day);
        assert_eq!(date.to_ymd(), (year, month, of_month));
        assert_eq!(TradingDate::from_ymd(year, month, of_month), Some(date));
        assert_eq!(date.to_string(), expected.to_string());
        assert_eq!(TradingDate::parse(&expected.to_string()), Some(date));
        let weekday = expected.weekday().to_monday_zero_offset() as u32;
        assert_eq!(date.weekday().days_from_monday(), weekday);
        assert_eq!(date.monday().0, day - weekday as i32);
        expected = expected.tomorrow().unwrap();
    }
}

#[test]
fn days_that_do_not_exist_are_refused() {
    let cases = [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (0, 1, 1)];
    for (year, month, day) in cases {
        assert_eq!(TradingDate::from_ymd(year, month, day), None, "{year}-{month}-{day}");
    }
    for text in ["", "2024-1-02", "2024-01-2", "24-01-02", "2024/01/02", "2024-02-30", "2024-01-02 ", "+024-01-02"] {
        assert_eq!(TradingDate::parse(text), None, "{text:?}");
    }
}

#[test]
fn weekdays_are_read_by_label_and_name() {
    let cases = [
        ("mon", Some(Weekday::Monday)),
        ("Tue", Some(Weekday::Tuesday)),
        ("WEDNESDAY", Some(Weekday::Wednesday)),
        ("sun", Some(Weekday::Sunday)),
        ("thurs", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(Weekday::parse(text), expected, "{text:?}");
    }
    assert_eq!(serde_json::to_string(&Weekday::ALL).unwrap(), r#"["mon","tue","wed","thu","fri","sat","sun"]"#);
}
