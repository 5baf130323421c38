//! Evaluating a range of combinations on every core. The rows depend neither on the number of threads nor on which
//! combinations run side by side.

use crate::optimization::Combinations;
use domain::grid::Grid;
use domain::sweep::{SliceRow, SliceTable};
use engine::Trial;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use strategy::{ParameterValue, RunError, Study};

/// Evaluates the combinations at places `[from, to)` that count, with sums over `blocks` of days; `None` when `stop` was raised on the way.
pub(crate) fn range(
    (study, blocks): (&Study, usize),
    (combinations, grid): (&Combinations, &Grid),
    (from, to): (u64, u64),
    threads: usize,
    stop: &AtomicBool,
) -> Option<SliceTable> {
    let metric_keys: Vec<String> = engine::catalogue().iter().map(|info| info.key.to_owned()).collect();
    let indices = (from..to).map(|place| grid.at(place));
    let counted = indices.filter_map(|index| Some((index, combinations.values(grid, index)?)));
    let (indices, values): (Vec<u64>, Vec<Vec<ParameterValue>>) = counted.unzip();
    let groups = study.groups(&values, threads);
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut own = Vec::new();
                while !stop.load(Ordering::Relaxed)
                    && let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let of_group = |place: &usize| Some((*indices.get(*place)?, values.get(*place)?.as_slice()));
                    let (indices, values): (Vec<u64>, Vec<_>) = group.iter().filter_map(of_group).unzip();
                    let trials = study.swept(&values, blocks);
                    own.extend(indices.iter().zip(trials).map(|(index, trial)| row(*index, trial, metric_keys.len())));
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

fn row(index: u64, trial: Result<Trial, RunError>, columns: usize) -> SliceRow {
    match trial {
        Ok(Trial { metrics, blocks, .. }) => {
            let metrics = metrics.values.iter().map(|(_, value)| *value).collect();
            SliceRow { index, metrics, blocks, error: None }
        }
        Err(error) => {
            SliceRow { index, metrics: vec![None; columns], blocks: Vec::new(), error: Some(error.to_string()) }
        }
    }
}
