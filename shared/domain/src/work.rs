//! What a tenant's sweeps may take: what is reserved while they run, and what a day has used.
//!
//! Work is counted in combination-minutes (combinations × simulated minutes). Single backtests are not counted here: one call
//! starts one run, and what runs at once is bounded by the version it belongs to.

use crate::ids::{OptimizationId, SessionId};
use crate::limits::{SWEEP_COMBINATIONS_MAX, SWEEPS_AT_ONCE_MAX, TENANT_WORK_AT_ONCE_MAX, TENANT_WORK_PER_DAY_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Microseconds of a day; a day here is one of UTC.
const DAY_US: i64 = 86_400_000_000;

/// The limits on work that whoever runs the service may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkLimits {
    /// Combinations of one sweep.
    pub sweep_combinations_max: u64,
    /// Combination-minutes of a tenant's running sweeps together.
    pub tenant_at_once_max: u64,
    /// Combination-minutes of the sweeps a tenant starts in one day of UTC.
    pub tenant_per_day_max: u64,
}

impl Default for WorkLimits {
    fn default() -> Self {
        Self::new(None, None, None)
    }
}

impl WorkLimits {
    /// Limits; those not given are the defaults of [`crate::limits`].
    #[must_use]
    pub fn new(sweep_combinations: Option<u64>, tenant_at_once: Option<u64>, tenant_per_day: Option<u64>) -> Self {
        Self {
            sweep_combinations_max: sweep_combinations.unwrap_or(SWEEP_COMBINATIONS_MAX),
            tenant_at_once_max: tenant_at_once.unwrap_or(TENANT_WORK_AT_ONCE_MAX),
            tenant_per_day_max: tenant_per_day.unwrap_or(TENANT_WORK_PER_DAY_MAX),
        }
    }
}

/// What one running sweep has reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Session it runs in.
    pub session_id: SessionId,
    /// Combination-minutes.
    pub work: u64,
    /// Day it was reserved on, days since 1970-01-01.
    pub day: i64,
}

/// Why no work can be reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Too many sweeps at once: this many run.
    SweepsAtOnce(usize),
    /// Too much work at once: this much is reserved.
    WorkAtOnce(u64),
    /// Too much work today: this much is used; the count starts again at this time, microseconds UTC.
    WorkPerDay(u64, i64),
}

/// A tenant's work: one record, changed in the very transactions that start and end its sweeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantWork {
    /// Every running sweep, and no other.
    pub running: BTreeMap<OptimizationId, Reservation>,
    /// The last day something was started on, days since 1970-01-01.
    pub day: i64,
    /// Combination-minutes started on that day, less those that were cancelled before they were evaluated.
    pub used_on_day: u64,
}

impl TenantWork {
    /// Combination-minutes of the running sweeps together.
    #[must_use]
    pub fn at_once(&self) -> u64 {
        self.running.values().fold(0, |sum, reservation| sum.saturating_add(reservation.work))
    }

    /// Combination-minutes started on the day of `now_us`.
    #[must_use]
    pub const fn used_today(&self, now_us: i64) -> u64 {
        if now_us.div_euclid(DAY_US) > self.day { 0 } else { self.used_on_day }
    }

    /// Reserves the work of a sweep that starts now.
    ///
    /// # Errors
    /// The limit that would be exceeded; nothing is changed then.
    pub fn reserve(
        &mut self,
        batch: &OptimizationId,
        (session_id, work): (&SessionId, u64),
        now_us: i64,
        limits: &WorkLimits,
    ) -> Result<(), Excess> {
        let (today, at_once) = (now_us.div_euclid(DAY_US), self.at_once());
        // A clock that is behind counts to the later day.
        let (day, used) = if today > self.day { (today, 0) } else { (self.day, self.used_on_day) };
        if self.running.len() >= SWEEPS_AT_ONCE_MAX {
            return Err(Excess::SweepsAtOnce(self.running.len()));
        }
        if at_once.saturating_add(work) > limits.tenant_at_once_max {
            return Err(Excess::WorkAtOnce(at_once));
        }
        if used.saturating_add(work) > limits.tenant_per_day_max {
            return Err(Excess::WorkPerDay(used, (day + 1) * DAY_US));
        }
        self.running.insert(batch.clone(), Reservation { session_id: session_id.clone(), work, day });
        (self.day, self.used_on_day) = (day, used.saturating_add(work));
        Ok(())
    }

    /// Releases what a sweep that ends has reserved, and takes what it never evaluated off the day it was started on;
    /// false when it holds nothing.
    pub fn release(&mut self, batch: &OptimizationId, never_evaluated: u64) -> bool {
        let Some(reservation) = self.running.remove(batch) else { return false };
        if reservation.day == self.day {
            self.used_on_day = self.used_on_day.saturating_sub(never_evaluated.min(reservation.work));
        }
        true
    }
}
