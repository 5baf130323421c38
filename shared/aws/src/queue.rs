//! The queue port over SQS standard queues: sending, and the visibility of what was received.
//!
//! Receiving is the event source's. The tenant is the message group, which on standard queues makes them fair.

use crate::backoff::{ATTEMPTS_MAX, pause_before};
use crate::failure::translate;
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use futures::{StreamExt, TryStreamExt, stream};
use ports::PortError;
use ports::queue::{Outgoing, Queue, QueueName, QueueUrls, VISIBILITY_SECONDS_MAX, validate_messages};
use std::collections::BTreeSet;

/// Messages of one request (the SQS limit).
const BATCH_MESSAGES_MAX: usize = 10;

/// Bytes of the bodies and groups of one request: one largest message fits, and so does the batch below the 256 KiB that
/// were the limit for long and still are in emulations (today's is 1 MiB).
const BATCH_BYTES_MAX: usize = 250_000;

/// Requests in flight of one `send`: a sweep's 512 messages go out in seven rounds.
const SENDS_AT_ONCE_MAX: usize = 8;

/// Codes that say a receipt is stale: the message was received again, or is gone.
const STALE: [&str; 4] = [
    "AWS.SimpleQueueService.MessageNotInflight",
    "MessageNotInflight",
    "ReceiptHandleIsInvalid",
    "AWS.SimpleQueueService.ReceiptHandleIsInvalid",
];

/// The service's SQS queues.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    urls: QueueUrls,
}

impl SqsQueue {
    pub(crate) const fn new(client: Client, urls: QueueUrls) -> Self {
        Self { client, urls }
    }

    /// Sends one batch until every message of it is accepted.
    async fn send_batch(&self, queue: QueueName, batch: &[Outgoing]) -> Result<(), PortError> {
        let mut waiting: BTreeSet<usize> = (0..batch.len()).collect();
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS_MAX {
            pause_before(attempt).await?;
            let entries = batch.iter().enumerate().filter(|(number, _)| waiting.contains(number));
            let entries = entries.map(|(number, message)| entry(number, message)).collect::<Result<Vec<_>, _>>()?;
            let request = self.client.send_message_batch().queue_url(self.urls.of(queue)).set_entries(Some(entries));
            let answer = request.send().await.map_err(|error| translate(&call("SendMessageBatch", queue), &error))?;
            if let Some(refused) = answer.failed().iter().find(|failed| failed.sender_fault()) {
                return Err(PortError::Internal(format!("{}: {}", call("SendMessageBatch", queue), failure(refused))));
            }
            // What is neither accepted nor refused counts as not sent.
            for accepted in answer.successful().iter().filter_map(|sent| sent.id().parse().ok()) {
                waiting.remove(&accepted);
            }
            if waiting.is_empty() {
                return Ok(());
            }
            reason = answer.failed().first().map_or_else(|| "no answer about them".to_owned(), failure);
        }
        let (left, all) = (waiting.len(), batch.len());
        let call = call("SendMessageBatch", queue);
        Err(PortError::Unavailable(format!("{call}: {left} of {all} messages not accepted: {reason}")))
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        validate_messages(&messages)?;
        let sends = batches(messages).into_iter().map(|batch| async move { self.send_batch(queue, &batch).await });
        stream::iter(sends).buffer_unordered(SENDS_AT_ONCE_MAX).try_collect().await
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        if seconds > VISIBILITY_SECONDS_MAX {
            return Err(PortError::TooLarge(format!(
                "{seconds} seconds of visibility timeout; the limit is {VISIBILITY_SECONDS_MAX}"
            )));
        }
        let request = self
            .client
            .change_message_visibility()
            .queue_url(self.urls.of(queue))
            .receipt_handle(receipt)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(is_stale) => Ok(()),
            Err(error) => Err(translate(&call("ChangeMessageVisibility", queue), &error)),
        }
    }
}

/// True when the receipt no longer stands for the message; a well-formed old one is an invalid parameter to the service.
fn is_stale(error: &impl ProvideErrorMetadata) -> bool {
    let code = error.code().unwrap_or_default();
    let names_receipt = || error.message().is_some_and(|message| message.contains("ReceiptHandle"));
    STALE.contains(&code) || code == "InvalidParameterValue" && names_receipt()
}

/// A call for the log.
fn call(operation: &str, queue: QueueName) -> String {
    format!("SQS {operation} on queue {}", queue.as_str())
}

fn failure(failed: &BatchResultErrorEntry) -> String {
    format!("{}: {}", failed.code(), failed.message().unwrap_or("no message"))
}

/// Messages in requests of at most [`BATCH_MESSAGES_MAX`] and [`BATCH_BYTES_MAX`].
fn batches(messages: Vec<Outgoing>) -> Vec<Vec<Outgoing>> {
    let mut batches: Vec<Vec<Outgoing>> = Vec::new();
    let mut bytes = 0;
    for message in messages {
        let more = message.body.len() + message.group.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_MESSAGES_MAX && bytes + more <= BATCH_BYTES_MAX => {
                bytes += more;
                batch.push(message);
            }
            Some(_) | None => {
                bytes = more;
                batches.push(vec![message]);
            }
        }
    }
    batches
}

fn entry(number: usize, message: &Outgoing) -> Result<SendMessageBatchRequestEntry, PortError> {
    SendMessageBatchRequestEntry::builder()
        .id(number.to_string())
        .message_body(&message.body)
        .message_group_id(&message.group)
        .delay_seconds(i32::try_from(message.delay_seconds).unwrap_or(i32::MAX))
        .build()
        .map_err(|error| PortError::Internal(format!("a message: {error}")))
}
