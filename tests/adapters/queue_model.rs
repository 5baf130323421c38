//! Random conversations with the queue, compared with a plain list of messages.

use crate::support::{HandClock, message, run, store};
use embedded::{DEAD_LETTER_KEEP_SECONDS, EmbeddedQueue};
use ports::faults::Random;
use ports::queue::{Delivery, Queue, QueueName, RECEIVES_MAX};
use std::collections::BTreeMap;

/// A message as the port's documentation describes it; times in seconds.
#[derive(Debug, Clone)]
struct Message {
    queue: QueueName,
    source: Option<QueueName>,
    group: String,
    body: String,
    visible_at: i64,
    receives: u32,
    since: i64,
}

#[derive(Debug, Default)]
struct Model {
    /// By body: bodies are unique here.
    messages: BTreeMap<String, Message>,
    now: i64,
    /// Whether the last [`Model::bury`] found any.
    was_dying: bool,
}

impl Model {
    /// Moves what was received too often, as a receive of that queue does.
    fn bury(&mut self, queue: QueueName) {
        let now = self.now;
        self.was_dying = false;
        for message in self.messages.values_mut().filter(|message| message.queue == queue) {
            if message.visible_at <= now && message.receives >= RECEIVES_MAX {
                self.was_dying = true;
                if queue == QueueName::DeadLetters {
                    message.visible_at = message.since + DEAD_LETTER_KEEP_SECONDS;
                } else {
                    message.source = Some(queue);
                    message.queue = QueueName::DeadLetters;
                    (message.receives, message.visible_at, message.since) = (0, now, now);
                }
            }
        }
    }

    fn visible(&self, queue: QueueName) -> Vec<&Message> {
        self.messages.values().filter(|message| message.queue == queue && message.visible_at <= self.now).collect()
    }

    /// Compares deliveries with what may be received, and counts them.
    fn receive(&mut self, queue: QueueName, max: usize, visibility: i64, deliveries: &[Delivery]) {
        let visible = self.visible(queue);
        assert_eq!(deliveries.len(), visible.len().min(max), "as many as are visible, at most {max}");
        self.check_turns(&visible, deliveries);
        let now = self.now;
        for delivery in deliveries {
            let message = self.messages.get_mut(&delivery.body).expect("a message that was sent and not removed");
            assert!(message.visible_at <= now && message.queue == queue, "a visible message of this queue");
            message.receives += 1;
            message.visible_at = now + visibility;
            assert_eq!(
                (&delivery.group, delivery.receive_count, delivery.source, delivery.queue),
                (&message.group, message.receives, message.source, queue)
            );
        }
    }

    /// No group is served twice more than another that still has visible messages.
    fn check_turns(&self, visible: &[&Message], deliveries: &[Delivery]) {
        let mut served: BTreeMap<&str, usize> = BTreeMap::new();
        for delivery in deliveries {
            *served.entry(&delivery.group).or_default() += 1;
        }
        let most = served.values().copied().max().unwrap_or(0);
        for group in visible.iter().map(|message| message.group.as_str()) {
            let waiting = visible.iter().filter(|message| message.group == group).count();
            let mine = served.get(group).copied().unwrap_or(0);
            assert!(mine == waiting || mine + 1 >= most, "{group} has {waiting} and got {mine}, another got {most}");
        }
    }
}

async fn check(seed: u64) {
    let (store, clock) = store(None);
    let queue = store.queue();
    let mut random = Random::new(seed);
    let mut model = Model::default();
    let mut held: Vec<Delivery> = Vec::new();
    let names = [QueueName::Units, QueueName::Steps, QueueName::DeadLetters];
    for step in 0..400 {
        let name = names[usize::try_from(random.below(3)).unwrap()];
        let seconds = i64::try_from(random.below(20)).unwrap();
        match random.below(6) {
            0 if name != QueueName::DeadLetters => {
                for number in 0..random.below(6) {
                    let (body, group) = (format!("{step}/{number}"), format!("g{}", random.below(4)));
                    let delay = u32::try_from(random.below(3) * 5).unwrap();
                    queue.send(name, vec![message(&body, &group, delay)]).await.unwrap();
                    let visible_at = model.now + i64::from(delay);
                    let sent =
                        Message { queue: name, source: None, group, body, visible_at, receives: 0, since: model.now };
                    model.messages.insert(sent.body.clone(), sent);
                }
            }
            0 | 1 => {
                clock.pass_seconds(seconds);
                model.now += seconds;
            }
            2 | 3 => {
                // Only what a receive comes across is buried; where something is dying, everything is asked for.
                model.bury(name);
                let max = if model.was_dying { 256 } else { 1 + usize::try_from(random.below(8)).unwrap() };
                let received = queue.receive(name, max, u32::try_from(seconds).unwrap()).await.unwrap();
                model.receive(name, max, seconds, &received);
                held.extend(received);
            }
            _ => settle(&mut random, &queue, &mut model, &mut held).await,
        }
    }
    drain(&queue, &clock, &mut model).await;
}

/// Acknowledges or postpones by a receipt that may be stale.
async fn settle(random: &mut Random, queue: &EmbeddedQueue, model: &mut Model, held: &mut Vec<Delivery>) {
    if held.is_empty() {
        return;
    }
    let delivery = held.swap_remove(usize::try_from(random.below(held.len() as u64)).unwrap());
    let current = model
        .messages
        .get_mut(&delivery.body)
        .filter(|message| message.queue == delivery.queue && message.receives == delivery.receive_count);
    if random.happens(600) {
        let removed = queue.acknowledge(delivery.queue, std::slice::from_ref(&delivery.receipt)).await.unwrap();
        assert_eq!(removed, u64::from(current.is_some()));
        if removed == 1 {
            model.messages.remove(&delivery.body);
        }
    } else {
        let seconds = u32::try_from(random.below(30)).unwrap();
        queue.postpone(delivery.queue, &delivery.receipt, seconds).await.unwrap();
        if let Some(message) = current {
            message.visible_at = model.now + i64::from(seconds);
        }
        // A receipt may be used again.
        held.push(delivery);
    }
}

/// Everything that is left arrives.
async fn drain(queue: &EmbeddedQueue, clock: &HandClock, model: &mut Model) {
    clock.pass_seconds(1000);
    model.now += 1000;
    for name in [QueueName::Units, QueueName::Steps, QueueName::DeadLetters] {
        model.bury(name);
        let received = queue.receive(name, 256, 1).await.unwrap();
        model.receive(name, 256, 1, &received);
    }
}

#[test]
fn random_conversations_agree_with_a_list() {
    for seed in 0..40 {
        run(async {
            eprintln!("seed {seed}");
            check(seed).await;
        });
    }
}
