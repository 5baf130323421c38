//! United States holidays and the shortened days beside them, computed by rule. What a market does on them is in
//! `schedules`.

use crate::date::{TradingDate, Weekday};

/// A day on which some United States market is closed or closes early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holiday {
    /// 1 January; on a Sunday observed on Monday, on a Saturday not observed by markets.
    NewYear,
    /// Third Monday of January, kept by the exchanges since 1998.
    MartinLutherKing,
    /// Third Monday of February.
    Presidents,
    /// Friday before Western Easter.
    GoodFriday,
    /// Last Monday of May.
    Memorial,
    /// 19 June since 2022, weekend days observed on the nearest weekday.
    Juneteenth,
    /// The trading day before Independence Day where that falls on Tuesday to Friday.
    IndependenceEve,
    /// 4 July, weekend days observed on the nearest weekday.
    Independence,
    /// First Monday of September.
    Labor,
    /// Fourth Thursday of November.
    Thanksgiving,
    /// The Friday after Thanksgiving.
    ThanksgivingFriday,
    /// 24 December on Monday to Thursday.
    ChristmasEve,
    /// 25 December, weekend days observed on the nearest weekday.
    Christmas,
}

/// First year the exchanges kept Martin Luther King Jr. Day.
const MARTIN_LUTHER_KING_SINCE: i32 = 1998;
/// First year the exchanges kept Juneteenth.
const JUNETEENTH_SINCE: i32 = 2022;

impl Holiday {
    /// The holiday kept on a date, if any.
    #[must_use]
    pub fn on(date: TradingDate) -> Option<Self> {
        let (year, month, day) = date.to_ymd();
        match (month, date.weekday()) {
            (_, Weekday::Saturday | Weekday::Sunday) => None,
            (1, Weekday::Monday) if year >= MARTIN_LUTHER_KING_SINCE && nth(day) == 3 => Some(Self::MartinLutherKing),
            (1, weekday) if day == 1 || (day == 2 && weekday == Weekday::Monday) => Some(Self::NewYear),
            (2, Weekday::Monday) if nth(day) == 3 => Some(Self::Presidents),
            (3 | 4, Weekday::Friday) if easter(year).0 - 2 == date.0 => Some(Self::GoodFriday),
            (5, Weekday::Monday) if day > 24 => Some(Self::Memorial),
            (6, weekday) if year >= JUNETEENTH_SINCE && observed(day, 19, weekday) => Some(Self::Juneteenth),
            (7, weekday) if observed(day, 4, weekday) => Some(Self::Independence),
            (7, Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday) if day == 3 => {
                Some(Self::IndependenceEve)
            }
            (9, Weekday::Monday) if nth(day) == 1 => Some(Self::Labor),
            (11, Weekday::Thursday) if nth(day) == 4 => Some(Self::Thanksgiving),
            (11, Weekday::Friday) if nth(day - 1) == 4 => Some(Self::ThanksgivingFriday),
            (12, weekday) if observed(day, 25, weekday) => Some(Self::Christmas),
            (12, Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday) if day == 24 => {
                Some(Self::ChristmasEve)
            }
            (_, _) => None,
        }
    }

    /// True for the days on which New York's stock exchanges do not open at all.
    #[must_use]
    pub const fn closes_stock_exchanges(self) -> bool {
        match self {
            Self::NewYear
            | Self::MartinLutherKing
            | Self::Presidents
            | Self::GoodFriday
            | Self::Memorial
            | Self::Juneteenth
            | Self::Independence
            | Self::Labor
            | Self::Thanksgiving
            | Self::Christmas => true,
            Self::IndependenceEve | Self::ThanksgivingFriday | Self::ChristmasEve => false,
        }
    }
}

/// True for a weekday that is no full United States exchange holiday: the business day of contract rules.
#[must_use]
pub fn is_business_day(date: TradingDate) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
        && Holiday::on(date).is_none_or(|holiday| !holiday.closes_stock_exchanges())
}

/// Which occurrence of its weekday in the month a day is, from 1.
const fn nth(day: u32) -> u32 {
    day.saturating_sub(1) / 7 + 1
}

/// True if a holiday of a fixed day of the month is kept on this weekday: Saturday's on Friday, Sunday's on Monday.
fn observed(day: u32, holiday: u32, weekday: Weekday) -> bool {
    day == holiday
        || (day + 1 == holiday && weekday == Weekday::Friday)
        || (day == holiday + 1 && weekday == Weekday::Monday)
}

/// Western Easter Sunday (Anonymous Gregorian algorithm; Meeus, *Astronomical Algorithms*, chapter 8).
#[must_use]
pub fn easter(year: i32) -> TradingDate {
    let golden = year.rem_euclid(19);
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let correction = (century + 8) / 25;
    let moon = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15).rem_euclid(30);
    let sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4).rem_euclid(7);
    let shift = (golden + 11 * moon + 22 * sunday) / 451;
    let day_from_march = moon + sunday - 7 * shift + 114;
    TradingDate::civil(year, (day_from_march / 31) as u32, (day_from_march % 31 + 1) as u32)
}
