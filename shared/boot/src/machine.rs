//! What the machine offers: processors, memory, time and randomness.
//!
//! Nothing here decides anything; a frozen or hand-moved clock is the tests' own.

use ports::clock::{Clock, Ids};
use std::time::{SystemTime, UNIX_EPOCH};

/// Megabytes of memory for which a function gets one processor.
const MEMORY_MB_PER_PROCESSOR: usize = 1_769;

/// Bars are kept warm in one part of this many of a function's memory, studies in another; the rest is for the work itself.
const WARM_PARTS: usize = 4;

/// Threads for computing: one per processor the process may use, at least one.
#[must_use]
pub fn compute_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

/// Threads for computing in a function of this much memory: one per full processor it gets, at least one.
#[must_use]
pub const fn threads_of(memory_mb: usize) -> usize {
    let processors = memory_mb / MEMORY_MB_PER_PROCESSOR;
    if processors == 0 { 1 } else { processors }
}

/// Bytes of bars, and again of studies, that a function of this much memory keeps warm.
#[must_use]
pub const fn warm_bytes_of(memory_mb: usize) -> usize {
    memory_mb.saturating_mul(1024 * 1024) / WARM_PARTS
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_us(&self) -> i64 {
        // A clock before 1970 or after the year 290000 is not worth an error path.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_micros()).ok())
            .unwrap_or(0)
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    /// # Panics
    /// When the operating system refuses random bytes: no guessable identifier may leave the process.
    #[expect(clippy::expect_used, reason = "the port has no error, and a guessable key is worse than a failed request")]
    fn random(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
