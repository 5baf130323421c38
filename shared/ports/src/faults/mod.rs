//! A layer of faults around any table, queue, blob store or handler: everything a cloud may do that a laptop does not.
//!
//! Seeded: on a single-threaded runtime the same seed and the same calls give the same faults. It never invents data:
//! what it serves was true once, what it repeats was asked for.

mod blobs;
mod handler;
mod queue;
mod random;
mod table;

pub use random::{Random, SeededIds};

use crate::PortError;
use crate::blobs::Blobs;
use crate::queue::{Handler, Queue};
use crate::table::Table;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How often each fault happens, per thousand calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FaultRates {
    /// A call fails and nothing happened.
    pub unavailable: u32,
    /// A write is applied, and its answer is lost: the caller sees a failure.
    pub lost_answer: u32,
    /// A write is applied twice, as by a client library that retried: the caller sees the second answer.
    pub repeated_write: u32,
    /// An eventually consistent query is answered from the past.
    pub stale_read: u32,
    /// A message is sent twice.
    pub duplicate_message: u32,
    /// A message arrives up to [`DELAY_SECONDS_FAULT_MAX`] late.
    pub late_message: u32,
    /// The messages of a send or of a delivered batch are shuffled.
    pub shuffle: u32,
    /// A handled batch is reported as failed (its acknowledgement was lost) and comes back.
    pub lost_acknowledgement: u32,
    /// A handler is stopped before it began; the batch comes back.
    pub dropped_batch: u32,
    /// A call lets other tasks run before it begins, up to three times.
    pub interleave: u32,
}

impl FaultRates {
    /// Some of everything.
    pub const ROUGH: Self = Self {
        unavailable: 20,
        lost_answer: 20,
        repeated_write: 20,
        stale_read: 500,
        duplicate_message: 50,
        late_message: 100,
        shuffle: 500,
        lost_acknowledgement: 30,
        dropped_batch: 30,
        interleave: 500,
    };
}

/// Longest extra delay of a late message, seconds.
pub const DELAY_SECONDS_FAULT_MAX: u32 = 120;

/// A process that dies between two writes, or before it hears of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// Writes that are applied, counted from the last restart; everything after them fails, reads too.
    pub writes: u64,
    /// False when the last of them is applied but reported as failed.
    pub last_is_answered: bool,
}

/// What a write is to suffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Proceed,
    Repeat,
    LoseAnswer,
}

#[derive(Debug)]
struct State {
    random: Random,
    rates: FaultRates,
    crash: Option<CrashPoint>,
    writes: u64,
    down: bool,
}

/// The source of faults, shared by everything it wraps.
#[derive(Debug)]
pub struct Faults {
    state: Mutex<State>,
}

impl Faults {
    /// Faults by a seed.
    #[must_use]
    pub fn new(seed: u64, rates: FaultRates) -> Arc<Self> {
        let state = State { random: Random::new(seed), rates, crash: None, writes: 0, down: false };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Wraps a table.
    #[must_use]
    pub fn table(self: &Arc<Self>, inner: Arc<dyn Table>) -> Arc<dyn Table> {
        Arc::new(table::FaultyTable::new(Arc::clone(self), inner))
    }

    /// Wraps a queue's sending side.
    #[must_use]
    pub fn queue(self: &Arc<Self>, inner: Arc<dyn Queue>) -> Arc<dyn Queue> {
        Arc::new(queue::FaultyQueue::new(Arc::clone(self), inner))
    }

    /// Wraps a blob store.
    #[must_use]
    pub fn blobs(self: &Arc<Self>, inner: Arc<dyn Blobs>) -> Arc<dyn Blobs> {
        Arc::new(blobs::FaultyBlobs::new(Arc::clone(self), inner))
    }

    /// Wraps a handler: its batches are shuffled, dropped, or handled and reported as failed.
    #[must_use]
    pub fn handler(self: &Arc<Self>, inner: Arc<dyn Handler>) -> Arc<dyn Handler> {
        Arc::new(handler::FaultyHandler::new(Arc::clone(self), inner))
    }

    /// Other rates from now on.
    pub fn set_rates(&self, rates: FaultRates) {
        self.lock().rates = rates;
    }

    /// Dies at a point, counted from now (the hook for "a crash between any two writes").
    pub fn crash_at(&self, point: CrashPoint) {
        let mut state = self.lock();
        state.writes = 0;
        state.down = point.writes == 0;
        state.crash = Some(point);
    }

    /// Lives again, without a crash point; counts writes from 0.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.writes = 0;
        state.down = false;
        state.crash = None;
    }

    /// True between a crash and a restart.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.lock().down
    }

    /// Writes (table writes, sends, postponements, puts and deletes of blobs) applied since the start, the last
    /// [`Self::crash_at`] or [`Self::restart`].
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.lock().writes
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a write is to suffer; counts it unless it fails at once.
    fn on_write(&self) -> Result<Fate, PortError> {
        let mut state = self.lock();
        state.refuse()?;
        state.writes += 1;
        if let Some(point) = state.crash
            && state.writes >= point.writes
        {
            state.down = true;
            return Ok(if point.last_is_answered { Fate::Proceed } else { Fate::LoseAnswer });
        }
        let rates = state.rates;
        Ok(if state.random.happens(rates.lost_answer) {
            Fate::LoseAnswer
        } else if state.random.happens(rates.repeated_write) {
            Fate::Repeat
        } else {
            Fate::Proceed
        })
    }

    fn on_read(&self) -> Result<(), PortError> {
        self.lock().refuse()
    }

    /// True `rate(rates)` times in a thousand.
    fn happens(&self, rate: impl Fn(&FaultRates) -> u32) -> bool {
        let mut state = self.lock();
        let rate = rate(&state.rates);
        state.random.happens(rate)
    }

    fn below(&self, bound: u64) -> u64 {
        self.lock().random.below(bound)
    }

    fn shuffle<T>(&self, items: &mut [T]) {
        if self.happens(|rates| rates.shuffle) {
            self.lock().random.shuffle(items);
        }
    }

    /// Lets other tasks run.
    async fn interleave(&self) {
        if self.happens(|rates| rates.interleave) {
            for _ in 0..=self.below(3) {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl State {
    fn refuse(&mut self) -> Result<(), PortError> {
        if self.down {
            return Err(PortError::Unavailable("injected: the process is dead".into()));
        }
        if self.random.happens(self.rates.unavailable) {
            return Err(PortError::Unavailable("injected: nothing happened".into()));
        }
        Ok(())
    }
}

fn lost_answer() -> PortError {
    PortError::Unavailable("injected: applied, but the answer was lost".into())
}
