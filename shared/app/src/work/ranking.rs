//! What a closed sweep leaves behind: the ranking, the heat maps, the best combination, its holdout and its robustness.

use super::study::StudyFailure;
use super::{Task, robustness, study};
use crate::error::AppError;
use crate::optimization::Combinations;
use crate::platform::Bench;
use crate::{artifact, compute, record_keys, records};
use domain::artifact::Artifact;
use domain::backtest::RunPins;
use domain::heat_map::heat_maps;
use domain::ids::random_text;
use domain::optimization::{Batch, BatchStatus, BestResult};
use domain::sweep::RankedTable;
use serde_json::{Map, Value, json};
use strategy::{Strategy, Summary};

/// Ranks the slices and writes what is shown; fills in the batch. A cancelled sweep keeps its ranking but names no best.
pub(crate) async fn write(bench: &Bench, task: &Task, ended: &mut Batch, slices: &[String]) -> Result<(), AppError> {
    let (desk, tenant) = (&bench.desk, &task.origin.tenant);
    let mut ranked = bench.ranker.rank(slices, &ended.order).await?;
    let blocks = robustness::take_blocks(&mut ranked);
    let attempt = random_text(&desk.ids.random());
    let owner = ended.optimization_id.as_str();
    let ranking_key = record_keys::result_blob(tenant, owner, &attempt, "ranking.parquet");
    desk.results.write_ranking(&ranking_key, &ranked).await?;
    let maps = heat_maps(&ended.grid, &ranked, &ended.order.metric, ended.order.descending);
    let heat_map_key = record_keys::result_blob(tenant, owner, &attempt, "heat_maps.json");
    let bytes = serde_json::to_vec(&maps).map_err(|error| AppError::internal(error.to_string()))?;
    desk.blobs.put(&heat_map_key, bytes.into()).await?;
    ended.ranked_count = ranked.ranked;
    if ended.error.is_none() {
        ended.error = first_error(&ranked);
    }
    let strategy = strategy(bench, task, ended).await?;
    let days_per_year = strategy.as_ref().map(|strategy| strategy.market().annualisation_days());
    ended.robustness = Some(robustness::of(&desk.settings, ended, &ranked, blocks, days_per_year).await?);
    if ended.status == BatchStatus::Completed {
        ended.best_result = best(bench, ended, strategy.as_ref(), &ranked).await?;
    }
    ended.ranking_key = Some(ranking_key);
    ended.heat_map_key = Some(heat_map_key);
    Ok(())
}

fn first_error(ranked: &RankedTable) -> Option<String> {
    let row = ranked.table.rows.iter().find(|row| row.error.is_some())?;
    row.error.as_ref().map(|error| format!("{} combination(s) failed; #{}: {error}", ranked.failed, row.index))
}

/// The strategy swept; `None` when its version is gone or no longer reads.
async fn strategy(bench: &Bench, task: &Task, ended: &Batch) -> Result<Option<Strategy>, AppError> {
    let key = record_keys::artifact(&task.origin.tenant, &ended.session_id, &ended.artifact_id);
    let version = records::get::<Artifact>(&bench.desk, &key).await?;
    Ok(version.and_then(|version| artifact::checked(&bench.desk, &version.value).ok()))
}

async fn best(
    bench: &Bench,
    ended: &Batch,
    strategy: Option<&Strategy>,
    ranked: &RankedTable,
) -> Result<Option<BestResult>, AppError> {
    let Some(row) = ranked.table.rows.first().filter(|_| ranked.ranked > 0) else { return Ok(None) };
    let metrics = ranked.table.metric_keys.iter().zip(&row.metrics).map(|(key, value)| (key.clone(), json!(value)));
    let holdout_metrics = match (&ended.holdout_window, strategy) {
        (Some(window), Some(strategy)) => holdout(bench, ended, strategy, window, row.index).await?,
        (None, _) | (_, None) => Value::Null,
    };
    Ok(Some(BestResult {
        index: row.index,
        parameters: ended.grid.values(row.index).into_iter().collect(),
        metrics: metrics.collect(),
        holdout_metrics,
    }))
}

/// The best combination over the days that were kept out; an object with `error` when it cannot be evaluated there.
async fn holdout(
    bench: &Bench,
    ended: &Batch,
    strategy: &Strategy,
    (from, to): &(String, String),
    index: u64,
) -> Result<Value, AppError> {
    let pins = RunPins { from: from.clone(), to: to.clone(), ..ended.pins.clone() };
    match evaluate(bench, strategy, ended, &pins, index).await {
        Ok(summary) => Ok(Value::Object(metric_map(&summary.metrics))),
        Err(StudyFailure::Final(why)) => Ok(json!({ "error": why })),
        Err(StudyFailure::Retry(error)) => Err(error),
    }
}

async fn evaluate(
    bench: &Bench,
    strategy: &Strategy,
    ended: &Batch,
    pins: &RunPins,
    index: u64,
) -> Result<Summary, StudyFailure> {
    let combinations = Combinations::new(strategy, &ended.grid, ended.parameter_constraint.as_deref())?;
    let values = combinations
        .values(&ended.grid, index)
        .ok_or_else(|| StudyFailure::Final("the best combination is not in the grid".to_owned()))?;
    let study = study::study(bench, strategy, pins, std::slice::from_ref(&values)).await?;
    let made = compute::aside(&bench.desk.settings, move || study.summary(&values)).await?;
    made.map_err(|error| StudyFailure::Final(error.to_string()))
}

/// Metrics by key, null where undefined.
pub(crate) fn metric_map(metrics: &engine::Metrics) -> Map<String, Value> {
    metrics.values.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}
