//! Sweeps: set one up, run it, read it. What runs it is in `work`.

use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::pins::{self, RunRequest};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::{
    BatchSummary, OptimizationConfigured, OptimizationStarted, OptimizationView, Pagination, RankedCombination,
};
use crate::work::receipts;
use crate::{artifact, record_keys, session, text};
use domain::artifact::Artifact;
use domain::grid::{AxisRequest, AxisValues, Grid, GridProblem};
use domain::heat_map::HeatMap;
use domain::ids::{OptimizationId, SessionId};
use domain::limits::{CONSTRAINTS_MAX, SLICES_MAX, SWEEP_COMBINATIONS_MAX, SWEEP_WORK_MAX, SWEEPS_PER_STRATEGY_MAX};
use domain::optimization::{Batch, BatchStatus, slice_bounds};
use domain::session::Session;
use domain::sweep::{MetricConstraint, RankOrder, SliceRow};
use engine::Better;
use ports::message::{Watched, Work};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use strategy::{ParameterConstraint, ParameterValue, Strategy};

/// Combination-minutes one core evaluates in a second, cautiously: sets the length of a slice to about a second.
const COMBINATION_MINUTES_PER_SECOND: f64 = 60e6;

/// Tries of writing against other changes of the session and the version.
const WRITE_ATTEMPTS: u32 = 8;

/// Largest share of trading days a holdout may take.
const HOLDOUT_MAX: f64 = 0.5;

/// Metrics shown with every ranked combination.
const HEADLINE: [&str; 7] =
    ["totalPnl", "sharpeRatio", "tradeCount", "winRate", "profitFactor", "maxDrawdown", "maxDrawdownPercent"];

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
    let total = count(&strategy, &grid, request.parameter_constraint.as_deref()).await?;
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

/// The parameter values of a combination: the canonical ones with the swept ones in place.
pub(crate) struct Combinations {
    canonical: Vec<ParameterValue>,
    /// Per axis: index of its parameter.
    places: Vec<usize>,
    kinds: Vec<strategy::ParameterKind>,
    constraint: Option<ParameterConstraint>,
}

impl Combinations {
    /// Prepares a grid over a strategy.
    pub(crate) fn new(strategy: &Strategy, grid: &Grid, constraint: Option<&str>) -> Result<Self, AppError> {
        let parameters = strategy.parameters();
        let place = |key: &str| parameters.iter().position(|parameter| parameter.key == key);
        let places: Option<Vec<usize>> = grid.axes.iter().map(|axis| place(&axis.key)).collect();
        let places = places.ok_or_else(|| AppError::internal("an axis without a parameter"))?;
        let kinds = places.iter().filter_map(|place| parameters.get(*place).map(|parameter| parameter.kind)).collect();
        let constraint =
            constraint.map(|text| ParameterConstraint::parse(text, strategy)).transpose().map_err(|wrong| {
                AppError::invalid(
                    format!("where: {}", wrong.message),
                    wrong.help.clone().unwrap_or_else(|| "write for example \"$fast < $slow\"".to_owned()),
                )
            })?;
        let canonical = strategy
            .place_values(&BTreeMap::new())
            .map_err(|_| AppError::internal("canonical parameters do not place"))?;
        Ok(Self { canonical, places, kinds, constraint })
    }

    /// Values of combination `index` in parameter order; `None` when the parameter constraint excludes it.
    pub(crate) fn values(&self, grid: &Grid, index: u64) -> Option<Vec<ParameterValue>> {
        let mut values = self.canonical.clone();
        let coordinates = grid.coordinates(index);
        for ((axis, coordinate), (place, kind)) in
            grid.axes.iter().zip(coordinates).zip(self.places.iter().zip(&self.kinds))
        {
            let value = ParameterValue::parse(&axis.values.value(coordinate), *kind).ok()?;
            *values.get_mut(*place)? = value;
        }
        self.constraint.as_ref().is_none_or(|constraint| constraint.holds(&values)).then_some(values)
    }

    /// The canonical values, and those with every axis at its smallest and at its largest: what a study needs history for.
    pub(crate) fn extremes(&self, grid: &Grid) -> Vec<Vec<ParameterValue>> {
        let mut extremes = vec![self.canonical.clone(), self.canonical.clone(), self.canonical.clone()];
        for (axis, (place, kind)) in grid.axes.iter().zip(self.places.iter().zip(&self.kinds)) {
            let looked_at = match &axis.values {
                AxisValues::List { values } => (0..values.len() as u64).collect(),
                // Ascending: the extremes are the ends.
                AxisValues::Range { count, .. } | AxisValues::Clock { count, .. } => vec![0, count.saturating_sub(1)],
            };
            let parsed = looked_at.into_iter().map(|at| ParameterValue::parse(&axis.values.value(at), *kind));
            let values: Vec<ParameterValue> = parsed.filter_map(Result::ok).collect();
            for (combination, end) in extremes.iter_mut().skip(1).zip([values.iter().min(), values.iter().max()]) {
                if let (Some(value), Some(end)) = (combination.get_mut(*place), end) {
                    *value = *end;
                }
            }
        }
        extremes
    }

    /// Grid indices that count, ascending.
    pub(crate) fn counted<'a>(&'a self, grid: &'a Grid) -> impl Iterator<Item = u64> + 'a {
        let all = self.constraint.is_none();
        (0..grid.points().unwrap_or(0)).filter(move |index| all || self.values(grid, *index).is_some())
    }
}

/// Enumerates a grid off the threads that serve requests: it may have millions of points.
async fn enumerate<T: Send + 'static>(
    combinations: Combinations,
    grid: &Grid,
    look: impl FnOnce(&Combinations, &Grid) -> T + Send + 'static,
) -> Result<T, AppError> {
    let grid = grid.clone();
    let looked = tokio::task::spawn_blocking(move || look(&combinations, &grid)).await;
    looked.map_err(|panic| AppError::internal(panic.to_string()))
}

async fn count(strategy: &Strategy, grid: &Grid, constraint: Option<&str>) -> Result<u64, AppError> {
    let combinations = Combinations::new(strategy, grid, constraint)?;
    let total = enumerate(combinations, grid, |combinations, grid| combinations.counted(grid).count() as u64).await?;
    if total == 0 {
        return Err(AppError::invalid(
            "no combination satisfies `where`",
            "relax `where` or widen the ranges so that at least one combination is left",
        ));
    }
    if total > SWEEP_COMBINATIONS_MAX {
        return Err(AppError::limit(
            "SWEEP_COMBINATIONS_MAX",
            SWEEP_COMBINATIONS_MAX,
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
    let work = total.saturating_mul(minutes);
    if work > SWEEP_WORK_MAX {
        return Err(AppError::limit(
            "SWEEP_WORK_MAX",
            SWEEP_WORK_MAX,
            format!("{total} combinations × {minutes} minutes = {work} combination-minutes"),
            "use a shorter window or fewer combinations",
        ));
    }
    let seconds = work as f64 * strategy.cost_class() / COMBINATION_MINUTES_PER_SECOND;
    let mut estimate = Map::new();
    estimate.insert("combinations".to_owned(), json!(total));
    estimate.insert("minutes_per_combination".to_owned(), json!(minutes));
    estimate.insert("core_seconds".to_owned(), json!((seconds * 10.0).ceil() / 10.0));
    estimate.insert("limit_combinations".to_owned(), json!(SWEEP_COMBINATIONS_MAX));
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
        ranked_count: 0,
        ranking_key: None,
        heat_map_key: None,
        error: None,
        created_at: desk.now_us(),
        started_at: None,
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

/// Starts a sweep. Starting one that runs or has ended answers with what it is.
///
/// # Errors
/// Another sweep runs in the session, not found.
pub async fn run(
    desk: &Desk,
    caller: &Caller,
    (session_id, artifact_id): (&str, &str),
    optimization_id: &str,
) -> Result<OptimizationStarted, AppError> {
    let session_id = session::find(desk, caller, session_id).await?.value.session_id;
    let origin = Origin::first(caller.tenant.clone(), session_id.clone());
    for attempt in 0..WRITE_ATTEMPTS {
        let batch = find(desk, caller, &session_id, optimization_id).await?;
        if batch.value.artifact_id.as_str() != artifact_id {
            return Err(AppError::not_found(
                "sweep of this strategy",
                optimization_id,
                "check artifact_id and optimization_id",
            ));
        }
        if batch.value.status != BatchStatus::Configured {
            return Ok(started(desk, &batch.value));
        }
        let read = artifact::find(desk, caller, &session_id, artifact_id).await?;
        let session = session::find(desk, caller, session_id.as_str()).await?;
        let optimization_id = batch.value.optimization_id.clone();
        let running = running(desk, &batch.value, &read.value).await?;
        let transaction = take_slot(desk, caller, (&session, &read, &batch), &running).await?;
        if attempt == 0 {
            messages::watch(desk, &origin, Watched::Batch { optimization_id: optimization_id.clone() }).await?;
        }
        if transaction.commit(desk).await? {
            messages::send(desk, &origin, Work::Start { optimization_id }, 0).await?;
            return Ok(started(desk, &running));
        }
    }
    Err(AppError::conflict("the session is being changed by somebody else", "send the same call again"))
}

fn started(desk: &Desk, batch: &Batch) -> OptimizationStarted {
    OptimizationStarted {
        optimization_id: batch.optimization_id.to_string(),
        status: status_word(batch.status).to_owned(),
        total_combinations: batch.total_combinations,
        slices: batch.slice_count(),
        app_url: desk.session_url(&batch.session_id),
    }
}

/// The batch as it runs: everything a slice needs is frozen into it.
async fn running(desk: &Desk, batch: &Batch, artifact: &Artifact) -> Result<Batch, AppError> {
    if batch.pins.engine_version != engine::ENGINE_VERSION {
        return Err(AppError::invalid(
            "the engine was upgraded after this sweep was set up",
            "set it up again with setup_optimization, then run that one",
        ));
    }
    artifact::room_for_work(artifact)?;
    let strategy = artifact::checked(desk, artifact)?;
    let combinations = Combinations::new(&strategy, &batch.grid, batch.parameter_constraint.as_deref())?;
    let per_second = COMBINATION_MINUTES_PER_SECOND * desk.settings.threads as f64;
    let per_slice = per_second / (batch.minutes.max(1) as f64 * strategy.cost_class());
    let (points, total) = (batch.grid.points().unwrap_or(0), batch.total_combinations);
    let bounds = move |combinations: &Combinations, grid: &Grid| {
        slice_bounds(combinations.counted(grid), total, points, per_slice.max(1.0) as u64)
    };
    let mut running = batch.clone();
    running.status = BatchStatus::Running;
    running.started_at = Some(desk.now_us());
    running.slice_bounds = enumerate(combinations, &batch.grid, bounds).await?;
    if running.slice_count() as u64 > SLICES_MAX || running.slice_count() == 0 {
        return Err(AppError::internal("slices out of range"));
    }
    Ok(running)
}

async fn take_slot(
    desk: &Desk,
    caller: &Caller,
    (session, artifact, batch): (&Stored<Session>, &Stored<Artifact>, &Stored<Batch>),
    running: &Batch,
) -> Result<Transaction, AppError> {
    let mut held = session.value.clone();
    let holder = match &held.running_batch {
        Some(holder) => {
            let key = record_keys::batch(&caller.tenant, &held.session_id, holder);
            let other = records::get::<Batch>(desk, &key).await?;
            other.is_none_or(|other| other.value.status.is_final()).then(|| holder.clone())
        }
        None => None,
    };
    held.take_slot(&running.optimization_id, holder.as_ref()).map_err(|holder| {
        AppError::conflict(
            format!("sweep `{holder}` is running in this session; one runs at a time"),
            "wait for it (wait_for_completion, task optimization) or stop it (cancel_task), then run this one",
        )
    })?;
    held.updated_at = desk.now_us();
    let mut version = artifact.value.clone();
    version.begin_work(running.optimization_id.as_str());
    Transaction::new().update(session, &held)?.update(artifact, &version)?.update(batch, running)
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
    let strategy = read.and_then(|read| artifact::checked(desk, &read.value).ok());
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
