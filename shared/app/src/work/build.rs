//! Carrying out a strategy operation: rules or English into a checked version, and its backtest started in the same transaction.

use super::Task;
use crate::error::AppError;
use crate::messages;
use crate::pins::{self, RunRequest};
use crate::platform::Desk;
use crate::records::{self, Stored, Transaction};
use crate::{artifact, backtest, record_keys};
use domain::artifact::{Artifact, BacktestStatus, LifecycleStatus, PlanItem};
use domain::backtest::Backtest;
use domain::ids::{ArtifactId, OperationId};
use domain::operation::{Operation, StrategySource, WorkStatus};
use market::TradingDate;
use ports::drafter::{Draft, DraftError, DraftKind, DraftRequest, Drafter, Provider};
use ports::message::{Watched, Work};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
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
pub(crate) async fn build(desk: &Desk, drafter: &dyn Drafter, task: &Task, id: &OperationId) -> Result<(), AppError> {
    for _ in 0..ATTEMPTS {
        let Some((operation, version)) = read(desk, task, id).await? else { return Ok(()) };
        if operation.value.status.is_final() {
            return resend(desk, task, &version.value).await;
        }
        let built = match made(desk, drafter, task, &operation.value).await {
            Ok(built) => built,
            Err(error) if error.kind.is_retryable() => return Err(error),
            Err(error) => {
                let why = format!("{}; {}", error.message, error.next);
                return fail(desk, task, id, &why, error.problems).await;
            }
        };
        let (done, ready, run) = finished(desk, &operation.value, &version.value, &built).await?;
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

/// A checked strategy, and how English became it.
struct Built {
    strategy: Strategy,
    draft: Option<Draft>,
}

async fn made(desk: &Desk, drafter: &dyn Drafter, task: &Task, operation: &Operation) -> Result<Built, AppError> {
    let parent = version(desk, task, operation.parent.as_ref()).await?;
    let previous = parent.as_ref().and_then(|parent| artifact::checked(desk, parent).ok());
    let (kind, text) = match &operation.source {
        StrategySource::Rules(rules) => {
            let strategy = artifact::check_rules(desk, rules, previous.as_ref())?;
            return Ok(Built { strategy, draft: None });
        }
        StrategySource::Description(text) => (DraftKind::Describe, text),
        StrategySource::Changes(text) => {
            let document = parent.as_ref().map(|parent| parent.document.clone()).unwrap_or_default();
            let before = version(desk, task, parent.and_then(|parent| parent.parent).as_ref()).await?;
            (DraftKind::Change { document, before: before.map(|before| before.document) }, text)
        }
    };
    let draft = drafter.draft(&request(desk, kind, text, operation).await?).await.map_err(refused)?;
    let strategy = artifact::check_rules(desk, &draft.document, previous.as_ref())?;
    Ok(Built { strategy, draft: Some(draft) })
}

/// A version of the session, if it is still there.
async fn version(desk: &Desk, task: &Task, id: Option<&ArtifactId>) -> Result<Option<Artifact>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let key = record_keys::artifact(&task.origin.tenant, &task.origin.session_id, id);
    Ok(records::get::<Artifact>(desk, &key).await?.map(|stored| stored.value))
}

async fn request(desk: &Desk, kind: DraftKind, text: &str, operation: &Operation) -> Result<DraftRequest, AppError> {
    let mut spans = BTreeMap::new();
    for manifest in desk.catalog.list().await? {
        let span = pins::coverage(&manifest)?;
        let known = spans.entry(manifest.symbol).or_insert(span);
        *known = (known.0.min(span.0), known.1.max(span.1));
    }
    Ok(DraftRequest {
        kind,
        text: text.to_owned(),
        provider: operation.provider.as_deref().and_then(Provider::named),
        instruments: desk.instruments.clone(),
        spans,
        today: day_of(desk.now_us()),
    })
}

/// The day of a moment, UTC.
fn day_of(us: i64) -> TradingDate {
    const DAY_US: i64 = 86_400_000_000;
    TradingDate(i32::try_from(us.div_euclid(DAY_US)).unwrap_or(0))
}

/// A text that became no document: the questions it leaves are problems with their choices.
fn refused(error: DraftError) -> AppError {
    let failure = match error {
        DraftError::Provider(error) => return error.into(),
        DraftError::Text(failure) => failure,
    };
    let questions = failure
        .questions
        .iter()
        .map(|question| json!({ "code": "question", "phrase": question.phrase, "choices": question.choices }));
    let unread = failure.unhandled.iter().map(|phrase| json!({ "code": "not_read", "phrase": phrase }));
    let problems = questions.chain(unread).collect();
    AppError::invalid(failure.message, failure.next).with_problems(problems)
}

async fn finished(
    desk: &Desk,
    operation: &Operation,
    version: &Artifact,
    built: &Built,
) -> Result<(Operation, Artifact, Option<Backtest>), AppError> {
    let now = desk.now_us();
    let strategy = &built.strategy;
    let mut done = operation.clone();
    done.status = WorkStatus::Succeeded;
    done.model_tokens = built.draft.as_ref().and_then(|draft| draft.tokens);
    done.updated_at = now;
    let mut ready = version.clone();
    ready.lifecycle_status = LifecycleStatus::Ready;
    strategy.name().clone_into(&mut ready.name);
    ready.ticker.clone_from(&strategy.market().symbol);
    ready.document = strategy.document().clone();
    match &built.draft {
        None => {
            ready.assumptions = strategy.assumptions();
            ready.extraction_plan = plan(strategy);
        }
        Some(draft) => {
            ready.assumptions.clone_from(&draft.assumptions);
            ready.assumptions.extend(strategy.assumptions());
            ready.extraction_plan.clone_from(&draft.plan);
            ready.unhandled_requests.clone_from(&draft.unhandled);
        }
    }
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
