//! Hours of what is not futures: United States stocks, spot foreign exchange, spot crypto. Data only.

use super::Effect::{Closed, ClosesAt};
use super::{ALWAYS, EVER, EVERY_DAY, Hours, NEW_YORK, STOCK_DAY, Schedule, WEEK, at, date, eve, hours, on, rule};
use crate::holidays::Holiday;

/// United States shares and funds; `full` has the pre-market from 04:00 and the post-market until 20:00, which ends at
/// 17:00 on half days.
pub(super) const US_STOCKS: Schedule = Schedule {
    name: "us_stocks",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, &[(at(4, 0), at(20, 0))])],
    regular: STOCK_DAY,
    holidays: &[
        rule(Holiday::NewYear, EVER, Closed, Closed),
        rule(Holiday::MartinLutherKing, EVER, Closed, Closed),
        rule(Holiday::Presidents, EVER, Closed, Closed),
        rule(Holiday::GoodFriday, EVER, Closed, Closed),
        rule(Holiday::Memorial, EVER, Closed, Closed),
        rule(Holiday::Juneteenth, EVER, Closed, Closed),
        rule(Holiday::IndependenceEve, EVER, ClosesAt(at(17, 0)), ClosesAt(at(13, 0))),
        rule(Holiday::Independence, EVER, Closed, Closed),
        rule(Holiday::Labor, EVER, Closed, Closed),
        rule(Holiday::Thanksgiving, EVER, Closed, Closed),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(17, 0)), ClosesAt(at(13, 0))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(17, 0)), ClosesAt(at(13, 0))),
        rule(Holiday::Christmas, EVER, Closed, Closed),
    ],
    dates: &[
        // 11 September 2001, then days of mourning and hurricane Sandy.
        date(on(2001, 9, 11), Closed, Closed),
        date(on(2001, 9, 12), Closed, Closed),
        date(on(2001, 9, 13), Closed, Closed),
        date(on(2001, 9, 14), Closed, Closed),
        date(on(2004, 6, 11), Closed, Closed),
        date(on(2007, 1, 2), Closed, Closed),
        date(on(2012, 10, 29), Closed, Closed),
        date(on(2012, 10, 30), Closed, Closed),
        date(on(2018, 12, 5), Closed, Closed),
        date(on(2025, 1, 9), Closed, Closed),
    ],
};

/// Sunday 17:00 to Friday 17:00, the day rolls at 17:00.
const FX_DAY: &[Hours] = &[hours(ALWAYS, WEEK, &[(eve(17, 0), at(17, 0))])];

/// Spot foreign exchange. Dealers' pauses on Christmas and New Year's Day differ, so those days are scheduled; both
/// sessions are the same.
pub(super) const FX: Schedule = Schedule {
    name: "fx",
    time_zone: NEW_YORK,
    continuous: false,
    full: FX_DAY,
    regular: FX_DAY,
    holidays: &[],
    dates: &[],
};

/// UTC days without end.
const CRYPTO_DAY: &[Hours] = &[hours(ALWAYS, EVERY_DAY, &[(0, at(24, 0))])];

/// Spot crypto; both sessions are the same.
pub(super) const CRYPTO: Schedule = Schedule {
    name: "crypto",
    time_zone: "UTC",
    continuous: true,
    full: CRYPTO_DAY,
    regular: CRYPTO_DAY,
    holidays: &[],
    dates: &[],
};
