//! Key numbers in words, for summaries.

use app::view::{ArtifactSummary, BatchSummary};
use serde_json::{Map, Value};

/// Metrics kept where many results are listed; the whole set is one call away.
const HEADLINE: [&str; 8] = [
    "tradeCount",
    "totalPnl",
    "totalReturn",
    "winRate",
    "profitFactor",
    "sharpeRatio",
    "maxDrawdown",
    "maxDrawdownPercent",
];

/// Metrics kept with each strategy of a list.
const LISTED: [&str; 5] = ["tradeCount", "totalPnl", "winRate", "maxDrawdown", "sharpeRatio"];

/// Sweeps shown with each strategy of a list.
const LISTED_BATCHES: usize = 1;

/// The headline metrics of a whole set.
pub(super) fn headline_only(metrics: &Value) -> Value {
    only(metrics, &HEADLINE)
}

fn only(metrics: &Value, kept: &[&str]) -> Value {
    let Value::Object(fields) = metrics else { return metrics.clone() };
    let kept: Map<String, Value> =
        kept.iter().filter_map(|key| fields.get(*key).map(|value| ((*key).to_owned(), value.clone()))).collect();
    Value::Object(kept)
}

/// A sweep's best combination with headline metrics only.
pub(super) fn shorten_batch(batch: &mut BatchSummary) {
    keep_in_best(batch, &HEADLINE);
}

fn keep_in_best(batch: &mut BatchSummary, kept: &[&str]) {
    let Value::Object(best) = &mut batch.best_result else { return };
    for name in ["metrics", "holdout_metrics"] {
        if let Some(metrics) = best.get_mut(name) {
            *metrics = only(metrics, kept);
        }
    }
}

/// A strategy version with headline metrics only.
pub(super) fn shorten(artifact: &mut ArtifactSummary) {
    artifact.backtest_results = artifact.backtest_results.as_ref().map(headline_only);
    artifact.optimization_batches.iter_mut().for_each(shorten_batch);
}

/// A strategy version as one of several.
pub(super) fn shorten_listed(artifact: &mut ArtifactSummary) {
    artifact.backtest_results = artifact.backtest_results.as_ref().map(|metrics| only(metrics, &LISTED));
    artifact.optimization_batches.truncate(LISTED_BATCHES);
    artifact.optimization_batches.iter_mut().for_each(|batch| keep_in_best(batch, &LISTED));
}

fn number(metrics: Option<&Value>, key: &str) -> Option<f64> {
    metrics.and_then(|metrics| metrics.get(key)).and_then(Value::as_f64)
}

/// A figure with two decimals, or "undefined".
fn rounded(metrics: Option<&Value>, key: &str) -> String {
    number(metrics, key).map_or_else(|| "undefined".to_owned(), |value| format!("{value:.2}"))
}

/// Trades, net profit, win rate, drawdown and Sharpe ratio in one clause.
pub(super) fn headline(metrics: Option<&Value>) -> String {
    let percent = |key: &str| {
        number(metrics, key).map_or_else(|| "undefined".to_owned(), |value| format!("{:.1} %", value * 100.0))
    };
    format!(
        "{} trades, net profit {}, win rate {}, max drawdown {}, Sharpe ratio {}",
        number(metrics, "tradeCount").map_or_else(|| "No".to_owned(), |count| format!("{count:.0}")),
        rounded(metrics, "totalPnl"),
        percent("winRate"),
        rounded(metrics, "maxDrawdown"),
        rounded(metrics, "sharpeRatio"),
    )
}

/// What buying and holding made, and the quality flags, as sentences; empty where nothing is known.
pub(super) fn beside(details: Option<&Value>) -> String {
    let held = details.and_then(|details| details.get("benchmark")).filter(|held| held.is_object());
    let held = held.map_or_else(String::new, |held| {
        let percent = number(Some(held), "totalReturn").unwrap_or(0.0) * 100.0;
        format!(" Buying and holding made {percent:.1} %, Sharpe ratio {}.", rounded(Some(held), "sharpeRatio"))
    });
    format!("{held}{}", flagged(details.and_then(|details| details.get("flags"))))
}

/// The keys of quality flags as a sentence; empty without any.
pub(super) fn flagged(flags: Option<&Value>) -> String {
    let listed = flags.and_then(Value::as_array).into_iter().flatten();
    let keys: Vec<&str> = listed.filter_map(|flag| flag.get("key").and_then(Value::as_str)).collect();
    if keys.is_empty() { String::new() } else { format!(" Flags: {}.", keys.join(", ")) }
}

/// Robustness as numbers and flags alone.
pub(super) fn without_meaning(robustness: &mut Option<Value>) {
    if let Some(Value::Object(fields)) = robustness {
        fields.remove("meaning");
    }
}

/// How far the best of a sweep can be trusted, as sentences; empty where nothing is known.
pub(super) fn robust(robustness: Option<&Value>) -> String {
    let Some(found) = robustness else { return String::new() };
    let trials = number(Some(found), "lineageTrials").unwrap_or(0.0);
    format!(
        " Deflated Sharpe ratio {} after {trials:.0} trials of this strategy, probability of overfitting {}, plateau {}.{}",
        rounded(Some(found), "deflatedSharpeLineage"),
        rounded(Some(found), "pbo"),
        rounded(Some(found), "plateau"),
        flagged(found.get("flags"))
    )
}
