//! What the tests of this binary share: a folder that goes away, a clock moved by hand, a queue under test.

use async_trait::async_trait;
use embedded::{EmbeddedQueue, Store};
use ports::PortError;
use ports::clock::Clock;
use ports::conformance::QueueUnderTest;
use ports::queue::{Delivery, Outgoing, Queue, QueueName};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A folder of its own, removed at the end.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("barlake-adapters-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn starting_at(now_us: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now_us)))
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// 2026-01-01, microseconds.
pub const START_US: i64 = 1_767_225_600_000_000;

/// A store over a file or in memory, with its clock.
pub fn store(folder: Option<&TemporaryFolder>) -> (Store, Arc<HandClock>) {
    let clock = HandClock::starting_at(START_US);
    let store = match folder {
        Some(folder) => Store::open(&folder.path().join("store.redb"), clock.clone()),
        None => Store::in_memory(clock.clone()),
    };
    (store.unwrap(), clock)
}

/// The embedded queue with its clock, as the conformance suite wants it.
pub struct Tested {
    pub queue: Arc<EmbeddedQueue>,
    pub clock: Arc<HandClock>,
}

#[async_trait]
impl Queue for Tested {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        self.queue.send(queue, messages).await
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        self.queue.postpone(queue, receipt, seconds).await
    }
}

#[async_trait]
impl QueueUnderTest for Tested {
    async fn receive(&self, queue: QueueName, max: usize, seconds: u32) -> Result<Vec<Delivery>, PortError> {
        self.queue.receive(queue, max, seconds).await
    }

    async fn acknowledge(&self, queue: QueueName, receipts: &[String]) -> Result<(), PortError> {
        self.queue.acknowledge(queue, receipts).await.map(|_| ())
    }

    async fn pass(&self, seconds: u32) {
        self.clock.pass_seconds(i64::from(seconds));
    }
}

pub fn message(body: &str, group: &str, delay_seconds: u32) -> Outgoing {
    Outgoing { body: body.to_owned(), group: group.to_owned(), delay_seconds }
}

/// Runs a future on a runtime of several threads.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}
