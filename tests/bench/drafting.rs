//! How long the grammar takes for 1,000 descriptions of the corpus: `tests/bench/run --drafting`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use drafter::grammar::{Surroundings, describe};
use market::{Catalogue, TradingDate};
use serde_json::Value;
use std::time::Instant;

/// Descriptions of one measurement.
const COUNT: usize = 1_000;

fn main() {
    let lines = include_str!("../drafter/descriptions.jsonl").lines();
    let texts: Vec<String> =
        lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned()).collect();
    let catalogue = Catalogue::builtin();
    let around = Surroundings::new(&catalogue, &|_| None, &[], TradingDate::from_ymd(2026, 11, 21).unwrap());
    for _ in 0..3 {
        let start = Instant::now();
        let drafted = texts.iter().cycle().take(COUNT).filter(|text| describe(text, &around).is_ok()).count();
        println!("{COUNT} descriptions in {:.2} s, {drafted} of them drafted", start.elapsed().as_secs_f64());
    }
}
