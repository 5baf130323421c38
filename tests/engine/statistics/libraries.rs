//! Statistics of daily returns and the benchmark's against published libraries, from the engine's own daily equity.

use super::daily;
use crate::peers::ask;
use crate::robustness::Noise;
use crate::setup::mask;
use engine::plan::{Entry, ExitSignal, Money, OrderKind, Sizing};
use engine::robustness::Deflation;
use engine::{FullResult, run_full};
use market::TradingDate;
use serde_json::{Value, json};

const CAPITAL: f64 = 10_000.0;
/// Trials the deflated Sharpe ratio is compared after, and the variance of their Sharpe ratios.
const TRIALS: (u64, f64) = (250, 0.002);
const TOLERANCE: f64 = 1e-9;

/// A run in and out of a random market, one bar a day, so that every mark is a daily one.
fn run(seed: u64, days: usize, days_per_year: f64) -> FullResult {
    let mut noise = Noise(seed);
    let mut price = 10_000.0;
    let closes: Vec<i64> = (0..days)
        .map(|_| {
            price *= 1.0 + noise.change() + 0.0005;
            price.round() as i64
        })
        .collect();
    let mut setup = daily(&closes);
    (setup.capital, setup.sizing, setup.terms.days_per_year) = (CAPITAL, Sizing::Fixed(60.0), days_per_year);
    let every = |offset: usize, step: usize| (offset..days).step_by(step).collect::<Vec<_>>();
    setup.entry.long = Some(Entry { when: mask(days, &every(0, 9)), order: OrderKind::Market });
    setup.exits.long.signal = Some(ExitSignal::Mask(mask(days, &every(5, 7))));
    setup.costs.commission_per_unit = 0.01;
    run_full(&setup.plan()).unwrap()
}

fn returns(daily: &[(TradingDate, Money)]) -> Vec<f64> {
    let marks: Vec<f64> = std::iter::once(CAPITAL).chain(daily.iter().map(|(_, mark)| mark.to_f64())).collect();
    marks.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect()
}

fn deflation(result: &FullResult, days_per_year: f64) -> Deflation {
    let get = |key: &str| result.metrics.get(key).unwrap();
    Deflation {
        sharpe: get("sharpeRatio") / days_per_year.sqrt(),
        variance: TRIALS.1,
        days: result.daily.len() as u64,
        skew: get("skew"),
        kurtosis: get("kurtosis"),
    }
}

fn ours(result: &FullResult, days_per_year: f64, key: &str) -> Option<f64> {
    let held = result.benchmark.as_ref().unwrap();
    match key {
        "benchmark.sharpeRatio" => held.sharpe_ratio,
        "benchmark.maxDrawdownPercent" => Some(held.max_drawdown_percent),
        "benchmark.totalReturn" => Some(held.total_return),
        "benchmark.beta" => held.beta,
        "benchmark.alpha" => held.alpha,
        "deflatedSharpe" => deflation(result, days_per_year).deflated_sharpe(TRIALS.0),
        key => result.metrics.get(key),
    }
}

fn request(result: &FullResult, days_per_year: f64) -> Value {
    let dates: Vec<i32> = result.daily.iter().map(|(date, _)| date.0).collect();
    let mut trials = json!(deflation(result, days_per_year));
    trials["trials"] = json!(TRIALS.0);
    json!({
        "returns": returns(&result.daily), "market": returns(&result.benchmark.as_ref().unwrap().daily),
        "days_per_year": days_per_year as u32, "calendar_days": dates[dates.len() - 1] - dates[0] + 1,
        "deflation": trials,
    })
}

#[test]
fn published_libraries_agree() {
    let cases = [(1, 300, 252.0), (2, 300, 365.0), (3, 1_000, 252.0), (4, 95, 252.0)];
    let runs: Vec<(FullResult, f64)> = cases.map(|(seed, days, year)| (run(seed, days, year), year)).into();
    let requests: Vec<Value> = runs.iter().map(|(result, year)| request(result, *year)).collect();
    let Some(answers) = ask("returns.py", &Value::Array(requests)) else { return };
    let mut compared = 0;
    for ((result, year), answer) in runs.iter().zip(answers.as_array().unwrap()) {
        for (library, figures) in answer.as_object().unwrap() {
            for (key, theirs) in figures.as_object().unwrap() {
                let got = ours(result, *year, key).unwrap_or_else(|| panic!("{key} is undefined"));
                let theirs = theirs.as_f64().unwrap();
                let difference = (got - theirs).abs();
                assert!(difference <= TOLERANCE * theirs.abs().max(1e-3), "{key}: {got}, {library} has {theirs}");
                compared += 1;
            }
        }
    }
    eprintln!("{compared} figures compared");
    assert!(compared >= 4 * 30);
}
