//! Carrying out a strategy operation: rules into a checked version, and its backtest started in the same transaction.

use super::Task;
use crate::error::AppError;
use crate::messages;
use crate::pins::{self, RunRequest};
use crate::platform::Desk;
use crate::records::{self, Stored, Transaction};
use crate::{artifact, backtest, record_keys};
use domain::artifact::{Artifact, BacktestStatus, LifecycleStatus, PlanItem};
use domain::backtest::Backtest;
use domain::ids::OperationId;
use domain::operation::{Operation, StrategySource, WorkStatus};
use ports::message::{Watched, Work};
use serde_json::{Map, Value};
use strategy::Strategy;

/// Tries against other changes of the version.
const ATTEMPTS: u32 = 8;

async fn read(
    desk: &Desk,
    task: &Task,
    id: &OperationId,
) -> Result<Option<(Stored<Operation>, Stored<Artifact>)>, AppError> {
    let (tenant, session) = (&task.origin.tenant, &task.origin.session_id);
    let key = record_keys::operation(tenant, session, id);
    let Some(operation) = records::get::<Operation>(desk, &key).await? else { return Ok(None) };
    let key = record_keys::artifact(tenant, session, &operation.value.artifact_id);
    Ok(records::get::<Artifact>(desk, &key).await?.map(|version| (operation, version)))
}

/// Handles one delivery of a build.
pub(crate) async fn build(desk: &Desk, task: &Task, id: &OperationId) -> Result<(), AppError> {
    for _ in 0..ATTEMPTS {
        let Some((operation, version)) = read(desk, task, id).await? else { return Ok(()) };
        if operation.value.status.is_final() {
            return resend(desk, task, &version.value).await;
        }
        let strategy = match made(desk, task, &operation.value).await {
            Ok(strategy) => strategy,
            Err(error) if error.kind.is_retryable() => return Err(error),
            Err(error) => {
                let why = format!("{}; {}", error.message, error.next);
                return fail(desk, task, id, &why, error.problems).await;
            }
        };
        let (done, ready, run) = finished(desk, &operation.value, &version.value, &strategy).await?;
        if let Some(run) = &run {
            let backtest_id = run.backtest_id.clone();
            messages::watch(desk, &task.origin, Watched::Backtest { backtest_id }).await?;
        }
        let mut transaction = Transaction::new().update(&operation, &done)?.update(&version, &ready)?;
        if let Some(run) = &run {
            let key = record_keys::backtest(&task.origin.tenant, &task.origin.session_id, &run.backtest_id);
            transaction = transaction.create(key, run)?;
        }
        if transaction.commit(desk).await? {
            return resend(desk, task, &ready).await;
        }
    }
    Err(records::contention(&record_keys::operation(&task.origin.tenant, &task.origin.session_id, id)))
}

/// Sends the message of the version's running backtest; a second one is harmless.
async fn resend(desk: &Desk, task: &Task, version: &Artifact) -> Result<(), AppError> {
    match &version.current_backtest_id {
        Some(backtest_id) if version.backtest_status == BacktestStatus::Running => {
            let work = Work::Backtest { backtest_id: backtest_id.clone() };
            messages::send(desk, &task.origin, work, 0).await
        }
        Some(_) | None => Ok(()),
    }
}

async fn made(desk: &Desk, task: &Task, operation: &Operation) -> Result<Strategy, AppError> {
    let previous = match &operation.parent {
        Some(parent) => {
            let key = record_keys::artifact(&task.origin.tenant, &task.origin.session_id, parent);
            let read = records::get::<Artifact>(desk, &key).await?;
            read.and_then(|parent| artifact::checked(desk, &parent.value).ok())
        }
        None => None,
    };
    match &operation.source {
        StrategySource::Rules(rules) => artifact::check_rules(desk, rules, previous.as_ref()),
        StrategySource::Description(_) | StrategySource::Changes(_) => Err(english_is_not_read()),
    }
}

/// English is not read yet: say so, and show what is.
fn english_is_not_read() -> AppError {
    AppError::invalid(
        "this server does not read strategies in English yet",
        format!(
            "translate the request into a rules document and call create_strategy or update_strategy with `rules`; \
             get_rules_guide explains the language. Example: {}",
            artifact::example_rules()
        ),
    )
}

async fn finished(
    desk: &Desk,
    operation: &Operation,
    version: &Artifact,
    strategy: &Strategy,
) -> Result<(Operation, Artifact, Option<Backtest>), AppError> {
    let now = desk.now_us();
    let mut done = operation.clone();
    done.status = WorkStatus::Succeeded;
    done.updated_at = now;
    let mut ready = version.clone();
    ready.lifecycle_status = LifecycleStatus::Ready;
    strategy.name().clone_into(&mut ready.name);
    ready.ticker.clone_from(&strategy.market().symbol);
    ready.document = strategy.document().clone();
    ready.assumptions = strategy.assumptions();
    ready.extraction_plan = plan(strategy);
    ready.updated_at = now;
    ready.end_work(operation.operation_id.as_str());
    let mut run = None;
    if operation.backtest {
        let request = RunRequest { from: operation.from.clone(), to: operation.to.clone(), ..RunRequest::default() };
        match pins::pin(desk, strategy, &request).await {
            Ok(pinned) => {
                let record = backtest::new_record(desk, &ready, true, Map::new(), pinned.pins);
                backtest::mark_started(&mut ready, &record, now);
                run = Some(record);
            }
            Err(error) if error.kind.is_retryable() => return Err(error),
            Err(error) => {
                ready.backtest_status = BacktestStatus::Failed;
                ready.backtest_error = Some(format!("{}; {}", error.message, error.next));
            }
        }
    }
    Ok((done, ready, run))
}

/// How a submitted document was read: each of its rules and the sentence it became.
fn plan(strategy: &Strategy) -> Vec<PlanItem> {
    let parts = [
        ("entry", strategy.entry_rules()),
        ("exit", strategy.exit_rules()),
        ("exit", strategy.exit_conditions()),
        ("filters", strategy.filters_in_words()),
    ];
    let items = parts.into_iter().flat_map(|(place, sentences)| {
        sentences.into_iter().map(move |became| PlanItem { phrase: format!("rules: {place}"), became })
    });
    items.collect()
}

/// Ends an operation as failed.
pub(crate) async fn fail(
    desk: &Desk,
    task: &Task,
    id: &OperationId,
    why: &str,
    problems: Vec<Value>,
) -> Result<(), AppError> {
    for _ in 0..ATTEMPTS {
        let Some((operation, version)) = read(desk, task, id).await? else { return Ok(()) };
        if operation.value.status.is_final() {
            return Ok(());
        }
        let now = desk.now_us();
        let mut failed = operation.value.clone();
        failed.status = WorkStatus::Failed;
        failed.error = Some(why.to_owned());
        failed.problems.clone_from(&problems);
        failed.updated_at = now;
        let mut dead = version.value.clone();
        dead.lifecycle_status = LifecycleStatus::Failed;
        dead.error = Some(why.to_owned());
        dead.updated_at = now;
        dead.end_work(id.as_str());
        if Transaction::new().update(&operation, &failed)?.update(&version, &dead)?.commit(desk).await? {
            return Ok(());
        }
    }
    Err(records::contention(&record_keys::operation(&task.origin.tenant, &task.origin.session_id, id)))
}
