//! Making a strategy version: the request becomes an operation and a version in state `creating`; a worker does the rest.

use super::{check_rules, checked, day_of, example_rules, find};
use crate::error::AppError;
use crate::idempotency::{self, Claim};
use crate::messages::{self, Origin};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::OperationStarted;
use crate::{record_keys, session, text};
use domain::artifact::{Artifact, BacktestStatus, LifecycleStatus};
use domain::ids::{ArtifactId, OperationId, SessionId};
use domain::limits::{ARTIFACTS_PER_SESSION_MAX, DESCRIPTION_CHARACTERS_MAX};
use domain::operation::{Operation, OperationKind, StrategySource, WorkStatus};
use domain::session::Session;
use ports::drafter::Provider;
use ports::message::{Watched, Work};
use serde_json::{Value, json};

/// Tries of writing a new version against other changes of the session.
const WRITE_ATTEMPTS: u32 = 8;

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
        && Provider::named(provider).is_none()
    {
        let known = Provider::NAMED.map(|(name, _)| name).join(", ");
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
            format!("send `{english}` in plain English, or `rules` with a rules document; get_rules_guide with topic \"examples\" has complete ones"),
        )
        .with_example(example_rules())),
    }
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
        model_tokens: None,
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
