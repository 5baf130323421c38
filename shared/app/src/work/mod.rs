//! Message handlers: every one may run twice, concurrently, out of order, or die half way.
//!
//! Behind an SQS event and behind the embedded queue it is this same code with the same partial-batch-failure contract.

mod build;
mod dead_letter;
mod evaluate;
mod finish;
mod ranking;
pub(crate) mod receipts;
mod reduce;
mod run;
mod slice;
mod start;
mod study;
mod watch;

use crate::error::{AppError, ErrorKind};
use crate::messages::Origin;
use crate::platform::Bench;
use async_trait::async_trait;
use domain::limits::MESSAGE_HOPS_MAX;
use ports::message::{MESSAGE_VERSION, Message, Work};
use ports::queue::{BatchResponse, Deadline, Delivery, Failure, Handler, QueueName};

/// Longest pause before a failed message is tried again, seconds.
const BACKOFF_SECONDS_MAX: u32 = 300;

/// First pause when a dependency is unavailable, seconds: five receives then outlast an outage of minutes.
const OUTAGE_SECONDS: u32 = 20;

/// Pause before the next receive; doubles with every receive.
fn backoff_seconds(error: &AppError, receive_count: u32) -> u32 {
    let first = if error.kind == ErrorKind::Unavailable { OUTAGE_SECONDS } else { 2 };
    (first << receive_count.saturating_sub(1).min(8)).min(BACKOFF_SECONDS_MAX)
}

/// A message in hand.
pub(crate) struct Task {
    pub(crate) origin: Origin,
    pub(crate) deadline: Deadline,
}

/// Handles the messages of every queue.
#[derive(Clone)]
pub struct WorkHandler {
    bench: Bench,
}

impl WorkHandler {
    /// A handler on a bench.
    #[must_use]
    pub const fn new(bench: Bench) -> Self {
        Self { bench }
    }
}

#[async_trait]
impl Handler for WorkHandler {
    async fn handle(&self, batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse {
        let mut response = BatchResponse::default();
        for delivery in batch {
            let (bench, one) = (self.bench.clone(), delivery.clone());
            // A task of its own: a panic fails this message, not its neighbours.
            let outcome = tokio::spawn(async move { handle_one(&bench, &one, deadline).await }).await;
            let error = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(panic) => AppError::internal(panic.to_string()),
            };
            tracing::warn!(
                queue = delivery.queue.as_str(), message = delivery.message_id, tenant = delivery.group,
                receive = delivery.receive_count, error = %error, context = error.context, "message failed"
            );
            self.keep_error(&delivery, &error).await;
            let seconds = backoff_seconds(&error, delivery.receive_count);
            if let Err(error) = self.bench.desk.queue.postpone(delivery.queue, &delivery.receipt, seconds).await {
                tracing::warn!(error = %error, "postponing failed; the visibility timeout decides");
            }
            response.failures.push(Failure { message_id: delivery.message_id });
        }
        response
    }
}

impl WorkHandler {
    /// Stores the error of a failing slice beside it, for whoever settles the slice.
    async fn keep_error(&self, delivery: &Delivery, error: &AppError) {
        let Ok(message) = serde_json::from_str::<Message>(&delivery.body) else { return };
        if let Work::Slice { optimization_id, slice } = &message.work {
            let key = crate::record_keys::slice_error_blob(&message.tenant, optimization_id, *slice);
            let text = error.message.clone().into_bytes();
            if let Err(error) = self.bench.desk.blobs.put(&key, text.into()).await {
                tracing::warn!(error = %error, "the slice's error could not be kept");
            }
        }
    }
}

/// The part of a message that every version has.
#[derive(serde::Deserialize)]
struct Versioned {
    version: u32,
}

/// Leaves a message of another version, whatever else it holds, to a process that knows it: there is time for a rollout.
fn check_version(body: &str) -> Result<(), AppError> {
    match serde_json::from_str::<Versioned>(body) {
        Ok(Versioned { version }) if version != MESSAGE_VERSION => {
            let mut other =
                AppError::new(ErrorKind::Unavailable, "a message of another version", "deploy that version");
            other.context = format!("message version {version}, understood {MESSAGE_VERSION}");
            Err(other)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn handle_one(bench: &Bench, delivery: &Delivery, deadline: Deadline) -> Result<(), AppError> {
    check_version(&delivery.body)?;
    let message: Message = match serde_json::from_str(&delivery.body) {
        Ok(message) => message,
        // Dead already: nobody will ever understand it.
        Err(error) if delivery.queue == QueueName::DeadLetters => {
            tracing::error!(message = delivery.message_id, error = %error, "unreadable dead letter dropped");
            return Ok(());
        }
        Err(error) => return Err(AppError::internal(format!("unreadable message: {error}"))),
    };
    let exhausted = message.hop > MESSAGE_HOPS_MAX;
    if exhausted {
        tracing::error!(tenant = %message.tenant, hop = message.hop, "message went round too often; its work ends");
    }
    let origin = Origin { tenant: message.tenant, session_id: message.session_id, hop: message.hop };
    let task = Task { origin, deadline };
    if exhausted {
        return dead_letter::end(bench, &task, &message.work).await;
    }
    if delivery.queue == QueueName::DeadLetters {
        return dead_letter::settle(bench, &task, &message.work).await;
    }
    match &message.work {
        Work::Build { operation_id } => build::build(bench, &task, operation_id).await,
        Work::Backtest { backtest_id } => run::run(bench, &task, backtest_id).await,
        Work::Start { optimization_id } => start::start(bench, &task, optimization_id).await,
        Work::Slice { optimization_id, slice } => slice::slice(bench, &task, optimization_id, *slice).await,
        Work::Reduce { optimization_id } => reduce::reduce(bench, &task, optimization_id).await,
        Work::Watch { watched, stalled_rounds, seen } => {
            watch::watch(bench, &task, watched, *stalled_rounds, *seen).await
        }
    }
}
