//! How much of the data before a window must be loaded. It loads nothing.

use crate::amounts::Bound;
use crate::rules::{Frame, Number, Period, Rules};
use crate::strategy::Strategy;
use crate::value::ParameterValue;
use market::{AssetClass, SessionKind, Timeframe};
use std::collections::BTreeMap;

/// Trading days before the window's first that must be loaded, per symbol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryNeed {
    /// By symbol; every symbol a run reads is there.
    pub trading_days_before: BTreeMap<String, u32>,
}

/// Days added to every need: half days, holidays and a whole previous day for session values.
const SPARE_DAYS: u32 = 5;
/// Factor for minutes that printed no bar.
const SPARSE_FACTOR: u32 = 2;
/// Trading minutes of a short regular session, the least a day has.
const REGULAR_MINUTES: u32 = 360;
/// Trading minutes of a full futures or FX session, pauses taken off.
const FULL_MINUTES: u32 = 1_200;
/// Trading minutes of the extended hours of stocks that usually print.
const STOCK_MINUTES: u32 = 390;
/// Trading days of a week.
const WEEK_DAYS: u32 = 5;

pub(crate) fn history_need(strategy: &Strategy, values: &[Vec<ParameterValue>]) -> HistoryNeed {
    let rules = strategy.rules();
    let canonical = [strategy.canonical_values()];
    let all = if values.is_empty() { canonical.as_slice() } else { values };
    let mut need = HistoryNeed::default();
    for symbol in strategy.symbols() {
        need.trading_days_before.insert(symbol, SPARE_DAYS);
    }
    for values in all {
        let bound = Bound { rules, values };
        for (symbol, days) in days_of(&bound) {
            let slot = need.trading_days_before.entry(symbol).or_insert(SPARE_DAYS);
            *slot = (*slot).max(days);
        }
    }
    need
}

/// Trading days each symbol's frames reach back, for one combination.
fn days_of(bound: &Bound<'_>) -> Vec<(String, u32)> {
    let rules = bound.rules;
    let conditions = bound.bars_before();
    let periods = days_of_periods(rules);
    let mut days = Vec::new();
    for (id, node) in rules.numbers.iter().enumerate() {
        let Some(frame) = node.frame.and_then(|frame| rules.frames.get(frame)) else { continue };
        let Some(read) = rules.symbols.get(frame.symbol) else { continue };
        let bars = u32::try_from(bound.reach(id) + 1).unwrap_or(u32::MAX);
        let own = days_for(bars, *frame, read.instrument.asset_class, rules);
        let before = rules.frames.first().map_or(0, |own| {
            days_for(u32::try_from(conditions).unwrap_or(u32::MAX), *own, read.instrument.asset_class, rules)
        });
        let days_before = own.saturating_add(before).saturating_add(periods).saturating_add(SPARE_DAYS);
        days.push((read.instrument.symbol.clone(), days_before));
    }
    days
}

/// Trading days behind the first bar read that values of a week or a month need.
fn days_of_periods(rules: &Rules) -> u32 {
    let days = rules.numbers.iter().filter_map(|node| match &node.number {
        Number::Session { value, .. } if value.period() != Period::Day => Some(value.period().days_before()),
        Number::Session { .. }
        | Number::Amount(_)
        | Number::Tick
        | Number::Series { .. }
        | Number::Indicator { .. }
        | Number::Calendar { .. }
        | Number::Position(_)
        | Number::Arithmetic { .. }
        | Number::Negate(_)
        | Number::Shift { .. } => None,
    });
    days.max().unwrap_or(0)
}

/// A generous number of trading days that hold `bars` bars of `frame`.
fn days_for(bars: u32, frame: Frame, class: AssetClass, rules: &Rules) -> u32 {
    let minutes = match (rules.session, class) {
        (SessionKind::Regular, AssetClass::Future | AssetClass::Stock | AssetClass::Etf) => REGULAR_MINUTES,
        (SessionKind::Full, AssetClass::Stock | AssetClass::Etf) => STOCK_MINUTES,
        (_, AssetClass::Future | AssetClass::Fx | AssetClass::Crypto) => FULL_MINUTES,
    };
    match frame.timeframe {
        Timeframe::W1 => bars.saturating_add(1).saturating_mul(WEEK_DAYS + 2),
        Timeframe::D1 => bars.saturating_add(1),
        Timeframe::M1
        | Timeframe::M2
        | Timeframe::M3
        | Timeframe::M5
        | Timeframe::M10
        | Timeframe::M15
        | Timeframe::M30
        | Timeframe::H1
        | Timeframe::H2
        | Timeframe::H4 => {
            let per_day = (minutes / frame.timeframe.minutes()).max(1);
            bars.div_ceil(per_day).saturating_mul(SPARSE_FACTOR)
        }
    }
}
