//! What the queues make of SQS's failures, and how messages are packed.

use crate::scripted::{Scripted, Step, error, ok};
use aws::SqsQueue;
use ports::PortError;
use ports::queue::{BODY_BYTES_MAX, Outgoing, Queue, QueueName, QueueUrls};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn queue(server: &Scripted) -> Arc<SqsQueue> {
    let url = |name: &str| format!("http://127.0.0.1/{name}");
    server.clients.queue(QueueUrls {
        builds: url("builds"),
        backtests: url("backtests"),
        steps: url("steps"),
        units: url("units"),
        dead_letters: url("dead-letters"),
    })
}

fn messages(count: usize) -> Vec<Outgoing> {
    (0..count).map(|n| Outgoing { body: n.to_string(), group: "tenant".to_owned(), delay_seconds: 7 }).collect()
}

/// An answer about a batch: these were accepted, those not.
fn answer(sent: &[&str], failed: &[(&str, bool)]) -> Step {
    let sent: Vec<Value> =
        sent.iter().map(|id| json!({ "Id": id, "MessageId": format!("m{id}"), "MD5OfMessageBody": "" })).collect();
    let failed: Vec<Value> = failed
        .iter()
        .map(|(id, fault)| json!({ "Id": id, "SenderFault": fault, "Code": "InternalError", "Message": "scripted" }))
        .collect();
    ok(&json!({ "Successful": sent, "Failed": failed }))
}

/// The bodies of each request.
fn bodies(server: &Scripted) -> Vec<Vec<String>> {
    let text = |entry: &Value| entry["MessageBody"].as_str().unwrap().to_owned();
    server.asked().iter().map(|asked| asked.json()["Entries"].as_array().unwrap().iter().map(text).collect()).collect()
}

#[tokio::test]
async fn only_what_failed_is_sent_again() {
    let steps = [answer(&["0", "2"], &[("1", false)]), answer(&["1"], &[("3", false)]), answer(&["3"], &[])];
    let server = Scripted::new(steps).await;
    queue(&server).send(QueueName::Units, messages(4)).await.unwrap();
    assert_eq!(bodies(&server), [vec!["0", "1", "2", "3"], vec!["1", "3"], vec!["3"]]);
    let first = server.asked()[0].json();
    assert_eq!(first["QueueUrl"], "http://127.0.0.1/units");
    assert_eq!(
        first["Entries"][1],
        json!({ "Id": "1", "MessageBody": "1", "DelaySeconds": 7, "MessageGroupId": "tenant" })
    );
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let cases: [(Step, &str, usize); 4] = [
        (answer(&[], &[("0", true)]), "internal", 1),
        (answer(&[], &[("0", false)]), "unavailable", 8),
        (error(400, "QueueDoesNotExist", "where"), "internal", 1),
        (error(400, "ThrottlingException", "slow down"), "unavailable", 5),
    ];
    for (step, expected, requests) in cases {
        let server = Scripted::new([step.clone()]).await;
        let outcome = queue(&server).send(QueueName::Steps, messages(1)).await;
        let kind = match &outcome {
            Err(PortError::Unavailable(_)) => "unavailable",
            Err(PortError::Internal(_)) => "internal",
            other => panic!("{step:?}: {other:?}"),
        };
        assert_eq!((kind, server.asked().len()), (expected, requests), "{step:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn batches_keep_the_limits_of_the_service() {
    let every: Vec<String> = (0..10).map(|id| id.to_string()).collect();
    let accepted = answer(&every.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let server = Scripted::new([accepted]).await;
    let queue = queue(&server);
    queue.send(QueueName::Units, messages(512)).await.unwrap();
    let sent = bodies(&server);
    assert_eq!(sent.len(), 52);
    assert!(sent.iter().all(|batch| batch.len() <= 10));
    assert_eq!(sent.concat().into_iter().collect::<BTreeSet<_>>().len(), 512, "every message is sent once");
    let large = |bytes: usize| Outgoing { body: "x".repeat(bytes), group: "g".to_owned(), delay_seconds: 0 };
    queue
        .send(QueueName::Units, vec![large(BODY_BYTES_MAX), large(BODY_BYTES_MAX), large(10), large(10)])
        .await
        .unwrap();
    let sizes: BTreeSet<Vec<usize>> =
        bodies(&server).split_off(52).iter().map(|batch| batch.iter().map(String::len).collect()).collect();
    assert_eq!(sizes, BTreeSet::from([vec![BODY_BYTES_MAX], vec![BODY_BYTES_MAX, 10, 10]]));
    let before = server.asked().len();
    queue.send(QueueName::Units, Vec::new()).await.unwrap();
    assert_eq!(server.asked().len(), before, "nothing to send is no request");
}

#[tokio::test]
async fn postponing_what_is_gone_is_no_error() {
    let receipt = "Value AQEB for parameter ReceiptHandle is invalid. Reason: Message does not exist";
    let total = "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout is beyond";
    let cases = [
        (ok(&json!({})), "ok"),
        (error(400, "ReceiptHandleIsInvalid", "stale"), "ok"),
        (error(400, "MessageNotInflight", "gone"), "ok"),
        (error(400, "InvalidParameterValue", receipt), "ok"),
        (error(400, "InvalidParameterValue", total), "internal"),
        (error(403, "AccessDenied", "no"), "internal"),
        (error(500, "InternalFailure", "oh"), "unavailable"),
    ];
    for (step, expected) in cases {
        let server = Scripted::new([step.clone()]).await;
        let outcome = queue(&server).postpone(QueueName::Builds, "receipt", 60).await;
        let kind = match &outcome {
            Ok(()) => "ok",
            Err(PortError::Unavailable(_)) => "unavailable",
            Err(PortError::Internal(_)) => "internal",
            Err(other) => panic!("{step:?}: {other:?}"),
        };
        assert_eq!(kind, expected, "{step:?}: {outcome:?}");
    }
    let server = Scripted::new([ok(&json!({}))]).await;
    let outcome = queue(&server).postpone(QueueName::Builds, "receipt", 43_201).await;
    assert!(matches!(outcome, Err(PortError::TooLarge(_))), "{outcome:?}");
}
