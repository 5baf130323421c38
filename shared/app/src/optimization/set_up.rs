//! Setting up a sweep: every check, the count, the estimate, the pins. Nothing runs yet.

use super::combinations::{Combinations, enumerate};
use super::{COMBINATION_MINUTES_PER_SECOND, WRITE_ATTEMPTS};
use crate::error::AppError;
use crate::pins::{self, RunRequest};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::OptimizationConfigured;
use crate::{artifact, record_keys, reservations, session, text};
use domain::artifact::Artifact;
use domain::grid::{AxisRequest, AxisValues, Grid, GridProblem};
use domain::ids::OptimizationId;
use domain::limits::{CONSTRAINTS_MAX, SWEEPS_PER_STRATEGY_MAX};
use domain::optimization::{Batch, BatchStatus};
use domain::sweep::{MetricConstraint, RankOrder};
use engine::Better;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use strategy::{ParameterValue, Strategy};

/// Largest share of trading days a holdout may take.
const HOLDOUT_MAX: f64 = 0.5;

/// A request to set up a sweep.
#[derive(Debug, Clone, Default)]
pub struct SetUp {
    /// The axes.
    pub axes: Vec<AxisRequest>,
    /// Constraint on parameters, for example `$fast < $slow`.
    pub parameter_constraint: Option<String>,
    /// Metric to rank by.
    pub rank_by: String,
    /// Constraints on metrics.
    pub constraints: Vec<MetricConstraint>,
    /// Window, costs, capital.
    pub run: RunRequest,
    /// Share of trading days kept out at the end.
    pub holdout: f64,
}

/// Sets up a sweep: validates, counts, estimates, pins. Nothing runs.
///
/// # Errors
/// Every problem of the grid, a limit, no data, not found.
pub async fn set_up(
    desk: &Desk,
    caller: &Caller,
    (session_id, artifact_id): (&str, &str),
    request: &SetUp,
) -> Result<OptimizationConfigured, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let read = artifact::find(desk, caller, &session.session_id, artifact_id).await?;
    let strategy = artifact::checked(desk, &read.value)?;
    let grid = Grid::read(&request.axes).map_err(|problems| grid_error(&problems))?;
    check_values(&strategy, &grid)?;
    let order = order(request)?;
    let total = count(desk, &strategy, &grid, request.parameter_constraint.as_deref()).await?;
    let (batch, estimate) = configured(desk, &read.value, &strategy, request, (grid, order, total)).await?;
    write_configured(desk, caller, read, &batch).await?;
    Ok(OptimizationConfigured {
        optimization_id: batch.optimization_id.to_string(),
        status: text::word(&batch.status),
        total_combinations: batch.total_combinations,
        estimate,
        assumptions: pins::assumptions(&batch.pins, Some(&strategy), strategy.market().synthetic),
        app_url: desk.session_url(&session.session_id),
    })
}

fn grid_error(problems: &[GridProblem]) -> AppError {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    let listed = problems.iter().map(|problem| json!({ "parameter": problem.key, "message": problem.message }));
    AppError::invalid(
        format!("the grid has {} problem(s); first: {first}", problems.len()),
        "mend every listed problem",
    )
    .with_problems(listed.collect())
    .with_example(json!({ "parameters": [{ "key": "stop", "min": 10, "max": 50, "step": 5 }] }))
}

/// Checks every axis against the parameter it names: its key, and the type of its values.
fn check_values(strategy: &Strategy, grid: &Grid) -> Result<(), AppError> {
    let mut problems = Vec::new();
    for axis in &grid.axes {
        let Some(parameter) = strategy.parameters().iter().find(|parameter| parameter.key == axis.key) else {
            let known: Vec<&str> = strategy.parameters().iter().map(|parameter| parameter.key.as_str()).collect();
            let message = format!("is not a parameter of this strategy; it has: {}", known.join(", "));
            problems.push(GridProblem { key: axis.key.clone(), message });
            continue;
        };
        let ends = [0, axis.values.count().min(2) - 1, axis.values.count() - 1];
        let listed = 0..axis.values.count();
        let looked_at: Vec<u64> = match axis.values {
            AxisValues::List { .. } => listed.collect(),
            AxisValues::Range { .. } | AxisValues::Clock { .. } => ends.to_vec(),
        };
        for place in looked_at {
            let value = axis.values.value(place);
            let overrides = BTreeMap::from([(axis.key.clone(), value.clone())]);
            let wrong = ParameterValue::parse(&value, parameter.kind).err().or_else(|| {
                strategy.place_values(&overrides).err().and_then(|found| found.first().map(|one| one.message.clone()))
            });
            if let Some(message) = wrong {
                problems.push(GridProblem { key: axis.key.clone(), message: format!("value {value}: {message}") });
                break;
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(grid_error(&problems)) }
}

fn order(request: &SetUp) -> Result<RankOrder, AppError> {
    if request.constraints.len() > CONSTRAINTS_MAX {
        let used = request.constraints.len();
        return Err(AppError::limit("CONSTRAINTS_MAX", CONSTRAINTS_MAX, used, "use fewer constraints"));
    }
    let rankable: Vec<&str> = engine::catalogue().iter().filter(|info| info.rankable).map(|info| info.key).collect();
    let known = engine::catalogue().iter().find(|info| info.key == request.rank_by && info.rankable);
    let Some(info) = known else {
        let listed = rankable.join(", ");
        return Err(AppError::invalid(
            format!("`{}` cannot be ranked by", request.rank_by),
            format!("rank by one of: {listed}"),
        ));
    };
    for constraint in &request.constraints {
        if !engine::catalogue().iter().any(|info| info.key == constraint.metric) {
            let keys: Vec<&str> = engine::catalogue().iter().map(|info| info.key).collect();
            return Err(AppError::invalid(
                format!("constraint on unknown metric `{}`", constraint.metric),
                format!("use one of: {}", keys.join(", ")),
            ));
        }
        if !constraint.value.is_finite() {
            return Err(AppError::invalid("a constraint's value is not a number", "give a finite number"));
        }
    }
    Ok(RankOrder {
        metric: request.rank_by.clone(),
        descending: info.better != Better::Lower,
        constraints: request.constraints.clone(),
    })
}

async fn count(desk: &Desk, strategy: &Strategy, grid: &Grid, constraint: Option<&str>) -> Result<u64, AppError> {
    let combinations = Combinations::new(strategy, grid, constraint)?;
    let counted = |combinations: &Combinations, grid: &Grid| combinations.counted(grid).count() as u64;
    let total = enumerate(&desk.settings, combinations, grid, counted).await?;
    if total == 0 {
        return Err(AppError::invalid(
            "no combination satisfies `where`",
            "relax `where` or widen the ranges so that at least one combination is left",
        ));
    }
    let most = desk.settings.limits.sweep_combinations_max;
    if total > most {
        return Err(AppError::limit(
            "SWEEP_COMBINATIONS_MAX",
            most,
            format!("a sweep of {total} combinations"),
            "use larger steps, fewer parameters, or a stricter `where`",
        ));
    }
    Ok(total)
}

async fn configured(
    desk: &Desk,
    artifact: &Artifact,
    strategy: &Strategy,
    request: &SetUp,
    (grid, order, total): (Grid, RankOrder, u64),
) -> Result<(Batch, Map<String, Value>), AppError> {
    if !(0.0..=HOLDOUT_MAX).contains(&request.holdout) {
        return Err(AppError::invalid(
            format!("holdout {} is out of range", request.holdout),
            format!("give a share of the trading days from 0 to {HOLDOUT_MAX}"),
        ));
    }
    let pinned = pins::pin(desk, strategy, &request.run).await?;
    let mut run = pinned.pins;
    let holdout_window = pins::split_holdout(&pinned.manifest, &mut run, request.holdout)?;
    let minutes = pins::estimated_minutes(&pinned.manifest, &run, strategy)?;
    let work = reservations::check_alone(&desk.settings.limits, total, minutes)?;
    let seconds = work as f64 * strategy.cost_class() / COMBINATION_MINUTES_PER_SECOND;
    let mut estimate = Map::new();
    estimate.insert("combinations".to_owned(), json!(total));
    estimate.insert("minutes_per_combination".to_owned(), json!(minutes));
    estimate.insert("core_seconds".to_owned(), json!((seconds * 10.0).ceil() / 10.0));
    estimate.insert("limit_combinations".to_owned(), json!(desk.settings.limits.sweep_combinations_max));
    let batch = Batch {
        optimization_id: OptimizationId::new(desk.now_us(), &desk.ids.random()),
        session_id: artifact.session_id.clone(),
        artifact_id: artifact.artifact_id.clone(),
        status: BatchStatus::Configured,
        grid,
        parameter_constraint: request.parameter_constraint.clone(),
        order,
        holdout: request.holdout,
        holdout_window,
        pins: run,
        total_combinations: total,
        minutes,
        slice_bounds: Vec::new(),
        completed_count: 0,
        failed_count: 0,
        cancelled_count: 0,
        best_result: None,
        robustness: None,
        ranked_count: 0,
        ranking_key: None,
        heat_map_key: None,
        error: None,
        created_at: desk.now_us(),
        started_at: None,
        repaired_at: None,
        ended_at: None,
    };
    Ok((batch, estimate))
}

/// Writes the batch and names it in its version, both or neither.
async fn write_configured(
    desk: &Desk,
    caller: &Caller,
    mut read: Stored<Artifact>,
    batch: &Batch,
) -> Result<(), AppError> {
    let key = record_keys::batch(&caller.tenant, &batch.session_id, &batch.optimization_id);
    for _ in 0..WRITE_ATTEMPTS {
        let mut version = read.value.clone();
        let used = version.optimizations.len() + 1;
        if used > SWEEPS_PER_STRATEGY_MAX {
            let next = "make a new version with update_strategy and sweep that";
            return Err(AppError::limit("SWEEPS_PER_STRATEGY_MAX", SWEEPS_PER_STRATEGY_MAX, used, next));
        }
        version.optimizations.push(batch.optimization_id.clone());
        if Transaction::new().update(&read, &version)?.create(key.clone(), batch)?.commit(desk).await? {
            return Ok(());
        }
        read = artifact::find(desk, caller, &batch.session_id, batch.artifact_id.as_str()).await?;
    }
    Err(records::contention(&key))
}
