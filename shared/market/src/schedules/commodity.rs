//! Hours of the CME group's commodity futures: metals, energies, grains, livestock. Data only.

use super::Effect::{Closed, ClosesAt};
use super::{
    ALWAYS, CLOSE_AT_17_SINCE, DateRule, EVER, GLOBEX_DAY, GLOBEX_DAY_UNTIL_2015, HolidayRule, NEW_YORK, Schedule,
    WEEK, at, date, eve, hours, on, rule, since, until,
};
use crate::date::Weekday::{Friday, Monday};
use crate::holidays::Holiday;

/// Holidays of NYMEX and COMEX.
const NYMEX_COMEX_HOLIDAYS: &[HolidayRule] = &[
    rule(Holiday::NewYear, EVER, Closed, Closed),
    rule(Holiday::MartinLutherKing, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::MartinLutherKing, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::Presidents, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::Presidents, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::GoodFriday, EVER, Closed, Closed),
    rule(Holiday::Memorial, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::Memorial, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::Juneteenth, EVER, ClosesAt(at(14, 30)), Closed),
    rule(Holiday::Independence, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::Independence, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::Labor, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::Labor, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::Thanksgiving, until(2021), ClosesAt(at(13, 0)), Closed),
    rule(Holiday::Thanksgiving, since(2022), ClosesAt(at(14, 30)), Closed),
    rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 45)), ClosesAt(at(13, 45))),
    rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 45)), ClosesAt(at(13, 45))),
    rule(Holiday::Christmas, EVER, Closed, Closed),
];

/// Dates on which NYMEX and COMEX announced other hours than in the years around.
const NYMEX_COMEX_DATES: &[DateRule] = &[
    date(on(2026, 6, 19), ClosesAt(at(13, 0)), Closed),
    date(on(2026, 7, 3), ClosesAt(at(13, 0)), Closed),
    date(on(2026, 11, 27), ClosesAt(at(14, 45)), ClosesAt(at(14, 45))),
];

/// COMEX and NYMEX metals; `regular` is gold's former floor day, 08:20–13:30, for all of them.
pub(super) const CME_METALS: Schedule = Schedule {
    name: "cme_metals",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, GLOBEX_DAY_UNTIL_2015), hours(CLOSE_AT_17_SINCE, WEEK, GLOBEX_DAY)],
    regular: &[hours(ALWAYS, WEEK, &[(at(8, 20), at(13, 30))])],
    holidays: NYMEX_COMEX_HOLIDAYS,
    dates: NYMEX_COMEX_DATES,
};

/// NYMEX energies; `regular` is the former floor's day, 09:00–14:30.
pub(super) const CME_ENERGY: Schedule = Schedule {
    name: "cme_energy",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, GLOBEX_DAY_UNTIL_2015), hours(CLOSE_AT_17_SINCE, WEEK, GLOBEX_DAY)],
    regular: &[hours(ALWAYS, WEEK, &[(at(9, 0), at(14, 30))])],
    holidays: NYMEX_COMEX_HOLIDAYS,
    dates: NYMEX_COMEX_DATES,
};

/// A holiday of CBOT grains and CME livestock: no trading at all.
const fn agricultural(holiday: Holiday) -> HolidayRule {
    rule(holiday, EVER, Closed, Closed)
}

/// CBOT grains and oilseeds; `regular` is the day session. (The evening session that opens a day after a holiday is
/// that day's; one before a holiday belongs to the closed day and is absent.)
pub(super) const CME_GRAINS: Schedule = Schedule {
    name: "cme_grains",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[
        hours(ALWAYS, WEEK, &[(eve(19, 0), at(8, 15)), (at(10, 30), at(14, 15))]),
        hours(on(2012, 5, 21), WEEK, &[(eve(18, 0), at(15, 0))]),
        hours(on(2013, 4, 8), WEEK, &[(eve(20, 0), at(8, 45)), (at(9, 30), at(14, 15))]),
        hours(on(2015, 7, 6), WEEK, &[(eve(20, 0), at(8, 45)), (at(9, 30), at(14, 20))]),
    ],
    regular: &[
        hours(ALWAYS, WEEK, &[(at(10, 30), at(14, 15))]),
        hours(on(2012, 5, 21), WEEK, &[(at(10, 30), at(15, 0))]),
        hours(on(2013, 4, 8), WEEK, &[(at(9, 30), at(14, 15))]),
        hours(on(2015, 7, 6), WEEK, &[(at(9, 30), at(14, 20))]),
    ],
    holidays: &[
        agricultural(Holiday::NewYear),
        agricultural(Holiday::MartinLutherKing),
        agricultural(Holiday::Presidents),
        agricultural(Holiday::GoodFriday),
        agricultural(Holiday::Memorial),
        agricultural(Holiday::Juneteenth),
        rule(Holiday::IndependenceEve, EVER, ClosesAt(at(13, 5)), ClosesAt(at(13, 5))),
        agricultural(Holiday::Independence),
        agricultural(Holiday::Labor),
        agricultural(Holiday::Thanksgiving),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 5)), ClosesAt(at(13, 5))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 5)), ClosesAt(at(13, 5))),
        agricultural(Holiday::Christmas),
    ],
    dates: &[],
};

/// CME livestock; the hours before March 2016 are approximate (nearly around the clock, varying).
pub(super) const CME_LIVESTOCK: Schedule = Schedule {
    name: "cme_livestock",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[
        hours(ALWAYS, WEEK, GLOBEX_DAY),
        hours(ALWAYS, &[Monday], &[(at(10, 5), at(17, 0))]),
        hours(ALWAYS, &[Friday], &[(eve(18, 0), at(14, 55))]),
        hours(on(2016, 2, 29), WEEK, &[(at(9, 30), at(14, 5))]),
    ],
    regular: &[hours(ALWAYS, WEEK, &[(at(10, 5), at(14, 0))]), hours(on(2016, 2, 29), WEEK, &[(at(9, 30), at(14, 5))])],
    holidays: &[
        agricultural(Holiday::NewYear),
        agricultural(Holiday::MartinLutherKing),
        agricultural(Holiday::Presidents),
        agricultural(Holiday::GoodFriday),
        agricultural(Holiday::Memorial),
        agricultural(Holiday::Juneteenth),
        rule(Holiday::IndependenceEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 15))),
        agricultural(Holiday::Independence),
        agricultural(Holiday::Labor),
        agricultural(Holiday::Thanksgiving),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 5)), ClosesAt(at(13, 5))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 5)), ClosesAt(at(13, 5))),
        agricultural(Holiday::Christmas),
    ],
    dates: &[],
};
