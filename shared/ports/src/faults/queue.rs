//! Faults of a queue's sending side: duplicates, reordering, late messages, partial sends, lost answers.

use super::{DELAY_SECONDS_FAULT_MAX, Fate, Faults, lost_answer};
use crate::PortError;
use crate::queue::{DELAY_SECONDS_MAX, Outgoing, Queue, QueueName};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) struct FaultyQueue {
    faults: Arc<Faults>,
    inner: Arc<dyn Queue>,
}

impl FaultyQueue {
    pub(super) fn new(faults: Arc<Faults>, inner: Arc<dyn Queue>) -> Self {
        Self { faults, inner }
    }

    /// The messages as they will arrive.
    fn disturb(&self, messages: Vec<Outgoing>) -> Vec<Outgoing> {
        let mut disturbed = Vec::new();
        for mut message in messages {
            if self.faults.happens(|rates| rates.late_message) {
                let late = self.faults.below(u64::from(DELAY_SECONDS_FAULT_MAX) + 1);
                let late = u32::try_from(late).unwrap_or(0);
                // A message that breaks the limit must still be refused.
                if message.delay_seconds <= DELAY_SECONDS_MAX {
                    message.delay_seconds = message.delay_seconds.saturating_add(late).min(DELAY_SECONDS_MAX);
                }
            }
            if self.faults.happens(|rates| rates.duplicate_message) {
                disturbed.push(message.clone());
            }
            disturbed.push(message);
        }
        self.faults.shuffle(&mut disturbed);
        disturbed
    }
}

#[async_trait]
impl Queue for FaultyQueue {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        self.faults.interleave().await;
        let fate = self.faults.on_write()?;
        let mut messages = self.disturb(messages);
        match fate {
            Fate::Proceed => self.inner.send(queue, messages).await,
            Fate::LoseAnswer => {
                // A failed send may have sent some of its messages: none, a few, all.
                let sent = usize::try_from(self.faults.below(messages.len() as u64 + 1)).unwrap_or(0);
                messages.truncate(sent);
                self.inner.send(queue, messages).await?;
                Err(lost_answer())
            }
            Fate::Repeat => {
                self.inner.send(queue, messages.clone()).await?;
                self.inner.send(queue, messages).await
            }
        }
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        self.faults.interleave().await;
        let fate = self.faults.on_write()?;
        self.inner.postpone(queue, receipt, seconds).await?;
        if fate == Fate::LoseAnswer { Err(lost_answer()) } else { Ok(()) }
    }
}
