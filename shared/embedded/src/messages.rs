//! The queue's rules inside one write transaction: send, receive in turns, settle, bury.
//!
//! A message is in exactly one of two indexes: `ready` (may be received now) or `waiting` (delayed, in flight, backing
//! off, or a dead letter that is given up). No clock, no waiting and no waking here.

use crate::schema::{COUNTER_DROPPED, COUNTER_MESSAGE, Tables, translate};
use ports::PortError;
use ports::queue::{Delivery, Outgoing, QueueName, RECEIVES_MAX};
use redb::ReadableTable;

/// How long a dead letter that was itself received too often is kept, seconds: a week to look into it.
pub const DEAD_LETTER_KEEP_SECONDS: i64 = 7 * 24 * 3600;

/// Messages that become visible in one receive: bounds the transaction; the next receive takes the rest.
const DUE_MESSAGES_MAX: usize = 1000;

const SECOND_US: i64 = 1_000_000;

/// Handle of one receive: valid until the message is received again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) message: u64,
    pub(crate) receive_count: u32,
}

impl Receipt {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (message, receive_count) = text.split_once('.')?;
        Some(Self { message: u64::from_str_radix(message, 16).ok()?, receive_count: receive_count.parse().ok()? })
    }

    fn text(self) -> String {
        format!("{:016x}.{}", self.message, self.receive_count)
    }
}

/// What to receive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receive {
    pub(crate) queue: QueueName,
    pub(crate) messages_max: usize,
    pub(crate) now_us: i64,
    pub(crate) visible_again_us: i64,
}

/// What a receive found.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) deliveries: Vec<Delivery>,
    /// The group served last: the next receive begins after it.
    pub(crate) last_group: String,
    /// True when messages moved to the dead letters.
    pub(crate) buried: bool,
}

pub(crate) const fn code(queue: QueueName) -> u8 {
    match queue {
        QueueName::Builds => 1,
        QueueName::Backtests => 2,
        QueueName::Steps => 3,
        QueueName::Units => 4,
        QueueName::DeadLetters => 5,
    }
}

fn queue_of(number: u8) -> Result<QueueName, PortError> {
    QueueName::ALL
        .into_iter()
        .find(|queue| code(*queue) == number)
        .ok_or_else(|| PortError::Corrupt(format!("a message of queue {number}")))
}

pub(crate) fn seconds_after(now_us: i64, seconds: i64) -> i64 {
    now_us.saturating_add(seconds.saturating_mul(SECOND_US))
}

/// Stores messages, visible now or after their delay.
pub(crate) fn send(
    tables: &mut Tables<'_>,
    queue: QueueName,
    messages: &[Outgoing],
    now_us: i64,
) -> Result<(), PortError> {
    let queue = code(queue);
    let last = tables.count(COUNTER_MESSAGE, messages.len() as u64)?;
    let first = last.saturating_sub(messages.len() as u64).saturating_add(1);
    for (id, message) in (first..).zip(messages) {
        let visible_us = seconds_after(now_us, i64::from(message.delay_seconds));
        tables
            .messages
            .insert((queue, id), (message.group.as_str(), message.body.as_str(), None, now_us))
            .map_err(translate)?;
        tables.deliveries.insert((queue, id), (0, visible_us)).map_err(translate)?;
        if message.delay_seconds == 0 {
            tables.ready.insert((queue, message.group.as_str(), id), ()).map_err(translate)?;
        } else {
            tables.waiting.insert((queue, visible_us, id), ()).map_err(translate)?;
        }
    }
    Ok(())
}

/// Receives up to `messages_max`, one group after the other, so that no tenant waits behind another's many messages.
pub(crate) fn receive(tables: &mut Tables<'_>, wanted: Receive, last_group: String) -> Result<Received, PortError> {
    let queue = code(wanted.queue);
    for id in due(tables, queue, wanted.now_us)? {
        make_ready(tables, queue, id)?;
    }
    let mut received = Received { last_group, ..Received::default() };
    while received.deliveries.len() < wanted.messages_max {
        let Some((group, id)) = next_in_turn(tables, queue, &received.last_group)? else { break };
        tables.changed = true;
        tables.ready.remove((queue, group.as_str(), id)).map_err(translate)?;
        let (count, _) = delivery_state(tables, queue, id)?;
        if count < RECEIVES_MAX {
            received.deliveries.push(deliver(tables, wanted, id, count.saturating_add(1))?);
            received.last_group = group;
        } else if wanted.queue == QueueName::DeadLetters {
            give_up(tables, id, count, wanted.now_us)?;
        } else {
            bury(tables, wanted.queue, id, wanted.now_us)?;
            received.buried = true;
        }
    }
    Ok(received)
}

/// Removes messages whose receipts still hold; gives how many.
pub(crate) fn acknowledge(tables: &mut Tables<'_>, queue: QueueName, receipts: &[Receipt]) -> Result<u64, PortError> {
    let queue = code(queue);
    let mut removed = 0;
    for receipt in receipts {
        if let Some(visible_us) = held_until(tables, queue, *receipt)? {
            unlist(tables, queue, receipt.message, visible_us)?;
            tables.messages.remove((queue, receipt.message)).map_err(translate)?;
            tables.deliveries.remove((queue, receipt.message)).map_err(translate)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Makes a received message visible again at `visible_us`; with `only_if_us`, only while that is its visibility.
pub(crate) fn set_visible(
    tables: &mut Tables<'_>,
    queue: QueueName,
    receipt: Receipt,
    visible_us: i64,
    only_if_us: Option<i64>,
) -> Result<(), PortError> {
    let queue = code(queue);
    let Some(current_us) = held_until(tables, queue, receipt)? else { return Ok(()) };
    if only_if_us.is_some_and(|expected| expected != current_us) {
        return Ok(());
    }
    unlist(tables, queue, receipt.message, current_us)?;
    wait_until(tables, queue, receipt.message, receipt.receive_count, visible_us)
}

/// Makes every message that was received but not settled visible: the process that received it is gone.
pub(crate) fn restore_in_flight(tables: &mut Tables<'_>) -> Result<(), PortError> {
    let mut in_flight = Vec::new();
    for entry in tables.deliveries.iter().map_err(translate)? {
        let (key, value) = entry.map_err(translate)?;
        if value.value().0 > 0 {
            in_flight.push(key.value());
        }
    }
    for (queue, id) in in_flight {
        make_ready(tables, queue, id)?;
    }
    Ok(())
}

/// Ids of messages whose wait is over.
fn due(tables: &Tables<'_>, queue: u8, now_us: i64) -> Result<Vec<u64>, PortError> {
    let range = (queue, i64::MIN, 0)..=(queue, now_us, u64::MAX);
    let entries = tables.waiting.range(range).map_err(translate)?.take(DUE_MESSAGES_MAX);
    entries.map(|entry| entry.map(|(key, _)| key.value().2).map_err(translate)).collect()
}

fn make_ready(tables: &mut Tables<'_>, queue: u8, id: u64) -> Result<(), PortError> {
    let (_, visible_us) = delivery_state(tables, queue, id)?;
    tables.changed = true;
    tables.waiting.remove((queue, visible_us, id)).map_err(translate)?;
    let message = tables.messages.get((queue, id)).map_err(translate)?.ok_or_else(|| lost(id))?;
    let (group, ..) = message.value();
    tables.ready.insert((queue, group, id), ()).map_err(translate)?;
    Ok(())
}

/// The first ready message of the group after `last_group`, around the circle of groups.
fn next_in_turn(tables: &Tables<'_>, queue: u8, last_group: &str) -> Result<Option<(String, u64)>, PortError> {
    let after = (queue, last_group, u64::MAX)..=(queue.saturating_add(1), "", 0);
    let around = (queue, "", 0)..=(queue, last_group, u64::MAX);
    for range in [after, around] {
        if let Some(entry) = tables.ready.range(range).map_err(translate)?.next() {
            let (key, _) = entry.map_err(translate)?;
            let (found_queue, group, id) = key.value();
            if found_queue == queue {
                return Ok(Some((group.to_owned(), id)));
            }
        }
    }
    Ok(None)
}

fn deliver(tables: &mut Tables<'_>, wanted: Receive, id: u64, receive_count: u32) -> Result<Delivery, PortError> {
    let queue = code(wanted.queue);
    wait_until(tables, queue, id, receive_count, wanted.visible_again_us)?;
    let message = tables.messages.get((queue, id)).map_err(translate)?.ok_or_else(|| lost(id))?;
    let (group, body, source, _) = message.value();
    Ok(Delivery {
        message_id: format!("{id:016x}"),
        queue: wanted.queue,
        source: source.map(queue_of).transpose()?,
        body: body.to_owned(),
        group: group.to_owned(),
        receive_count,
        receipt: Receipt { message: id, receive_count }.text(),
    })
}

/// Moves a message that was received too often to the dead letters, its receives counted anew.
fn bury(tables: &mut Tables<'_>, queue: QueueName, id: u64, now_us: i64) -> Result<(), PortError> {
    let dead = code(QueueName::DeadLetters);
    let source = code(queue);
    let message = tables.messages.remove((source, id)).map_err(translate)?.ok_or_else(|| lost(id))?;
    let (group, body) = {
        let (group, body, ..) = message.value();
        (group.to_owned(), body.to_owned())
    };
    drop(message);
    tables.deliveries.remove((source, id)).map_err(translate)?;
    tables.messages.insert((dead, id), (group.as_str(), body.as_str(), Some(source), now_us)).map_err(translate)?;
    tables.deliveries.insert((dead, id), (0, now_us)).map_err(translate)?;
    tables.ready.insert((dead, group.as_str(), id), ()).map_err(translate)?;
    Ok(())
}

/// Keeps a dead letter that died again out of sight until its week is over, then drops and counts it.
fn give_up(tables: &mut Tables<'_>, id: u64, receive_count: u32, now_us: i64) -> Result<(), PortError> {
    let dead = code(QueueName::DeadLetters);
    let since_us = tables.messages.get((dead, id)).map_err(translate)?.ok_or_else(|| lost(id))?.value().3;
    let until_us = seconds_after(since_us, DEAD_LETTER_KEEP_SECONDS);
    if now_us < until_us {
        return wait_until(tables, dead, id, receive_count, until_us);
    }
    tables.messages.remove((dead, id)).map_err(translate)?;
    tables.deliveries.remove((dead, id)).map_err(translate)?;
    tables.count(COUNTER_DROPPED, 1)?;
    Ok(())
}

fn wait_until(
    tables: &mut Tables<'_>,
    queue: u8,
    id: u64,
    receive_count: u32,
    visible_us: i64,
) -> Result<(), PortError> {
    tables.changed = true;
    tables.deliveries.insert((queue, id), (receive_count, visible_us)).map_err(translate)?;
    tables.waiting.insert((queue, visible_us, id), ()).map_err(translate)?;
    Ok(())
}

/// Takes a message off both indexes.
fn unlist(tables: &mut Tables<'_>, queue: u8, id: u64, visible_us: i64) -> Result<(), PortError> {
    tables.changed = true;
    tables.waiting.remove((queue, visible_us, id)).map_err(translate)?;
    let message = tables.messages.get((queue, id)).map_err(translate)?.ok_or_else(|| lost(id))?;
    let (group, ..) = message.value();
    tables.ready.remove((queue, group, id)).map_err(translate)?;
    Ok(())
}

fn delivery_state(tables: &Tables<'_>, queue: u8, id: u64) -> Result<(u32, i64), PortError> {
    Ok(tables.deliveries.get((queue, id)).map_err(translate)?.ok_or_else(|| lost(id))?.value())
}

/// Until when a receipt's message is invisible; `None` for a stale receipt.
fn held_until(tables: &Tables<'_>, queue: u8, receipt: Receipt) -> Result<Option<i64>, PortError> {
    let state = tables.deliveries.get((queue, receipt.message)).map_err(translate)?.map(|state| state.value());
    Ok(state.filter(|(receive_count, _)| *receive_count == receipt.receive_count).map(|(_, visible_us)| visible_us))
}

fn lost(id: u64) -> PortError {
    PortError::Corrupt(format!("message {id:016x} is listed but missing"))
}
