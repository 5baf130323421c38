//! Tools of sessions: create, list, look at, rename and archive.

use super::{Card, Effect, Tool};
use crate::answer::Answer;
use app::session::{self, StatusFilter};
use app::view::{SessionDetail, SessionList, SessionSummary};
use app::{AppError, Caller, Desk};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::keyed(CREATE, create), Tool::keyed(LIST, list), Tool::keyed(GET, get), Tool::keyed(UPDATE, update)]
}

const CREATE: Card = Card {
    name: "create_session",
    title: "Create a session",
    description: "Start here. A session holds the strategies, backtests and sweeps of one line of work; every other tool takes its session_id. \
Next: create_strategy.",
    effect: Effect::Creates,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// What the session is about, for example "Opening range on NQ".
    title: Option<String>,
}

async fn create(desk: Desk, caller: Caller, input: Create) -> Result<Answer<SessionSummary>, AppError> {
    let made = session::create(&desk, &caller, input.title.as_deref()).await?;
    let summary = format!("Session \"{}\" is ready.", made.title);
    let next = format!(
        "create_strategy with session_id {} and either description (English) or rules (get_rules_guide shows the language).",
        made.session_id
    );
    Ok(Answer::new(made, summary, next))
}

const LIST: Card = Card {
    name: "list_sessions",
    title: "List sessions",
    description: "Your sessions, newest first. Use it to find earlier work; get_session then shows what is in one.",
    effect: Effect::Reads,
};

/// Which sessions.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    #[default]
    Active,
    Archived,
    All,
}

const SESSIONS_DEFAULT: u64 = 20;

const fn sessions_default() -> u64 {
    SESSIONS_DEFAULT
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    status: Status,
    #[serde(default = "sessions_default")]
    #[schemars(range(min = 1, max = 100))]
    limit: u64,
    /// next_cursor of the previous page.
    cursor: Option<String>,
}

async fn list(desk: Desk, caller: Caller, input: List) -> Result<Answer<SessionList>, AppError> {
    let status = match input.status {
        Status::Active => StatusFilter::Active,
        Status::Archived => StatusFilter::Archived,
        Status::All => StatusFilter::All,
    };
    let found = session::list(&desk, &caller, status, input.limit, input.cursor.as_deref()).await?;
    let more = found.pagination.next_cursor.is_some();
    let summary =
        format!("{} session(s) on this page{}.", found.sessions.len(), if more { ", more follow" } else { "" });
    let next = match (&found.pagination.next_cursor, found.sessions.is_empty()) {
        (Some(cursor), _) => {
            format!("list_sessions with cursor \"{cursor}\" for the next page, or get_session for one of them.")
        }
        (None, true) => "create_session to start one.".to_owned(),
        (None, false) => "get_session with a session_id, or create_session for new work.".to_owned(),
    };
    Ok(Answer::new(found, summary, next))
}

const GET: Card = Card {
    name: "get_session",
    title: "Look at a session",
    description: "A session with its strategies in brief and the work that is running in it.",
    effect: Effect::Reads,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Get {
    /// From create_session or list_sessions.
    session_id: String,
}

async fn get(desk: Desk, caller: Caller, input: Get) -> Result<Answer<SessionDetail>, AppError> {
    let found = session::get(&desk, &caller, &input.session_id).await?;
    Ok(described(found))
}

fn described(found: SessionDetail) -> Answer<SessionDetail> {
    let summary = format!(
        "Session \"{}\" ({}): {} strategy version(s), {} task(s) running.",
        found.session.title,
        found.session.status,
        found.strategies.len(),
        found.running_work.len()
    );
    let next = match (found.running_work.first(), found.strategies.last()) {
        (Some(work), _) => format!("wait_for_completion with task {} for {}.", work.task, work.id),
        (None, Some(latest)) => format!("inspect_strategy or get_backtest with artifact_id {}.", latest.artifact_id),
        (None, None) => "create_strategy in this session.".to_owned(),
    };
    Answer::new(found, summary, next)
}

const UPDATE: Card = Card {
    name: "update_session",
    title: "Rename or archive a session",
    description: "Change a session's title, or archive (archived: true) and restore (archived: false) it. Nothing in it is deleted.",
    effect: Effect::Sets,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Update {
    /// From create_session or list_sessions.
    session_id: String,
    title: Option<String>,
    archived: Option<bool>,
}

async fn update(desk: Desk, caller: Caller, input: Update) -> Result<Answer<SessionDetail>, AppError> {
    let changed = session::update(&desk, &caller, &input.session_id, input.title.as_deref(), input.archived).await?;
    Ok(described(changed))
}
