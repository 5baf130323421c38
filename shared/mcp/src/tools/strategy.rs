//! Tools of strategy versions: list, inspect, create, update, delete.

use super::figures::{shorten, shorten_listed};
use super::{Card, Effect, Tool};
use crate::answer::Answer;
use app::artifact::{self, MakeRequest};
use app::view::{OperationStarted, StrategyDeleted, StrategyDetail, StrategyList};
use app::{AppError, Caller, Desk};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) fn tools() -> Vec<Tool> {
    vec![
        Tool::keyed(CREATE, create),
        Tool::keyed(UPDATE, update),
        Tool::keyed(INSPECT, inspect),
        Tool::keyed(LIST, list),
        Tool::keyed(DELETE, delete),
    ]
}

/// A rules document in a schema: an object whose fields the language checks.
fn rules_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "object" })
}

const fn yes() -> bool {
    true
}

const CREATE: Card = Card {
    name: "create_strategy",
    title: "Create a strategy",
    description: "Make a strategy from `description` (the user's own English: a grammar reads it and lists every phrase, assumption and unhandled request) \
or from `rules` (a rules document; exact), then backtest it unless backtest is false. \
Give exactly one of the two. Wrong rules are refused at once with every problem. Answers at once with operation_id: next call wait_for_completion with task strategy_op. \
Example rules: {\"language\":1,\"name\":\"EMA cross\",\"market\":\"DEMO\",\"timeframe\":\"5m\",\"parameters\":[{\"key\":\"fast\",\"value\":9}],\
\"entry\":{\"long\":\"ema(close, $fast) crosses above ema(close, 21)\"},\
\"exit\":{\"long\":\"ema(close, $fast) crosses below ema(close, 21)\",\"stop_loss\":{\"points\":20},\"flatten\":\"15:55\"},\"sizing\":{\"contracts\":1}}. \
get_rules_guide explains the language; list_instruments shows what has data.",
    effect: Effect::Creates,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// From create_session or list_sessions.
    session_id: String,
    /// The strategy in English, as the user said it; give this or rules.
    description: Option<String>,
    /// The rules document; give this or description.
    #[schemars(schema_with = "rules_schema")]
    #[serde(default)]
    rules: Option<Map<String, Value>>,
    /// Backtest it when it is made.
    #[serde(default = "yes")]
    backtest: bool,
    /// First day, YYYY-MM-DD.
    from: Option<String>,
    /// Last day, inclusive.
    to: Option<String>,
    /// Who reads the English: grammar, bedrock or auto.
    provider: Option<String>,
    /// Makes repeating this very call safe for 24 hours.
    idempotency_key: Option<String>,
}

async fn create(desk: Desk, caller: Caller, input: Create) -> Result<Answer<OperationStarted>, AppError> {
    let request = MakeRequest {
        english: input.description,
        rules: input.rules.map(Value::Object),
        backtest: input.backtest,
        from: input.from,
        to: input.to,
        provider: input.provider,
        idempotency_key: input.idempotency_key,
    };
    let started = artifact::create(&desk, &caller, &input.session_id, &request).await?;
    Ok(begun(started, "The strategy is being made", input.backtest))
}

fn begun(started: OperationStarted, what: &str, backtest: bool) -> Answer<OperationStarted> {
    let then = if backtest { " and backtested" } else { "" };
    let summary = format!("{what}{then}; its artifact_id is {}.", started.artifact_id);
    let next = format!(
        "wait_for_completion with session_id {}, task strategy_op, operation_id {}.",
        started.session_id, started.operation_id
    );
    Answer::new(started, summary, next)
}

const UPDATE: Card = Card {
    name: "update_strategy",
    title: "Make a new version of a strategy",
    description: "Make a new version from an existing one: either `rules` (the whole edited document; inspect_strategy returns the current one) or `changes` (English: \"widen the stop to 30\", \"long only\", \"undo the last change\"). \
The old version and its results stay as they are. Answers with operation_id: next wait_for_completion with task strategy_op.",
    effect: Effect::Creates,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Update {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
    /// What to change, in English; give this or rules.
    changes: Option<String>,
    /// The whole new rules document; give this or changes.
    #[schemars(schema_with = "rules_schema")]
    #[serde(default)]
    rules: Option<Map<String, Value>>,
    /// Who reads the English: grammar, bedrock or auto.
    provider: Option<String>,
    /// Backtest it when it is made.
    #[serde(default = "yes")]
    backtest: bool,
    /// Makes repeating this very call safe for 24 hours.
    idempotency_key: Option<String>,
}

async fn update(desk: Desk, caller: Caller, input: Update) -> Result<Answer<OperationStarted>, AppError> {
    let request = MakeRequest {
        english: input.changes,
        rules: input.rules.map(Value::Object),
        backtest: input.backtest,
        from: None,
        to: None,
        provider: input.provider,
        idempotency_key: input.idempotency_key,
    };
    let started = artifact::update(&desk, &caller, &input.session_id, &input.artifact_id, &request).await?;
    Ok(begun(started, "The new version is being made", input.backtest))
}

const INSPECT: Card = Card {
    name: "inspect_strategy",
    title: "Inspect a strategy",
    description: "Everything about one strategy version: entry and exit rules in words, parameters (the keys to sweep), how each phrase of a description was read, \
assumptions, requests that were not handled, lineage, sweeps, and the rules document to edit for update_strategy.",
    effect: Effect::Reads,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Inspect {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
}

async fn inspect(desk: Desk, caller: Caller, input: Inspect) -> Result<Answer<StrategyDetail>, AppError> {
    let mut found = artifact::inspect(&desk, &caller, &input.session_id, &input.artifact_id).await?;
    shorten(&mut found.summary);
    let brief = &found.summary;
    let unhandled = match found.unhandled_requests.len() {
        0 => String::new(),
        count => format!(" {count} request(s) were not handled: tell the user."),
    };
    let summary = format!(
        "\"{}\" version {} on {} is {}; backtest: {}; {} parameter(s).{unhandled}",
        brief.name,
        brief.version,
        brief.ticker,
        brief.lifecycle_status,
        brief.backtest_status,
        brief.canonical_parameters.len()
    );
    let next = "setup_optimization to sweep parameters, get_backtest for results, update_strategy with edited rules.";
    Ok(Answer::new(found, summary, next))
}

const LIST: Card = Card {
    name: "list_strategies",
    title: "List strategies",
    description: "The strategy versions of a session, newest first, each with headline results and its newest sweep; inspect_strategy shows one in full.",
    effect: Effect::Reads,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// From create_session or list_sessions.
    session_id: String,
    /// next_cursor of the previous page.
    cursor: Option<String>,
}

async fn list(desk: Desk, caller: Caller, input: List) -> Result<Answer<StrategyList>, AppError> {
    let mut found = artifact::list(&desk, &caller, &input.session_id, input.cursor.as_deref()).await?;
    found.artifacts.iter_mut().for_each(shorten_listed);
    let summary = format!("{} of {} strategy version(s).", found.artifacts.len(), found.total);
    let next = match (&found.pagination.next_cursor, found.total) {
        (Some(cursor), _) => {
            format!("list_strategies with cursor \"{cursor}\" for the next page; inspect_strategy for one.")
        }
        (None, 0) => "create_strategy in this session.".to_owned(),
        (None, _) => "inspect_strategy or get_backtest with an artifact_id.".to_owned(),
    };
    Ok(Answer::new(found, summary, next))
}

const DELETE: Card = Card {
    name: "delete_strategy",
    title: "Delete a strategy",
    description: "Delete one strategy version for good. Ask the user first, then pass confirm: true. Refused while work on it runs.",
    effect: Effect::Deletes,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Delete {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
    /// Must be true: deleting cannot be undone.
    #[serde(default)]
    confirm: bool,
}

async fn delete(desk: Desk, caller: Caller, input: Delete) -> Result<Answer<StrategyDeleted>, AppError> {
    let deleted = artifact::delete(&desk, &caller, &input.session_id, &input.artifact_id, input.confirm).await?;
    let summary = format!("Strategy {} is deleted.", deleted.artifact_id);
    Ok(Answer::new(deleted, summary, "list_strategies shows what is left."))
}
