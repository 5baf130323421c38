//! What every queue promises.
//!
//! Not covered: order between messages of one group (none is promised) and how soon a message arrives.

use crate::PortError;
use crate::queue::{
    BODY_BYTES_MAX, DELAY_SECONDS_MAX, Delivery, GROUP_BYTES_MAX, Outgoing, Queue, QueueName, RECEIVES_MAX,
};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// A queue with its receiving side, which handlers never see, and a way to let time pass.
#[async_trait]
pub trait QueueUnderTest: Queue {
    /// Receives up to `messages_max` (at most 10) visible messages and hides them for `visibility_seconds`.
    async fn receive(
        &self,
        queue: QueueName,
        messages_max: usize,
        visibility_seconds: u32,
    ) -> Result<Vec<Delivery>, PortError>;

    /// Removes handled messages.
    async fn acknowledge(&self, queue: QueueName, receipts: &[String]) -> Result<(), PortError>;

    /// Lets `seconds` pass: moves the adapter's clock, or sleeps.
    async fn pass(&self, seconds: u32);

    /// True when groups are served strictly in turn, false when fairness is only statistical (SQS).
    fn serves_groups_in_turn(&self) -> bool {
        true
    }

    /// True when only the receipt of the last receive counts, false when an earlier one may count as well (SQS).
    fn ignores_stale_receipts(&self) -> bool {
        true
    }
}

/// Every promise of the queue port.
///
/// # Panics
/// With the broken promise.
pub async fn queue(queue: &dyn QueueUnderTest) {
    drain(queue).await;
    round_trip(queue).await;
    refusals(queue).await;
    delays(queue).await;
    visibility(queue).await;
    if queue.ignores_stale_receipts() {
        stale_receipts(queue).await;
    }
    gone_messages(queue).await;
    postponing(queue).await;
    partial_failures(queue).await;
    dead_letters(queue).await;
    if queue.serves_groups_in_turn() {
        fairness(queue).await;
    }
    drain(queue).await;
}

/// Receives after which a message that has not shown up is missing: a distributed queue may need several.
const ATTEMPTS_MAX: usize = 20;

/// A visibility timeout that no case outlives by accident, seconds.
const LONG_SECONDS: u32 = 600;

fn message(body: &str, group: &str, delay_seconds: u32) -> Outgoing {
    Outgoing { body: body.to_owned(), group: group.to_owned(), delay_seconds }
}

async fn send(queue: &dyn QueueUnderTest, name: QueueName, messages: Vec<Outgoing>) {
    queue.send(name, messages).await.expect("send succeeds");
}

/// Receives until `count` messages are there.
async fn receive(queue: &dyn QueueUnderTest, name: QueueName, count: usize, visibility_seconds: u32) -> Vec<Delivery> {
    let mut found = Vec::new();
    for _ in 0..ATTEMPTS_MAX + count {
        let wanted = (count - found.len()).min(10);
        if wanted == 0 {
            break;
        }
        let received = queue.receive(name, wanted, visibility_seconds).await.expect("receive succeeds");
        assert!(received.len() <= wanted, "at most {wanted} messages are received");
        found.extend(received);
    }
    assert_eq!(found.len(), count, "messages received from {name:?}");
    found
}

async fn assert_nothing(queue: &dyn QueueUnderTest, name: QueueName, when: &str) {
    let received = queue.receive(name, 10, LONG_SECONDS).await.expect("receive succeeds");
    assert_eq!(received, [], "{name:?} has nothing visible: {when}");
}

async fn acknowledge(queue: &dyn QueueUnderTest, name: QueueName, deliveries: &[Delivery]) {
    let receipts: Vec<String> = deliveries.iter().map(|delivery| delivery.receipt.clone()).collect();
    for receipts in receipts.chunks(10) {
        queue.acknowledge(name, receipts).await.expect("acknowledge succeeds");
    }
}

async fn drain(queue: &dyn QueueUnderTest) {
    for name in QueueName::ALL {
        loop {
            let received = queue.receive(name, 10, LONG_SECONDS).await.expect("receive succeeds");
            if received.is_empty() {
                break;
            }
            acknowledge(queue, name, &received).await;
        }
    }
}

async fn round_trip(queue: &dyn QueueUnderTest) {
    let bodies = ["{}", r#"{"v":1,"text":"é日本😀\" \\ \u0000"}"#];
    for name in QueueName::ALL {
        send(queue, name, bodies.map(|body| message(&format!("{body} "), name.as_str(), 0)).to_vec()).await;
    }
    send(queue, QueueName::Units, Vec::new()).await;
    let mut identities = BTreeSet::new();
    for name in QueueName::ALL {
        let deliveries = receive(queue, name, bodies.len(), LONG_SECONDS).await;
        let found: BTreeSet<&str> = deliveries.iter().map(|delivery| delivery.body.trim_end()).collect();
        assert_eq!(found, BTreeSet::from(bodies), "bodies arrive on their queue, unchanged");
        for delivery in &deliveries {
            assert_eq!((delivery.queue, delivery.source, delivery.receive_count), (name, None, 1));
            assert_eq!(delivery.group, name.as_str(), "the group arrives");
            assert!(identities.insert(delivery.message_id.clone()), "message ids differ");
        }
        acknowledge(queue, name, &deliveries).await;
        acknowledge(queue, name, &deliveries).await;
        assert_nothing(queue, name, "acknowledged").await;
    }
    queue.pass(LONG_SECONDS + 1).await;
    for name in QueueName::ALL {
        assert_nothing(queue, name, "acknowledged messages never come back").await;
    }
}

async fn refusals(queue: &dyn QueueUnderTest) {
    let name = QueueName::Builds;
    let too_large = [
        message(&"x".repeat(BODY_BYTES_MAX + 1), "g", 0),
        message("{}", &"g".repeat(GROUP_BYTES_MAX + 1), 0),
        message("{}", "g", DELAY_SECONDS_MAX + 1),
    ];
    for bad in too_large {
        let outcome = queue.send(name, vec![message("{}", "g", 0), bad]).await;
        assert!(matches!(outcome, Err(PortError::TooLarge(_))), "a message over a limit: {outcome:?}");
    }
    for bad in [message("", "g", 0), message("{}", "", 0)] {
        let outcome = queue.send(name, vec![message("{}", "g", 0), bad]).await;
        assert!(matches!(outcome, Err(PortError::Internal(_))), "a message without body or group: {outcome:?}");
    }
    assert_nothing(queue, name, "a refused send sends nothing").await;
    let largest = message(&"x".repeat(BODY_BYTES_MAX), &"g".repeat(GROUP_BYTES_MAX), 0);
    send(queue, name, vec![largest.clone()]).await;
    let deliveries = receive(queue, name, 1, LONG_SECONDS).await;
    for delivery in &deliveries {
        assert!(delivery.body == largest.body && delivery.group == largest.group, "the largest message");
    }
    acknowledge(queue, name, &deliveries).await;
}

async fn delays(queue: &dyn QueueUnderTest) {
    let name = QueueName::Steps;
    send(queue, name, vec![message("late", "g", 20), message("soon", "g", 5), message("now", "g", 0)]).await;
    for (body, seconds) in [("now", 6), ("soon", 15), ("late", 0)] {
        let deliveries = receive(queue, name, 1, LONG_SECONDS).await;
        assert_eq!(deliveries.iter().map(|delivery| delivery.body.as_str()).collect::<Vec<_>>(), [body]);
        acknowledge(queue, name, &deliveries).await;
        assert_nothing(queue, name, "delayed").await;
        queue.pass(seconds).await;
    }
}

async fn visibility(queue: &dyn QueueUnderTest) {
    let name = QueueName::Units;
    send(queue, name, vec![message("again", "g", 0)]).await;
    let mut receipts = BTreeSet::new();
    let mut identity = None;
    for receive_count in 1..=3 {
        for delivery in receive(queue, name, 1, 10).await {
            assert_eq!(delivery.receive_count, receive_count, "receives are counted");
            assert!(receipts.insert(delivery.receipt), "every receive has a receipt of its own");
            let first = identity.get_or_insert_with(|| delivery.message_id.clone());
            assert_eq!(*first, delivery.message_id, "a redelivered message keeps its identity");
        }
        queue.pass(5).await;
        assert_nothing(queue, name, "in flight").await;
        queue.pass(6).await;
    }
    let last = receive(queue, name, 1, LONG_SECONDS).await;
    acknowledge(queue, name, &last).await;
}

async fn stale_receipts(queue: &dyn QueueUnderTest) {
    let name = QueueName::Units;
    send(queue, name, vec![message("stale", "g", 0)]).await;
    let first = receive(queue, name, 1, 5).await;
    queue.pass(6).await;
    let second = receive(queue, name, 1, 60).await;
    acknowledge(queue, name, &first).await;
    for delivery in &first {
        queue.postpone(name, &delivery.receipt, 0).await.expect("postponing by a stale receipt is no error");
    }
    assert_nothing(queue, name, "a stale receipt does not make visible").await;
    queue.pass(61).await;
    let third = receive(queue, name, 1, 5).await;
    assert_eq!(third.iter().map(|delivery| delivery.receive_count).collect::<Vec<_>>(), [3], "nor does it delete");
    queue.pass(6).await;
    acknowledge(queue, name, &third).await;
    assert_nothing(queue, name, "the last receipt counts even after its visibility, until the next receive").await;
    for delivery in second.iter().chain(&third) {
        queue.postpone(name, &delivery.receipt, 0).await.expect("postponing what is gone is no error");
    }
    assert_nothing(queue, name, "what was deleted stays deleted").await;
}

async fn gone_messages(queue: &dyn QueueUnderTest) {
    let name = QueueName::Units;
    send(queue, name, vec![message("gone", "g", 0)]).await;
    let first = receive(queue, name, 1, 5).await;
    queue.pass(6).await;
    let second = receive(queue, name, 1, LONG_SECONDS).await;
    for delivery in &first {
        queue.postpone(name, &delivery.receipt, LONG_SECONDS).await.expect("a stale receipt is no error");
    }
    acknowledge(queue, name, &second).await;
    for delivery in first.iter().chain(&second) {
        queue.postpone(name, &delivery.receipt, 0).await.expect("a message that is gone is no error");
    }
    assert_nothing(queue, name, "what was deleted stays deleted").await;
}

async fn postponing(queue: &dyn QueueUnderTest) {
    let name = QueueName::Backtests;
    send(queue, name, vec![message("postponed", "g", 0)]).await;
    for (visibility, postponed, hidden, shown) in [(60, 0, 0, 1), (10, 100, 50, 60), (60, 5, 3, 3)] {
        for delivery in receive(queue, name, 1, visibility).await {
            queue.postpone(name, &delivery.receipt, postponed).await.expect("postpone succeeds");
        }
        if hidden > 0 {
            queue.pass(hidden).await;
            assert_nothing(queue, name, "postponed").await;
        }
        queue.pass(shown).await;
    }
    let last = receive(queue, name, 1, LONG_SECONDS).await;
    assert_eq!(last.iter().map(|delivery| delivery.receive_count).collect::<Vec<_>>(), [4]);
    acknowledge(queue, name, &last).await;
}

async fn partial_failures(queue: &dyn QueueUnderTest) {
    let name = QueueName::Units;
    send(queue, name, (0..10).map(|number| message(&number.to_string(), "g", 0)).collect()).await;
    let deliveries = receive(queue, name, 10, 30).await;
    let (failed, done): (Vec<_>, Vec<_>) =
        deliveries.into_iter().partition(|delivery| ["2", "5", "9"].contains(&delivery.body.as_str()));
    acknowledge(queue, name, &done).await;
    assert_nothing(queue, name, "failed messages wait for their visibility").await;
    queue.pass(31).await;
    let again = receive(queue, name, failed.len(), LONG_SECONDS).await;
    let bodies: BTreeSet<&str> = again.iter().map(|delivery| delivery.body.as_str()).collect();
    assert_eq!(bodies, BTreeSet::from(["2", "5", "9"]), "exactly the failed messages come back");
    assert!(again.iter().all(|delivery| delivery.receive_count == 2));
    acknowledge(queue, name, &again).await;
}

async fn dead_letters(queue: &dyn QueueUnderTest) {
    for name in [QueueName::Builds, QueueName::Backtests, QueueName::Steps, QueueName::Units] {
        let body = format!("poison of {}", name.as_str());
        send(queue, name, vec![message(&body, "tenant", 0)]).await;
        for receive_count in 1..=RECEIVES_MAX {
            let deliveries = receive(queue, name, 1, 5).await;
            assert!(deliveries.iter().all(|delivery| delivery.receive_count == receive_count));
            assert_nothing(queue, QueueName::DeadLetters, "not dead yet").await;
            queue.pass(6).await;
        }
        assert_nothing(queue, name, "received too often").await;
        let dead = receive(queue, QueueName::DeadLetters, 1, LONG_SECONDS).await;
        for letter in &dead {
            assert_eq!((letter.queue, letter.source), (QueueName::DeadLetters, Some(name)), "where it died is known");
            assert_eq!((&letter.body, letter.group.as_str()), (&body, "tenant"), "a dead letter is unchanged");
        }
        acknowledge(queue, QueueName::DeadLetters, &dead).await;
    }
    queue.pass(LONG_SECONDS + 1).await;
    for name in QueueName::ALL {
        assert_nothing(queue, name, "a settled dead letter is gone").await;
    }
}

async fn fairness(queue: &dyn QueueUnderTest) {
    let name = QueueName::Units;
    let of = |group: &str, count: usize| (0..count).map(|_| message("{}", group, 0)).collect::<Vec<_>>();
    send(queue, name, of("large", 500)).await;
    send(queue, name, of("small", 2)).await;
    send(queue, name, of("medium", 10)).await;
    let mut served: BTreeMap<String, usize> = BTreeMap::new();
    for messages_max in [1, 1, 1, 1, 1, 1, 4, 8] {
        let received = queue.receive(name, messages_max, LONG_SECONDS).await.expect("receive succeeds");
        assert_eq!(received.len(), messages_max);
        for delivery in &received {
            *served.entry(delivery.group.clone()).or_default() += 1;
        }
        acknowledge(queue, name, &received).await;
    }
    let expected = [("large", 8), ("medium", 8), ("small", 2)].map(|(group, count)| (group.to_owned(), count));
    assert_eq!(served, BTreeMap::from(expected), "groups are served in turn, whatever is queued before them");
    drain(queue).await;
}
