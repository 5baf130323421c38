//! How much of a sweep's best result is selection, from the rows of its slices. What the figures mean is the engine's.

use crate::compute;
use crate::error::AppError;
use crate::platform::Settings;
use domain::optimization::{Batch, BatchStatus, Robustness};
use domain::sweep::{BlockSum, RankedTable, SliceRow};
use engine::robustness::{Deflation, block_days, plateau, probability_of_overfitting, variance_of_trials};
use std::collections::BTreeSet;

/// Takes the sums of every evaluated combination out of a ranking, in grid order: nothing that is shown needs them.
pub(super) fn take_blocks(ranked: &mut RankedTable) -> Vec<Vec<BlockSum>> {
    let evaluated = ranked.table.rows.iter_mut().filter(|row| row.error.is_none());
    let mut trials: Vec<(u64, Vec<BlockSum>)> =
        evaluated.map(|row| (row.index, std::mem::take(&mut row.blocks))).collect();
    trials.sort_by_key(|(index, _)| *index);
    trials.into_iter().map(|(_, blocks)| blocks).collect()
}

/// The figures of a completed sweep, whose best is the first row; of one without a best the trials alone.
pub(super) async fn of(
    settings: &Settings,
    batch: &Batch,
    ranked: &RankedTable,
    blocks: Vec<Vec<BlockSum>>,
    days_per_year: Option<f64>,
) -> Result<Robustness, AppError> {
    let sharpe_ratios: Vec<f64> =
        ranked.table.rows.iter().filter_map(|row| metric(ranked, row, "sharpeRatio")).collect();
    let mut found = Robustness {
        trials: sharpe_ratios.len() as u64,
        deflation: None,
        overfitting: None,
        plateau: None,
        edges: Vec::new(),
    };
    let has_best = ranked.ranked > 0 && batch.status == BatchStatus::Completed;
    let Some(best) = ranked.table.rows.first().filter(|_| has_best) else { return Ok(found) };
    found.deflation = days_per_year.and_then(|days_per_year| deflation(ranked, best, &sharpe_ratios, days_per_year));
    found.plateau = surroundings(batch, ranked, best);
    found.edges = batch.grid.edges(best.index);
    let days = metric(ranked, best, "tradingDays").map_or(0, |days| days as usize);
    found.overfitting = compute::aside(settings, move || {
        let lengths = block_days(days, blocks.first().map_or(0, Vec::len));
        probability_of_overfitting(&lengths, &blocks.iter().map(Vec::as_slice).collect::<Vec<_>>())
    })
    .await?;
    Ok(found)
}

fn metric(ranked: &RankedTable, row: &SliceRow, key: &str) -> Option<f64> {
    let column = ranked.table.metric_keys.iter().position(|known| known == key)?;
    row.metrics.get(column).copied().flatten()
}

fn deflation(ranked: &RankedTable, best: &SliceRow, sharpe_ratios: &[f64], days_per_year: f64) -> Option<Deflation> {
    Some(Deflation {
        sharpe: metric(ranked, best, "sharpeRatio")? / days_per_year.sqrt(),
        variance: variance_of_trials(sharpe_ratios)? / days_per_year,
        days: metric(ranked, best, "tradingDays")? as u64,
        skew: metric(ranked, best, "skew")?,
        kurtosis: metric(ranked, best, "kurtosis")?,
    })
}

/// The plateau score of the best among the combinations one step away.
fn surroundings(batch: &Batch, ranked: &RankedTable, best: &SliceRow) -> Option<f64> {
    let order = &batch.order;
    let wanted: BTreeSet<u64> = batch.grid.neighbours(best.index).into_iter().collect();
    let beside = ranked.table.rows.iter().filter(|row| wanted.contains(&row.index));
    let values: Vec<f64> = beside.filter_map(|row| metric(ranked, row, &order.metric)).collect();
    plateau(metric(ranked, best, &order.metric)?, &values, order.descending)
}
