//! Sweeps: find one, read one. Setting up and starting are beside; what runs them is in `work`.

mod combinations;
mod pick;
mod robustness;
mod run;
mod set_up;
mod surface;

pub(crate) use combinations::Combinations;
pub use pick::{open, save};
pub use run::run;
pub use set_up::{SetUp, set_up};
pub use surface::{Profile, Surface, SurfaceRequest, surface};

use crate::error::AppError;
use crate::pins;
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored};
use crate::view::{BatchSummary, OptimizationView, Pagination, RankedCombination};
use crate::work::receipts;
use crate::{artifact, record_keys, session, text};
use domain::heat_map::HeatMap;
use domain::ids::{OptimizationId, SessionId};
use domain::optimization::{Batch, BatchStatus};
use domain::sweep::SliceRow;
use ports::table::Consistency;
use serde_json::{Map, Value, json};

/// Combination-minutes one core evaluates in a second, cautiously: sets the length of a slice to about a second.
const COMBINATION_MINUTES_PER_SECOND: f64 = 200e6;

/// Tries of writing against other changes of the session and the version.
const WRITE_ATTEMPTS: u32 = 8;

/// Sweeps read of one session.
const SWEEPS_READ: usize = 1_000;

/// Metrics shown with every ranked combination.
const HEADLINE: [&str; 7] =
    ["totalPnl", "sharpeRatio", "tradeCount", "winRate", "profitFactor", "maxDrawdown", "maxDrawdownPercent"];

/// The caller's batch.
pub(crate) async fn find(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    optimization_id: &str,
) -> Result<Stored<Batch>, AppError> {
    let missing =
        || AppError::not_found("sweep", optimization_id, "call inspect_strategy for its sweeps, or setup_optimization");
    let id = OptimizationId::parse(optimization_id).ok_or_else(missing)?;
    records::get(desk, &record_keys::batch(&caller.tenant, session_id, &id)).await?.ok_or_else(missing)
}

/// Every sweep of a session, oldest first.
pub(crate) async fn all(desk: &Desk, caller: &Caller, session_id: &SessionId) -> Result<Vec<Batch>, AppError> {
    let partition = record_keys::in_session(&caller.tenant, session_id);
    records::list_all(desk, &partition, OptimizationId::PREFIX, SWEEPS_READ, Consistency::Eventual).await
}

const fn status_word(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Configured => "configured",
        BatchStatus::Running | BatchStatus::Cancelling => "running",
        BatchStatus::Completed => "completed",
        BatchStatus::Failed => "failed",
        BatchStatus::Cancelled => "cancelled",
    }
}

/// A sweep in brief; the counts of a running one are sums over its receipts.
pub(crate) async fn summary(desk: &Desk, caller: &Caller, batch: &Batch) -> Result<BatchSummary, AppError> {
    let (completed_count, failed_count) = match batch.status {
        BatchStatus::Running | BatchStatus::Cancelling => receipts::counts(desk, &caller.tenant, batch).await?,
        BatchStatus::Configured | BatchStatus::Completed | BatchStatus::Failed | BatchStatus::Cancelled => {
            (batch.completed_count, batch.failed_count)
        }
    };
    Ok(BatchSummary {
        optimization_id: batch.optimization_id.to_string(),
        status: status_word(batch.status).to_owned(),
        total_combinations: batch.total_combinations,
        completed_count,
        failed_count,
        cancelled_count: batch.cancelled_count,
        best_result: best(batch),
    })
}

fn best(batch: &Batch) -> Value {
    batch.best_result.as_ref().and_then(|best| serde_json::to_value(best).ok()).unwrap_or(Value::Null)
}

/// A sweep with progress, a page of its ranking, and a heat map.
///
/// # Errors
/// Not found, a page size out of range, a cursor that is not ours.
pub async fn get(
    desk: &Desk,
    caller: &Caller,
    (session_id, optimization_id): (&str, &str),
    top: u64,
    cursor: Option<&str>,
    heat_map: Option<(&str, &str)>,
) -> Result<OptimizationView, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let batch = find(desk, caller, &session.session_id, optimization_id).await?.value;
    view(desk, caller, &batch, top, cursor, heat_map).await
}

/// A sweep as shown.
pub(crate) async fn view(
    desk: &Desk,
    caller: &Caller,
    batch: &Batch,
    top: u64,
    cursor: Option<&str>,
    heat_map: Option<(&str, &str)>,
) -> Result<OptimizationView, AppError> {
    let rows = text::page_rows(top, domain::limits::PAGE_ROWS_MAX)? as u64;
    let offset = text::open_offset("ranking", cursor)?;
    let summary = summary(desk, caller, batch).await?;
    let (ranking, next_cursor) = ranking(desk, batch, offset, rows).await?;
    let done = summary.completed_count + summary.failed_count + summary.cancelled_count;
    let read = artifact::find(desk, caller, &batch.session_id, batch.artifact_id.as_str()).await.ok();
    let strategy = read.as_ref().and_then(|read| artifact::checked(desk, &read.value).ok());
    let robustness = robustness::shown(desk, caller, batch, read.as_ref().map(|read| &read.value.root)).await?;
    let synthetic = strategy.as_ref().is_some_and(|strategy| strategy.market().synthetic);
    let mut assumptions = pins::assumptions(&batch.pins, strategy.as_ref(), synthetic);
    if let Some((from, to)) = &batch.holdout_window {
        assumptions.insert("holdout".to_owned(), json!({ "share": batch.holdout, "from": from, "to": to }));
    }
    if let Some(constraint) = &batch.parameter_constraint {
        assumptions.insert("where".to_owned(), json!(constraint));
    }
    if !batch.order.constraints.is_empty() {
        assumptions.insert("constraints".to_owned(), json!(batch.order.constraints));
    }
    Ok(OptimizationView {
        progress: done as f64 / batch.total_combinations.max(1) as f64,
        batch: summary,
        artifact_id: batch.artifact_id.to_string(),
        error: batch.error.clone(),
        rank_by: batch.order.metric.clone(),
        ranked_count: batch.ranked_count,
        robustness,
        ranking,
        heat_map: shown_heat_map(desk, batch, heat_map).await?,
        assumptions,
        pagination: Pagination { next_cursor },
        app_url: desk.session_url(&batch.session_id),
    })
}

async fn ranking(
    desk: &Desk,
    batch: &Batch,
    offset: u64,
    rows: u64,
) -> Result<(Vec<RankedCombination>, Option<String>), AppError> {
    let Some(key) = &batch.ranking_key else { return Ok((Vec::new(), None)) };
    let rows = rows.min(batch.ranked_count.saturating_sub(offset));
    let page = desk.results.read_ranking(key, offset, rows).await?;
    let page = page.ok_or_else(|| AppError::internal(format!("{key}: no ranking")))?;
    let keys = &page.table.metric_keys;
    let shown: Vec<RankedCombination> = (offset + 1..)
        .zip(&page.table.rows)
        .map(|(rank, row)| RankedCombination {
            rank,
            index: row.index,
            parameters: batch.grid.values(row.index).into_iter().collect(),
            metrics: headline(keys, row, &batch.order.metric),
        })
        .collect();
    let end = offset + shown.len() as u64;
    let next = (end < batch.ranked_count && !shown.is_empty()).then(|| text::seal_cursor("ranking", &end.to_string()));
    Ok((shown, next))
}

fn headline(keys: &[String], row: &SliceRow, ranked_by: &str) -> Map<String, Value> {
    keys.iter()
        .zip(&row.metrics)
        .filter(|(key, _)| HEADLINE.contains(&key.as_str()) || *key == ranked_by)
        .map(|(key, value)| (key.clone(), value.map_or(Value::Null, Value::from)))
        .collect()
}

async fn shown_heat_map(desk: &Desk, batch: &Batch, wanted: Option<(&str, &str)>) -> Result<Option<Value>, AppError> {
    let Some(key) = &batch.heat_map_key else { return Ok(None) };
    let Some((first, second)) = wanted else { return Ok(None) };
    let bytes = desk.blobs.get(key).await?.ok_or_else(|| AppError::internal(format!("{key}: no heat maps")))?;
    let maps: Vec<HeatMap> = serde_json::from_slice(&bytes).map_err(|error| AppError::internal(error.to_string()))?;
    let matches =
        |map: &&HeatMap| (map.x_key == first && map.y_key == second) || (map.x_key == second && map.y_key == first);
    let found = maps.iter().find(matches).ok_or_else(|| {
        let keys: Vec<&str> = batch.grid.axes.iter().map(|axis| axis.key.as_str()).collect();
        AppError::invalid(
            format!("there is no heat map of `{first}` and `{second}`"),
            format!("name two different swept parameters of: {}", keys.join(", ")),
        )
    })?;
    serde_json::to_value(found).map(Some).map_err(|error| AppError::internal(error.to_string()))
}
