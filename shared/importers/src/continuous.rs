//! Contract bars to one continuous futures series: raw prices, a cumulative offset, and the rolls.
//!
//! The rule: start with the nearest contract; roll at the session open after the first completed trading day on which
//! the next contract out-traded the current one, never back. It adjusts nothing: `raw + offset` is for the reader.
//!
//! Across holes in the data: "the next contract" is the nearest later one that traded on the day; a contract whose
//! month is over, or that has no bar on or after a day, is left at that day's session open for the nearest later
//! contract with bars on that day.

use crate::contract::ContractMonth;
use crate::merge::finest;
use crate::series::{empty, push, rescale};
use crate::stamp::{DAY_US, MINUTE_US};
use crate::zone::{self, Repeats, WallClock};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use market::BarSeries;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// When a trading day begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradingDayRule {
    /// IANA zone of `open_minute`.
    pub time_zone: String,
    /// Minute of the wall-clock day at which the session opens.
    pub open_minute: u32,
}

impl Default for TradingDayRule {
    /// 18:00 New York: the CME group's electronic session.
    fn default() -> Self {
        Self { time_zone: "America/New_York".to_owned(), open_minute: 18 * 60 }
    }
}

/// The raw bars of one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractSeries {
    /// Its delivery month.
    pub contract: ContractMonth,
    /// Its bars, without offset.
    pub series: BarSeries,
}

/// A change of contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// Session open from which the new contract counts, microseconds UTC.
    pub at_ts: i64,
    /// The contract left.
    pub from_contract: ContractMonth,
    /// The contract entered.
    pub to_contract: ContractMonth,
    /// New close minus old close in `matched_ts`, counts of the series' price scale; `None` for an unmatched roll,
    /// which leaves the offset as it is.
    pub gap: Option<i64>,
    /// The last minute before the roll that both contracts traded in.
    pub matched_ts: Option<i64>,
}

/// A continuous series and its rolls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuous {
    /// Raw bars with offsets.
    pub series: BarSeries,
    /// Changes of contract, in order of time.
    pub rolls: Vec<Roll>,
}

/// Why contracts cannot be stitched.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContinuousError {
    /// Nothing to stitch.
    #[error("no contract has bars")]
    NoBars,
    /// The rule's zone does not exist.
    #[error("`{0}` is no time zone; use an IANA name such as America/New_York")]
    UnknownZone(String),
    /// Prices or volumes of the contracts fit no common grid.
    #[error("the contracts' prices or volumes do not fit one grid")]
    TooFine,
}

/// Stitches contracts, in any order, each strictly ascending.
///
/// # Errors
/// No bars, an unknown zone, or values that fit no common grid.
pub fn stitch(contracts: &[ContractSeries], rule: &TradingDayRule) -> Result<Continuous, ContinuousError> {
    let zone = zone::find(&rule.time_zone).ok_or_else(|| ContinuousError::UnknownZone(rule.time_zone.clone()))?;
    let contracts = on_one_grid(contracts)?;
    let days = trading_days(&contracts, rule, zone);
    let mut stitching = Stitching::start(&contracts, &days).ok_or(ContinuousError::NoBars)?;
    for (index, day) in days.iter().enumerate() {
        let completed = index.checked_sub(1).and_then(|before| days.get(before));
        if let Some(next) = completed.and_then(|completed| stitching.out_traded_by(completed)) {
            stitching.roll(next, day.open_us);
        }
        if let Some(next) = stitching.successor_of_ended(day) {
            stitching.roll(next, day.open_us);
        }
        stitching.take(day);
    }
    Ok(stitching.done)
}

/// The contracts by month, on the finest grid among them; those without bars are left out.
fn on_one_grid(contracts: &[ContractSeries]) -> Result<Vec<ContractSeries>, ContinuousError> {
    let mut kept: Vec<ContractSeries> =
        contracts.iter().filter(|contract| !contract.series.is_empty()).cloned().collect();
    kept.sort_by_key(|contract| contract.contract);
    let grids = kept.iter().map(|contract| (contract.series.price_scale, contract.series.volume_scale));
    let (price, volume) = finest(grids).ok_or(ContinuousError::NoBars)?;
    for contract in &mut kept {
        rescale(&mut contract.series, price, volume).ok_or(ContinuousError::TooFine)?;
    }
    Ok(kept)
}

/// A trading day that has bars.
#[derive(Debug, Clone)]
struct Day {
    /// Session open, microseconds UTC.
    open_us: i64,
    /// Year and month at the session open.
    month: Option<ContractMonth>,
    /// Range of bars and volume, by index of contract.
    traded: BTreeMap<usize, (std::ops::Range<usize>, i128)>,
}

/// All trading days with bars, in order.
fn trading_days(contracts: &[ContractSeries], rule: &TradingDayRule, zone: TimeZone) -> Vec<Day> {
    let mut clock = SessionClock { zone, open_us: i64::from(rule.open_minute) * MINUTE_US, day: None };
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for (index, contract) in contracts.iter().enumerate() {
        clock.day = None;
        for (bar, (&ts, &volume)) in contract.series.ts.iter().zip(&contract.series.volume).enumerate() {
            let (open_us, _) = clock.session_of(ts);
            let day = days.entry(open_us).or_insert_with(|| Day {
                open_us,
                month: month_of(open_us),
                traded: BTreeMap::new(),
            });
            let (range, traded) = day.traded.entry(index).or_insert((bar..bar, 0));
            range.end = bar + 1;
            *traded += i128::from(volume);
        }
    }
    days.into_values().collect()
}

fn month_of(us: i64) -> Option<ContractMonth> {
    let at = Offset::UTC.to_datetime(Timestamp::from_microsecond(us).ok()?);
    ContractMonth::new(u16::try_from(at.year()).ok()?, u8::try_from(at.month()).ok()?)
}

/// Session opens around instants, the last one remembered.
struct SessionClock {
    zone: TimeZone,
    open_us: i64,
    day: Option<(i64, i64)>,
}

impl SessionClock {
    /// Open of the session an instant belongs to, and of the next one.
    fn session_of(&mut self, ts: i64) -> (i64, i64) {
        if let Some((open, next)) = self.day
            && (open..next).contains(&ts)
        {
            return (open, next);
        }
        let offset = Timestamp::from_microsecond(ts).map_or(0, |at| i64::from(self.zone.to_offset(at).seconds()));
        let date = (ts + offset * 1_000_000 - self.open_us).div_euclid(DAY_US);
        let mut session = (self.open_on(date), self.open_on(date + 1));
        if ts < session.0 {
            session = (self.open_on(date - 1), session.0);
        } else if ts >= session.1 {
            session = (session.1, self.open_on(date + 2));
        }
        self.day = Some(session);
        session
    }

    /// UTC of the session open on a wall-clock date; a skipped time is the first instant after the gap.
    fn open_on(&self, date: i64) -> i64 {
        let wall_us = date * DAY_US + self.open_us;
        let utc_of = |wall_us: i64| WallClock::new(self.zone.clone(), Repeats::Same).utc_of(wall_us);
        utc_of(wall_us).or_else(|| utc_of(wall_us + 60 * MINUTE_US)).unwrap_or(wall_us)
    }
}

/// The work in progress.
struct Stitching<'a> {
    contracts: &'a [ContractSeries],
    current: usize,
    offset: i64,
    done: Continuous,
}

impl<'a> Stitching<'a> {
    /// Begins with the nearest contract that trades on the first day.
    fn start(contracts: &'a [ContractSeries], days: &[Day]) -> Option<Self> {
        let current = *days.first()?.traded.keys().next()?;
        let like = &contracts.get(current)?.series;
        let scales = (like.price_scale, like.volume_scale);
        let series = empty(&like.symbol, like.resolution, like.price_side, scales);
        Some(Self { contracts, current, offset: 0, done: Continuous { series, rolls: Vec::new() } })
    }

    /// Where to go at a day's open from a contract that has ended.
    fn successor_of_ended(&self, day: &Day) -> Option<usize> {
        let current = self.contracts.get(self.current)?;
        let month_over = day.month.is_some_and(|month| month > current.contract);
        let no_bars_left = current.series.ts.last().is_none_or(|&last| last < day.open_us);
        if !month_over && !no_bars_left {
            return None;
        }
        self.later(day).find(|&index| {
            let contract = self.contracts.get(index).map(|contract| contract.contract);
            day.month.is_none_or(|month| contract.is_some_and(|contract| contract >= month))
        })
    }

    /// Contracts after the current one that trade on a day, nearest first.
    fn later<'d>(&self, day: &'d Day) -> impl Iterator<Item = usize> + 'd {
        day.traded.range(self.current + 1..).map(|(&index, _)| index)
    }

    /// The nearest later contract that traded, if it traded more than the current one.
    fn out_traded_by(&self, day: &Day) -> Option<usize> {
        let next = self.later(day).next()?;
        let volume = |index: usize| day.traded.get(&index).map_or(0, |(_, volume)| *volume);
        (volume(next) > volume(self.current)).then_some(next)
    }

    /// Changes to `next` at `at_ts`: the offset takes up the difference of closes in the last common minute.
    fn roll(&mut self, next: usize, at_ts: i64) {
        let (Some(from), Some(to)) = (self.contracts.get(self.current), self.contracts.get(next)) else { return };
        let matched = last_common_minute(&from.series, &to.series, at_ts);
        let gap = matched.map(|(_, gap)| gap);
        self.offset -= gap.unwrap_or(0);
        self.current = next;
        self.done.rolls.push(Roll {
            at_ts,
            from_contract: from.contract,
            to_contract: to.contract,
            gap,
            matched_ts: matched.map(|(ts, _)| ts),
        });
    }

    /// Appends the current contract's bars of a day.
    fn take(&mut self, day: &Day) {
        let Some(contract) = self.contracts.get(self.current) else { return };
        let Some((range, _)) = day.traded.get(&self.current) else { return };
        for index in range.clone() {
            let spread = contract.series.spread.get(index).copied();
            push(&mut self.done.series, &contract.series, index, Some(self.offset), spread);
        }
    }
}

/// The last minute before `before_ts` in both series, and new close minus old close in it.
fn last_common_minute(old: &BarSeries, new: &BarSeries, before_ts: i64) -> Option<(i64, i64)> {
    let mut left = old.ts.partition_point(|&ts| ts < before_ts);
    let mut right = new.ts.partition_point(|&ts| ts < before_ts);
    while left > 0 && right > 0 {
        let (old_ts, new_ts) = (*old.ts.get(left - 1)?, *new.ts.get(right - 1)?);
        match old_ts.cmp(&new_ts) {
            std::cmp::Ordering::Equal => {
                return Some((old_ts, new.close.get(right - 1)? - old.close.get(left - 1)?));
            }
            std::cmp::Ordering::Greater => left -= 1,
            std::cmp::Ordering::Less => right -= 1,
        }
    }
    None
}
