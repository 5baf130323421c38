//! What an account has used, and what it may use.

use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::{record_keys, records};
use domain::account::Account;
use domain::limits::{SESSIONS_PER_TENANT_MAX, SWEEPS_AT_ONCE_MAX};
use domain::work::TenantWork;

/// Use and limits. Work is counted in combination-minutes: combinations times simulated minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Sessions made, archived ones included.
    pub sessions_made: u64,
    /// How many may be made.
    pub sessions_max: u64,
    /// Sweeps that run now.
    pub sweeps_running: usize,
    /// How many may run.
    pub sweeps_max: usize,
    /// Work started today (UTC).
    pub work_today: u64,
    /// How much may be started in a day.
    pub work_per_day_max: u64,
    /// Work of the running sweeps together.
    pub work_at_once: u64,
    /// How much may run at once.
    pub work_at_once_max: u64,
}

/// What the caller's account has used.
///
/// # Errors
/// The table's.
pub async fn usage(desk: &Desk, caller: &Caller) -> Result<Usage, AppError> {
    let account = records::get::<Account>(desk, &record_keys::account(&caller.tenant)).await?;
    let work = records::get::<TenantWork>(desk, &record_keys::work(&caller.tenant)).await?;
    let work = work.map(|read| read.value).unwrap_or_default();
    let limits = desk.settings.limits;
    Ok(Usage {
        sessions_made: account.map_or(0, |read| read.value.sessions_made),
        sessions_max: SESSIONS_PER_TENANT_MAX,
        sweeps_running: work.running.len(),
        sweeps_max: SWEEPS_AT_ONCE_MAX,
        work_today: work.used_today(desk.now_us()),
        work_per_day_max: limits.tenant_per_day_max,
        work_at_once: work.at_once(),
        work_at_once_max: limits.tenant_at_once_max,
    })
}
