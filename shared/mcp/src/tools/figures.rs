//! Key numbers in words, for summaries.

use serde_json::Value;

fn number(metrics: Option<&Value>, key: &str) -> Option<f64> {
    metrics.and_then(|metrics| metrics.get(key)).and_then(Value::as_f64)
}

/// A money amount with two decimals, or "undefined".
fn money_of(metrics: Option<&Value>, key: &str) -> String {
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
        money_of(metrics, "totalPnl"),
        percent("winRate"),
        money_of(metrics, "maxDrawdown"),
        money_of(metrics, "sharpeRatio"),
    )
}
