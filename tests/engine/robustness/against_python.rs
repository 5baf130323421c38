//! Deflated Sharpe ratio and probability of overfitting against a second implementation, in Python, from the papers.

use super::returns;
use crate::peers::ask;
use engine::robustness::{BlockSum, Deflation, block_days, block_sums, probability_of_overfitting};
use serde_json::json;

#[test]
fn equals_the_papers_in_python() {
    let sweeps: Vec<Vec<Vec<f64>>> =
        [(11, 60, 200, 0.0), (12, 40, 333, 0.0001), (13, 7, 171, 0.0), (14, 33, 252, 0.001)]
            .map(|(seed, trials, days, skill)| returns(seed, trials, days, skill))
            .into();
    let deflations =
        [(0.1, 0.002, 252, -0.5, 5.0, 1_000), (-0.02, 0.01, 1_260, 0.3, 3.5, 2), (0.3, 0.0, 30, 1.0, 9.0, 77)].map(
            |(sharpe, variance, days, skew, kurtosis, trials)| {
                (Deflation { sharpe, variance, days, skew, kurtosis }, trials)
            },
        );
    let request = json!({ "sweeps": sweeps, "blocks": 16, "deflations": deflations });
    let Some(answer) = ask("robustness.py", &request) else { return };
    for (returns, expected) in sweeps.iter().zip(answer["pbo"].as_array().unwrap()) {
        let sums: Vec<Vec<BlockSum>> = returns.iter().map(|returns| block_sums(returns, 16)).collect();
        let trials: Vec<&[BlockSum]> = sums.iter().map(Vec::as_slice).collect();
        let got = probability_of_overfitting(&block_days(returns[0].len(), 16), &trials).unwrap();
        assert!((got - expected.as_f64().unwrap()).abs() < 1e-12, "{got}, expected {expected}");
    }
    for ((deflation, trials), expected) in deflations.iter().zip(answer["deflated"].as_array().unwrap()) {
        let got = deflation.deflated_sharpe(*trials).unwrap();
        assert!((got - expected.as_f64().unwrap()).abs() < 1e-12, "{deflation:?}: {got}, expected {expected}");
    }
}
