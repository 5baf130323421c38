//! Holidays by rule against recorded closures and a second Easter algorithm.

use crate::date;
use market::holidays::{Holiday, easter, is_business_day};
use market::{Calendar, SessionKind, TradingDate};

/// Days on which New York's stock exchanges did not open, and days on which they closed at 13:00, by year: two public
/// calendars of the exchange agree on them.
const STOCK_EXCHANGE: &[(i32, &str, &str)] = &[
    (2005, "01-17 02-21 03-25 05-30 07-04 09-05 11-24 12-26", "11-25"),
    (2006, "01-02 01-16 02-20 04-14 05-29 07-04 09-04 11-23 12-25", "07-03 11-24"),
    (2007, "01-01 01-02 01-15 02-19 04-06 05-28 07-04 09-03 11-22 12-25", "07-03 11-23 12-24"),
    (2008, "01-01 01-21 02-18 03-21 05-26 07-04 09-01 11-27 12-25", "07-03 11-28 12-24"),
    (2009, "01-01 01-19 02-16 04-10 05-25 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2010, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24", "11-26"),
    (2011, "01-17 02-21 04-22 05-30 07-04 09-05 11-24 12-26", "11-25"),
    (2012, "01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25", "07-03 11-23 12-24"),
    (2013, "01-01 01-21 02-18 03-29 05-27 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (2014, "01-01 01-20 02-17 04-18 05-26 07-04 09-01 11-27 12-25", "07-03 11-28 12-24"),
    (2015, "01-01 01-19 02-16 04-03 05-25 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2016, "01-01 01-18 02-15 03-25 05-30 07-04 09-05 11-24 12-26", "11-25"),
    (2017, "01-02 01-16 02-20 04-14 05-29 07-04 09-04 11-23 12-25", "07-03 11-24"),
    (2018, "01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25", "07-03 11-23 12-24"),
    (2019, "01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (2020, "01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2021, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24", "11-26"),
    (2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26", "11-25"),
    (2023, "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25", "07-03 11-24"),
    (2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (2025, "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25", "07-03 11-28 12-24"),
    (2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2027, "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24", "11-26"),
];

#[test]
fn stock_exchange_days_are_the_recorded_ones() {
    let calendar = Calendar::named("us_stocks").unwrap();
    for (year, closed, short) in STOCK_EXCHANGE {
        let (mut found_closed, mut found_short) = (Vec::new(), Vec::new());
        for day in date(&format!("{year}-01-01")).0..=date(&format!("{year}-12-31")).0 {
            let day = TradingDate(day);
            let month_and_day = day.to_string()[5..].to_owned();
            match calendar.session_on(SessionKind::Regular, day) {
                None if day.weekday().days_from_monday() < 5 => found_closed.push(month_and_day),
                None => {}
                Some(session) if session.close - session.open == 210 * 60_000_000 => found_short.push(month_and_day),
                Some(session) => assert_eq!(session.close - session.open, 390 * 60_000_000, "{day}"),
            }
        }
        assert_eq!(
            (found_closed.join(" "), found_short.join(" ")),
            ((*closed).to_owned(), (*short).to_owned()),
            "{year}"
        );
    }
}

/// Easter by Gauss's method as corrected in 1816, another algorithm than the crate's.
fn easter_by_gauss(year: i32) -> String {
    let (a, b, c) = (year % 19, year % 4, year % 7);
    let k = year / 100;
    let m = (15 - (13 + 8 * k) / 25 + k - k / 4) % 30;
    let d = (19 * a + m) % 30;
    let e = (2 * b + 4 * c + 6 * d + (4 + k - k / 4) % 7) % 7;
    let day = match (d, e) {
        (29, 6) => 50,
        (28, 6) if (11 * m + 11) % 30 < 19 => 49,
        (d, e) => 22 + d + e,
    };
    if day > 31 { format!("{year}-04-{:02}", day - 31) } else { format!("{year}-03-{day:02}") }
}

#[test]
fn easter_agrees_with_another_algorithm() {
    for year in 1900..=2199 {
        assert_eq!(easter(year).to_string(), easter_by_gauss(year));
    }
}

#[test]
fn holidays_by_hand() {
    let cases = [
        ("2024-01-01", Some(Holiday::NewYear)),
        ("2023-01-02", Some(Holiday::NewYear)), // 1 January was a Sunday
        ("2021-12-31", None),                   // 1 January was a Saturday: not observed
        ("1997-01-20", None),                   // before the exchanges kept the day
        ("1998-01-19", Some(Holiday::MartinLutherKing)),
        ("2024-02-19", Some(Holiday::Presidents)),
        ("2024-03-29", Some(Holiday::GoodFriday)),
        ("2024-05-27", Some(Holiday::Memorial)),
        ("2021-06-18", None), // Juneteenth became law that week, the exchanges opened
        ("2022-06-20", Some(Holiday::Juneteenth)),
        ("2024-07-03", Some(Holiday::IndependenceEve)),
        ("2020-07-03", Some(Holiday::Independence)),
        ("2021-07-05", Some(Holiday::Independence)),
        ("2021-07-02", None),
        ("2024-09-02", Some(Holiday::Labor)),
        ("2024-11-28", Some(Holiday::Thanksgiving)),
        ("2024-11-29", Some(Holiday::ThanksgivingFriday)),
        ("2019-11-22", None), // a Friday the 22nd whose Thursday is the third
        ("2024-12-24", Some(Holiday::ChristmasEve)),
        ("2021-12-24", Some(Holiday::Christmas)), // Christmas was a Saturday
        ("2022-12-26", Some(Holiday::Christmas)),
        ("2022-12-24", None), // a Saturday
    ];
    for (day, expected) in cases {
        assert_eq!(Holiday::on(date(day)), expected, "{day}");
    }
}

#[test]
fn short_days_are_business_days_and_holidays_are_not() {
    for (day, expected) in [("2024-11-28", false), ("2024-11-29", true), ("2024-11-30", false), ("2024-12-02", true)] {
        assert_eq!(is_business_day(date(day)), expected, "{day}");
    }
}
