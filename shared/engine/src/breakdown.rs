//! A full run cut by month, weekday, hour and outcome. Sums of the same figures; no new statistic.

use crate::error::EngineError;
use crate::outcome::Trade;
use crate::plan::Money;
use market::TradingDate;
use std::collections::BTreeMap;

/// Hours of a day.
const HOURS: u8 = 24;

/// Change of equity over one calendar month of trading dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthResult {
    /// Calendar year.
    pub year: i32,
    /// Month, 1–12.
    pub month: u8,
    /// Last mark of the month − last mark before it (capital before the first).
    pub profit: Money,
    /// Profit ÷ equity before the month; `None` where that was not above zero.
    pub return_fraction: Option<f64>,
}

/// Change of equity on one weekday of trading dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayResult {
    /// 0 is Monday.
    pub weekday: u8,
    /// Trading days.
    pub days: u32,
    /// Sum of the daily changes of equity.
    pub profit: Money,
}

/// Trades entered in one hour of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourResult {
    /// Hour of the entry minute, 0–23.
    pub hour: u8,
    /// Trades.
    pub trades: u32,
    /// Sum of their net profit.
    pub net: Money,
}

/// Results by calendar month, ascending.
///
/// # Errors
/// [`EngineError::Overflow`] when a difference leaves fixed point.
pub fn by_month(daily: &[(TradingDate, Money)], capital: Money) -> Result<Vec<MonthResult>, EngineError> {
    let mut ends: BTreeMap<(i32, u8), Money> = BTreeMap::new();
    for (date, equity) in daily {
        ends.insert(year_and_month(*date), *equity);
    }
    let mut before = capital;
    let mut months = Vec::with_capacity(ends.len());
    for ((year, month), equity) in ends {
        let profit = equity.minus(before)?;
        let return_fraction = (before.0 > 0).then(|| profit.0 as f64 / before.0 as f64);
        months.push(MonthResult { year, month, profit, return_fraction });
        before = equity;
    }
    Ok(months)
}

/// Results by weekday of the trading date, Monday first; weekdays without a trading day are left out.
///
/// # Errors
/// [`EngineError::Overflow`] when a sum leaves fixed point.
pub fn by_weekday(daily: &[(TradingDate, Money)], capital: Money) -> Result<Vec<WeekdayResult>, EngineError> {
    let mut weekdays: BTreeMap<u8, WeekdayResult> = BTreeMap::new();
    let mut before = capital;
    for (date, equity) in daily {
        // 1970-01-01 was a Thursday.
        let weekday = (date.0 + 3).rem_euclid(7) as u8;
        let entry = weekdays.entry(weekday).or_insert(WeekdayResult { weekday, days: 0, profit: Money(0) });
        entry.days += 1;
        entry.profit = entry.profit.plus(equity.minus(before)?)?;
        before = *equity;
    }
    Ok(weekdays.into_values().collect())
}

/// Results by hour of entry; `hour_of` names the hour of an instant (microseconds UTC) in the reader's zone.
///
/// # Errors
/// [`EngineError::Overflow`] when a sum leaves fixed point.
pub fn by_hour(trades: &[Trade], hour_of: impl Fn(i64) -> u8) -> Result<Vec<HourResult>, EngineError> {
    let mut hours: BTreeMap<u8, HourResult> = BTreeMap::new();
    for trade in trades {
        let hour = hour_of(trade.entry_ts) % HOURS;
        let entry = hours.entry(hour).or_insert(HourResult { hour, trades: 0, net: Money(0) });
        entry.trades += 1;
        entry.net = Money(entry.net.0.checked_add(trade.net.0).ok_or(EngineError::Overflow("the profit of an hour"))?);
    }
    Ok(hours.into_values().collect())
}

/// Excursions of trades of one outcome, judged by net profit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excursions {
    /// Trades.
    pub trades: u32,
    /// Mean maximum adverse excursion, currency units, ≤ 0; `None` without a trade.
    pub average_mae: Option<f64>,
    /// Mean maximum favourable excursion, currency units, ≥ 0; `None` without a trade.
    pub average_mfe: Option<f64>,
}

/// Mean excursions of the trades whose net profit meets `outcome`.
#[must_use]
pub fn excursions(trades: &[Trade], outcome: impl Fn(Money) -> bool) -> Excursions {
    let (mut count, mut adverse, mut favourable) = (0_u32, 0_i128, 0_i128);
    for trade in trades.iter().filter(|trade| outcome(trade.net)) {
        count += 1;
        adverse += i128::from(trade.mae.0);
        favourable += i128::from(trade.mfe.0);
    }
    let mean = |sum: i128| (count > 0).then(|| sum as f64 / Money::PER_UNIT as f64 / f64::from(count));
    Excursions { trades: count, average_mae: mean(adverse), average_mfe: mean(favourable) }
}

/// Calendar year and month of a date (H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
const fn year_and_month(date: TradingDate) -> (i32, u8) {
    let days = date.0 as i64 + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + (month <= 2) as i64;
    (year as i32, month as u8)
}
