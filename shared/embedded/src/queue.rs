//! The queue port over the store, its receiving side, and the wake-up calls for whoever waits for messages.
//!
//! Running handlers is the dispatcher's; the rules of a message's life are in `messages`.

use crate::messages::{self, Receipt, Receive, code, seconds_after};
use crate::schema::{COUNTER_DROPPED, COUNTERS, Tables, WAITING, translate};
use crate::writer::Writer;
use async_trait::async_trait;
use ports::PortError;
use ports::clock::Clock;
use ports::queue::{Delivery, Outgoing, Queue, QueueName, VISIBILITY_SECONDS_MAX, validate_messages};
use redb::ReadableDatabase;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Messages one receive may ask for: bounds its transaction and memory.
pub const RECEIVE_MESSAGES_MAX: usize = 256;

/// The queues of a [`Store`](crate::Store).
pub struct EmbeddedQueue {
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
    builds: Arc<QueueState>,
    backtests: Arc<QueueState>,
    steps: Arc<QueueState>,
    units: Arc<QueueState>,
    dead_letters: Arc<QueueState>,
}

/// What is kept in memory for one queue.
#[derive(Debug, Default)]
struct QueueState {
    changed: Notify,
    /// Whose turn is over. Lost at a restart, which only begins the round anew.
    last_group: Mutex<String>,
}

impl std::fmt::Debug for EmbeddedQueue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("EmbeddedQueue").finish_non_exhaustive()
    }
}

impl EmbeddedQueue {
    pub(crate) fn new(writer: Arc<Writer>, clock: Arc<dyn Clock>) -> Self {
        Self {
            writer,
            clock,
            builds: Arc::default(),
            backtests: Arc::default(),
            steps: Arc::default(),
            units: Arc::default(),
            dead_letters: Arc::default(),
        }
    }

    const fn state(&self, queue: QueueName) -> &Arc<QueueState> {
        match queue {
            QueueName::Builds => &self.builds,
            QueueName::Backtests => &self.backtests,
            QueueName::Steps => &self.steps,
            QueueName::Units => &self.units,
            QueueName::DeadLetters => &self.dead_letters,
        }
    }

    /// Wakes up whenever a message of the queue was sent or its visibility changed.
    pub(crate) fn changed(&self, queue: QueueName) -> &Notify {
        &self.state(queue).changed
    }

    /// The clock of delays and visibility.
    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// Receives up to `messages_max` visible messages, one group after the other, and hides them for
    /// `visibility_seconds`. Never waits for messages. Messages received too often move to the dead letters instead.
    ///
    /// # Errors
    /// [`PortError::TooLarge`] above [`RECEIVE_MESSAGES_MAX`]; otherwise when the store cannot be written.
    pub async fn receive(
        &self,
        queue: QueueName,
        messages_max: usize,
        visibility_seconds: u32,
    ) -> Result<Vec<Delivery>, PortError> {
        check_visibility(visibility_seconds)?;
        self.receive_until(queue, messages_max, seconds_after(self.clock.now_us(), i64::from(visibility_seconds))).await
    }

    /// Receives like [`Self::receive`], hidden until a point in time.
    pub(crate) async fn receive_until(
        &self,
        queue: QueueName,
        messages_max: usize,
        visible_again_us: i64,
    ) -> Result<Vec<Delivery>, PortError> {
        if messages_max > RECEIVE_MESSAGES_MAX {
            return Err(PortError::TooLarge(format!(
                "{messages_max} messages in one receive; the limit is {RECEIVE_MESSAGES_MAX}"
            )));
        }
        let now_us = self.clock.now_us();
        let wanted = Receive { queue, messages_max, now_us, visible_again_us };
        let state = Arc::clone(self.state(queue));
        let work = move |tables: &mut Tables<'_>| {
            let mut last_group = state.last_group.lock().unwrap_or_else(PoisonError::into_inner);
            let received = messages::receive(tables, wanted, last_group.clone())?;
            last_group.clone_from(&received.last_group);
            Ok(received)
        };
        let received = self.writer.write(work).await?;
        if received.buried {
            self.dead_letters.changed.notify_one();
        }
        Ok(received.deliveries)
    }

    /// Removes handled messages for good; gives how many. Stale receipts are ignored: whoever received a message last
    /// decides about it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn acknowledge(&self, queue: QueueName, receipts: &[String]) -> Result<u64, PortError> {
        let receipts: Vec<Receipt> = receipts.iter().filter_map(|text| Receipt::parse(text)).collect();
        if receipts.is_empty() {
            return Ok(0);
        }
        self.writer.write(move |tables| messages::acknowledge(tables, queue, &receipts)).await
    }

    /// Gives failed deliveries back: each becomes visible after its seconds, unless it was postponed since its receive
    /// (its visibility is no longer `received_until_us`).
    pub(crate) async fn give_back(
        &self,
        queue: QueueName,
        failed: Vec<(String, u32)>,
        received_until_us: i64,
    ) -> Result<(), PortError> {
        let now_us = self.clock.now_us();
        let work = move |tables: &mut Tables<'_>| {
            for (receipt, seconds) in failed {
                if let Some(receipt) = Receipt::parse(&receipt) {
                    let visible_us = seconds_after(now_us, i64::from(seconds));
                    messages::set_visible(tables, queue, receipt, visible_us, Some(received_until_us))?;
                }
            }
            Ok(())
        };
        self.writer.write(work).await?;
        self.changed(queue).notify_one();
        Ok(())
    }

    /// When the next hidden message of the queue becomes visible, microseconds since the epoch.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_visible_us(&self, queue: QueueName) -> Result<Option<i64>, PortError> {
        let waiting = self.writer.database().begin_read().map_err(translate)?.open_table(WAITING).map_err(translate)?;
        let range = (code(queue), i64::MIN, 0)..=(code(queue), i64::MAX, u64::MAX);
        let first = waiting.range(range).map_err(translate)?.next().transpose().map_err(translate)?;
        Ok(first.map(|(key, _)| key.value().1))
    }

    /// Dead letters that died again and were dropped after their week.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn dropped_dead_letters(&self) -> Result<u64, PortError> {
        let counters =
            self.writer.database().begin_read().map_err(translate)?.open_table(COUNTERS).map_err(translate)?;
        Ok(counters.get(COUNTER_DROPPED).map_err(translate)?.map_or(0, |count| count.value()))
    }
}

fn check_visibility(seconds: u32) -> Result<(), PortError> {
    if seconds > VISIBILITY_SECONDS_MAX {
        return Err(PortError::TooLarge(format!(
            "{seconds} seconds of visibility timeout; the limit is {VISIBILITY_SECONDS_MAX}"
        )));
    }
    Ok(())
}

#[async_trait]
impl Queue for EmbeddedQueue {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        validate_messages(&messages)?;
        if messages.is_empty() {
            return Ok(());
        }
        let now_us = self.clock.now_us();
        self.writer.write(move |tables| messages::send(tables, queue, &messages, now_us)).await?;
        self.changed(queue).notify_one();
        Ok(())
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        check_visibility(seconds)?;
        let Some(receipt) = Receipt::parse(receipt) else { return Ok(()) };
        let visible_us = seconds_after(self.clock.now_us(), i64::from(seconds));
        self.writer.write(move |tables| messages::set_visible(tables, queue, receipt, visible_us, None)).await?;
        self.changed(queue).notify_one();
        Ok(())
    }
}
