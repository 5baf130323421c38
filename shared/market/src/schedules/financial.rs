//! Hours of the CME group's financial futures: stock indexes, currencies, interest rates, crypto. Data only.

use super::Effect::{Closed, ClosesAt, Usual};
use super::{
    ALWAYS, CLOSE_AT_17_SINCE, EVER, GLOBEX_DAY, NEW_YORK, STOCK_DAY, Schedule, WEEK, at, date, eve, hours, on, only,
    rule, since, until,
};
use crate::date::Weekday::Friday;
use crate::holidays::Holiday;

/// CME and CBOT stock-index futures. `regular` is the stock exchange's day: 09:30–16:00, closed on its holidays.
pub(super) const CME_EQUITY: Schedule = Schedule {
    name: "cme_equity",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[
        hours(ALWAYS, WEEK, &[(eve(18, 0), at(16, 15)), (at(16, 30), at(17, 30))]),
        hours(ALWAYS, &[Friday], &[(eve(18, 0), at(16, 15))]),
        hours(on(2012, 11, 19), WEEK, &[(eve(18, 0), at(16, 15)), (at(16, 30), at(17, 15))]),
        hours(CLOSE_AT_17_SINCE, WEEK, &[(eve(18, 0), at(16, 15)), (at(16, 30), at(17, 0))]),
        hours(on(2021, 6, 28), WEEK, GLOBEX_DAY),
    ],
    regular: STOCK_DAY,
    holidays: &[
        rule(Holiday::NewYear, EVER, Closed, Closed),
        rule(Holiday::MartinLutherKing, until(2014), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::MartinLutherKing, since(2015), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Presidents, until(2014), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::Presidents, since(2015), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::GoodFriday, EVER, Closed, Closed),
        // Years in which the employment report came out on Good Friday.
        rule(Holiday::GoodFriday, only(2010), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2012), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2015), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2021), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2023), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2026), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::Memorial, until(2013), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::Memorial, since(2014), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Juneteenth, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::IndependenceEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::Independence, until(2013), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::Independence, since(2014), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Labor, until(2013), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::Labor, since(2014), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Thanksgiving, until(2013), ClosesAt(at(11, 30)), Closed),
        rule(Holiday::Thanksgiving, since(2014), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::Christmas, EVER, Closed, Closed),
    ],
    dates: &[
        // Days of mourning (Ford, Bush, Carter) and hurricane Sandy: futures stopped when stocks would have opened.
        date(on(2007, 1, 2), ClosesAt(at(9, 15)), Closed),
        date(on(2012, 10, 29), ClosesAt(at(9, 15)), Closed),
        date(on(2012, 10, 30), ClosesAt(at(9, 15)), Closed),
        date(on(2018, 12, 5), ClosesAt(at(9, 30)), Closed),
        date(on(2025, 1, 9), ClosesAt(at(9, 30)), Closed),
    ],
};

/// CME currency futures; `regular` is the former floor's day, 08:20–15:00. Since 2022 most holidays trade in full.
pub(super) const CME_FX: Schedule = Schedule {
    name: "cme_fx",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, GLOBEX_DAY)],
    regular: &[hours(ALWAYS, WEEK, &[(at(8, 20), at(15, 0))])],
    holidays: &[
        rule(Holiday::NewYear, EVER, Closed, Closed),
        rule(Holiday::MartinLutherKing, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Presidents, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::GoodFriday, EVER, Closed, Closed),
        rule(Holiday::GoodFriday, only(2010), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2012), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2015), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2021), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2023), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2026), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::Memorial, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Independence, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Labor, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Thanksgiving, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 15))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 15))),
        rule(Holiday::Christmas, EVER, Closed, Closed),
    ],
    dates: &[],
};

/// CBOT interest-rate futures; `regular` is the former floor's day, 08:20–15:00.
pub(super) const CME_RATES: Schedule = Schedule {
    name: "cme_rates",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, GLOBEX_DAY)],
    regular: &[hours(ALWAYS, WEEK, &[(at(8, 20), at(15, 0))])],
    holidays: &[
        rule(Holiday::NewYear, EVER, Closed, Closed),
        rule(Holiday::MartinLutherKing, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Presidents, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::GoodFriday, EVER, Closed, Closed),
        rule(Holiday::GoodFriday, only(2010), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2012), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2015), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2021), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2023), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2026), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::Memorial, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Juneteenth, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Independence, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Labor, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Thanksgiving, EVER, ClosesAt(at(13, 0)), Closed),
        rule(Holiday::ThanksgivingFriday, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 15))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 15))),
        rule(Holiday::Christmas, EVER, Closed, Closed),
    ],
    dates: &[date(on(2010, 12, 31), ClosesAt(at(13, 15)), ClosesAt(at(13, 15)))],
};

/// CME bitcoin and ether futures; `regular` is the stock exchange's day.
pub(super) const CME_CRYPTO: Schedule = Schedule {
    name: "cme_crypto",
    time_zone: NEW_YORK,
    continuous: false,
    full: &[hours(ALWAYS, WEEK, GLOBEX_DAY)],
    regular: STOCK_DAY,
    holidays: &[
        rule(Holiday::NewYear, EVER, Closed, Closed),
        rule(Holiday::MartinLutherKing, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::MartinLutherKing, since(2022), Usual, Closed),
        rule(Holiday::Presidents, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Presidents, since(2022), Usual, Closed),
        rule(Holiday::GoodFriday, EVER, Closed, Closed),
        rule(Holiday::GoodFriday, only(2021), ClosesAt(at(9, 15)), Closed),
        rule(Holiday::GoodFriday, only(2023), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::GoodFriday, only(2026), ClosesAt(at(11, 15)), Closed),
        rule(Holiday::Memorial, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Memorial, since(2022), Usual, Closed),
        rule(Holiday::Juneteenth, EVER, Usual, Closed),
        rule(Holiday::IndependenceEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::Independence, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Independence, since(2022), Usual, Closed),
        rule(Holiday::Labor, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Labor, since(2022), Usual, Closed),
        rule(Holiday::Thanksgiving, until(2021), ClosesAt(at(13, 0)), Closed),
        rule(Holiday::Thanksgiving, since(2022), Usual, Closed),
        rule(Holiday::ThanksgivingFriday, until(2020), ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::ThanksgivingFriday, since(2021), ClosesAt(at(13, 45)), ClosesAt(at(13, 0))),
        rule(Holiday::ChristmasEve, EVER, ClosesAt(at(13, 15)), ClosesAt(at(13, 0))),
        rule(Holiday::Christmas, EVER, Closed, Closed),
    ],
    dates: &[],
};
