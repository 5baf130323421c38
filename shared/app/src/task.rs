//! Waiting for work and cancelling it, whichever kind it is.

use crate::artifact;
use crate::backtest::{self, Include};
use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::optimization;
use crate::platform::{Caller, Desk};
use crate::records::{self, Transaction};
use crate::view::{CancelOutcome, WaitOutcome};
use crate::{record_keys, session};
use domain::artifact::{Artifact, BacktestStatus};
use domain::backtest::Backtest;
use domain::ids::{OperationId, SessionId, random_text};
use domain::limits::{WAIT_MARGIN_SECONDS, WAIT_SECONDS_MAX, WAITS_AT_ONCE_MAX};
use domain::operation::{Operation, StrategySource, WorkStatus};
use domain::optimization::{Batch, BatchStatus};
use ports::message::Work;
use ports::table::{Change, Condition};
use serde_json::json;
use std::time::Duration;

/// First pause between two looks; it grows to [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_millis(60);

/// Longest pause between two looks.
const PAUSE_MAX: Duration = Duration::from_millis(1500);

/// Seconds after which a caller without a wait place should ask again.
const POLL_AFTER_SECONDS: u64 = 5;

/// Rows of the ranking in a finished wait.
const TOP_SHOWN: u64 = 5;

/// Kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Making a strategy version (and the backtest that follows it).
    StrategyOp,
    /// One backtest.
    Backtest,
    /// One sweep.
    Optimization,
}

impl TaskKind {
    /// The word used in tools.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StrategyOp => "strategy_op",
            Self::Backtest => "backtest",
            Self::Optimization => "optimization",
        }
    }
}

/// The ids a task can be named by.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskIds<'a> {
    /// Operation, for `strategy_op`.
    pub operation_id: Option<&'a str>,
    /// Version, for `backtest` (its own run) and as a check for `optimization`.
    pub artifact_id: Option<&'a str>,
    /// Run, for `backtest`.
    pub backtest_id: Option<&'a str>,
    /// Sweep, for `optimization`; without it the session's running sweep is meant.
    pub optimization_id: Option<&'a str>,
}

/// Waits until the work ends or the time is over.
///
/// # Errors
/// Not found, missing ids, a timeout out of range.
pub async fn wait(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    (kind, ids): (TaskKind, TaskIds<'_>),
    timeout_seconds: u64,
) -> Result<WaitOutcome, AppError> {
    if timeout_seconds > WAIT_SECONDS_MAX {
        let next = "wait again when it times out: a timed_out wait is not a failure";
        return Err(AppError::limit("WAIT_SECONDS_MAX", WAIT_SECONDS_MAX, timeout_seconds, next));
    }
    let session_id = session::find(desk, caller, session_id).await?.value.session_id;
    let subject = Subject::find(desk, caller, &session_id, kind, ids).await?;
    let first = look(desk, caller, &session_id, &subject).await?;
    if timeout_seconds == 0 || first.status != RUNNING {
        return Ok(timed_out(first));
    }
    let Some(place) = lease(desk, caller, timeout_seconds).await? else {
        let status = "busy".to_owned();
        return Ok(WaitOutcome { status, poll_after_seconds: Some(POLL_AFTER_SECONDS), ..first });
    };
    let outcome = poll(desk, caller, (&session_id, &subject), first, timeout_seconds).await;
    release(desk, caller, place).await;
    outcome.map(timed_out)
}

const RUNNING: &str = "running";

fn timed_out(outcome: WaitOutcome) -> WaitOutcome {
    if outcome.status == RUNNING {
        WaitOutcome { status: "timed_out".to_owned(), poll_after_seconds: Some(1), ..outcome }
    } else {
        outcome
    }
}

async fn poll(
    desk: &Desk,
    caller: &Caller,
    (session_id, subject): (&SessionId, &Subject),
    mut outcome: WaitOutcome,
    timeout_seconds: u64,
) -> Result<WaitOutcome, AppError> {
    let seconds = timeout_seconds.min(WAIT_SECONDS_MAX - WAIT_MARGIN_SECONDS);
    let until = desk.now_us() + i64::try_from(seconds).unwrap_or(0) * 1_000_000;
    let mut pause = PAUSE_MIN;
    while outcome.status == RUNNING {
        let left = Duration::from_micros(u64::try_from(until - desk.now_us()).unwrap_or(0));
        if left.is_zero() {
            break;
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 3 / 2).min(PAUSE_MAX);
        outcome = look(desk, caller, session_id, subject).await?;
    }
    Ok(outcome)
}

/// A taken place among the waits of a tenant.
struct Place {
    number: usize,
    token: String,
}

/// Takes one of the tenant's places for as long as the wait lasts.
async fn lease(desk: &Desk, caller: &Caller, seconds: u64) -> Result<Option<Place>, AppError> {
    let token = random_text(&desk.ids.random());
    for number in 0..WAITS_AT_ONCE_MAX {
        let key = record_keys::wait_lease(&caller.tenant, number);
        let now_seconds = desk.now_us() / 1_000_000;
        let condition = match desk.table.get(&key).await? {
            Some(record) if record.expires_at.is_some_and(|until| until > now_seconds) => continue,
            Some(record) => Condition::VersionIs(record.version),
            None => Condition::Absent,
        };
        let expires_at = Some(now_seconds + i64::try_from(seconds).unwrap_or(0) + 1);
        let body = json!({ "token": token });
        let taken = Transaction::new().with(Change::Put { key, condition, expires_at, body }).commit(desk).await?;
        if taken {
            return Ok(Some(Place { number, token }));
        }
    }
    Ok(None)
}

/// Gives the place back; one that cannot be given back expires.
async fn release(desk: &Desk, caller: &Caller, place: Place) {
    let key = record_keys::wait_lease(&caller.tenant, place.number);
    if let Ok(Some(record)) = desk.table.get(&key).await
        && record.body.get("token").and_then(serde_json::Value::as_str) == Some(&place.token)
    {
        let change = Change::Delete { key, condition: Condition::VersionIs(record.version) };
        if let Err(error) = Transaction::new().with(change).commit(desk).await {
            tracing::debug!(error = %error, "a wait's place expires by itself");
        }
    }
}

/// What is waited for or cancelled.
enum Subject {
    Operation(OperationId),
    Backtest(domain::ids::BacktestId),
    Batch(domain::ids::OptimizationId),
}

impl Subject {
    async fn find(
        desk: &Desk,
        caller: &Caller,
        session_id: &SessionId,
        kind: TaskKind,
        ids: TaskIds<'_>,
    ) -> Result<Self, AppError> {
        match kind {
            TaskKind::StrategyOp => {
                let id = ids.operation_id.ok_or_else(|| {
                    AppError::invalid("task strategy_op needs operation_id", "use the one create_strategy returned")
                })?;
                Ok(Self::Operation(operation(desk, caller, session_id, id).await?.operation_id))
            }
            TaskKind::Backtest => {
                let run = backtest::named(desk, caller, session_id, (ids.artifact_id, ids.backtest_id)).await?;
                Ok(Self::Backtest(run.backtest_id))
            }
            TaskKind::Optimization => {
                let id = match ids.optimization_id {
                    Some(id) => id.to_owned(),
                    None => running_sweep(desk, caller, session_id).await?,
                };
                Ok(Self::Batch(optimization::find(desk, caller, session_id, &id).await?.value.optimization_id))
            }
        }
    }
}

async fn running_sweep(desk: &Desk, caller: &Caller, session_id: &SessionId) -> Result<String, AppError> {
    let session = session::find(desk, caller, session_id.as_str()).await?.value;
    session.running_batch.map(|id| id.to_string()).ok_or_else(|| {
        AppError::invalid("no sweep runs in this session", "give optimization_id, or start one with run_optimization")
    })
}

async fn operation(desk: &Desk, caller: &Caller, session_id: &SessionId, id: &str) -> Result<Operation, AppError> {
    let missing = || AppError::not_found("operation", id, "use the operation_id that create_strategy returned");
    let parsed = OperationId::parse(id).ok_or_else(missing)?;
    let key = record_keys::operation(&caller.tenant, session_id, &parsed);
    Ok(records::get::<Operation>(desk, &key).await?.ok_or_else(missing)?.value)
}

fn outcome(desk: &Desk, session_id: &SessionId, kind: TaskKind, status: &str) -> WaitOutcome {
    WaitOutcome {
        status: status.to_owned(),
        task: kind.as_str().to_owned(),
        error: None,
        problems: Vec::new(),
        progress: None,
        poll_after_seconds: None,
        strategy: None,
        extraction_plan: Vec::new(),
        assumptions: Vec::new(),
        unhandled_requests: Vec::new(),
        backtest: None,
        optimization: None,
        app_url: desk.session_url(session_id),
    }
}

/// One look: `running`, or how it ended with the finished object.
async fn look(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    subject: &Subject,
) -> Result<WaitOutcome, AppError> {
    match subject {
        Subject::Operation(id) => look_at_operation(desk, caller, session_id, id).await,
        Subject::Backtest(id) => {
            let run = backtest::find(desk, caller, session_id, id.as_str()).await?.value;
            look_at_backtest(desk, caller, session_id, &run).await
        }
        Subject::Batch(id) => {
            let batch = optimization::find(desk, caller, session_id, id.as_str()).await?.value;
            look_at_batch(desk, caller, session_id, &batch).await
        }
    }
}

const fn work_word(status: WorkStatus) -> &'static str {
    match status {
        WorkStatus::Running => RUNNING,
        WorkStatus::Succeeded => "succeeded",
        WorkStatus::Failed => "failed",
        WorkStatus::Cancelled => "cancelled",
    }
}

async fn look_at_operation(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    id: &OperationId,
) -> Result<WaitOutcome, AppError> {
    let operation = operation(desk, caller, session_id, id.as_str()).await?;
    let mut found = outcome(desk, session_id, TaskKind::StrategyOp, work_word(operation.status));
    found.error.clone_from(&operation.error);
    found.problems.clone_from(&operation.problems);
    if operation.status == WorkStatus::Running {
        found.progress = Some(json!({ "stage": "building" }));
        return Ok(found);
    }
    let key = record_keys::artifact(&caller.tenant, session_id, &operation.artifact_id);
    let Some(version) = records::get::<Artifact>(desk, &key).await? else { return Ok(found) };
    if operation.backtest && version.value.backtest_status == BacktestStatus::Running {
        RUNNING.clone_into(&mut found.status);
        found.progress = Some(json!({ "stage": "backtesting" }));
        return Ok(found);
    }
    found.strategy = Some(artifact::summary(desk, caller, &version.value).await?);
    if !matches!(operation.source, StrategySource::Rules(_)) {
        let plan = &version.value.extraction_plan;
        found.extraction_plan = plan.iter().filter_map(|item| serde_json::to_value(item).ok()).collect();
        found.assumptions = version.value.assumptions;
        found.unhandled_requests = version.value.unhandled_requests;
    }
    Ok(found)
}

async fn look_at_backtest(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    run: &Backtest,
) -> Result<WaitOutcome, AppError> {
    let mut found = outcome(desk, session_id, TaskKind::Backtest, work_word(run.status));
    found.error.clone_from(&run.error);
    if run.status.is_final() {
        found.backtest = Some(backtest::view(desk, caller, run, Include::Summary, None).await?);
    }
    Ok(found)
}

async fn look_at_batch(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    batch: &Batch,
) -> Result<WaitOutcome, AppError> {
    let status = match batch.status {
        BatchStatus::Configured => {
            return Err(AppError::conflict("the sweep has not been started", "start it with run_optimization"));
        }
        BatchStatus::Running | BatchStatus::Cancelling => RUNNING,
        BatchStatus::Completed => "succeeded",
        BatchStatus::Failed => "failed",
        BatchStatus::Cancelled => "cancelled",
    };
    let mut found = outcome(desk, session_id, TaskKind::Optimization, status);
    found.error.clone_from(&batch.error);
    if status == RUNNING {
        let summary = optimization::summary(desk, caller, batch).await?;
        found.progress = Some(json!({
            "completed_count": summary.completed_count, "failed_count": summary.failed_count,
            "total_combinations": summary.total_combinations,
        }));
    } else {
        found.optimization = Some(optimization::view(desk, caller, batch, TOP_SHOWN, None, None).await?);
    }
    Ok(found)
}

/// Stops work. Repeating it, or stopping what has ended, changes nothing and says what is.
///
/// # Errors
/// Not found or missing ids.
pub async fn cancel(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    (kind, ids): (TaskKind, TaskIds<'_>),
) -> Result<CancelOutcome, AppError> {
    let session_id = session::find(desk, caller, session_id).await?.value.session_id;
    let (id, status, kept) = match Subject::find(desk, caller, &session_id, kind, ids).await? {
        Subject::Operation(id) => cancel_operation(desk, caller, &session_id, &id).await?,
        Subject::Backtest(id) => cancel_backtest(desk, caller, &session_id, id.as_str()).await?,
        Subject::Batch(id) => cancel_batch(desk, caller, &session_id, &id).await?,
    };
    Ok(CancelOutcome { task: kind.as_str().to_owned(), id, status, kept, app_url: desk.session_url(&session_id) })
}

type Cancelled = (String, String, String);

/// Tries against the worker that ends the work at the same moment.
const CANCEL_ATTEMPTS: u32 = 12;

async fn cancel_operation(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    id: &OperationId,
) -> Result<Cancelled, AppError> {
    let key = record_keys::operation(&caller.tenant, session_id, id);
    for _ in 0..CANCEL_ATTEMPTS {
        let Some(read) = records::get::<Operation>(desk, &key).await? else { break };
        if read.value.status.is_final() {
            let kept = "it had already ended; nothing changed".to_owned();
            return Ok((id.to_string(), work_word(read.value.status).to_owned(), kept));
        }
        let mut operation = read.value.clone();
        operation.status = WorkStatus::Cancelled;
        operation.error = Some("cancelled".to_owned());
        operation.updated_at = desk.now_us();
        let mut transaction = Transaction::new().update(&read, &operation)?;
        let artifact_key = record_keys::artifact(&caller.tenant, session_id, &operation.artifact_id);
        if let Some(stored) = records::get::<Artifact>(desk, &artifact_key).await? {
            let mut version = stored.value.clone();
            version.lifecycle_status = domain::artifact::LifecycleStatus::Failed;
            version.error = Some("cancelled".to_owned());
            version.end_work(id.as_str());
            transaction = transaction.update(&stored, &version)?;
        }
        if transaction.commit(desk).await? {
            let kept = "the unfinished version is marked failed; older versions are untouched".to_owned();
            return Ok((id.to_string(), "cancelled".to_owned(), kept));
        }
    }
    Err(records::contention(&key))
}

async fn cancel_backtest(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    id: &str,
) -> Result<Cancelled, AppError> {
    for _ in 0..CANCEL_ATTEMPTS {
        let read = backtest::find(desk, caller, session_id, id).await?;
        if read.value.status.is_final() {
            let kept = "it had already ended; its results are kept".to_owned();
            return Ok((id.to_owned(), work_word(read.value.status).to_owned(), kept));
        }
        let mut run = read.value.clone();
        run.status = WorkStatus::Cancelled;
        run.updated_at = desk.now_us();
        let mut transaction = Transaction::new().update(&read, &run)?;
        let key = record_keys::artifact(&caller.tenant, session_id, &run.artifact_id);
        if let Some(stored) = records::get::<Artifact>(desk, &key).await? {
            let mut version = stored.value.clone();
            version.end_work(id);
            if run.own && version.current_backtest_id.as_ref() == Some(&run.backtest_id) {
                version.current_backtest_id = version.previous_backtest_id.take();
                version.backtest_status = BacktestStatus::NotTested;
                if version.current_backtest_id.is_some() {
                    version.backtest_status = BacktestStatus::Passed;
                } else {
                    version.backtest_results = None;
                }
            }
            transaction = transaction.update(&stored, &version)?;
        }
        if transaction.commit(desk).await? {
            return Ok((
                id.to_owned(),
                "cancelled".to_owned(),
                "the strategy and its earlier results are kept; this run leaves none".to_owned(),
            ));
        }
    }
    Err(AppError::conflict("the run is ending right now", "look at it with get_backtest"))
}

async fn cancel_batch(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    id: &domain::ids::OptimizationId,
) -> Result<Cancelled, AppError> {
    let key = record_keys::batch(&caller.tenant, session_id, id);
    let mut asked = false;
    let batch = records::modify::<Batch>(desk, &key, |batch| {
        asked = matches!(batch.status, BatchStatus::Configured | BatchStatus::Running);
        match batch.status {
            BatchStatus::Running => batch.status = BatchStatus::Cancelling,
            BatchStatus::Configured => {
                batch.status = BatchStatus::Cancelled;
                batch.cancelled_count = batch.total_combinations;
            }
            BatchStatus::Cancelling | BatchStatus::Completed | BatchStatus::Failed | BatchStatus::Cancelled => {}
        }
        Ok(asked)
    })
    .await?
    .ok_or_else(|| AppError::not_found("sweep", id.as_str(), "call inspect_strategy for its sweeps"))?;
    if batch.status == BatchStatus::Cancelling {
        let origin = Origin::first(caller.tenant.clone(), session_id.clone());
        messages::send(desk, &origin, Work::Reduce { optimization_id: id.clone() }, 0).await?;
    }
    let kept = match (asked, batch.status.is_final()) {
        (true, true) => "nothing had run",
        (false, true) => "it had already ended; its results are kept",
        (_, false) => "combinations evaluated so far are kept and ranked; the rest is counted as cancelled",
    };
    let status = match batch.status {
        BatchStatus::Cancelling => "cancelling".to_owned(),
        other @ (BatchStatus::Configured
        | BatchStatus::Running
        | BatchStatus::Completed
        | BatchStatus::Failed
        | BatchStatus::Cancelled) => crate::text::word(&other),
    };
    Ok((id.to_string(), status, kept.to_owned()))
}
