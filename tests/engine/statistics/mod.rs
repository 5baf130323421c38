//! Statistics against figures worked out by hand, and against a slow recomputation from trades and equity.

mod benchmark;
mod by_hand;
mod libraries;
mod recomputed;

use crate::market_builder::RawBar;
use crate::setup::Setup;

/// Daily bars whose closes are `closes`; every second price is where a day's position is entered and left.
pub fn daily(closes: &[i64]) -> Setup {
    let bars: Vec<RawBar> = closes
        .iter()
        .enumerate()
        .map(|(day, close)| RawBar {
            day: day as i32,
            minute: 0,
            open: *close,
            high: *close,
            low: *close,
            close: *close,
            offset: 0,
            spread: 0,
        })
        .collect();
    Setup::new(&bars, 1_440, 1)
}

pub fn close_to(got: Option<f64>, expected: f64, key: &str) {
    let got = got.unwrap_or_else(|| panic!("{key} is undefined"));
    assert!((got - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{key}: {got}, expected {expected}");
}
