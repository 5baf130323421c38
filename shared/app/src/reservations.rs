//! A tenant's work limits: reserved in the transaction that starts a sweep, released in the one that ends it.
//!
//! So a reservation exists exactly while its sweep runs, whatever crashes in between.

use crate::error::AppError;
use crate::platform::Desk;
use crate::records::{self, Transaction};
use crate::{record_keys, text};
use domain::ids::TenantId;
use domain::limits::{SWEEP_WORK_MAX, SWEEPS_AT_ONCE_MAX};
use domain::optimization::Batch;
use domain::work::{Excess, TenantWork, WorkLimits};

/// Running sweeps that an error names.
const NAMED_MAX: usize = 3;

/// Refuses a sweep that could never run, whatever else runs: its work in combination-minutes otherwise.
pub(crate) fn check_alone(limits: &WorkLimits, total: u64, minutes: u64) -> Result<u64, AppError> {
    let work = total.saturating_mul(minutes);
    let bounds = [
        ("SWEEP_WORK_MAX", SWEEP_WORK_MAX),
        ("TENANT_WORK_AT_ONCE_MAX", limits.tenant_at_once_max),
        ("TENANT_WORK_PER_DAY_MAX", limits.tenant_per_day_max),
    ];
    match bounds.into_iter().find(|(_, most)| work > *most) {
        Some((name, most)) => Err(AppError::limit(
            name,
            most,
            format!("{total} combinations × {minutes} minutes = {work} combination-minutes"),
            "use a shorter window or fewer combinations",
        )),
        None => Ok(work),
    }
}

/// Adds the reservation of a sweep that starts to the transaction that starts it.
pub(crate) async fn reserve(
    desk: &Desk,
    tenant: &TenantId,
    batch: &Batch,
    transaction: Transaction,
) -> Result<Transaction, AppError> {
    let key = record_keys::work(tenant);
    let read = records::get::<TenantWork>(desk, &key).await?;
    let mut work = read.as_ref().map(|read| read.value.clone()).unwrap_or_default();
    let (asked, limits) = (batch.work_of(batch.total_combinations), &desk.settings.limits);
    work.reserve(&batch.optimization_id, (&batch.session_id, asked), desk.now_us(), limits)
        .map_err(|excess| refusal(excess, asked, &work, limits))?;
    match &read {
        Some(read) => transaction.update(read, &work),
        None => transaction.create(key, &work),
    }
}

/// Adds the release of what a sweep has reserved to the transaction that ends it.
pub(crate) async fn release(
    desk: &Desk,
    tenant: &TenantId,
    ended: &Batch,
    transaction: Transaction,
) -> Result<Transaction, AppError> {
    let Some(read) = records::get::<TenantWork>(desk, &record_keys::work(tenant)).await? else {
        return Ok(transaction);
    };
    let mut work = read.value.clone();
    if work.release(&ended.optimization_id, ended.work_of(ended.cancelled_count)) {
        return transaction.update(&read, &work);
    }
    Ok(transaction)
}

fn refusal(excess: Excess, asked: u64, work: &TenantWork, limits: &WorkLimits) -> AppError {
    let room =
        format!("wait for a running sweep to end (wait_for_completion) or stop one (cancel_task): {}", named(work));
    let smaller = "or set up fewer combinations or a shorter window";
    match excess {
        Excess::SweepsAtOnce(running) => {
            let used = format!("{running} running sweeps and this one");
            AppError::limit("SWEEPS_AT_ONCE_MAX", SWEEPS_AT_ONCE_MAX, used, &room)
        }
        Excess::WorkAtOnce(used) => {
            let used = format!("{used} combination-minutes of your running sweeps and {asked} of this one");
            let next = format!("{room}; {smaller}");
            AppError::limit("TENANT_WORK_AT_ONCE_MAX", limits.tenant_at_once_max, used, &next)
        }
        Excess::WorkPerDay(used, resets_at) => {
            let used = format!("{used} combination-minutes of today's sweeps and {asked} of this one");
            let resets_at = text::time(resets_at);
            let next = format!("run it after {resets_at}, when the day's count starts again, {smaller}");
            AppError::limit("TENANT_WORK_PER_DAY_MAX", limits.tenant_per_day_max, used, &next)
        }
    }
}

/// The longest running sweeps, by id and session.
fn named(work: &TenantWork) -> String {
    let some: Vec<String> = work
        .running
        .iter()
        .take(NAMED_MAX)
        .map(|(id, reservation)| format!("{id} in session {}", reservation.session_id))
        .collect();
    some.join(", ")
}
