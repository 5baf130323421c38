//! Reasons to distrust a result that its own trades and equity show, also beside buying and holding.
//!
//! Flags of a sweep are in `robustness`.

use crate::breakdown::MonthResult;
use crate::outcome::{Metrics, RunCounts, Trade};
use crate::plan::Money;
use crate::regime::{REGIME_DAYS, Regimes};
use crate::statistics::Benchmark;
use serde::Serialize;

/// Trades below which figures are mostly chance.
const SMALL_SAMPLE_TRADES: usize = 30;
/// Trades below which they are nothing else.
const TINY_SAMPLE_TRADES: usize = 10;
/// Share of the profit that one month may earn.
const MONTH_SHARE_MOST: f64 = 0.5;
/// Months a window needs before one can stand out.
const MONTHS_LEAST: usize = 3;
/// Share of best trades whose removal a result must survive (at least one trade).
const OUTLIER_TRADES_SHARE: f64 = 0.05;
/// Trades per trading day above which fills and costs decide everything.
const TURNOVER_TRADES_PER_DAY: f64 = 10.0;
/// Share of ambiguous trades above which minute bars are too coarse for the strategy.
const AMBIGUOUS_SHARE_MOST: f64 = 0.05;
/// Days each state of the market needs before they are compared.
const REGIME_DAYS_LEAST: u32 = 30;
/// Share of what one state of the market earned that the other may lose.
const REGIME_LOSS_SHARE: f64 = 0.25;

/// How much a flag should worry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Look before relying on the result.
    Warning,
    /// The result should not be relied on.
    Serious,
}

/// One reason to distrust a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QualityFlag {
    /// Key, snake_case.
    pub key: &'static str,
    /// How much it should worry.
    pub severity: Severity,
    /// What was found, with the number and the threshold.
    pub reason: String,
}

/// What the flags are judged from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) metrics: &'a Metrics,
    pub(crate) counts: &'a RunCounts,
    pub(crate) trades: &'a [Trade],
    pub(crate) months: &'a [MonthResult],
    pub(crate) benchmark: Option<&'a Benchmark>,
    pub(crate) regimes: Option<&'a Regimes>,
}

/// Every flag that applies, in a fixed order.
pub(crate) fn flags(evidence: Evidence<'_>) -> Vec<QualityFlag> {
    let rules = [
        small_sample,
        time_concentration,
        outlier_dependent,
        high_turnover,
        cost_sensitive,
        regime_dependent,
        underperformed_benchmark,
        ambiguous_fills,
        data_gap,
    ];
    rules.iter().filter_map(|rule| rule(evidence)).collect()
}

fn small_sample(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let trades = evidence.trades.len();
    let severity = if trades < TINY_SAMPLE_TRADES { Severity::Serious } else { Severity::Warning };
    (trades < SMALL_SAMPLE_TRADES).then(|| QualityFlag {
        key: "small_sample",
        severity,
        reason: format!("{trades} trades; below {SMALL_SAMPLE_TRADES} the figures are mostly chance"),
    })
}

fn time_concentration(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let profit = total_profit(evidence);
    let best = evidence.months.iter().max_by_key(|month| month.profit)?;
    let share = best.profit.0 as f64 / profit.0 as f64;
    (profit.0 > 0 && evidence.months.len() >= MONTHS_LEAST && share > MONTH_SHARE_MOST).then(|| QualityFlag {
        key: "time_concentration",
        severity: Severity::Warning,
        reason: format!(
            "{:04}-{:02} alone earned {:.0} % of the net profit (threshold {:.0} %)",
            best.year,
            best.month,
            share * 100.0,
            MONTH_SHARE_MOST * 100.0
        ),
    })
}

fn outlier_dependent(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let profit = i128::from(total_profit(evidence).0);
    let removed = ((evidence.trades.len() as f64 * OUTLIER_TRADES_SHARE).floor() as usize).max(1);
    let mut nets: Vec<i64> = evidence.trades.iter().map(|trade| trade.net.0).collect();
    nets.sort_unstable();
    let best: i128 = nets.iter().rev().take(removed).map(|net| i128::from(*net)).sum();
    (profit > 0 && profit - best <= 0).then(|| QualityFlag {
        key: "outlier_dependent",
        severity: Severity::Warning,
        reason: format!("without the best {removed} of {} trades there is no net profit", nets.len()),
    })
}

fn high_turnover(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let days = evidence.metrics.get("tradingDays")?;
    let per_day = evidence.trades.len() as f64 / days;
    (per_day > TURNOVER_TRADES_PER_DAY).then(|| QualityFlag {
        key: "high_turnover",
        severity: Severity::Warning,
        reason: format!("{per_day:.1} trades a trading day (threshold {TURNOVER_TRADES_PER_DAY:.0}): fills and costs decide the result"),
    })
}

fn cost_sensitive(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let profit = i128::from(total_profit(evidence).0);
    let costs: i128 =
        evidence.trades.iter().map(|trade| i128::from(trade.commission.0) + i128::from(trade.slippage.0)).sum();
    (profit > 0 && profit - costs <= 0).then(|| QualityFlag {
        key: "cost_sensitive",
        severity: Severity::Warning,
        reason: format!(
            "costs took {:.0} % of the profit before costs; twice the costs would leave none",
            costs as f64 / (profit + costs) as f64 * 100.0
        ),
    })
}

fn regime_dependent(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let Regimes { rising, falling } = *evidence.regimes?;
    let ((better, earned), (worse, lost)) = if rising.profit > falling.profit {
        (("rose", rising.profit), ("fell", falling.profit))
    } else {
        (("fell", falling.profit), ("rose", rising.profit))
    };
    let share = -lost.to_f64() / earned.to_f64();
    let comparable = rising.days.min(falling.days) >= REGIME_DAYS_LEAST && total_profit(evidence).0 > 0;
    (comparable && earned.0 > 0 && share >= REGIME_LOSS_SHARE).then(|| QualityFlag {
        key: "regime_dependent",
        severity: Severity::Warning,
        reason: format!(
            "days after the market {better} over {REGIME_DAYS} days earned {:.2}, days after it {worse} lost {:.2} ({:.0} % of it, threshold {:.0} %)",
            earned.to_f64(),
            -lost.to_f64(),
            share * 100.0,
            REGIME_LOSS_SHARE * 100.0
        ),
    })
}

fn underperformed_benchmark(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let held = evidence.benchmark?;
    let (own, market) = evidence.metrics.get("sharpeRatio").zip(held.sharpe_ratio)?;
    (own < market).then(|| QualityFlag {
        key: "underperformed_benchmark",
        severity: Severity::Warning,
        reason: format!(
            "Sharpe ratio {own:.2}, below the {market:.2} of buying and holding, which made {:.1} %",
            held.total_return * 100.0
        ),
    })
}

fn ambiguous_fills(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let ambiguous = evidence.counts.ambiguous_fills;
    let share = f64::from(ambiguous) / evidence.trades.len() as f64;
    (share > AMBIGUOUS_SHARE_MOST).then(|| QualityFlag {
        key: "ambiguous_fills",
        severity: Severity::Warning,
        reason: format!(
            "{ambiguous} of {} trades ({:.0} %) rest on the order of prices inside a bar (threshold {:.0} %); the worse order was assumed",
            evidence.trades.len(),
            share * 100.0,
            AMBIGUOUS_SHARE_MOST * 100.0
        ),
    })
}

fn data_gap(evidence: Evidence<'_>) -> Option<QualityFlag> {
    let gaps = evidence.counts.data_gaps;
    (gaps > 0).then(|| QualityFlag {
        key: "data_gap",
        severity: Severity::Info,
        reason: format!(
            "{gaps} session-close exits had to wait for the next bar because none printed before the close"
        ),
    })
}

/// Sum of net profit; fits because equity did.
fn total_profit(evidence: Evidence<'_>) -> Money {
    Money(evidence.trades.iter().map(|trade| trade.net.0).sum())
}
