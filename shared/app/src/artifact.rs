//! Strategy versions: list, inspect, create, update, delete. Making one is an operation that a worker carries out.

use crate::error::AppError;
use crate::idempotency::{self, Claim};
use crate::messages::{self, Origin};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::{
    ArtifactSummary, Lineage, OperationStarted, Pagination, RunningWork, StrategyDeleted, StrategyDetail, StrategyList,
};
use crate::{optimization, record_keys, session, text};
use domain::artifact::{Artifact, BacktestStatus, LifecycleStatus};
use domain::ids::{ArtifactId, OperationId, SessionId};
use domain::limits::{ACTIVE_WORK_MAX, ARTIFACTS_PER_SESSION_MAX, DESCRIPTION_CHARACTERS_MAX};
use domain::operation::{Operation, OperationKind, StrategySource, WorkStatus};
use domain::session::Session;
use market::TradingDate;
use ports::message::{Watched, Work};
use ports::table::Consistency;
use serde_json::{Value, json};
use strategy::Strategy;

/// Strategy versions on one page: each shows its parameters, results and sweeps.
const STRATEGIES_PAGE: usize = 5;

/// Sweeps shown with a version.
const BATCHES_SHOWN: usize = 5;

/// Tries of writing a new version against other changes of the session.
const WRITE_ATTEMPTS: u32 = 8;

/// Drafting providers that can be named.
const PROVIDERS: [&str; 3] = ["grammar", "bedrock", "auto"];

/// A request to make a strategy version.
#[derive(Debug, Clone, Default)]
pub struct MakeRequest {
    /// English: a description, or changes to an existing version.
    pub english: Option<String>,
    /// A rules document.
    pub rules: Option<Value>,
    /// Backtest when built.
    pub backtest: bool,
    /// First day of that backtest.
    pub from: Option<String>,
    /// Last day of that backtest.
    pub to: Option<String>,
    /// Drafting provider.
    pub provider: Option<String>,
    /// Key that makes a repeated call safe.
    pub idempotency_key: Option<String>,
}

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
    let document = &artifact.document;
    let parameters = document.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(ArtifactSummary {
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
    })
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
    let say = |rules: fn(&Strategy) -> Vec<String>| words.as_ref().map(rules).unwrap_or_default();
    Ok(StrategyDetail {
        summary: summary(desk, caller, &artifact).await?,
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
        app_url: desk.session_url(&session.session_id),
    })
}

/// Starts making a new strategy. A rules document is checked at once: a wrong one is refused with every problem and nothing is recorded.
///
/// # Errors
/// Wrong arguments, a rejected document, a limit, not found.
pub async fn create(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    request: &MakeRequest,
) -> Result<OperationStarted, AppError> {
    let session = session::find(desk, caller, session_id).await?;
    let source = source(request, OperationKind::CreateStrategy)?;
    if let StrategySource::Rules(rules) = &source {
        check_rules(desk, rules, None)?;
    }
    make(desk, caller, &session, None, source, request).await
}

/// Starts making a new version of a strategy; the old one stays as it is.
///
/// # Errors
/// As [`create`], and a version that is not ready.
pub async fn update(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    artifact_id: &str,
    request: &MakeRequest,
) -> Result<OperationStarted, AppError> {
    let session = session::find(desk, caller, session_id).await?;
    let parent = find(desk, caller, &session.value.session_id, artifact_id).await?.value;
    let previous = checked(desk, &parent)?;
    let source = source(request, OperationKind::UpdateStrategy)?;
    if let StrategySource::Rules(rules) = &source {
        check_rules(desk, rules, Some(&previous))?;
    }
    make(desk, caller, &session, Some(&parent), source, request).await
}

fn source(request: &MakeRequest, kind: OperationKind) -> Result<StrategySource, AppError> {
    let english = match kind {
        OperationKind::CreateStrategy => "description",
        OperationKind::UpdateStrategy => "changes",
    };
    if let Some(provider) = &request.provider
        && !PROVIDERS.contains(&provider.as_str())
    {
        let known = PROVIDERS.join(", ");
        return Err(AppError::invalid(
            format!("unknown provider `{provider}`"),
            format!("use one of {known}, or none"),
        ));
    }
    for day in [&request.from, &request.to].into_iter().flatten() {
        day_of(day)?;
    }
    match (&request.english, &request.rules) {
        (Some(words), None) => {
            let characters = words.chars().count();
            if words.trim().is_empty() {
                return Err(AppError::invalid(format!("`{english}` is empty"), "say what the strategy does"));
            }
            if characters > DESCRIPTION_CHARACTERS_MAX {
                let limit = DESCRIPTION_CHARACTERS_MAX;
                return Err(AppError::limit("DESCRIPTION_CHARACTERS_MAX", limit, characters, "shorten the text"));
            }
            Ok(match kind {
                OperationKind::CreateStrategy => StrategySource::Description(words.clone()),
                OperationKind::UpdateStrategy => StrategySource::Changes(words.clone()),
            })
        }
        (None, Some(rules)) => Ok(StrategySource::Rules(rules.clone())),
        (Some(_), Some(_)) | (None, None) => Err(AppError::invalid(
            format!("give exactly one of `{english}` and `rules`"),
            "send `rules` with a rules document; get_rules_guide with topic \"examples\" has complete ones",
        )
        .with_example(example_rules())),
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

async fn make(
    desk: &Desk,
    caller: &Caller,
    session: &Stored<Session>,
    parent: Option<&Artifact>,
    source: StrategySource,
    request: &MakeRequest,
) -> Result<OperationStarted, AppError> {
    let session_id = session.value.session_id.clone();
    let (operation, artifact) = new_records(desk, &session_id, parent, source, request);
    let arguments = fingerprint(&operation);
    let answer = json!({ "operation_id": operation.operation_id, "artifact_id": artifact.artifact_id });
    let origin = Origin::first(caller.tenant.clone(), session_id.clone());
    let (tool, key) = (text::word(&operation.kind), request.idempotency_key.as_deref());
    for attempt in 0..WRITE_ATTEMPTS {
        let claim = idempotency::claim(desk, caller, (&session_id, &tool), key, &arguments).await?;
        if let Claim::Seen(answer) = &claim {
            return started(desk, &session_id, answer);
        }
        let operation_id = operation.operation_id.clone();
        if attempt == 0 {
            messages::watch(desk, &origin, Watched::Build { operation_id: operation_id.clone() }).await?;
        }
        if write_new(desk, caller, &session_id, &claim, (&operation, &artifact), &answer).await? {
            messages::send(desk, &origin, Work::Build { operation_id }, 0).await?;
            return started(desk, &session_id, &answer);
        }
    }
    Err(records::contention(&record_keys::session(&caller.tenant, &session_id)))
}

fn fingerprint(operation: &Operation) -> Value {
    json!({
        "parent": operation.parent, "source": operation.source, "backtest": operation.backtest,
        "from": operation.from, "to": operation.to, "provider": operation.provider,
    })
}

fn new_records(
    desk: &Desk,
    session_id: &SessionId,
    parent: Option<&Artifact>,
    source: StrategySource,
    request: &MakeRequest,
) -> (Operation, Artifact) {
    let now = desk.now_us();
    let operation_id = OperationId::new(now, &desk.ids.random());
    let artifact_id = ArtifactId::new(now, &desk.ids.random());
    let artifact = Artifact {
        artifact_id: artifact_id.clone(),
        session_id: session_id.clone(),
        version: parent.map_or(1, |parent| parent.version + 1),
        root: parent.map_or_else(|| artifact_id.clone(), |parent| parent.root.clone()),
        parent: parent.map(|parent| parent.artifact_id.clone()),
        operation_id: operation_id.clone(),
        lifecycle_status: LifecycleStatus::Creating,
        name: parent.map(|parent| parent.name.clone()).unwrap_or_default(),
        ticker: String::new(),
        document: Value::Null,
        extraction_plan: Vec::new(),
        assumptions: Vec::new(),
        unhandled_requests: Vec::new(),
        backtest_status: BacktestStatus::NotTested,
        current_backtest_id: None,
        previous_backtest_id: None,
        backtest_error: None,
        backtest_results: None,
        optimizations: Vec::new(),
        active_work: vec![operation_id.to_string()],
        error: None,
        created_at: now,
        updated_at: now,
    };
    let operation = Operation {
        operation_id,
        session_id: session_id.clone(),
        artifact_id,
        parent: artifact.parent.clone(),
        kind: if parent.is_some() { OperationKind::UpdateStrategy } else { OperationKind::CreateStrategy },
        status: WorkStatus::Running,
        source,
        provider: request.provider.clone(),
        backtest: request.backtest,
        from: request.from.clone(),
        to: request.to.clone(),
        error: None,
        problems: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    (operation, artifact)
}

/// Writes a new version with its operation and key; false when another writer was faster.
async fn write_new(
    desk: &Desk,
    caller: &Caller,
    session_id: &SessionId,
    claim: &Claim,
    (operation, artifact): (&Operation, &Artifact),
    answer: &Value,
) -> Result<bool, AppError> {
    let session = session::find(desk, caller, session_id.as_str()).await?;
    let made = usize::try_from(session.value.artifacts_made).unwrap_or(usize::MAX);
    if made >= ARTIFACTS_PER_SESSION_MAX {
        let limit = ARTIFACTS_PER_SESSION_MAX;
        return Err(AppError::limit("ARTIFACTS_PER_SESSION_MAX", limit, made + 1, "continue in a new session"));
    }
    let mut updated = session.value.clone();
    updated.artifacts_made += 1;
    updated.updated_at = desk.now_us();
    let mut transaction = Transaction::new()
        .update(&session, &updated)?
        .create(record_keys::operation(&caller.tenant, session_id, &operation.operation_id), operation)?
        .create(record_keys::artifact(&caller.tenant, session_id, &artifact.artifact_id), artifact)?;
    if let Claim::New(guard) = claim {
        transaction = guard.write(transaction, answer);
    }
    transaction.commit(desk).await
}

fn started(desk: &Desk, session_id: &SessionId, answer: &Value) -> Result<OperationStarted, AppError> {
    let id = |name: &str| {
        answer.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| AppError::internal("stored answer"))
    };
    Ok(OperationStarted {
        operation_id: id("operation_id")?,
        artifact_id: id("artifact_id")?,
        session_id: session_id.to_string(),
        status: "running".to_owned(),
        app_url: desk.session_url(session_id),
    })
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
