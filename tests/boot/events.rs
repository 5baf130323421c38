//! SQS events: records into deliveries, what is not understood reported and never dropped.

use crate::config::environment;
use async_trait::async_trait;
use boot::config::HandlerConfig;
use boot::sqs::{self, Anonymous, EventSource, Invocation};
use ports::queue::{BatchResponse, Deadline, Delivery, Failure, Handler, QueueName, QueueUrls};
use serde_json::{Value, json};

/// A record as an event source sends it.
pub fn record(queue: &str, message_id: &str, body: &str) -> Value {
    json!({
        "messageId": message_id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": "1545082649183",
            "SenderId": "AROAIENQZJOLO23YVJ4VO:api",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
            "MessageGroupId": "tenant-1"
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:{queue}"),
        "awsRegion": "eu-central-1"
    })
}

fn changed(mut record: Value, pointer: &str, value: Value) -> Value {
    *record.pointer_mut(pointer).unwrap() = value;
    record
}

fn queues() -> QueueUrls {
    config().stack.queues
}

fn config() -> HandlerConfig {
    let all = environment();
    HandlerConfig::read(&|name| all.get(name).cloned()).unwrap()
}

fn read(records: &[Value]) -> Result<sqs::Received, Anonymous> {
    sqs::read(serde_json::from_value(json!({ "Records": records })).unwrap(), &queues())
}

#[test]
fn a_record_becomes_a_delivery() {
    let received = read(&[record("barlake-units", "m1", "{}")]).unwrap();
    let wanted = Delivery {
        message_id: "m1".to_owned(),
        queue: QueueName::Units,
        source: None,
        body: "{}".to_owned(),
        group: "tenant-1".to_owned(),
        receive_count: 2,
        receipt: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a".to_owned(),
    };
    assert_eq!((received.deliveries, received.refused), (vec![wanted], vec![]));
}

#[test]
fn every_queue_is_known_by_its_name() {
    for (name, queue) in [
        ("barlake-builds", QueueName::Builds),
        ("barlake-backtests", QueueName::Backtests),
        ("barlake-steps", QueueName::Steps),
        ("barlake-units", QueueName::Units),
        ("barlake-dead-letters", QueueName::DeadLetters),
    ] {
        assert_eq!(read(&[record(name, "m1", "{}")]).unwrap().deliveries[0].queue, queue);
    }
}

#[test]
fn a_dead_letter_says_where_it_died() {
    let mut dead = record("barlake-dead-letters", "m1", "{}");
    dead["attributes"]["DeadLetterQueueSourceArn"] = json!("arn:aws:sqs:eu-central-1:123456789012:barlake-units");
    assert_eq!(read(&[dead]).unwrap().deliveries[0].source, Some(QueueName::Units));
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    let whole = || record("barlake-units", "m2", "{}");
    let cases = [
        (record("barlake-units-old", "m2", "{}"), "barlake-units-old"),
        (record("units", "m2", "{}"), ":units"),
        (changed(whole(), "/eventSourceARN", Value::Null), "not ours"),
        (changed(whole(), "/body", Value::Null), "body"),
        (changed(whole(), "/receiptHandle", Value::Null), "receiptHandle"),
        (changed(whole(), "/attributes/ApproximateReceiveCount", json!("many")), "ApproximateReceiveCount"),
        (changed(whole(), "/attributes", Value::Null), "ApproximateReceiveCount"),
    ];
    for (bad, why) in cases {
        let received = read(&[record("barlake-units", "m1", "{}"), bad, record("barlake-units", "m3", "{}")]).unwrap();
        let ids: Vec<&str> = received.deliveries.iter().map(|delivery| delivery.message_id.as_str()).collect();
        assert_eq!(ids, ["m1", "m3"]);
        let (id, reason) = &received.refused[0];
        assert!(id == "m2" && reason.contains(why), "{reason}: {why}");
    }
}

#[test]
fn without_an_identity_the_whole_batch_comes_again() {
    for id in [Value::Null, json!("")] {
        let nameless = changed(record("barlake-units", "m1", "{}"), "/messageId", id);
        assert_eq!(read(&[record("barlake-units", "m0", "{}"), nameless]), Err(Anonymous));
    }
}

/// Fails every message whose body is `bad`.
struct Picky;

#[async_trait]
impl Handler for Picky {
    async fn handle(&self, batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse {
        assert!(deadline.at_us > 1_767_225_600_000_000, "{deadline:?}");
        let bad = batch.into_iter().filter(|delivery| delivery.body == "bad");
        BatchResponse { failures: bad.map(|delivery| Failure { message_id: delivery.message_id }).collect() }
    }
}

#[tokio::test]
async fn the_answer_names_exactly_what_comes_again() {
    let source = EventSource::new(Picky, config());
    let invocation = Invocation { request_id: "r1", trace_id: None, deadline_ms: 600_000 };
    for (records, failed) in [
        (vec![record("barlake-units", "m1", "{}")], json!([])),
        (vec![record("elsewhere", "m1", "{}")], json!([{ "itemIdentifier": "m1" }])),
        (
            vec![record("barlake-units", "m1", "bad"), record("x", "m2", "{}"), record("barlake-steps", "m3", "{}")],
            json!([{ "itemIdentifier": "m2" }, { "itemIdentifier": "m1" }]),
        ),
    ] {
        let event = serde_json::from_value(json!({ "Records": records })).unwrap();
        let answer = source.handle(event, invocation).await.unwrap();
        assert_eq!(serde_json::to_value(answer).unwrap(), json!({ "batchItemFailures": failed }));
    }
}
