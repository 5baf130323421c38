//! The virtual time of tokio's timers; the machine's own time and randomness are `boot`'s.

use ports::clock::Clock;
use tokio::time::Instant;

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
