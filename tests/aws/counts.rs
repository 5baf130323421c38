//! Counters: every call and every unit once.

use crate::cloud::stack;
use bytes::Bytes;
use ports::blobs::Blobs;
use ports::queue::{Outgoing, Queue, QueueName};
use ports::table::{Change, Condition, Key, Table};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_and_units() {
    let (clients, stack) = stack("counts").await;
    let table = clients.table(&stack.table_name);
    let put = |sort: &str| Change::Put {
        key: Key::new("p", sort),
        condition: Condition::Absent,
        expires_at: None,
        body: json!("x".repeat(3_000)),
    };
    table.write("w", vec![put("a")]).await.unwrap();
    table.write("w", vec![put("b"), put("c")]).await.unwrap();
    table.get(&Key::new("p", "a")).await.unwrap();
    let blobs = clients.blobs(&stack.results_bucket);
    blobs.put("a/b", Bytes::from_static(b"x")).await.unwrap();
    blobs.get("a/b").await.unwrap();
    blobs.get("a/c").await.unwrap();
    blobs.list("a/", None, 5).await.unwrap();
    blobs.delete("a/b").await.unwrap();
    let message = |bytes: usize| Outgoing { body: "x".repeat(bytes), group: "g".to_owned(), delay_seconds: 0 };
    clients.queue(stack.queues).send(QueueName::Units, vec![message(10), message(150_000)]).await.unwrap();
    let counts = clients.counters().snapshot();
    let expected = [
        ("dynamodb.PutItem", 1.0),
        ("dynamodb.TransactWriteItems", 1.0),
        ("dynamodb.GetItem", 1.0),
        ("s3.put", 1.0),
        ("s3.get", 2.0),
        ("s3.list", 1.0),
        ("s3.delete", 1.0),
        ("sqs.SendMessageBatch", 1.0),
        ("sqs.billed_requests", 3.0),
    ];
    for (name, count) in expected {
        assert_eq!(counts.get(name), Some(&count), "{name} in {counts:?}");
    }
    // How many units the emulation charges is its own affair; that they are added up is ours.
    assert!(counts.contains_key("dynamodb.write_units") && counts.contains_key("dynamodb.read_units"), "{counts:?}");
    assert_eq!(clients.counters().increments(), counts, "nothing was told before");
    table.get(&Key::new("p", "a")).await.unwrap();
    let more = clients.counters().increments();
    assert_eq!(more.get("dynamodb.GetItem"), Some(&1.0), "{more:?}");
    assert_eq!(
        more.keys().collect::<Vec<_>>(),
        ["dynamodb.GetItem", "dynamodb.read_units"],
        "what is new, and only that"
    );
}
