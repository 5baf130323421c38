//! Hand-worked fill cases as data: each names the rule of ENGINE.md it proves.
//!
//! Bars, one raw minute per line: `open high low close`; `@n` puts the next bar at minute n of the day, `day` starts the
//! next day, `offset x` and `spread x` hold from there on. Decision bar k is minute k unless `tf` says otherwise.
//! Expected, one trade per line: `side quantity @minute price @minute price reason [?] [key=value …]`, and
//! `count key value`. `?` marks an ambiguous trade; keys are gross net commission slippage mae mfe bars rolls.

mod capital;
mod clock;
mod costs;
mod entries;
mod exits;
mod filters;
mod levels;
mod moving_stops;
mod parse;
mod ranges;
mod reversals;
mod rolls;

use engine::{FullResult, run_full, run_summary};

/// One case.
pub struct Case {
    pub rule: &'static str,
    pub bars: &'static str,
    pub plan: &'static str,
    pub expected: &'static str,
}

/// Runs the cases and shows every difference.
pub fn check(cases: &[Case]) {
    let failures: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(failures.is_empty(), "{} of {} cases differ\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn difference(case: &Case) -> Option<String> {
    let setup = parse::setup(case.bars, case.plan);
    let result = run_full(&setup.plan()).unwrap();
    let (metrics, counts) = run_summary(&setup.plan()).unwrap();
    assert_eq!((&metrics, &counts), (&result.metrics, &result.counts), "sweep and full run differ: {}", case.rule);
    let expected: Vec<&str> = case.expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (expected_counts, expected_trades): (Vec<&str>, Vec<&str>) =
        expected.into_iter().partition(|line| line.starts_with("count"));
    let mut wrong = Vec::new();
    if expected_trades.len() != result.trades.len() {
        wrong.push(format!("{} trades, expected {}", result.trades.len(), expected_trades.len()));
    }
    for (line, trade) in expected_trades.iter().zip(&result.trades) {
        wrong.extend(parse::trade_difference(line, trade, &setup));
    }
    for line in expected_counts {
        wrong.extend(parse::count_difference(line, &result.counts));
    }
    let shown: Vec<String> = result.trades.iter().map(|trade| parse::shown(trade, &setup)).collect();
    (!wrong.is_empty() || unbalanced(&result, setup.capital)).then(|| {
        format!(
            "── {}\n   {}\n   got:\n     {}\n   {:?}",
            case.rule,
            wrong.join("\n   "),
            shown.join("\n     "),
            result.counts
        )
    })
}

/// True when capital and net profits do not add up to the last mark.
fn unbalanced(result: &FullResult, capital: f64) -> bool {
    let net: i64 = result.trades.iter().map(|trade| trade.net.0).sum();
    result.equity.last().unwrap().0 != (capital * 1e6) as i64 + net
}
