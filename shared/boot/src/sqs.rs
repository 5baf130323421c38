//! Between SQS event sources and message handlers: records into deliveries, failures into the partial batch response.
//!
//! A record that cannot be understood is reported as failed, so that it is delivered again and ends as a dead letter;
//! nothing is dropped here.

use crate::config::HandlerConfig;
use crate::machine::SystemClock;
use crate::{deadline, telemetry};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use ports::clock::Clock;
use ports::queue::{BatchResponse, Deadline, Delivery, Handler, QueueName, QueueUrls};
use tracing::Instrument;

/// A record without an identity: only the invocation as a whole can report it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record without a messageId: the whole batch is delivered again")]
pub struct Anonymous;

/// What an event holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// What handlers get.
    pub deliveries: Vec<Delivery>,
    /// Message ids of records that were not understood, with the reason.
    pub refused: Vec<(String, String)>,
}

/// Reads an event.
///
/// # Errors
/// [`Anonymous`] for a record that cannot even be reported.
pub fn read(event: SqsEvent, queues: &QueueUrls) -> Result<Received, Anonymous> {
    let mut received = Received::default();
    for record in event.records {
        let message_id = record.message_id.clone().filter(|id| !id.is_empty()).ok_or(Anonymous)?;
        match delivery(&message_id, record, queues) {
            Ok(delivery) => received.deliveries.push(delivery),
            Err(why) => received.refused.push((message_id, why)),
        }
    }
    Ok(received)
}

fn delivery(message_id: &str, mut record: SqsMessage, queues: &QueueUrls) -> Result<Delivery, String> {
    let arn = record.event_source_arn.as_deref().unwrap_or_default();
    let queue = queue_of(queues, arn).ok_or_else(|| format!("it comes from a queue that is not ours: `{arn}`"))?;
    let source = record.attributes.get("DeadLetterQueueSourceArn").and_then(|arn| queue_of(queues, arn));
    let receives = record.attributes.get("ApproximateReceiveCount").map(String::as_str).unwrap_or_default();
    let receive_count = receives.parse().map_err(|_| format!("its ApproximateReceiveCount is `{receives}`"))?;
    Ok(Delivery {
        message_id: message_id.to_owned(),
        queue,
        source,
        body: record.body.ok_or("it has no body")?,
        group: record.attributes.remove("MessageGroupId").unwrap_or_default(),
        receive_count,
        receipt: record.receipt_handle.ok_or("it has no receiptHandle")?,
    })
}

/// The partial batch response: what was refused here and what the handler failed.
#[must_use]
pub fn answer(refused: &[(String, String)], handled: BatchResponse) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for (message_id, _) in refused {
        response.add_failure(message_id);
    }
    for failure in handled.failures {
        response.add_failure(failure.message_id);
    }
    response
}

/// What the runtime says of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation<'a> {
    /// Its id.
    pub request_id: &'a str,
    /// Its trace.
    pub trace_id: Option<&'a str>,
    /// When the runtime ends it, milliseconds since the epoch.
    pub deadline_ms: u64,
}

/// A handler behind event sources.
pub struct EventSource<H> {
    handler: H,
    queues: QueueUrls,
    timeout_seconds: u32,
}

impl<H: Handler> EventSource<H> {
    /// A handler in a function of these settings.
    pub fn new(handler: H, config: HandlerConfig) -> Self {
        Self { handler, queues: config.stack.queues, timeout_seconds: config.timeout_seconds }
    }

    /// Handles one event from end to end.
    ///
    /// # Errors
    /// [`Anonymous`] for a record that cannot even be reported.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation<'_>) -> Result<SqsBatchResponse, Anonymous> {
        let span = telemetry::invocation(invocation.request_id, invocation.trace_id);
        let deadline = deadline::of_invocation(invocation.deadline_ms, self.timeout_seconds, SystemClock.now_us());
        self.settle(event, deadline).instrument(span).await
    }

    async fn settle(&self, event: SqsEvent, deadline: Deadline) -> Result<SqsBatchResponse, Anonymous> {
        let Received { deliveries, refused } = read(event, &self.queues)?;
        for (message_id, why) in &refused {
            tracing::error!(message = message_id, why, "a record was not understood; it is left for redelivery");
        }
        let received = deliveries.len();
        let handled =
            if received == 0 { BatchResponse::default() } else { self.handler.handle(deliveries, deadline).await };
        tracing::info!(received, failed = handled.failures.len(), refused = refused.len(), "batch handled");
        Ok(answer(&refused, handled))
    }
}

/// The queue an ARN names: the one whose URL ends with the same name.
fn queue_of(queues: &QueueUrls, arn: &str) -> Option<QueueName> {
    let name = arn.rsplit(':').next().filter(|name| !name.is_empty())?;
    QueueName::ALL.into_iter().find(|queue| queues.of(*queue).rsplit('/').next() == Some(name))
}
