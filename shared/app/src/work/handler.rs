//! Batches of messages: in which order, in tasks of their own, until the deadline; what failed is given back.
//!
//! Behind an SQS event and behind the embedded queue it is this same code with the same partial-batch-failure contract.

use super::{Stand, handle_one};
use crate::error::{AppError, ErrorKind};
use crate::platform::{Bench, Desk};
use async_trait::async_trait;
use ports::drafter::Drafter;
use ports::message::{Message, Work};
use ports::queue::{BatchResponse, Deadline, Delivery, Failure, Handler, QueueName};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Longest pause before a failed message is tried again, seconds.
const BACKOFF_SECONDS_MAX: u32 = 300;

/// First pause when a dependency is unavailable, seconds: five receives then outlast an outage of minutes.
const OUTAGE_SECONDS: u32 = 20;

/// Pause before a message is tried that its batch had no time for, seconds.
const UNTOUCHED_SECONDS: u32 = 1;

/// Time without which no further message of a batch is begun, microseconds: most steps take less.
const BEGIN_US_MIN: i64 = 5_000_000;

/// Longest sleep until a deadline: clocks jump.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Pause before the next receive; doubles with every receive.
fn backoff_seconds(error: &AppError, receive_count: u32) -> u32 {
    let first = if error.kind == ErrorKind::Unavailable { OUTAGE_SECONDS } else { 2 };
    (first << receive_count.saturating_sub(1).min(8)).min(BACKOFF_SECONDS_MAX)
}

/// Handles the messages of the queues it is for.
#[derive(Clone)]
pub struct WorkHandler {
    stand: Stand,
    /// Who reads English; only builds need it.
    drafter: Option<Arc<dyn Drafter>>,
    queues: &'static [QueueName],
}

impl WorkHandler {
    /// A handler of every queue, on a bench.
    #[must_use]
    pub fn new(bench: Bench, drafter: Arc<dyn Drafter>) -> Self {
        Self { drafter: Some(drafter), ..Self::of_queues(bench, &QueueName::ALL) }
    }

    /// A handler of some queues other than builds, on a bench. A message of another queue fails: whoever wired it up should hear of it.
    #[must_use]
    pub const fn of_queues(bench: Bench, queues: &'static [QueueName]) -> Self {
        Self { stand: Stand::Bench(bench), drafter: None, queues }
    }

    /// A handler of builds, which need no bars.
    #[must_use]
    pub fn of_builds(desk: Desk, drafter: Arc<dyn Drafter>) -> Self {
        Self { stand: Stand::Desk(desk), drafter: Some(drafter), queues: &[QueueName::Builds] }
    }
}

#[async_trait]
impl Handler for WorkHandler {
    async fn handle(&self, mut batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse {
        // What was received most often has the fewest receives left.
        batch.sort_by_key(|delivery| std::cmp::Reverse(delivery.receive_count));
        let mut response = BatchResponse::default();
        for (place, delivery) in batch.into_iter().enumerate() {
            let left_us = deadline.at_us.saturating_sub(self.stand.desk().now_us());
            // The first message is begun in any case but the last moment: else nothing would ever move.
            if left_us <= 0 || (place > 0 && left_us < BEGIN_US_MIN) {
                self.postpone(&delivery, UNTOUCHED_SECONDS).await;
            } else if let Err(error) = self.attempt(&delivery, deadline).await {
                tracing::warn!(
                    queue = delivery.queue.as_str(), message = delivery.message_id, tenant = delivery.group,
                    receive = delivery.receive_count, error = %error, context = error.context, "message failed"
                );
                self.keep_error(&delivery, &error).await;
                self.postpone(&delivery, backoff_seconds(&error, delivery.receive_count)).await;
            } else {
                continue;
            }
            response.failures.push(Failure { message_id: delivery.message_id });
        }
        response
    }
}

impl WorkHandler {
    /// Handles one message in a task of its own: a panic fails this message, not its neighbours, and the deadline ends it.
    async fn attempt(&self, delivery: &Delivery, deadline: Deadline) -> Result<(), AppError> {
        if !self.queues.contains(&delivery.queue) {
            return Err(misrouted(delivery.queue));
        }
        let (stand, drafter, one) = (self.stand.clone(), self.drafter.clone(), delivery.clone());
        // A set of one: dropping it stops the task.
        let mut task = JoinSet::new();
        task.spawn(async move { handle_one(&stand, drafter.as_deref(), &one).await });
        tokio::select! {
            outcome = task.join_next() => match outcome {
                Some(Ok(outcome)) => outcome,
                Some(Err(panic)) => Err(AppError::internal(panic.to_string())),
                None => Err(AppError::internal("a task without an outcome")),
            },
            () = self.passed(deadline) => Err(late(&delivery.body)),
        }
    }

    /// Returns when the deadline has passed.
    async fn passed(&self, deadline: Deadline) {
        loop {
            let left_us = deadline.at_us.saturating_sub(self.stand.desk().now_us());
            let Ok(left_us) = u64::try_from(left_us) else { return };
            tokio::time::sleep(Duration::from_micros(left_us.saturating_add(1)).min(LOOK_EVERY)).await;
        }
    }

    async fn postpone(&self, delivery: &Delivery, seconds: u32) {
        if let Err(error) = self.stand.desk().queue.postpone(delivery.queue, &delivery.receipt, seconds).await {
            tracing::warn!(error = %error, "postponing failed; the visibility timeout decides");
        }
    }

    /// Stores the error of a failing slice beside it, for whoever settles the slice.
    async fn keep_error(&self, delivery: &Delivery, error: &AppError) {
        let Ok(message) = serde_json::from_str::<Message>(&delivery.body) else { return };
        if let Work::Slice { optimization_id, slice } = &message.work {
            let key = crate::record_keys::slice_error_blob(&message.tenant, optimization_id, *slice);
            let text = error.message.clone().into_bytes();
            if let Err(error) = self.stand.desk().blobs.put(&key, text.into()).await {
                tracing::warn!(error = %error, "the slice's error could not be kept");
            }
        }
    }
}

/// A message of a queue that this process is not for.
fn misrouted(queue: QueueName) -> AppError {
    let mut error = AppError::new(ErrorKind::Unavailable, "a message of a queue this function does not handle", "");
    error.context = format!("queue {} is wired to the wrong function", queue.as_str());
    error
}

/// Work that was cut off at its deadline.
fn late(body: &str) -> AppError {
    let work = serde_json::from_str::<Message>(body).map(|message| message.work);
    let (what, next) = match work {
        Ok(Work::Slice { .. }) => ("a slice", "use a shorter window or fewer combinations"),
        Ok(Work::Backtest { .. }) => ("a backtest", "use a shorter window"),
        Ok(Work::Build { .. }) => ("a build", "try again"),
        Ok(Work::Start { .. } | Work::Reduce { .. } | Work::Watch { .. }) | Err(_) => ("a step", "try again"),
    };
    AppError::new(ErrorKind::Unavailable, format!("{what} did not finish in its time; {next}"), next)
}
