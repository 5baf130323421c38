//! Sending the messages of a sweep again, for whoever runs the service. Harmless to a sweep that is well.

use super::{progress, tenants, work_of};
use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::platform::Desk;
use crate::{record_keys, records};
use domain::ids::{OptimizationId, SessionId, TenantId};
use domain::optimization::{Batch, BatchStatus};
use domain::work::TenantWork;
use ports::message::{Watched, Work};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Sweeps repaired in one call; another call goes on with the rest.
const REPAIRS_MAX: usize = 200;

/// What to repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairRequest {
    /// Only this account's.
    pub tenant: Option<String>,
    /// These sweeps, however they are; every stuck one when empty.
    pub batches: Vec<String>,
    /// Minutes without progress that make a sweep stuck.
    pub stuck_minutes: u32,
}

/// What was done about one sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    /// Account; empty for a sweep that does not run.
    pub tenant: String,
    /// Session; empty for a sweep that does not run.
    pub session_id: String,
    /// Sweep.
    pub optimization_id: String,
    /// What was done, in words.
    pub done: String,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs {
    /// Sweep by sweep.
    pub repaired: Vec<Repaired>,
    /// True when there are more stuck sweeps than one call repairs: call again.
    pub more: bool,
}

/// Sends the messages of the named or of all stuck sweeps again, and frees what ended ones still hold.
///
/// # Errors
/// An account name or an id that is none.
pub async fn repair(desk: &Desk, request: &RepairRequest) -> Result<Repairs, AppError> {
    let mut wanted = BTreeSet::new();
    for id in &request.batches {
        let wrong = || AppError::invalid(format!("`{id}` is not the id of a sweep"), "list them: barlake batches list");
        wanted.insert(OptimizationId::parse(id).ok_or_else(wrong)?);
    }
    let all_stuck = wanted.is_empty();
    let mut repairs = Repairs::default();
    for tenant in tenants(desk, request.tenant.as_deref()).await? {
        for (id, reservation) in work_of(desk, &tenant).await?.running {
            if !all_stuck && !wanted.remove(&id) {
                continue;
            }
            if repairs.repaired.len() >= REPAIRS_MAX {
                repairs.more = true;
                return Ok(repairs);
            }
            let stuck_minutes = all_stuck.then_some(request.stuck_minutes);
            if let Some(done) = one(desk, (&tenant, &reservation.session_id, &id), stuck_minutes).await? {
                repairs.repaired.push(Repaired {
                    tenant: tenant.to_string(),
                    session_id: reservation.session_id.to_string(),
                    optimization_id: id.to_string(),
                    done: done.to_owned(),
                });
            }
        }
    }
    repairs.repaired.extend(wanted.into_iter().map(|id| Repaired {
        tenant: String::new(),
        session_id: String::new(),
        optimization_id: id.to_string(),
        done: "nothing: no such sweep is running".to_owned(),
    }));
    Ok(repairs)
}

/// Repairs one sweep; `None` when only stuck ones are wanted and it is not.
async fn one(
    desk: &Desk,
    (tenant, session_id, id): (&TenantId, &SessionId, &OptimizationId),
    stuck_minutes: Option<u32>,
) -> Result<Option<&'static str>, AppError> {
    let key = record_keys::batch(tenant, session_id, id);
    let batch = records::get::<Batch>(desk, &key).await?.map(|read| read.value);
    let Some(batch) = batch.filter(|batch| !batch.status.is_final()) else {
        let work = record_keys::work(tenant);
        records::modify::<TenantWork>(desk, &work, |work| Ok(work.release(id, 0))).await?;
        return Ok(Some("it had ended; what it still reserved is free"));
    };
    if let Some(minutes) = stuck_minutes {
        let idle_us = desk.now_us() - progress(desk, tenant, &batch).await?.last_us;
        if idle_us < i64::from(minutes) * 60_000_000 {
            return Ok(None);
        }
    }
    let origin = Origin::first(tenant.clone(), session_id.clone());
    messages::watch(desk, &origin, Watched::Batch { optimization_id: id.clone() }).await?;
    let (work, done) = if batch.status == BatchStatus::Cancelling {
        (Work::Reduce { optimization_id: id.clone() }, "a watch and the reduction that cancels it were sent again")
    } else {
        (Work::Start { optimization_id: id.clone() }, "a watch and the start of its missing slices were sent again")
    };
    messages::send(desk, &origin, work, 0).await?;
    // Only now: a repair that sent nothing leaves the sweep stuck.
    let now = desk.now_us();
    records::modify::<Batch>(desk, &key, |batch| {
        let open = !batch.status.is_final();
        if open {
            batch.repaired_at = Some(now);
        }
        Ok(open)
    })
    .await?;
    Ok(Some(done))
}
