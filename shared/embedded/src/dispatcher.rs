//! Runs handlers over the embedded queue: batches, concurrency, deadlines, partial failures, panics, shutdown.
//!
//! The local counterpart of SQS event sources and the Lambda runtime. It wakes on sends and on timers of the next
//! visible message; it does not know what a message means. It can stop a handler only where that waits: one that
//! computes does so on a blocking thread and looks at its deadline.

use crate::messages::seconds_after;
use crate::queue::{EmbeddedQueue, RECEIVE_MESSAGES_MAX};
use ports::PortError;
use ports::queue::{Deadline, Delivery, Handler, QueueName};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Longest sleep of an idle lane: the machine's clock may jump, and a timer must notice.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// Pause after the store failed.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Backoff of a failed message its handler did not postpone, seconds: doubles with every receive up to this.
const BACKOFF_SECONDS_MAX: u32 = 60;

/// How one queue is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// Most messages per handler call, at least 1.
    pub batch_size: usize,
    /// Handler calls at the same time, at least 1.
    pub concurrency: usize,
    /// Seconds a received message stays invisible, which is also the deadline of its handler.
    pub visibility_seconds: u32,
}

/// A queue with its settings and its handler.
#[derive(Clone)]
pub struct Lane {
    /// The queue.
    pub queue: QueueName,
    /// How it is handled.
    pub settings: QueueSettings,
    /// By whom.
    pub handler: Arc<dyn Handler>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Lane")
            .field("queue", &self.queue)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What an operator wants to read in the log.
#[derive(Debug, Clone)]
pub enum DispatchEvent {
    /// A handler panicked; its messages are delivered again.
    HandlerPanicked {
        /// Queue of the batch.
        queue: QueueName,
        /// Messages of the batch.
        message_ids: Vec<String>,
    },
    /// A handler ran into its deadline and was stopped; its messages are delivered again.
    DeadlineExceeded {
        /// Queue of the batch.
        queue: QueueName,
        /// Messages of the batch.
        message_ids: Vec<String>,
    },
    /// The store refused a receive or a settlement; messages concerned are delivered again.
    StoreFailed {
        /// Queue concerned.
        queue: QueueName,
        /// Why.
        error: PortError,
    },
}

/// Who is told of events.
pub type Observer = Arc<dyn Fn(DispatchEvent) + Send + Sync>;

/// Running lanes. Dropping it stops everything at once; [`Dispatcher::shutdown`] waits.
#[derive(Debug)]
pub struct Dispatcher {
    stop: watch::Sender<bool>,
    lanes: JoinSet<()>,
    running: Arc<AtomicUsize>,
}

impl Dispatcher {
    /// Starts one lane per entry on the current tokio runtime.
    #[must_use]
    pub fn start(queue: &Arc<EmbeddedQueue>, lanes: Vec<Lane>, observer: Observer) -> Self {
        let (stop, stopped) = watch::channel(false);
        let running = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for lane in lanes {
            let worker = LaneWorker {
                lane: Arc::new(lane),
                queue: Arc::clone(queue),
                observer: Arc::clone(&observer),
                running: Arc::clone(&running),
            };
            tasks.spawn(worker.run(stopped.clone()));
        }
        Self { stop, lanes: tasks, running }
    }

    /// Stops receiving, waits up to `grace` for running handlers, and gives the number of batches that were cut off
    /// (their messages are delivered again after a restart).
    pub async fn shutdown(mut self, grace: Duration) -> usize {
        self.stop.send_replace(true);
        let finished = timeout(grace, async { while self.lanes.join_next().await.is_some() {} }).await.is_ok();
        if finished {
            return 0;
        }
        let cut_off = self.running.load(Ordering::SeqCst);
        self.lanes.shutdown().await;
        cut_off
    }
}

/// Counts a batch as running for as long as it lives.
struct Running(Arc<AtomicUsize>);

impl Running {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Clone)]
struct LaneWorker {
    lane: Arc<Lane>,
    queue: Arc<EmbeddedQueue>,
    observer: Observer,
    running: Arc<AtomicUsize>,
}

impl LaneWorker {
    /// Receives for every free handler at once, until told to stop; then waits for the running ones.
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut batches = JoinSet::new();
        while !*stopped.borrow() {
            while batches.try_join_next().is_some() {}
            let free = self.lane.settings.concurrency.max(1).saturating_sub(batches.len());
            if free == 0 {
                tokio::select! {
                    _ = batches.join_next() => {}
                    _ = stopped.changed() => {}
                }
                continue;
            }
            let idle = match self.begin(free, &mut batches).await {
                Ok(0) => self.idle_time(),
                Ok(_) => continue,
                Err(error) => {
                    (self.observer)(DispatchEvent::StoreFailed { queue: self.lane.queue, error });
                    STORE_RETRY
                }
            };
            tokio::select! {
                // A message sent since the receive has left its wake-up call.
                () = self.queue.changed(self.lane.queue).notified() => {}
                () = sleep(idle) => {}
                _ = stopped.changed() => {}
            }
        }
        while batches.join_next().await.is_some() {}
    }

    /// Receives and begins up to `free` batches; gives the number of messages.
    async fn begin(&self, free: usize, batches: &mut JoinSet<()>) -> Result<usize, PortError> {
        let QueueSettings { batch_size, visibility_seconds, .. } = self.lane.settings;
        let batch_size = batch_size.max(1);
        let messages_max = free.saturating_mul(batch_size).min(RECEIVE_MESSAGES_MAX);
        // Read before the receive: the handler's deadline is never later than the message's.
        let until_us = seconds_after(self.queue.now_us(), i64::from(visibility_seconds));
        let deliveries = self.queue.receive_until(self.lane.queue, messages_max, until_us).await?;
        for batch in deliveries.chunks(batch_size) {
            let running = Running::begin(&self.running);
            let worker = self.clone();
            let batch = batch.to_vec();
            batches.spawn(async move {
                worker.handle(batch, until_us).await;
                drop(running);
            });
        }
        Ok(deliveries.len())
    }

    /// How long nothing can become visible without a signal.
    fn idle_time(&self) -> Duration {
        match self.queue.next_visible_us(self.lane.queue) {
            Ok(Some(at_us)) => {
                let us = at_us.saturating_sub(self.queue.now_us());
                Duration::from_micros(u64::try_from(us).unwrap_or(0)).min(IDLE_MAX)
            }
            Ok(None) => IDLE_MAX,
            Err(error) => {
                (self.observer)(DispatchEvent::StoreFailed { queue: self.lane.queue, error });
                STORE_RETRY
            }
        }
    }

    async fn handle(&self, batch: Vec<Delivery>, until_us: i64) {
        let failed = self.failures(&batch, until_us).await;
        let (failed, done): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|delivery| failed.contains(&delivery.message_id));
        let queue = self.lane.queue;
        let receipts: Vec<String> = done.into_iter().map(|delivery| delivery.receipt).collect();
        let mut settled = self.queue.acknowledge(queue, &receipts).await.map(|_| ());
        if !failed.is_empty() {
            let backoffs =
                failed.into_iter().map(|delivery| (delivery.receipt, backoff_seconds(delivery.receive_count)));
            let given_back = self.queue.give_back(queue, backoffs.collect(), until_us).await;
            settled = settled.and(given_back);
        }
        if let Err(error) = settled {
            (self.observer)(DispatchEvent::StoreFailed { queue, error });
        }
    }

    /// Runs the handler in a task of its own; a panic or a missed deadline fails the whole batch.
    async fn failures(&self, batch: &[Delivery], until_us: i64) -> BTreeSet<String> {
        let left_us = u64::try_from(until_us.saturating_sub(self.queue.now_us())).unwrap_or(0);
        let handler = Arc::clone(&self.lane.handler);
        let deliveries = batch.to_vec();
        // A set of one: dropping it, at the deadline or at a shutdown, stops the handler.
        let mut task = JoinSet::new();
        task.spawn(async move { handler.handle(deliveries, Deadline { at_us: until_us }).await });
        let outcome = timeout(Duration::from_micros(left_us), task.join_next()).await;
        let message_ids: Vec<String> = batch.iter().map(|delivery| delivery.message_id.clone()).collect();
        let queue = self.lane.queue;
        match outcome {
            Ok(Some(Ok(response))) => return response.failures.into_iter().map(|failure| failure.message_id).collect(),
            Ok(Some(Err(_)) | None) => {
                (self.observer)(DispatchEvent::HandlerPanicked { queue, message_ids: message_ids.clone() });
            }
            Err(_) => (self.observer)(DispatchEvent::DeadlineExceeded { queue, message_ids: message_ids.clone() }),
        }
        message_ids.into_iter().collect()
    }
}

/// 1, 2, 4 … seconds.
fn backoff_seconds(receive_count: u32) -> u32 {
    1_u32.checked_shl(receive_count.saturating_sub(1)).unwrap_or(BACKOFF_SECONDS_MAX).min(BACKOFF_SECONDS_MAX)
}
