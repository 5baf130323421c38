//! When an invocation must be over, as its handler is told.

use ports::queue::Deadline;

/// Time kept back from the runtime's deadline, microseconds: for giving messages back and for the answer itself.
pub const MARGIN_US: i64 = 2_000_000;

/// The handler's deadline for an invocation that the runtime ends at `runtime_deadline_ms` after the epoch.
///
/// A deadline in the past is none: local emulators send a constant. Then the function has its configured time, from now.
#[must_use]
pub fn of_invocation(runtime_deadline_ms: u64, timeout_seconds: u32, now_us: i64) -> Deadline {
    let stated_us = i64::try_from(runtime_deadline_ms).unwrap_or(i64::MAX).saturating_mul(1_000);
    let end_us =
        if stated_us > now_us { stated_us } else { now_us.saturating_add(i64::from(timeout_seconds) * 1_000_000) };
    Deadline { at_us: end_us.saturating_sub(MARGIN_US) }
}
