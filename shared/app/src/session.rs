//! Sessions: create, list, look at, rename, archive.

use crate::error::{AppError, ErrorKind};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::{Pagination, SessionDetail, SessionList, SessionSummary, StrategyBrief};
use crate::{artifact, record_keys, text};
use domain::account::Account;
use domain::artifact::Artifact;
use domain::ids::SessionId;
use domain::limits::{ARTIFACTS_PER_SESSION_MAX, PAGE_ROWS_MAX, SESSIONS_PER_TENANT_MAX, TITLE_CHARACTERS_MAX};
use domain::session::Session;
use ports::table::{Consistency, Query};

/// Strategy versions shown with a session.
const BRIEFS_MAX: usize = 50;

/// Sessions read at once while a page is filled.
const READ_SESSIONS: usize = 200;

/// Reads for one page: a page may be short, or empty, when few sessions pass the filter; its cursor goes on.
const READS_MAX: usize = 5;

/// Tries of creating a session against others created at the same moment.
const WRITE_ATTEMPTS: u32 = 12;

/// Which sessions to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    /// Not archived.
    Active,
    /// Archived.
    Archived,
    /// Both.
    All,
}

/// The caller's session.
pub(crate) async fn find(desk: &Desk, caller: &Caller, session_id: &str) -> Result<Stored<Session>, AppError> {
    let missing = || {
        AppError::not_found(
            "session",
            session_id,
            "call list_sessions for your sessions, or create_session for a new one",
        )
    };
    let id = SessionId::parse(session_id).ok_or_else(missing)?;
    records::get(desk, &record_keys::session(&caller.tenant, &id)).await?.ok_or_else(missing)
}

fn checked_title(title: &str) -> Result<String, AppError> {
    let title = title.trim();
    let characters = title.chars().count();
    if characters > TITLE_CHARACTERS_MAX {
        return Err(AppError::limit("TITLE_CHARACTERS_MAX", TITLE_CHARACTERS_MAX, characters, "use a shorter title"));
    }
    if title.chars().any(char::is_control) {
        return Err(AppError::invalid("the title has control characters", "use printable text on one line"));
    }
    Ok(title.to_owned())
}

fn summary(desk: &Desk, session: &Session) -> SessionSummary {
    SessionSummary {
        session_id: session.session_id.to_string(),
        title: session.title.clone(),
        status: if session.archived { "archived" } else { "active" },
        created_at: text::time(session.created_at),
        strategy_count: session.artifacts_made,
        app_url: desk.session_url(&session.session_id),
    }
}

/// Creates a session.
///
/// # Errors
/// A title that is too long or not printable, or too many sessions.
pub async fn create(desk: &Desk, caller: &Caller, title: Option<&str>) -> Result<SessionSummary, AppError> {
    let now = desk.now_us();
    let title = match title.map(checked_title).transpose()? {
        Some(title) if !title.is_empty() => title,
        Some(_) | None => format!("Session of {}", text::time(now)),
    };
    let session = Session::new(SessionId::new(now, &desk.ids.random()), title, now);
    let key = record_keys::session(&caller.tenant, &session.session_id);
    for _ in 0..WRITE_ATTEMPTS {
        if counted(desk, caller).await?.create(key.clone(), &session)?.commit(desk).await? {
            return Ok(summary(desk, &session));
        }
    }
    Err(records::contention(&key))
}

/// A transaction that counts one more session of the caller's account.
async fn counted(desk: &Desk, caller: &Caller) -> Result<Transaction, AppError> {
    let key = record_keys::account(&caller.tenant);
    let read = records::get::<Account>(desk, &key).await?;
    let mut account = read.as_ref().map(|read| read.value.clone()).unwrap_or_default();
    account.sessions_made += 1;
    if account.sessions_made > SESSIONS_PER_TENANT_MAX {
        let next = "continue in one of your sessions (list_sessions)";
        return Err(AppError::limit("SESSIONS_PER_TENANT_MAX", SESSIONS_PER_TENANT_MAX, account.sessions_made, next));
    }
    match &read {
        Some(read) => Transaction::new().update(read, &account),
        None => Transaction::new().create(key, &account),
    }
}

/// A page of the caller's sessions, newest first. Only a page without a cursor is the last one.
///
/// # Errors
/// A limit out of range or a cursor that is not ours.
pub async fn list(
    desk: &Desk,
    caller: &Caller,
    status: StatusFilter,
    limit: u64,
    cursor: Option<&str>,
) -> Result<SessionList, AppError> {
    search(desk, caller, (status, ""), limit, cursor).await
}

/// The same of the sessions whose title has these words, in whatever case.
///
/// # Errors
/// As [`list`].
pub async fn search(
    desk: &Desk,
    caller: &Caller,
    (status, words): (StatusFilter, &str),
    limit: u64,
    cursor: Option<&str>,
) -> Result<SessionList, AppError> {
    let limit = text::page_rows(limit, PAGE_ROWS_MAX)?;
    let mut after = cursor.map(|cursor| text::open_cursor("sessions", cursor)).transpose()?;
    let words = words.trim().to_lowercase();
    let wanted = |session: &&Session| {
        let shown = match status {
            StatusFilter::Active => !session.archived,
            StatusFilter::Archived => session.archived,
            StatusFilter::All => true,
        };
        shown && (words.is_empty() || session.title.to_lowercase().contains(&words))
    };
    let mut sessions = Vec::new();
    for _ in 0..READS_MAX {
        let query = Query {
            partition: record_keys::sessions(&caller.tenant),
            prefix: SessionId::PREFIX.to_owned(),
            after: after.take(),
            limit: READ_SESSIONS,
            descending: true,
            consistency: Consistency::Eventual,
        };
        let page = records::list::<Session>(desk, &query).await?;
        let mut found = page.values.iter().filter(wanted).peekable();
        while let Some(session) = found.next_if(|_| sessions.len() < limit) {
            sessions.push(summary(desk, session));
            after = Some(session.session_id.to_string());
        }
        if found.peek().is_some() {
            break;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let next_cursor = after.map(|sort| text::seal_cursor("sessions", &sort));
    Ok(SessionList { sessions, pagination: Pagination { next_cursor } })
}

/// A session alone.
///
/// # Errors
/// Not found.
pub async fn named(desk: &Desk, caller: &Caller, session_id: &str) -> Result<SessionSummary, AppError> {
    Ok(summary(desk, &find(desk, caller, session_id).await?.value))
}

/// A session with its strategies in brief and the work under way.
///
/// # Errors
/// Not found.
pub async fn get(desk: &Desk, caller: &Caller, session_id: &str) -> Result<SessionDetail, AppError> {
    let session = find(desk, caller, session_id).await?.value;
    detail(desk, caller, &session).await
}

async fn detail(desk: &Desk, caller: &Caller, session: &Session) -> Result<SessionDetail, AppError> {
    let partition = record_keys::in_session(&caller.tenant, &session.session_id);
    let artifacts: Vec<Artifact> =
        records::list_all(desk, &partition, record_keys::ARTIFACTS, ARTIFACTS_PER_SESSION_MAX, Consistency::Eventual)
            .await?;
    let running_work = artifact::running_work(desk, caller, session, &artifacts).await?;
    let first = artifacts.len().saturating_sub(BRIEFS_MAX);
    let strategies = artifacts.iter().skip(first).map(brief).collect();
    Ok(SessionDetail { session: summary(desk, session), strategies, running_work })
}

fn brief(artifact: &Artifact) -> StrategyBrief {
    StrategyBrief {
        artifact_id: artifact.artifact_id.to_string(),
        version: artifact.version,
        name: artifact.name.clone(),
        ticker: artifact.ticker.clone(),
        lifecycle_status: text::word(&artifact.lifecycle_status),
        backtest_status: text::word(&artifact.backtest_status),
    }
}

/// Renames, archives or restores a session.
///
/// # Errors
/// Nothing to change, a bad title, or not found.
pub async fn update(
    desk: &Desk,
    caller: &Caller,
    session_id: &str,
    title: Option<&str>,
    archived: Option<bool>,
) -> Result<SessionDetail, AppError> {
    if title.is_none() && archived.is_none() {
        return Err(AppError::invalid("nothing to change", "give `title`, `archived`, or both"));
    }
    let title = title.map(checked_title).transpose()?;
    if title.as_deref() == Some("") {
        return Err(AppError::invalid("the title is empty", "give a title with at least one character"));
    }
    let found = find(desk, caller, session_id).await?.value;
    let now = desk.now_us();
    let changed =
        records::modify::<Session>(desk, &record_keys::session(&caller.tenant, &found.session_id), |session| {
            if let Some(title) = &title {
                session.title.clone_from(title);
            }
            session.archived = archived.unwrap_or(session.archived);
            session.updated_at = now;
            Ok(true)
        })
        .await?
        .ok_or_else(|| AppError::new(ErrorKind::NotFound, "the session is gone", "call list_sessions"))?;
    detail(desk, caller, &changed).await
}
