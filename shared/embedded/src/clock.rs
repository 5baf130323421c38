//! Time and randomness of the machine, and the virtual time of tokio's timers.
//!
//! Nothing here decides anything; a frozen or hand-moved clock is the tests' own.

use ports::clock::{Clock, Ids};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

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

/// The time of tokio's timers: with a paused runtime it stands still and jumps exactly as sleeps do.
#[derive(Debug, Clone, Copy)]
pub struct TimerClock {
    origin: Instant,
    origin_us: i64,
}

impl TimerClock {
    /// A clock that reads `start_us` (microseconds since the epoch) now.
    #[must_use]
    pub fn starting_at(start_us: i64) -> Self {
        Self { origin: Instant::now(), origin_us: start_us }
    }
}

impl Clock for TimerClock {
    fn now_us(&self) -> i64 {
        let since_us = i64::try_from(self.origin.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.origin_us.saturating_add(since_us)
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
