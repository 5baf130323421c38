//! A run as a page shows it: every trade, the whole curve, the bars its rules ran on, and its tables as files.

use super::{Run, find};
use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::view::BacktestBrief;
use crate::{record_keys, records, session, text};
use bytes::Bytes;
use domain::backtest::Backtest;
use domain::ids::BacktestId;
use domain::operation::WorkStatus;
use domain::session::Session;
use domain::tables::{EquityCurve, PriceChart, TradeRow};
use ports::table::{Consistency, Query};
use serde_json::{Map, Value};

/// Runs listed with a session, newest first.
const RUNS_SHOWN: usize = 100;

/// A table of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Its trades.
    Trades,
    /// Its equity, minute by minute.
    Equity,
}

impl Table {
    const fn object(self) -> &'static str {
        match self {
            Self::Trades => "trades.parquet",
            Self::Equity => "equity.parquet",
        }
    }
}

/// How a file reaches the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    /// At this link, for a few minutes.
    Link(String),
    /// Here it is.
    Bytes(Bytes),
}

/// The folder of a finished run's objects.
async fn folder(desk: &Desk, caller: &Caller, (session_id, backtest_id): (&str, &str)) -> Result<String, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let run = find(desk, caller, &session.session_id, backtest_id).await?.value;
    run.result_key.ok_or_else(|| {
        let why = run.error.unwrap_or_else(|| "it has not finished".to_owned());
        AppError::conflict(format!("this backtest has no results: {why}"), "wait for it, or run it again")
    })
}

fn lost(key: &str) -> AppError {
    AppError::internal(format!("{key}: no object"))
}

/// Every trade of a run, in order of exit.
///
/// # Errors
/// Not found, or not finished.
pub async fn trades(desk: &Desk, caller: &Caller, ids: (&str, &str)) -> Result<Vec<TradeRow>, AppError> {
    let key = format!("{}/{}", folder(desk, caller, ids).await?, Table::Trades.object());
    Ok(desk.results.read_trades(&key, 0, u64::MAX).await?.ok_or_else(|| lost(&key))?.rows)
}

/// The whole equity curve of a run.
///
/// # Errors
/// Not found, or not finished.
pub async fn equity(desk: &Desk, caller: &Caller, ids: (&str, &str)) -> Result<EquityCurve, AppError> {
    let key = format!("{}/{}", folder(desk, caller, ids).await?, Table::Equity.object());
    desk.results.read_equity(&key).await?.ok_or_else(|| lost(&key))
}

/// The bars and lines of a run; `None` for a run made before they were kept.
///
/// # Errors
/// Not found, or not finished.
pub async fn chart(desk: &Desk, caller: &Caller, ids: (&str, &str)) -> Result<Option<PriceChart>, AppError> {
    let key = format!("{}/chart.parquet", folder(desk, caller, ids).await?);
    Ok(desk.results.read_chart(&key).await?)
}

/// A table of a run as a Parquet file.
///
/// # Errors
/// Not found, or not finished.
pub async fn parquet(
    desk: &Desk,
    caller: &Caller,
    ids: (&str, &str),
    table: Table,
    file_name: &str,
) -> Result<Download, AppError> {
    let key = format!("{}/{}", folder(desk, caller, ids).await?, table.object());
    if let Some(link) = desk.blobs.download_link(&key, file_name).await? {
        return Ok(Download::Link(link));
    }
    desk.blobs.get(&key).await?.map(Download::Bytes).ok_or_else(|| lost(&key))
}

/// A file made of a run, at a link for a few minutes; `None` where the store gives out no links.
///
/// # Errors
/// Not found, or not finished.
pub async fn lent(
    desk: &Desk,
    caller: &Caller,
    ids: (&str, &str),
    file_name: &str,
    body: Bytes,
) -> Result<Option<String>, AppError> {
    let key = format!("{}/{file_name}", folder(desk, caller, ids).await?);
    let link = desk.blobs.download_link(&key, file_name).await?;
    if link.is_some() {
        desk.blobs.put(&key, body).await?;
    }
    Ok(link)
}

/// The newest runs of a session, newest first.
///
/// # Errors
/// Not found.
pub async fn list(desk: &Desk, caller: &Caller, session_id: &str) -> Result<Vec<BacktestBrief>, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    Ok(newest(desk, caller, &session).await?.into_iter().map(brief).collect())
}

async fn newest(desk: &Desk, caller: &Caller, session: &Session) -> Result<Vec<Backtest>, AppError> {
    let query = Query {
        partition: record_keys::in_session(&caller.tenant, &session.session_id),
        prefix: BacktestId::PREFIX.to_owned(),
        after: None,
        limit: RUNS_SHOWN,
        descending: true,
        consistency: Consistency::Eventual,
    };
    Ok(records::list::<Backtest>(desk, &query).await?.values)
}

/// A run with overrides: one of the newest that is just that, or a new one. Asking twice makes one run.
///
/// # Errors
/// As starting one.
pub async fn open(
    desk: &Desk,
    caller: &Caller,
    (session_id, artifact_id): (&str, &str),
    request: &Run,
    parameters: &Map<String, Value>,
) -> Result<String, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let is_same = |run: &&Backtest| {
        let pins = &run.pins;
        run.artifact_id.as_str() == artifact_id
            && run.parameters == *parameters
            && request.from.as_ref().is_none_or(|from| *from == pins.from)
            && request.to.as_ref().is_none_or(|to| *to == pins.to)
            && request.costs.as_ref().unwrap_or(&Value::Null) == &pins.costs
            && request.capital == pins.capital
            && pins.engine_version == engine::ENGINE_VERSION
            && matches!(run.status, WorkStatus::Running | WorkStatus::Succeeded)
    };
    if let Some(run) = newest(desk, caller, &session).await?.iter().find(is_same) {
        return Ok(run.backtest_id.to_string());
    }
    Ok(super::start(desk, caller, (session_id, artifact_id), request, parameters).await?.backtest_id)
}

fn brief(run: Backtest) -> BacktestBrief {
    BacktestBrief {
        backtest_id: run.backtest_id.to_string(),
        artifact_id: run.artifact_id.to_string(),
        backtest_status: super::status_word(run.status).to_owned(),
        own: run.own,
        other_terms: !run.pins.costs.is_null() || run.pins.capital.is_some(),
        from: run.pins.from,
        to: run.pins.to,
        parameters: run.parameters,
        metrics: run.metrics,
        created_at: text::time(run.created_at),
    }
}
