//! Sweeps: documents of the benchmark run; alone, swept, in any order and under a tiny cache the numbers are the same.

use crate::support::{Noise, checked, data, terms, walk};
use engine::Trial;
use serde_json::Value;
use strategy::{ParameterValue, Strategy, Study, Summary};

fn swept(name: &str) -> Strategy {
    let path = tests::repository().join("tests/strategy/corpus/valid").join(name);
    let case: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    checked(&case["document"])
}

/// Combinations that move every parameter a little, around the canonical values.
fn combinations(strategy: &Strategy, count: usize, seed: u64) -> Vec<Vec<ParameterValue>> {
    let mut noise = Noise(seed);
    let vary = |noise: &mut Noise, value: &ParameterValue| match value {
        ParameterValue::Integer(whole) => ParameterValue::Integer((whole + noise.step(3)).max(2)),
        ParameterValue::Decimal(decimal) => {
            ParameterValue::Decimal(*decimal + rust_decimal::Decimal::new(noise.below(30) as i64, 2))
        }
        ParameterValue::TimeOfDay(minutes) => ParameterValue::TimeOfDay(minutes - noise.below(90) as u16),
    };
    (0..count).map(|_| strategy.canonical_values().iter().map(|value| vary(&mut noise, value)).collect()).collect()
}

fn bits(summary: &Summary) -> Vec<(&'static str, Option<u64>)> {
    summary.metrics.values.iter().map(|(key, value)| (*key, value.map(f64::to_bits))).collect()
}

fn trial_bits(trial: &Trial) -> Vec<(&'static str, Option<u64>)> {
    trial.metrics.values.iter().map(|(key, value)| (*key, value.map(f64::to_bits))).collect()
}

fn check_sweep(name: &str) {
    let strategy = swept(name);
    let series = data(vec![walk("ES", "2024-02-26", "2024-03-15", 7)]);
    let terms = terms("2024-03-11", "2024-03-15");
    let all = combinations(&strategy, 12, 5);
    let study = Study::new(&strategy, &series, &terms).unwrap();
    let forwards: Vec<_> = all.iter().map(|values| bits(&study.summary(values).unwrap())).collect();
    let small = Study::new(&strategy, &series, &terms).unwrap().with_cache_bytes(200_000);
    let mut backwards: Vec<_> = all.iter().rev().map(|values| bits(&small.summary(values).unwrap())).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards, "{name}: order and cache");
    let combinations: Vec<&[ParameterValue]> = all.iter().map(Vec::as_slice).collect();
    let together: Vec<_> =
        study.swept(&combinations, 16).into_iter().map(|trial| trial_bits(&trial.unwrap())).collect();
    assert_eq!(forwards, together, "{name}: side by side");
    let mut trades = 0;
    for (values, swept) in all.iter().zip(&forwards) {
        let alone = Study::new(&strategy, &series, &terms).unwrap();
        let full = alone.full(values).unwrap().result;
        trades += full.trades.len();
        assert_eq!(&bits(&Summary { metrics: full.metrics, counts: full.counts }), swept, "{name}: {values:?} alone");
    }
    assert!(trades > 12, "{name}: only {trades} trades");
}

/// Every combination is in one group, no group is too large, and a grid's groups share as many values as they can.
#[test]
fn groups_share_values() {
    let strategy = swept("sweep_sma_cross.json");
    let series = data(vec![walk("ES", "2024-02-26", "2024-03-15", 7)]);
    let study = Study::new(&strategy, &series, &terms("2024-03-11", "2024-03-15")).unwrap();
    let grid: Vec<Vec<ParameterValue>> =
        (0..600).map(|place| [5 + place / 30, 60 + place % 30].map(ParameterValue::Integer).to_vec()).collect();
    for (threads, groups, values) in [(1, 1, 20 + 30), (2, 2, 20 + 15), (3, 4, 10 + 15), (8, 12, 10 + 8)] {
        let found = study.groups(&grid, threads);
        let mut all: Vec<usize> = found.iter().flatten().copied().collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..grid.len()), "{threads} threads");
        assert_eq!(found.len(), groups, "{threads} threads");
        for group in &found {
            let distinct = |parameter: usize| {
                group.iter().map(|place| grid[*place][parameter]).collect::<std::collections::BTreeSet<_>>().len()
            };
            assert!(distinct(0) + distinct(1) <= values, "{threads} threads: {} and {}", distinct(0), distinct(1));
        }
    }
    assert_eq!(study.groups(&vec![grid[0].clone(); 5], 2).len(), 2, "all alike");
    assert!(study.groups(&[], 2).iter().all(Vec::is_empty), "none");
}

#[test]
fn benchmark_documents_sweep_to_the_same_numbers() {
    check_sweep("sweep_sma_cross.json");
    check_sweep("sweep_brackets.json");
    check_sweep("sweep_heavy.json");
}

#[test]
fn the_benchmark_documents_are_the_corpus_ones() {
    for (ours, theirs) in [
        ("sweep_sma_cross.json", "sma_cross.json"),
        ("sweep_brackets.json", "brackets.json"),
        ("sweep_heavy.json", "heavy.json"),
    ] {
        let Some(shared) = tests::shared_data() else { return };
        let text = std::fs::read_to_string(shared.join("../bench/sweeps").join(theirs)).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(checked(&document["rules"]).document(), swept(ours).document(), "{theirs}");
    }
}

#[test]
fn concurrent_combinations_agree() {
    let strategy = swept("sweep_heavy.json");
    let series = data(vec![walk("ES", "2024-02-26", "2024-03-13", 9)]);
    let study = Study::new(&strategy, &series, &terms("2024-03-11", "2024-03-13")).unwrap().with_cache_bytes(2_000_000);
    let all = combinations(&strategy, 8, 11);
    let serial: Vec<_> = all.iter().map(|values| bits(&study.summary(values).unwrap())).collect();
    let study = &study;
    let threaded: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> =
            all.iter().map(|values| scope.spawn(move || bits(&study.summary(values).unwrap()))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(serial, threaded);
}
