//! The trading hours of every known calendar as data: weekly hours, holidays and single dates, versioned by date.
//!
//! Clock times are minutes from the trading date's local midnight; negative ones are on the evening before. How a rule
//! becomes a session is in `calendar`. Sources: the exchanges' published hours and holiday notices; the history before
//! 2012 is kept only where it is known to differ.

mod commodity;
mod financial;
mod spot;

use crate::date::{TradingDate, Weekday};
use crate::holidays::Holiday;

/// The rules of one calendar.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) name: &'static str,
    pub(crate) time_zone: &'static str,
    /// Open around the clock on every day of the year.
    pub(crate) continuous: bool,
    /// Weekly hours, oldest first: the last version whose `since` and weekdays fit a date applies.
    pub(crate) full: &'static [Hours],
    pub(crate) regular: &'static [Hours],
    /// The last rule whose holiday and years fit a date applies.
    pub(crate) holidays: &'static [HolidayRule],
    /// Single dates; they win over holidays.
    pub(crate) dates: &'static [DateRule],
}

/// Trading hours of some weekdays from a date on.
#[derive(Debug)]
pub(crate) struct Hours {
    pub(crate) since: TradingDate,
    pub(crate) weekdays: &'static [Weekday],
    /// `[from, to)` in minutes from the trading date's midnight, ascending, apart.
    pub(crate) segments: &'static [(i32, i32)],
}

/// What a holiday does to both sessions in a span of years.
#[derive(Debug)]
pub(crate) struct HolidayRule {
    pub(crate) holiday: Holiday,
    pub(crate) years: (i32, i32),
    pub(crate) full: Effect,
    pub(crate) regular: Effect,
}

/// What happened to both sessions on one date.
#[derive(Debug)]
pub(crate) struct DateRule {
    pub(crate) date: TradingDate,
    pub(crate) full: Effect,
    pub(crate) regular: Effect,
}

/// What a rule does to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    Usual,
    /// There is no session.
    Closed,
    /// The session ends at this minute at the latest.
    ClosesAt(i32),
}

use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};

const WEEK: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday];
const EVERY_DAY: &[Weekday] = &Weekday::ALL;
const NEW_YORK: &str = "America/New_York";
const ALWAYS: TradingDate = TradingDate(i32::MIN);
const EVER: (i32, i32) = (i32::MIN, i32::MAX);

/// Minutes from midnight of a clock time on the trading date.
const fn at(hour: i32, minute: i32) -> i32 {
    hour * 60 + minute
}

/// Minutes from midnight of a clock time on the evening before.
const fn eve(hour: i32, minute: i32) -> i32 {
    at(hour, minute) - 1_440
}

const fn on(year: i32, month: u32, day: u32) -> TradingDate {
    TradingDate::civil(year, month, day)
}

const fn hours(since: TradingDate, weekdays: &'static [Weekday], segments: &'static [(i32, i32)]) -> Hours {
    Hours { since, weekdays, segments }
}

const fn rule(holiday: Holiday, years: (i32, i32), full: Effect, regular: Effect) -> HolidayRule {
    HolidayRule { holiday, years, full, regular }
}

const fn date(date: TradingDate, full: Effect, regular: Effect) -> DateRule {
    DateRule { date, full, regular }
}

const fn since(year: i32) -> (i32, i32) {
    (year, i32::MAX)
}

const fn until(year: i32) -> (i32, i32) {
    (i32::MIN, year)
}

const fn only(year: i32) -> (i32, i32) {
    (year, year)
}

/// Evening to 17:00 New York without a pause: the CME group's usual day.
const GLOBEX_DAY: &[(i32, i32)] = &[(eve(18, 0), at(17, 0))];
/// The CME group's day until 18 September 2015 where it ended at 17:15 without a pause.
const GLOBEX_DAY_UNTIL_2015: &[(i32, i32)] = &[(eve(18, 0), at(17, 15))];
/// The first trading date of the 17:00 close.
const CLOSE_AT_17_SINCE: TradingDate = on(2015, 9, 21);

/// The stock exchanges' day.
const STOCK_DAY: &[Hours] = &[hours(ALWAYS, WEEK, &[(at(9, 30), at(16, 0))])];

/// Every calendar, by name.
pub(crate) const SCHEDULES: &[&Schedule] = &[
    &financial::CME_CRYPTO,
    &commodity::CME_ENERGY,
    &financial::CME_EQUITY,
    &financial::CME_FX,
    &commodity::CME_GRAINS,
    &commodity::CME_LIVESTOCK,
    &commodity::CME_METALS,
    &financial::CME_RATES,
    &spot::CRYPTO,
    &spot::FX,
    &spot::US_STOCKS,
];
