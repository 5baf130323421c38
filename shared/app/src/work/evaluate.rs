//! Evaluating a range of combinations on every core. The rows do not depend on the number of threads.

use crate::optimization::Combinations;
use domain::grid::Grid;
use domain::sweep::{SliceRow, SliceTable};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use strategy::{ParameterValue, Study};

/// Evaluates the combinations of `[from, to)` that count; `None` when `stop` was raised on the way.
pub(crate) fn range(
    study: &Study,
    (combinations, grid): (&Combinations, &Grid),
    (from, to): (u64, u64),
    threads: usize,
    stop: &AtomicBool,
) -> Option<SliceTable> {
    let metric_keys: Vec<String> = engine::catalogue().iter().map(|info| info.key.to_owned()).collect();
    let next = AtomicU64::new(from);
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut own = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= to {
                        break;
                    }
                    if let Some(values) = combinations.values(grid, index) {
                        own.push(row(study, index, &values, metric_keys.len()));
                    }
                }
                rows.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
            });
        }
    });
    if stop.load(Ordering::Relaxed) {
        return None;
    }
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|row: &SliceRow| row.index);
    Some(SliceTable { metric_keys, rows })
}

fn row(study: &Study, index: u64, values: &[ParameterValue], columns: usize) -> SliceRow {
    match study.summary(values) {
        Ok(summary) => {
            let metrics = summary.metrics.values.iter().map(|(_, value)| *value).collect();
            SliceRow { index, metrics, error: None }
        }
        Err(error) => SliceRow { index, metrics: vec![None; columns], error: Some(error.to_string()) },
    }
}
