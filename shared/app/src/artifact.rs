//! Strategy versions: find, list, inspect, delete. Making one is beside.

mod glance;
mod make;

pub use glance::{Glance, LastResult, glance};
pub use make::{MakeRequest, create, update};

use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::{
    ArtifactSummary, BatchSummary, Lineage, Pagination, RunningWork, StrategyDeleted, StrategyDetail, StrategyList,
};
use crate::{optimization, record_keys, session, text};
use domain::artifact::{Artifact, LifecycleStatus};
use domain::ids::{ArtifactId, OperationId, SessionId};
use domain::limits::{ACTIVE_WORK_MAX, ARTIFACTS_PER_SESSION_MAX};
use domain::session::Session;
use market::TradingDate;
use ports::table::Consistency;
use serde_json::{Value, json};
use strategy::Strategy;

/// Strategy versions on one page: each shows its parameters, results and sweeps.
const STRATEGIES_PAGE: usize = 5;

/// Sweeps shown with a version.
const BATCHES_SHOWN: usize = 5;

/// The caller's version.
pub(crate) async fn find(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    artifact_id: &str,
) -> Result<Stored<Artifact>, AppError> {
    let missing = || {
        AppError::not_found("strategy", artifact_id, "call list_strategies with this session_id for its artifact ids")
    };
    let id = ArtifactId::parse(artifact_id).ok_or_else(missing)?;
    records::get(desk, &record_keys::artifact(&caller.tenant, session_id, &id)).await?.ok_or_else(missing)
}

/// A version that can be run: ready, and read back into a checked strategy.
pub(crate) fn checked(desk: &Desk, artifact: &Artifact) -> Result<Strategy, AppError> {
    match artifact.lifecycle_status {
        LifecycleStatus::Ready => {}
        LifecycleStatus::Creating => {
            return Err(AppError::conflict(
                "the strategy is still being made",
                "call wait_for_completion with task strategy_op and its operation_id, then try again",
            ));
        }
        LifecycleStatus::Failed => {
            let why = artifact.error.clone().unwrap_or_default();
            return Err(AppError::invalid(
                format!("making this strategy failed: {why}"),
                "create it again with corrected rules",
            ));
        }
    }
    strategy::check(&artifact.document, &desk.instruments, None).map_err(|diagnostics| {
        AppError::invalid("the stored rules are not valid for this version of the language", "update the strategy")
            .with_problems(diagnostics.iter().filter_map(|problem| serde_json::to_value(problem).ok()).collect())
    })
}

/// Refuses more work on a version that is busy.
pub(crate) fn room_for_work(artifact: &Artifact) -> Result<(), AppError> {
    let work = artifact.active_work.len();
    if work < ACTIVE_WORK_MAX {
        return Ok(());
    }
    let next = "wait for some of it (wait_for_completion), or stop some (cancel_task)";
    Err(AppError::limit(
        "ACTIVE_WORK_MAX",
        ACTIVE_WORK_MAX,
        format!("{} runs of this strategy at once", work + 1),
        next,
    ))
}

/// Checks a submitted document.
///
/// # Errors
/// Every diagnostic, structured.
pub(crate) fn check_rules(desk: &Desk, rules: &Value, previous: Option<&Strategy>) -> Result<Strategy, AppError> {
    let checked = match rules {
        Value::String(text) => strategy::check_text(text, &desk.instruments, previous),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            strategy::check(rules, &desk.instruments, previous)
        }
    };
    checked.map_err(|diagnostics| {
        let first = diagnostics.first().map(|problem| format!("{}: {}", problem.path, problem.message));
        AppError::invalid(
            format!("the rules have {} problem(s); first: {}", diagnostics.len(), first.unwrap_or_default()),
            "mend every listed problem and send the whole document again; get_rules_guide explains the language",
        )
        .with_problems(diagnostics.iter().filter_map(|problem| serde_json::to_value(problem).ok()).collect())
    })
}

async fn all(desk: &Desk, caller: &Caller, session: &Session) -> Result<Vec<Artifact>, AppError> {
    let partition = record_keys::in_session(&caller.tenant, &session.session_id);
    let most = ARTIFACTS_PER_SESSION_MAX;
    records::list_all(desk, &partition, record_keys::ARTIFACTS, most, Consistency::Eventual).await
}

/// Strategy versions of a session, newest first.
///
/// # Errors
/// Not found, or a cursor that is not ours.
pub async fn list(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    cursor: Option<&str>,
) -> Result<StrategyList, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let offset = usize::try_from(text::open_offset("strategies", cursor)?).unwrap_or(usize::MAX);
    let artifacts = all(desk, caller, &session).await?;
    let mut shown = Vec::new();
    for artifact in artifacts.iter().rev().skip(offset).take(STRATEGIES_PAGE) {
        shown.push(summary(desk, caller, artifact).await?);
    }
    let end = offset.saturating_add(STRATEGIES_PAGE);
    let next_cursor = (end < artifacts.len()).then(|| text::seal_cursor("strategies", &end.to_string()));
    Ok(StrategyList {
        artifacts: shown,
        total: artifacts.len(),
        pagination: Pagination { next_cursor },
        app_url: desk.session_url(&session.session_id),
    })
}

/// A version as lists show it.
pub(crate) async fn summary(desk: &Desk, caller: &Caller, artifact: &Artifact) -> Result<ArtifactSummary, AppError> {
    let mut optimization_batches = Vec::new();
    for id in artifact.optimizations.iter().rev().take(BATCHES_SHOWN) {
        let key = record_keys::batch(&caller.tenant, &artifact.session_id, id);
        if let Some(batch) = records::get(desk, &key).await? {
            optimization_batches.push(optimization::summary(desk, caller, &batch.value).await?);
        }
    }
    Ok(summary_with(artifact, optimization_batches))
}

fn summary_with(artifact: &Artifact, optimization_batches: Vec<BatchSummary>) -> ArtifactSummary {
    let document = &artifact.document;
    let parameters = document.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    ArtifactSummary {
        artifact_id: artifact.artifact_id.to_string(),
        version: artifact.version,
        name: artifact.name.clone(),
        lifecycle_status: text::word(&artifact.lifecycle_status),
        ticker: artifact.ticker.clone(),
        timeframe: document.get("timeframe").and_then(Value::as_str).map(str::to_owned),
        backtest_status: text::word(&artifact.backtest_status),
        backtest_error: artifact.backtest_error.clone(),
        error: artifact.error.clone(),
        canonical_parameters: parameters,
        backtest_results: artifact.backtest_results.clone(),
        backtest_id: artifact.current_backtest_id.as_ref().map(ToString::to_string),
        optimization_batches,
    }
}

/// Everything about a version.
///
/// # Errors
/// Not found.
pub async fn inspect(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    artifact_id: &str,
) -> Result<StrategyDetail, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let artifact = find(desk, caller, &session.session_id, artifact_id).await?.value;
    let words = match artifact.lifecycle_status {
        LifecycleStatus::Ready => Some(checked(desk, &artifact)?),
        LifecycleStatus::Creating | LifecycleStatus::Failed => None,
    };
    Ok(detail(desk, &artifact, words.as_ref(), summary(desk, caller, &artifact).await?))
}

/// Everything about the versions of a session, oldest first.
///
/// # Errors
/// Not found.
pub async fn all_of_session(desk: &Desk, caller: &Caller, session_id: &str) -> Result<Vec<StrategyDetail>, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let batches = optimization::all(desk, caller, &session.session_id).await?;
    let mut shown = Vec::new();
    for artifact in all(desk, caller, &session).await? {
        let own = batches.iter().rev().filter(|batch| batch.artifact_id == artifact.artifact_id).take(BATCHES_SHOWN);
        let mut brief = Vec::new();
        for batch in own {
            brief.push(optimization::summary(desk, caller, batch).await?);
        }
        let words = checked(desk, &artifact).ok();
        shown.push(detail(desk, &artifact, words.as_ref(), summary_with(&artifact, brief)));
    }
    Ok(shown)
}

fn detail(desk: &Desk, artifact: &Artifact, words: Option<&Strategy>, summary: ArtifactSummary) -> StrategyDetail {
    let say = |rules: fn(&Strategy) -> Vec<String>| words.map(rules).unwrap_or_default();
    StrategyDetail {
        summary,
        entry_rules: say(Strategy::entry_rules),
        exit_rules: say(Strategy::exit_rules),
        exit_conditions: say(Strategy::exit_conditions),
        filters: say(Strategy::filters_in_words),
        extraction_plan: artifact.extraction_plan.iter().filter_map(|item| serde_json::to_value(item).ok()).collect(),
        assumptions: artifact.assumptions.clone(),
        unhandled_requests: artifact.unhandled_requests.clone(),
        lineage: Lineage {
            root_artifact_id: artifact.root.to_string(),
            parent_artifact_id: artifact.parent.as_ref().map(ToString::to_string),
            version: artifact.version,
        },
        rules: artifact.document.clone(),
        app_url: desk.session_url(&artifact.session_id),
    }
}

/// A complete small document for error messages.
pub(crate) fn example_rules() -> Value {
    json!({ "rules": {
        "language": 1, "name": "EMA cross", "market": "DEMO", "timeframe": "5m",
        "entry": { "long": "ema(close, 9) crosses above ema(close, 21)" },
        "exit": { "long": "ema(close, 9) crosses below ema(close, 21)", "stop_loss": { "points": 20 }, "flatten": "15:55" },
        "sizing": { "contracts": 1 }
    }})
}

/// A day a user wrote.
pub(crate) fn day_of(text: &str) -> Result<TradingDate, AppError> {
    TradingDate::parse(text)
        .ok_or_else(|| AppError::invalid(format!("`{text}` is not a day"), "write days as YYYY-MM-DD"))
}

/// Deletes a version that nothing works on.
///
/// # Errors
/// Not confirmed, work under way, not found.
pub async fn delete(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    artifact_id: &str,
    confirm: bool,
) -> Result<StrategyDeleted, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let artifact = find(desk, caller, &session.session_id, artifact_id).await?;
    if !confirm {
        return Err(AppError::invalid(
            format!("deleting `{}` cannot be undone", artifact.value.name),
            "ask the user, then call again with confirm: true",
        ));
    }
    if let Some(work) = artifact.value.active_work.first() {
        return Err(AppError::conflict(
            format!("`{work}` still works on this strategy"),
            "wait for it with wait_for_completion or stop it with cancel_task, then delete",
        ));
    }
    let deleted = Transaction::new().delete(&artifact).commit(desk).await?;
    // A deletion leaves no token behind: when its answer was lost, the retry finds nothing.
    let key = record_keys::artifact(&caller.tenant, &session.session_id, &artifact.value.artifact_id);
    if !deleted && records::get::<Artifact>(desk, &key).await?.is_some() {
        return Err(AppError::conflict("the strategy changed at the same moment", "look at it again, then delete"));
    }
    Ok(StrategyDeleted {
        artifact_id: artifact.value.artifact_id.to_string(),
        deleted: true,
        app_url: desk.session_url(&session.session_id),
    })
}

/// Work under way in a session, from what its versions say.
pub(crate) async fn running_work(
    desk: &Desk,
    caller: &Caller,
    session: &Session,
    artifacts: &[Artifact],
) -> Result<Vec<RunningWork>, AppError> {
    let mut work: Vec<RunningWork> = Vec::new();
    for artifact in artifacts {
        for id in &artifact.active_work {
            let task = if id.starts_with(OperationId::PREFIX) {
                "strategy_op"
            } else if id.starts_with(domain::ids::OptimizationId::PREFIX) {
                "optimization"
            } else {
                "backtest"
            };
            work.push(RunningWork { task, id: id.clone(), artifact_id: artifact.artifact_id.to_string() });
        }
    }
    if let Some(holder) = &session.running_batch {
        let key = record_keys::batch(&caller.tenant, &session.session_id, holder);
        let running = records::get::<domain::optimization::Batch>(desk, &key).await?;
        let stale = running.is_none_or(|batch| batch.value.status.is_final());
        work.retain(|item| !(stale && item.id == holder.as_str()));
    }
    Ok(work)
}
