//! Sweeps of every account, for whoever runs the service: which run, how old they are and how far. Sending again is beside.
//!
//! The one place that looks across accounts: operators' commands use it, requests never do.

mod page;
mod repair;

pub use repair::{RepairRequest, Repaired, Repairs, repair};

use crate::error::AppError;
use crate::platform::Desk;
use crate::work::receipts;
use crate::{access, record_keys, records, text};
use domain::ids::{OptimizationId, SessionId, TenantId};
use domain::limits::PAGE_ROWS_MAX;
use domain::optimization::{Batch, BatchStatus};
use domain::session::Session;
use domain::work::TenantWork;
use page::{Page, Place};
use serde::{Deserialize, Serialize};

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRequest {
    /// Only this account's.
    pub tenant: Option<String>,
    /// Also those that have not started or have ended.
    pub all: bool,
    /// Sweeps on a page.
    pub limit: u64,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// A sweep as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    /// Account.
    pub tenant: String,
    /// Session.
    pub session_id: String,
    /// Sweep.
    pub optimization_id: String,
    /// Its state; `missing` when only its reservation is left.
    pub status: String,
    /// Combinations.
    pub total_combinations: u64,
    /// Slices; 0 before it starts.
    pub slices: u32,
    /// Slices with a receipt; null unless it runs.
    pub slices_settled: Option<u32>,
    /// When it started; null before.
    pub started_at: Option<String>,
    /// Seconds since it started, until it ended; null before.
    pub age_seconds: Option<i64>,
    /// When the last receipt was written, or its start or repair if that was later; null unless it runs.
    pub last_progress_at: Option<String>,
    /// Seconds since then; null unless it runs.
    pub idle_seconds: Option<i64>,
    /// Whether it holds the slot of its session.
    pub holds_slot: bool,
    /// Whether it holds a part of its account's work limit.
    pub holds_work: bool,
}

/// A page of sweeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchList {
    /// The sweeps, by account.
    pub batches: Vec<BatchRow>,
    /// Where to go on; null on the last page.
    pub next_cursor: Option<String>,
}

/// The accounts a request is about, in order.
async fn tenants(desk: &Desk, named: Option<&str>) -> Result<Vec<TenantId>, AppError> {
    let Some(name) = named else { return access::tenants(desk).await };
    let wrong = || AppError::invalid(format!("`{name}` is not an account name"), "use a-z, 0-9, - and _, at most 64");
    Ok(vec![TenantId::parse(name).ok_or_else(wrong)?])
}

/// What the running sweeps of an account have reserved.
async fn work_of(desk: &Desk, tenant: &TenantId) -> Result<TenantWork, AppError> {
    let read = records::get::<TenantWork>(desk, &record_keys::work(tenant)).await?;
    Ok(read.map(|read| read.value).unwrap_or_default())
}

/// A page of sweeps of every account or of one: those under way, or all.
///
/// # Errors
/// A page size out of range, a cursor or an account name that is none.
pub async fn list(desk: &Desk, request: &ListRequest) -> Result<BatchList, AppError> {
    let limit = text::page_rows(request.limit, PAGE_ROWS_MAX)?;
    let wrong = || AppError::invalid("the cursor is not one of this list", "leave it out to start again");
    let start = request.cursor.as_deref().map(|cursor| Place::parse(cursor).ok_or_else(wrong)).transpose()?;
    let mut page = Page::new(desk, limit, start.clone());
    let mut left = tenants(desk, request.tenant.as_deref()).await?;
    left.retain(|tenant| start.as_ref().is_none_or(|start| is_left(start, tenant)));
    for tenant in &left {
        let place = start.as_ref().filter(|start| start.tenant == *tenant);
        if request.all {
            page.add_all(tenant, place).await?;
        } else {
            page.add_running(tenant, place).await?;
        }
        let finished = page.place.as_ref().is_some_and(|place| place.session.is_none());
        if page.is_full() && !(finished && left.last() == Some(tenant)) {
            return Ok(BatchList { batches: page.rows, next_cursor: page.place.map(|place| place.text()) });
        }
    }
    Ok(BatchList { batches: page.rows, next_cursor: None })
}

/// True when a list that stands at `place` has not finished the account.
fn is_left(place: &Place, tenant: &TenantId) -> bool {
    *tenant > place.tenant || (*tenant == place.tenant && place.session.is_some())
}

/// What a record alone says of a sweep.
fn row(desk: &Desk, tenant: &TenantId, batch: &Batch) -> BatchRow {
    let until = batch.ended_at.unwrap_or_else(|| desk.now_us());
    BatchRow {
        tenant: tenant.to_string(),
        session_id: batch.session_id.to_string(),
        optimization_id: batch.optimization_id.to_string(),
        status: text::word(&batch.status),
        total_combinations: batch.total_combinations,
        slices: batch.slice_count(),
        slices_settled: None,
        started_at: batch.started_at.map(text::time),
        age_seconds: batch.started_at.map(|started_at| (until - started_at) / 1_000_000),
        last_progress_at: None,
        idle_seconds: None,
        holds_slot: false,
        holds_work: false,
    }
}

/// A sweep with a reservation: its receipts and its slot are looked at too.
async fn running_row(
    desk: &Desk,
    tenant: &TenantId,
    (session_id, id): (&SessionId, &OptimizationId),
) -> Result<BatchRow, AppError> {
    let session = records::get::<Session>(desk, &record_keys::session(tenant, session_id)).await?;
    let holds_slot = session.is_some_and(|session| session.value.running_batch.as_ref() == Some(id));
    let Some(read) = records::get::<Batch>(desk, &record_keys::batch(tenant, session_id, id)).await? else {
        return Ok(missing(tenant, (session_id, id), holds_slot));
    };
    let mut found = BatchRow { holds_slot, holds_work: true, ..row(desk, tenant, &read.value) };
    if matches!(read.value.status, BatchStatus::Running | BatchStatus::Cancelling) {
        let progress = progress(desk, tenant, &read.value).await?;
        found.slices_settled = Some(progress.settled);
        found.last_progress_at = Some(text::time(progress.last_us));
        found.idle_seconds = Some((desk.now_us() - progress.last_us) / 1_000_000);
    }
    Ok(found)
}

/// A reservation without its sweep.
fn missing(tenant: &TenantId, (session_id, id): (&SessionId, &OptimizationId), holds_slot: bool) -> BatchRow {
    BatchRow {
        tenant: tenant.to_string(),
        session_id: session_id.to_string(),
        optimization_id: id.to_string(),
        status: "missing".to_owned(),
        total_combinations: 0,
        slices: 0,
        slices_settled: None,
        started_at: None,
        age_seconds: None,
        last_progress_at: None,
        idle_seconds: None,
        holds_slot,
        holds_work: true,
    }
}

/// How far a sweep is.
struct Progress {
    /// Slices with a receipt.
    settled: u32,
    /// Its last receipt, repair or start, microseconds UTC.
    last_us: i64,
}

async fn progress(desk: &Desk, tenant: &TenantId, batch: &Batch) -> Result<Progress, AppError> {
    let receipts = receipts::all(desk, tenant, batch).await?;
    let moments = [batch.started_at, batch.repaired_at].into_iter().flatten();
    let last_us = receipts.iter().map(|receipt| receipt.settled_at).chain(moments).max();
    let settled = u32::try_from(receipts.len()).unwrap_or(u32::MAX);
    Ok(Progress { settled, last_us: last_us.unwrap_or(batch.created_at) })
}
