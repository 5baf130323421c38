//! The contract calendar of futures: codes, last trading dates, and the dates by which holders customarily roll.
//!
//! Dates follow one rule per family of roots, simplified where exchanges differ in detail (said at each rule). Recorded
//! rolls of a continuous series are not looked at: these dates are known in advance.

use crate::calendar::{Calendar, CalendarError};
use crate::date::{TradingDate, Weekday, days_in_month};
use crate::holidays::is_business_day;
use crate::instrument::Instrument;
use serde::{Deserialize, Serialize};

/// Letters of the contract months January to December.
pub const MONTH_LETTERS: &str = "FGHJKMNQUVXZ";
/// Months listed after a date that a front contract is looked for in: two years.
const LISTED_AHEAD_MONTHS: i32 = 24;

/// A family of roots that share a rule of last trading and roll dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractRule {
    /// Stock indexes: third Friday; roll on the Thursday eight days before.
    EquityIndex,
    /// Currencies: second business day before the third Wednesday; roll two trading days before.
    Fx,
    /// Canadian dollar: business day before the third Wednesday; roll three trading days before.
    CanadianDollar,
    /// Crude oil: third business day before the 25th of the month before.
    CrudeOil,
    /// Micro crude oil: the business day before crude oil's.
    MicroCrudeOil,
    /// Brent last-day futures: last business day of the second month before.
    Brent,
    /// Natural gas: third last business day of the month before.
    NaturalGas,
    /// Heating oil and gasoline: last business day of the month before.
    RefinedProducts,
    /// Metals: third last business day of the contract month; roll two trading days before the first notice day.
    Metals,
    /// Notes of ten years, bonds: seventh business day before the last one of the contract month.
    LongRates,
    /// Notes of two and five years: last business day of the contract month.
    ShortRates,
    /// Grains and oilseeds: business day before the 15th of the contract month.
    Grains,
    /// Live cattle: last business day of the contract month.
    LiveCattle,
    /// Lean hogs: tenth business day of the contract month.
    LeanHogs,
    /// Feeder cattle: last Thursday of the contract month (November's holiday exception is not kept).
    FeederCattle,
    /// Bitcoin and ether: last Friday of the contract month.
    Crypto,
}

/// One listed contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Root, month letter, two digits of the year, for example `ESZ13`.
    pub code: String,
    /// Contract year.
    pub year: i32,
    /// Contract month, 1–12.
    pub month: u32,
    /// Last trading date by the family's rule.
    pub expiration: TradingDate,
    /// Last trading date on which a customary holder is still in this contract.
    pub roll: TradingDate,
}

/// The contracts of one root with their dates, and the trading dates between them.
#[derive(Debug, Clone)]
pub struct ContractCalendar {
    root: String,
    months: Vec<u32>,
    rule: ContractRule,
    calendar: Calendar,
}

impl ContractCalendar {
    /// The contract calendar of a future; `None` for what has no contract months or rule.
    ///
    /// # Errors
    /// [`CalendarError`] if the instrument's trading calendar is unknown.
    pub fn of(instrument: &Instrument) -> Result<Option<Self>, CalendarError> {
        let (Some(letters), Some(rule)) = (&instrument.contract_months, instrument.contract_rule) else {
            return Ok(None);
        };
        let mut months: Vec<u32> = letters.chars().filter_map(month_of_letter).collect();
        months.sort_unstable();
        if months.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { root: instrument.symbol.clone(), months, rule, calendar: Calendar::of(instrument)? }))
    }

    /// The contract of a year and month (1–12), whether or not that month is listed; `None` for no such month.
    #[must_use]
    pub fn contract(&self, year: i32, month: u32) -> Option<Contract> {
        TradingDate::from_ymd(year, month, 1)?;
        let code = format!("{}{}{:02}", self.root, letter_of_month(month)?, year.rem_euclid(100));
        let expiration = self.rule.expiration(year, month);
        let roll = self.rule.roll(&self.calendar, year, month, expiration);
        Some(Contract { code, year, month, expiration, roll })
    }

    /// The contract a customary holder is in on a date: the first listed one whose roll date is not past.
    #[must_use]
    pub fn front(&self, date: TradingDate) -> Option<Contract> {
        let (year, month, _) = date.to_ymd();
        let first = year * 12 + month as i32 - 1;
        (first..first + LISTED_AHEAD_MONTHS)
            .map(|index| (index.div_euclid(12), index.rem_euclid(12) as u32 + 1))
            .filter(|(_, month)| self.months.contains(month))
            .filter_map(|(year, month)| self.contract(year, month))
            .find(|contract| contract.roll >= date)
    }

    /// Trading days from a date to the front contract's roll date: 0 on that date, the last one in the contract.
    #[must_use]
    pub fn days_to_roll(&self, date: TradingDate) -> Option<u32> {
        self.front(date).map(|contract| self.trading_days(date, contract.roll))
    }

    /// Trading days from a date to the front contract's last trading date.
    #[must_use]
    pub fn days_to_expiration(&self, date: TradingDate) -> Option<u32> {
        self.front(date).map(|contract| self.trading_days(date, contract.expiration))
    }

    /// Trading dates after `from`, up to and including `to`.
    fn trading_days(&self, from: TradingDate, to: TradingDate) -> u32 {
        (from.0 + 1..=to.0).filter(|day| self.calendar.is_trading_date(TradingDate(*day))).count() as u32
    }
}

impl ContractRule {
    /// The rule in words, ending with a full stop.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::EquityIndex => "last trading on the third Friday, roll on the Thursday eight days before.",
            Self::Fx => "last trading two business days before the third Wednesday, roll two trading days before that.",
            Self::CanadianDollar => {
                "last trading one business day before the third Wednesday, roll three trading days before that."
            }
            Self::CrudeOil => {
                "last trading three business days before the 25th of the month before the contract month, roll five \
                 trading days before that."
            }
            Self::MicroCrudeOil => {
                "last trading four business days before the 25th of the month before the contract month, roll four \
                 trading days before that."
            }
            Self::Brent => {
                "last trading on the last business day of the second month before the contract month, roll five \
                 trading days before that."
            }
            Self::NaturalGas => {
                "last trading on the third last business day of the month before the contract month, roll three \
                 trading days before that."
            }
            Self::RefinedProducts => {
                "last trading on the last business day of the month before the contract month, roll five trading days \
                 before that."
            }
            Self::Metals => {
                "last trading on the third last business day of the contract month, roll two trading days before \
                 first notice (the last business day of the month before)."
            }
            Self::LongRates => {
                "last trading seven business days before the last business day of the contract month, roll two \
                 trading days before first notice (the last business day of the month before)."
            }
            Self::ShortRates => {
                "last trading on the last business day of the contract month, roll two trading days before first \
                 notice (the last business day of the month before)."
            }
            Self::Grains => {
                "last trading on the business day before the 15th of the contract month, roll ten trading days before \
                 first notice (the last business day of the month before)."
            }
            Self::LiveCattle => {
                "last trading on the last business day of the contract month, roll ten trading days before the \
                 contract month begins."
            }
            Self::LeanHogs => {
                "last trading on the tenth business day of the contract month, roll ten trading days before that."
            }
            Self::FeederCattle => {
                "last trading on the last Thursday of the contract month, roll ten trading days before that."
            }
            Self::Crypto => "last trading on the last Friday of the contract month, roll two trading days before.",
        }
    }

    /// Last trading date of a contract month.
    fn expiration(self, year: i32, month: u32) -> TradingDate {
        let (before_year, before_month) = month_before(year, month);
        match self {
            Self::EquityIndex => business_day_on_or_before(nth_weekday(year, month, Weekday::Friday, 3)),
            Self::Fx => business_days_before(nth_weekday(year, month, Weekday::Wednesday, 3), 2),
            Self::CanadianDollar => business_days_before(nth_weekday(year, month, Weekday::Wednesday, 3), 1),
            Self::CrudeOil => crude_oil(before_year, before_month, 3),
            Self::MicroCrudeOil => crude_oil(before_year, before_month, 4),
            Self::Brent => {
                let (second_year, second_month) = month_before(before_year, before_month);
                last_business_day(second_year, second_month)
            }
            Self::NaturalGas => business_days_before(last_business_day(before_year, before_month), 2),
            Self::RefinedProducts => last_business_day(before_year, before_month),
            Self::Metals => business_days_before(last_business_day(year, month), 2),
            Self::LongRates => business_days_before(last_business_day(year, month), 7),
            Self::ShortRates | Self::LiveCattle => last_business_day(year, month),
            Self::Grains => business_days_before(TradingDate::civil(year, month, 15), 1),
            Self::LeanHogs => nth_business_day(year, month, 10),
            Self::FeederCattle => business_day_on_or_before(last_weekday(year, month, Weekday::Thursday)),
            Self::Crypto => business_day_on_or_before(last_weekday(year, month, Weekday::Friday)),
        }
    }

    /// Last date in the contract by custom.
    fn roll(self, calendar: &Calendar, year: i32, month: u32, expiration: TradingDate) -> TradingDate {
        let (before_year, before_month) = month_before(year, month);
        let first_notice = last_business_day(before_year, before_month);
        let (from, days) = match self {
            Self::EquityIndex => {
                let thursday = nth_weekday(year, month, Weekday::Friday, 3).plus_days(-8);
                return if calendar.is_trading_date(thursday) {
                    thursday
                } else {
                    trading_days_before(calendar, thursday, 1)
                };
            }
            Self::Fx | Self::Crypto => (expiration, 2),
            Self::CanadianDollar | Self::NaturalGas => (expiration, 3),
            Self::MicroCrudeOil => (expiration, 4),
            Self::CrudeOil | Self::Brent | Self::RefinedProducts => (expiration, 5),
            Self::Metals | Self::LongRates | Self::ShortRates => (first_notice, 2),
            Self::Grains => (first_notice, 10),
            Self::LiveCattle => (TradingDate::civil(year, month, 1), 10),
            Self::LeanHogs | Self::FeederCattle => (expiration, 10),
        };
        trading_days_before(calendar, from, days)
    }
}

/// Splits a contract code such as `ESZ13`, `ESZ3` or `ESZ2013` into root and (year digits, month); `None` if it is none.
#[must_use]
pub fn split_code(code: &str) -> Option<(&str, u32, u32)> {
    let letter_at = code.rfind(|character: char| !character.is_ascii_digit())?;
    let (root, rest) = code.split_at_checked(letter_at)?;
    let month = month_of_letter(rest.chars().next()?)?;
    let digits = rest.get(1..)?;
    if root.is_empty() || !matches!(digits.len(), 1 | 2 | 4) {
        return None;
    }
    Some((root, month, digits.parse().ok()?))
}

/// Month (1–12) of a contract letter.
#[must_use]
pub fn month_of_letter(letter: char) -> Option<u32> {
    MONTH_LETTERS.find(letter.to_ascii_uppercase()).map(|index| index as u32 + 1)
}

/// Contract letter of a month (1–12).
#[must_use]
pub fn letter_of_month(month: u32) -> Option<char> {
    MONTH_LETTERS.chars().nth(month.checked_sub(1)? as usize)
}

const fn month_before(year: i32, month: u32) -> (i32, u32) {
    if month <= 1 { (year - 1, 12) } else { (year, month - 1) }
}

/// The `nth` (from 1) occurrence of a weekday in a month.
fn nth_weekday(year: i32, month: u32, weekday: Weekday, nth: i32) -> TradingDate {
    let first = TradingDate::civil(year, month, 1);
    let ahead = (weekday.days_from_monday() + 7 - first.weekday().days_from_monday()) % 7;
    first.plus_days(ahead as i32 + 7 * (nth - 1))
}

fn last_weekday(year: i32, month: u32, weekday: Weekday) -> TradingDate {
    let last = TradingDate::civil(year, month, days_in_month(year, month));
    let back = (last.weekday().days_from_monday() + 7 - weekday.days_from_monday()) % 7;
    last.plus_days(-(back as i32))
}

fn business_day_on_or_before(date: TradingDate) -> TradingDate {
    if is_business_day(date) { date } else { business_days_before(date, 1) }
}

/// The business day `count` business days before a date that need not be one itself.
fn business_days_before(date: TradingDate, count: u32) -> TradingDate {
    count_back(date, count, is_business_day)
}

fn trading_days_before(calendar: &Calendar, date: TradingDate, count: u32) -> TradingDate {
    count_back(date, count, |day| calendar.is_trading_date(day))
}

/// Steps back from a date to the `count`th earlier day that counts.
fn count_back(date: TradingDate, count: u32, counts: impl Fn(TradingDate) -> bool) -> TradingDate {
    let (mut day, mut left) = (date, count);
    // A day counts at least once in two weeks in every calendar.
    for _ in 0..14 * count {
        if left == 0 {
            break;
        }
        day = day.plus_days(-1);
        left -= u32::from(counts(day));
    }
    day
}

fn last_business_day(year: i32, month: u32) -> TradingDate {
    business_day_on_or_before(TradingDate::civil(year, month, days_in_month(year, month)))
}

fn nth_business_day(year: i32, month: u32, nth: usize) -> TradingDate {
    let first = TradingDate::civil(year, month, 1);
    let days = days_in_month(year, month) as i32;
    (0..days)
        .map(|ahead| first.plus_days(ahead))
        .filter(|day| is_business_day(*day))
        .nth(nth.saturating_sub(1))
        .unwrap_or(first.plus_days(days - 1))
}

/// `count` business days before the 25th, or before the last business day preceding it if the 25th is none.
fn crude_oil(year: i32, month: u32, count: u32) -> TradingDate {
    business_days_before(business_day_on_or_before(TradingDate::civil(year, month, 25)), count)
}
