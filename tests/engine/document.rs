//! ENGINE.md and the code name the same statistics, reasons, counters and flags.

use engine::{Better, Unit, catalogue};

const DOCUMENT: &str = include_str!("../../shared/engine/ENGINE.md");

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Money => "money",
        Unit::Fraction => "fraction",
        Unit::Ratio => "ratio",
        Unit::Bars => "bars",
    }
}

fn better(better: Better) -> &'static str {
    match better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::None => "–",
    }
}

/// The table of statistics as the document must show it, in order.
#[test]
fn the_document_has_the_catalogue() {
    let expected: Vec<String> = catalogue()
        .iter()
        .map(|row| {
            let undefined = if row.undefined.is_empty() { "never" } else { row.undefined };
            let ranked = if row.rankable { "yes" } else { "no" };
            format!(
                "| `{}` | {} | {} | {} | {} | {} | {} |",
                row.key,
                unit(row.unit),
                better(row.better),
                ranked,
                row.summary,
                row.formula,
                undefined
            )
        })
        .collect();
    let shown: Vec<&str> = DOCUMENT
        .lines()
        .filter(|line| expected.iter().any(|row| row.split('|').nth(1) == line.split('|').nth(1)))
        .collect();
    assert_eq!(shown, expected, "the document's table should be:\n{}", expected.join("\n"));
}

#[test]
fn keys_are_unique_and_complete() {
    let keys: Vec<&str> = catalogue().iter().map(|row| row.key).collect();
    let mut unique = keys.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), keys.len());
    for key in [
        "tradeCount",
        "totalPnl",
        "winRate",
        "maxDrawdown",
        "maxDrawdownPercent",
        "closedTradeDrawdown",
        "sharpeRatio",
        "sortinoRatio",
        "averageTrade",
        "calmarRatio",
        "peakLeverage",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
}

#[test]
fn the_document_names_every_reason_and_flag() {
    for word in [
        "signal",
        "stop",
        "target",
        "trailing_stop",
        "break_even",
        "time",
        "session_close",
        "reversal",
        "liquidation",
        "end_of_data",
        "daily_limit",
        "small_sample",
        "time_concentration",
        "outlier_dependent",
        "high_turnover",
        "cost_sensitive",
        "regime_dependent",
        "underperformed_benchmark",
        "ambiguous_fills",
        "data_gap",
        "likely_overfit",
        "parameter_cliff",
        "at_grid_edge",
    ] {
        assert!(DOCUMENT.contains(&format!("`{word}`")), "{word} is missing");
    }
}
