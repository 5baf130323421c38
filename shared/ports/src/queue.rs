//! The queue port: at-least-once messages with delays, per-tenant fairness, redelivery and dead letters.

use crate::PortError;
use async_trait::async_trait;

/// The queues of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Strategy builds.
    Builds,
    /// Single backtests.
    Backtests,
    /// Start, watch and reduce steps of sweeps (and watches of builds and backtests).
    Steps,
    /// Slices of sweeps.
    Units,
    /// Messages that were received too often.
    DeadLetters,
}

impl QueueName {
    /// Every queue.
    pub const ALL: [Self; 5] = [Self::Builds, Self::Backtests, Self::Steps, Self::Units, Self::DeadLetters];

    /// Name as used in configuration and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Builds => "builds",
            Self::Backtests => "backtests",
            Self::Steps => "steps",
            Self::Units => "units",
            Self::DeadLetters => "dead_letters",
        }
    }
}

/// Where the queues are, for adapters that reach them by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls {
    /// Strategy builds.
    pub builds: String,
    /// Single backtests.
    pub backtests: String,
    /// Steps of sweeps, and watches.
    pub steps: String,
    /// Slices of sweeps.
    pub units: String,
    /// Messages received too often.
    pub dead_letters: String,
}

impl QueueUrls {
    /// The address of a queue.
    #[must_use]
    pub fn of(&self, queue: QueueName) -> &str {
        match queue {
            QueueName::Builds => &self.builds,
            QueueName::Backtests => &self.backtests,
            QueueName::Steps => &self.steps,
            QueueName::Units => &self.units,
            QueueName::DeadLetters => &self.dead_letters,
        }
    }
}

/// Longest delay of a message, seconds (the SQS limit).
pub const DELAY_SECONDS_MAX: u32 = 900;

/// Largest message body, bytes (well under the SQS limit).
pub const BODY_BYTES_MAX: usize = 200_000;

/// Receives after which a message moves to the dead letters.
pub const RECEIVES_MAX: u32 = 5;

/// Longest time a received message may stay invisible, seconds (the SQS limit).
pub const VISIBILITY_SECONDS_MAX: u32 = 43_200;

/// Longest fairness group in bytes (the SQS limit); never empty.
pub const GROUP_BYTES_MAX: usize = 128;

/// Checks what every adapter refuses before it sends anything.
///
/// # Errors
/// [`PortError::TooLarge`] naming the limit, [`PortError::Internal`] for an empty body or group.
pub fn validate_messages(messages: &[Outgoing]) -> Result<(), PortError> {
    for message in messages {
        if message.body.is_empty() || message.group.is_empty() {
            return Err(PortError::Internal("a message needs a body and a group".into()));
        }
        for (what, use_of_it, limit) in [
            ("bytes of message body", message.body.len(), BODY_BYTES_MAX),
            ("bytes of message group", message.group.len(), GROUP_BYTES_MAX),
            ("seconds of delay", message.delay_seconds as usize, DELAY_SECONDS_MAX as usize),
        ] {
            if use_of_it > limit {
                return Err(PortError::TooLarge(format!("{use_of_it} {what}; the limit is {limit}")));
            }
        }
    }
    Ok(())
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// JSON body.
    pub body: String,
    /// Fairness group: the tenant.
    pub group: String,
    /// Seconds before it may be received, at most [`DELAY_SECONDS_MAX`].
    pub delay_seconds: u32,
}

/// A received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identity of the message, the same on redelivery.
    pub message_id: String,
    /// Queue it was received from.
    pub queue: QueueName,
    /// For dead letters: the queue it died on.
    pub source: Option<QueueName>,
    /// JSON body.
    pub body: String,
    /// Fairness group.
    pub group: String,
    /// How often it has been received, this time included.
    pub receive_count: u32,
    /// Handle of this receive, for [`Queue::postpone`].
    pub receipt: String,
}

/// A message whose handling failed: it stays on the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The message.
    pub message_id: String,
}

/// What a handler says of a batch: everything not named here is done and is removed from the queue.
///
/// The partial-batch-failure contract of SQS event sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchResponse {
    /// Messages to deliver again.
    pub failures: Vec<Failure>,
}

/// When a handler must be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Microseconds since the epoch; `i64::MAX` without one.
    pub at_us: i64,
}

/// A handler of one queue's batches; the same code behind an SQS event and the embedded queue.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles every message of the batch; never fails as a whole.
    async fn handle(&self, batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse;
}

/// The sending side, and the visibility of what was received.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends all messages; an error means some may have been sent (handlers are idempotent: send again).
    ///
    /// A message that breaks a limit ([`validate_messages`]) is refused before any is sent.
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError>;

    /// Makes a received message visible again only after `seconds`. A stale receipt is not an error.
    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError>;
}
