//! Pauses between attempts: exponential with full jitter, so that those who collided do not meet again.
//!
//! For what the SDK does not retry itself: transaction conflicts, unprocessed keys, failed entries of a batch.

use ports::PortError;
use std::time::Duration;

/// Attempts of one call, the first included.
pub(crate) const ATTEMPTS_MAX: u32 = 8;

/// Longest pause after the first attempt.
const FIRST_PAUSE_MS: u64 = 25;

/// Longest pause at all; with [`ATTEMPTS_MAX`] a call waits about two seconds before it gives up.
const PAUSE_MS_MAX: u64 = 1_000;

/// Waits before attempt `attempt` (from 0); not at all before the first.
pub(crate) async fn pause_before(attempt: u32) -> Result<(), PortError> {
    if attempt > 0 {
        let longest = FIRST_PAUSE_MS.saturating_mul(1 << (attempt - 1).min(16)).min(PAUSE_MS_MAX);
        let pause_ms = u64::from_le_bytes(random()?) % (longest + 1);
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    }
    Ok(())
}

/// Random bytes of the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], PortError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| PortError::Internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}
