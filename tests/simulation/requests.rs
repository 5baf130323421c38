//! What tenants ask for: a few strategies and sweeps, so that the calm answer of each is computed once.

use crate::demo::{axis, cross, cross_request, sweep};
use app::artifact::MakeRequest;
use app::optimization::SetUp;
use domain::grid::AxisRequest;
use serde_json::{Map, Value, json};

/// Strategies: the cross with another stop.
pub const VARIANTS: usize = 3;

/// A strategy.
pub fn variant(number: usize, backtest: bool) -> MakeRequest {
    let mut rules = cross("DEMO");
    rules["parameters"][2]["value"] = json!([8, 6, 10][number]);
    MakeRequest { rules: Some(rules), backtest, ..cross_request() }
}

/// Sweeps: of one, a few, several combinations; two axes; `where`; a holdout.
pub const SWEEPS: usize = 6;

/// A sweep that makes as many slices as a batch may have.
pub const LARGEST_SWEEP: usize = 7;

/// A sweep that makes more than one group of receipts.
pub const LARGE_SWEEP: usize = 6;

fn range(key: &str, min: f64, max: f64) -> AxisRequest {
    axis(key, min, max, 1.0)
}

pub fn sweep_request(number: usize) -> SetUp {
    match number {
        0 => sweep(vec![range("fast", 3.0, 3.0)]),
        1 => sweep(vec![range("fast", 3.0, 5.0)]),
        2 => sweep(vec![range("fast", 3.0, 4.0), axis("stop", 4.0, 8.0, 4.0)]),
        3 => SetUp {
            parameter_constraint: Some("$fast < $slow".to_owned()),
            ..sweep(vec![range("fast", 4.0, 6.0), range("slow", 5.0, 6.0)])
        },
        4 => SetUp { holdout: 0.5, ..sweep(vec![range("fast", 3.0, 6.0)]) },
        5 => sweep(vec![range("fast", 3.0, 8.0)]),
        6 => sweep(vec![range("fast", 3.0, 12.0), range("slow", 13.0, 19.0)]),
        _ => sweep(vec![range("fast", 3.0, 18.0), range("slow", 19.0, 50.0)]),
    }
}

/// A run with parameters of its own.
pub fn overrides() -> Map<String, Value> {
    Map::from_iter([("fast".to_owned(), json!(4))])
}
