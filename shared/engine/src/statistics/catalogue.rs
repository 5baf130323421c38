//! What each statistic is: key, unit, direction, formula, when it is undefined. No numbers.

use super::{drawdown, exposure, returns, trades};
use serde::Serialize;
use std::sync::LazyLock;

/// Unit of a statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// Account currency.
    Money,
    /// A share: 0.1 is ten percent.
    Fraction,
    /// A plain ratio.
    Ratio,
    /// Bars of the strategy's timeframe.
    Bars,
}

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    None,
}

/// One row of the closed table of statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricInfo {
    /// Key, camelCase.
    pub key: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Better,
    /// What it is, in one line; states the sign.
    pub summary: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// When it is undefined (null); empty when always defined.
    pub undefined: &'static str,
    /// A sweep may be ranked by it.
    pub rankable: bool,
}

/// Every statistic, in the table's order.
#[must_use]
pub fn catalogue() -> &'static [MetricInfo] {
    static TABLE: LazyLock<Vec<MetricInfo>> = LazyLock::new(|| {
        [trades::ROWS.as_slice(), returns::ROWS.as_slice(), drawdown::ROWS.as_slice(), exposure::ROWS.as_slice()]
            .concat()
    });
    &TABLE
}

/// A row that a sweep may rank by.
pub(super) const fn ranked(
    key: &'static str,
    unit: Unit,
    better: Better,
    [summary, formula, undefined]: [&'static str; 3],
) -> MetricInfo {
    MetricInfo { key, unit, better, summary, formula, undefined, rankable: true }
}

/// A row that only informs.
pub(super) const fn shown(
    key: &'static str,
    unit: Unit,
    better: Better,
    [summary, formula, undefined]: [&'static str; 3],
) -> MetricInfo {
    MetricInfo { key, unit, better, summary, formula, undefined, rankable: false }
}
