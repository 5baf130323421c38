//! A whole machine in memory, driven by hand: receive, handle, acknowledge, and jump to the next message.
//!
//! Time is tokio's paused time, so nothing sleeps. The adapters are the embedded ones; faults are `ports::faults`.

use crate::client::Client;
use crate::demo::Market;
use crate::store_blobs::StoreBlobs;
use app::work::WorkHandler;
use app::{Bench, Caller, Desk, Settings, WorkLimits};
use domain::ids::TenantId;
use embedded::{Store, TimerClock};
use futures::future::join_all;
use lake::{LakeRanker, ObjectStore};
use market::Catalogue;
use object_store::memory::InMemory;
use ports::blobs::Blobs;
use ports::clock::{Clock, Ids};
use ports::faults::{CrashPoint, FaultRates, Faults, SeededIds};
use ports::message::{MESSAGE_VERSION, Message, Work};
use ports::queue::{Deadline, Delivery, Handler, Outgoing, Queue, QueueName};
use ports::results::Results;
use ports::table::{Change, Condition, Consistency, Key, Query, Record, Table};
use results::{BlobCatalog, ParquetResults};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// 2026-01-01, microseconds.
pub const START_US: i64 = 1_767_225_600_000_000;

/// How long a received message stays invisible, seconds.
pub const VISIBILITY_SECONDS: u32 = 600;

/// Steps after which a machine that has not come to rest is a failure.
const STEPS_MAX: usize = 20_000;

/// Runs a test on one thread under time that stands still until everybody waits.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(future)
}

/// How a machine is made.
#[derive(Clone)]
pub struct Options {
    /// Threads of a slice; 0 makes a slice of every combination.
    pub threads: usize,
    /// Seed of identifiers and faults.
    pub seed: u64,
    /// What the world does to it.
    pub rates: FaultRates,
    /// Messages handled at the same time.
    pub at_once: usize,
    /// Its prices.
    pub market: Market,
    /// Limits on work.
    pub limits: WorkLimits,
}

impl Options {
    pub fn new() -> Self {
        let (rates, limits) = (FaultRates::default(), WorkLimits::default());
        Self { threads: 0, seed: 1, rates, at_once: 1, market: Market::demo(), limits }
    }
}

/// The machine.
pub struct Machine {
    pub options: Options,
    pub store: Store,
    pub faults: Arc<Faults>,
    pub objects: Arc<dyn ObjectStore>,
    /// The desk without faults.
    pub calm: Desk,
    pub bench: Bench,
    /// Where the next processes die, last first.
    pub crashes: Vec<CrashPoint>,
    handler: Arc<dyn Handler>,
}

impl Machine {
    pub fn demo() -> Self {
        Self::new(Options::new())
    }

    pub fn new(options: Options) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TimerClock::starting_at(START_US));
        let store = Store::in_memory(clock.clone()).unwrap();
        let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let blobs: Arc<dyn Blobs> = Arc::new(StoreBlobs::new(objects.clone()));
        let series: Arc<dyn Blobs> = Arc::new(StoreBlobs::new(options.market.objects.clone()));
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(options.seed));
        let settings =
            Settings { app_url: "http://barlake.test".to_owned(), threads: options.threads, limits: options.limits };
        let calm = Desk {
            table: store.table(),
            queue: store.queue(),
            blobs: blobs.clone(),
            catalog: Arc::new(BlobCatalog::new(series)),
            results: Arc::new(ParquetResults::new(blobs)),
            clock,
            ids,
            instruments: Arc::new(Catalogue::builtin()),
            settings: Arc::new(settings),
        };
        let faults = Faults::new(options.seed, options.rates);
        let bench = bench(&options, &calm, &faults, &objects);
        let handler = faults.handler(Arc::new(WorkHandler::new(bench.clone(), drafter())));
        Self { options, store, faults, objects, calm, bench, crashes: Vec::new(), handler }
    }

    /// A fresh process over the same store: nothing warm, and nothing in flight comes back early.
    pub fn restart(&mut self) {
        self.faults.restart();
        if let Some(crash) = self.crashes.pop() {
            self.faults.crash_at(crash);
        }
        self.bench = bench(&self.options, &self.calm, &self.faults, &self.objects);
        self.handler = self.faults.handler(Arc::new(WorkHandler::new(self.bench.clone(), drafter())));
    }

    /// The same machine with other ports under its handlers.
    pub fn with_bench(mut self, change: impl FnOnce(&mut Bench)) -> Self {
        change(&mut self.bench);
        self.handler = Arc::new(WorkHandler::new(self.bench.clone(), drafter()));
        self
    }

    /// A caller of a tenant, through the faults.
    pub fn client(&self, tenant: &str) -> Client {
        Client { desk: self.bench.desk.clone(), caller: caller(tenant) }
    }

    /// A caller that sees the truth.
    pub fn calm_client(&self, tenant: &str) -> Client {
        Client { desk: self.calm.clone(), caller: caller(tenant) }
    }

    /// Handles what is visible on one queue; how many messages.
    pub async fn step(&self, queue: QueueName) -> usize {
        let queues = self.store.queue();
        let deliveries = queues.receive(queue, self.options.at_once, VISIBILITY_SECONDS).await.unwrap();
        let count = deliveries.len();
        let deadline = Deadline { at_us: self.calm.now_us() + i64::from(VISIBILITY_SECONDS) * 1_000_000 };
        let handled = deliveries.into_iter().map(|delivery| self.handle(delivery, deadline));
        join_all(handled).await;
        count
    }

    async fn handle(&self, delivery: Delivery, deadline: Deadline) {
        let (queue, receipt) = (delivery.queue, delivery.receipt.clone());
        let response = self.handler.handle(vec![delivery], deadline).await;
        if response.failures.is_empty() {
            self.store.queue().acknowledge(queue, &[receipt]).await.unwrap();
        }
    }

    /// Handles what is visible everywhere; false when there was nothing.
    pub async fn round(&self) -> bool {
        let mut handled = 0;
        for queue in QueueName::ALL {
            handled += self.step(queue).await;
        }
        handled > 0
    }

    /// When the next hidden message shows, if there is one.
    pub fn next_us(&self) -> Option<i64> {
        let queues = self.store.queue();
        QueueName::ALL.into_iter().filter_map(|queue| queues.next_visible_us(queue).unwrap()).min()
    }

    /// Lets time pass until the next hidden message shows; false when there is none.
    pub async fn jump(&self) -> bool {
        let Some(at_us) = self.next_us() else { return false };
        let us = u64::try_from(at_us - self.calm.now_us()).unwrap_or(0);
        // Timers round up to a millisecond; a microsecond short would not show the message.
        tokio::time::sleep(Duration::from_micros(us) + Duration::from_millis(1)).await;
        true
    }

    /// Until no message is left anywhere, however far in the future it shows.
    pub async fn drain(&mut self) {
        for _ in 0..STEPS_MAX {
            let handled = self.round().await;
            if self.faults.is_down() {
                self.restart();
            }
            if !handled && !self.jump().await {
                return;
            }
        }
        panic!("the machine does not come to rest");
    }

    /// Handles what is visible now, without letting time pass beyond it.
    pub async fn settle(&self) {
        for _ in 0..STEPS_MAX {
            if !self.round().await {
                return;
            }
        }
        panic!("the machine does not come to rest");
    }

    /// Lets time pass.
    pub async fn pass_seconds(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Every record of a partition.
    pub async fn records(&self, partition: &str) -> Vec<Record> {
        let query = Query {
            partition: partition.to_owned(),
            prefix: String::new(),
            after: None,
            limit: 1000,
            descending: false,
            consistency: Consistency::Strong,
        };
        self.calm.table.query(&query).await.unwrap().records
    }

    /// A record's body.
    pub async fn body(&self, tenant: &str, session: &str, id: &str) -> Value {
        let key = Key::new(format!("{tenant}#{session}"), id);
        self.calm.table.get(&key).await.unwrap().unwrap().body
    }

    /// Changes a record behind the service's back, as another version of the service might have.
    pub async fn rewrite(&self, (tenant, session): (&str, &str), id: &str, change: impl FnOnce(&mut Value)) {
        let key = Key::new(format!("{tenant}#{session}"), id);
        let record = self.calm.table.get(&key).await.unwrap().unwrap();
        let mut body = record.body;
        change(&mut body);
        let condition = Condition::VersionIs(record.version);
        let put = Change::Put { key, condition, expires_at: None, body };
        self.calm.table.write("rewrite", vec![put]).await.unwrap();
    }

    /// Sends a message as it is.
    pub async fn send(&self, queue: QueueName, body: String) {
        let message = Outgoing { body, group: "tenant".to_owned(), delay_seconds: 0 };
        self.store.queue().send(queue, vec![message]).await.unwrap();
    }

    /// Loses what a queue shows now; how many messages.
    pub async fn lose(&self, queue: QueueName) -> usize {
        let taken = self.take_all(queue).await;
        let receipts: Vec<String> = taken.into_iter().map(|delivery| delivery.receipt).collect();
        self.store.queue().acknowledge(queue, &receipts).await.unwrap();
        receipts.len()
    }

    /// What a queue shows now, received.
    pub async fn take_all(&self, queue: QueueName) -> Vec<Delivery> {
        self.store.queue().receive(queue, 256, VISIBILITY_SECONDS).await.unwrap()
    }
}

/// A message as the service writes it.
pub fn message(tenant: &str, session_id: &str, hop: u32, work: Work) -> Message {
    Message {
        version: MESSAGE_VERSION,
        tenant: TenantId::parse(tenant).unwrap(),
        session_id: domain::ids::SessionId::parse(session_id).unwrap(),
        hop,
        work,
    }
}

pub fn caller(tenant: &str) -> Caller {
    Caller { tenant: TenantId::parse(tenant).unwrap(), key_id: None }
}

/// Who reads English in these tests: the grammar.
pub fn drafter() -> Arc<dyn ports::drafter::Drafter> {
    Arc::new(drafter::Drafting::grammar())
}

fn bench(options: &Options, calm: &Desk, faults: &Arc<Faults>, objects: &Arc<dyn ObjectStore>) -> Bench {
    let table: Arc<dyn Table> = faults.table(calm.table.clone());
    let queue: Arc<dyn Queue> = faults.queue(calm.queue.clone());
    let blobs = faults.blobs(calm.blobs.clone());
    let results: Arc<dyn Results> = Arc::new(ParquetResults::new(blobs.clone()));
    Bench {
        desk: Desk { table, queue, blobs, results, ..calm.clone() },
        bars: options.market.bars.clone(),
        ranker: Arc::new(LakeRanker::new(objects.clone())),
        studies: Arc::default(),
    }
}
