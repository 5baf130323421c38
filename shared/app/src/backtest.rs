//! Backtests: start one, read one. A version's own run publishes into the version; a run with overrides stands alone.

mod whole;

pub use whole::{Download, Table, chart, equity, lent, list, open, parquet, trades};

use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::pins::{self, RunRequest};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::{BacktestStarted, BacktestView, Pagination};
use crate::{artifact, record_keys, session, text};
use domain::artifact::{Artifact, BacktestStatus};
use domain::backtest::{Backtest, RunPins};
use domain::ids::{BacktestId, SessionId, TenantId};
use domain::limits::{EQUITY_POINTS, TRADES_PAGE_ROWS};
use domain::operation::WorkStatus;
use domain::tables::{EquityCurve, TradeRow};
use ports::message::{Watched, Work};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub use crate::pins::RunRequest as Run;

/// What to include in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Metrics and breakdowns.
    Summary,
    /// A page of trades.
    Trades,
    /// The equity curve.
    Equity,
}

/// Tries of starting a run against other changes of the version.
const START_ATTEMPTS: u32 = 8;

/// Starts a run of a version; with parameters, window, costs or capital of its own it is a separate run.
///
/// # Errors
/// Not ready, no data, wrong overrides, work under way, not found.
pub async fn start(
    desk: &Desk,
    caller: &Caller,
    (session_id, artifact_id): (&str, &str),
    run: &RunRequest,
    parameters: &Map<String, Value>,
) -> Result<BacktestStarted, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    for _ in 0..START_ATTEMPTS {
        let read = artifact::find(desk, caller, &session.session_id, artifact_id).await?;
        let strategy = artifact::checked(desk, &read.value)?;
        place(&strategy, parameters)?;
        let own = parameters.is_empty() && run.is_empty();
        if own
            && let Some(current) = read.value.active_work.iter().find(|id| id.starts_with(BacktestId::PREFIX))
            && read.value.current_backtest_id.as_ref().map(BacktestId::as_str) == Some(current)
        {
            return already_running(desk, caller, &session.session_id, current).await;
        }
        artifact::room_for_work(&read.value)?;
        let pins = pins::pin(desk, &strategy, run).await?.pins;
        let record = new_record(desk, &read.value, own, parameters.clone(), pins);
        let origin = Origin::first(caller.tenant.clone(), session.session_id.clone());
        let backtest_id = record.backtest_id.clone();
        messages::watch(desk, &origin, Watched::Backtest { backtest_id: backtest_id.clone() }).await?;
        if begin(Transaction::new(), &caller.tenant, &read, &record, desk.now_us())?.commit(desk).await? {
            messages::send(desk, &origin, Work::Backtest { backtest_id }, 0).await?;
            return Ok(started(desk, &record));
        }
    }
    Err(AppError::conflict("the strategy is being changed by somebody else", "send the same call again"))
}

fn place(strategy: &strategy::Strategy, parameters: &Map<String, Value>) -> Result<(), AppError> {
    let overrides: BTreeMap<String, Value> = parameters.clone().into_iter().collect();
    strategy.place_values(&overrides).map(|_| ()).map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        AppError::invalid(format!("parameters: {first}"), "inspect_strategy lists the parameters with their values")
            .with_problems(problems.iter().filter_map(|problem| serde_json::to_value(problem).ok()).collect())
    })
}

async fn already_running(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    backtest_id: &str,
) -> Result<BacktestStarted, AppError> {
    Ok(started(desk, &find(desk, caller, session_id, backtest_id).await?.value))
}

fn started(desk: &Desk, record: &Backtest) -> BacktestStarted {
    BacktestStarted {
        backtest_id: record.backtest_id.to_string(),
        artifact_id: record.artifact_id.to_string(),
        backtest_status: status_word(record.status).to_owned(),
        with_overrides: !record.own,
        from: record.pins.from.clone(),
        to: record.pins.to.clone(),
        app_url: desk.session_url(&record.session_id),
    }
}

/// A new record of a run.
pub(crate) fn new_record(
    desk: &Desk,
    artifact: &Artifact,
    own: bool,
    parameters: Map<String, Value>,
    pins: RunPins,
) -> Backtest {
    let now = desk.now_us();
    Backtest {
        backtest_id: BacktestId::new(now, &desk.ids.random()),
        session_id: artifact.session_id.clone(),
        artifact_id: artifact.artifact_id.clone(),
        own,
        status: WorkStatus::Running,
        parameters,
        pins,
        result_key: None,
        result_digest: None,
        metrics: None,
        error: None,
        created_at: now,
        updated_at: now,
    }
}

/// Adds the start of a run to a transaction: the record, and the version that knows of it.
pub(crate) fn begin(
    transaction: Transaction,
    tenant: &TenantId,
    read: &Stored<Artifact>,
    record: &Backtest,
    now_us: i64,
) -> Result<Transaction, AppError> {
    let mut artifact = read.value.clone();
    mark_started(&mut artifact, record, now_us);
    transaction
        .update(read, &artifact)?
        .create(record_keys::backtest(tenant, &record.session_id, &record.backtest_id), record)
}

/// What a started run changes in its version.
pub(crate) fn mark_started(artifact: &mut Artifact, record: &Backtest, now_us: i64) {
    artifact.begin_work(record.backtest_id.as_str());
    artifact.updated_at = now_us;
    if record.own {
        let passed = artifact.backtest_status == BacktestStatus::Passed;
        artifact.previous_backtest_id = artifact.current_backtest_id.replace(record.backtest_id.clone());
        if !passed {
            artifact.previous_backtest_id = None;
            artifact.backtest_results = None;
        }
        artifact.backtest_status = BacktestStatus::Running;
        artifact.backtest_error = None;
    }
}

/// The caller's run.
pub(crate) async fn find(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    backtest_id: &str,
) -> Result<Stored<Backtest>, AppError> {
    let missing =
        || AppError::not_found("backtest", backtest_id, "call list_strategies for the backtest_id of every strategy");
    let id = BacktestId::parse(backtest_id).ok_or_else(missing)?;
    records::get(desk, &record_keys::backtest(&caller.tenant, session_id, &id)).await?.ok_or_else(missing)
}

/// The run a caller names directly or through its version.
pub(crate) async fn named(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    (artifact_id, backtest_id): (Option<&str>, Option<&str>),
) -> Result<Backtest, AppError> {
    if let Some(backtest_id) = backtest_id {
        return Ok(find(desk, caller, session_id, backtest_id).await?.value);
    }
    let Some(artifact_id) = artifact_id else {
        return Err(AppError::invalid("no backtest named", "give artifact_id or backtest_id"));
    };
    let artifact = artifact::find(desk, caller, session_id, artifact_id).await?.value;
    match &artifact.current_backtest_id {
        Some(id) => Ok(find(desk, caller, session_id, id.as_str()).await?.value),
        None => {
            let why = artifact.backtest_error.map(|error| format!(": {error}")).unwrap_or_default();
            Err(AppError::conflict(
                format!("this strategy has no backtest yet{why}"),
                "start one with backtest_existing_strategy, then wait_for_completion with task backtest",
            ))
        }
    }
}

const fn status_word(status: WorkStatus) -> &'static str {
    match status {
        WorkStatus::Running => "running",
        WorkStatus::Succeeded => "passed",
        WorkStatus::Failed => "failed",
        WorkStatus::Cancelled => "cancelled",
    }
}

/// A run with its summary, a page of trades, or the equity curve.
///
/// # Errors
/// Not found, or a cursor that is not ours.
pub async fn get(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    names: (Option<&str>, Option<&str>),
    include: Include,
    cursor: Option<&str>,
) -> Result<BacktestView, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let record = named(desk, caller, &session.session_id, names).await?;
    view(desk, caller, &record, include, cursor).await
}

/// A run as shown.
pub(crate) async fn view(
    desk: &Desk,
    caller: &Caller,
    record: &Backtest,
    include: Include,
    cursor: Option<&str>,
) -> Result<BacktestView, AppError> {
    let offset = text::open_offset("trades", cursor)?;
    let mut view = base(desk, caller, record).await?;
    let Some(folder) = &record.result_key else { return Ok(view) };
    match include {
        Include::Summary => {
            view.details = desk
                .blobs
                .get(&format!("{folder}/summary.json"))
                .await?
                .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        }
        Include::Trades => {
            let page = desk
                .results
                .read_trades(&format!("{folder}/trades.parquet"), offset, TRADES_PAGE_ROWS)
                .await?
                .ok_or_else(|| AppError::internal(format!("{folder}: no trades")))?;
            view.trades = Some(page.rows.iter().map(trade).collect());
            view.total_trades = Some(page.total);
            let end = offset + page.rows.len() as u64;
            let next_cursor = (end < page.total).then(|| text::seal_cursor("trades", &end.to_string()));
            view.pagination = Some(Pagination { next_cursor });
        }
        Include::Equity => {
            let curve = desk
                .results
                .read_equity(&format!("{folder}/equity.parquet"))
                .await?
                .ok_or_else(|| AppError::internal(format!("{folder}: no equity")))?;
            let points = downsample(&curve, EQUITY_POINTS);
            view.equity_note = Some(format!(
                "{} points of {} minute marks: the lowest and highest mark of each stretch",
                points.len(),
                curve.ts.len()
            ));
            view.equity = Some(points);
        }
    }
    Ok(view)
}

async fn base(desk: &Desk, caller: &Caller, record: &Backtest) -> Result<BacktestView, AppError> {
    let key = record_keys::artifact(&caller.tenant, &record.session_id, &record.artifact_id);
    let artifact = records::get::<Artifact>(desk, &key).await?;
    let strategy = artifact.and_then(|artifact| artifact::checked(desk, &artifact.value).ok());
    let synthetic = strategy.as_ref().is_some_and(|strategy| strategy.market().synthetic);
    Ok(BacktestView {
        backtest_id: record.backtest_id.to_string(),
        artifact_id: record.artifact_id.to_string(),
        backtest_status: status_word(record.status).to_owned(),
        backtest_error: record.error.clone(),
        metrics: record.metrics.clone(),
        details: None,
        trades: None,
        total_trades: None,
        equity: None,
        equity_note: None,
        parameter_overrides: record.parameters.clone(),
        assumptions: pins::assumptions(&record.pins, strategy.as_ref(), synthetic),
        pagination: None,
        app_url: desk.session_url(&record.session_id),
    })
}

fn trade(row: &TradeRow) -> Value {
    json!({
        "number": row.number, "side": row.side, "quantity": row.quantity,
        "entry_time": text::time(row.entry_time), "entry_price": row.entry_price,
        "exit_time": text::time(row.exit_time), "exit_price": row.exit_price,
        "exit_reason": row.exit_reason, "net": row.net, "commission": row.commission,
        "mae": row.mae, "mfe": row.mfe, "bars_held": row.bars_held,
    })
}

/// `[time, equity]` of at most so many marks.
fn downsample(curve: &EquityCurve, points: usize) -> Vec<Value> {
    let places = curve.drawable(0..curve.ts.len(), points.saturating_sub(2) / 2);
    let mark = |place: usize| Some(json!([text::time(*curve.ts.get(place)?), curve.equity.get(place)?]));
    places.into_iter().filter_map(mark).collect()
}
