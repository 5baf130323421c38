//! The fault layer: seeded, truthful, and dead when it says so.

use crate::support::{Tested, message, run, store};
use bytes::Bytes;
use embedded::MemoryBlobs;
use ports::PortError;
use ports::clock::Ids;
use ports::faults::{CrashPoint, FaultRates, Faults, SeededIds};
use ports::queue::QueueName;
use ports::table::{Change, Condition, Consistency, Key, Query, Table, WriteOutcome};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

fn put(sort: &str, version: u64) -> Vec<Change> {
    let condition = if version == 0 { Condition::Absent } else { Condition::VersionIs(version) };
    vec![Change::Put { key: Key::new("p", sort), condition, expires_at: None, body: json!(version) }]
}

fn query(consistency: Consistency) -> Query {
    Query { partition: "p".into(), prefix: String::new(), after: None, limit: 100, descending: false, consistency }
}

/// A conversation with everything rough; what came back, as text.
async fn conversation(seed: u64) -> Vec<String> {
    let (store, clock) = store(None);
    let tested = Arc::new(Tested { queue: store.queue(), clock });
    let faults = Faults::new(seed, FaultRates::ROUGH);
    let table = faults.table(store.table());
    let queue = faults.queue(tested.clone());
    let blobs = faults.blobs(Arc::new(MemoryBlobs::default()));
    let mut said = Vec::new();
    for number in 0..60 {
        said.push(format!(
            "{:?}",
            table.write(&format!("w{number}"), put(&format!("{}", number % 7), number / 7)).await
        ));
        said.push(format!("{:?}", table.query(&query(Consistency::Eventual)).await));
        said.push(format!("{:?}", queue.send(QueueName::Units, vec![message(&format!("{number}"), "g", 0); 3]).await));
        said.push(format!("{:?}", blobs.put(&format!("k{number}"), Bytes::from_static(b"x")).await));
        said.push(format!("{:?}", tested.queue.receive(QueueName::Units, 10, 5).await));
        tested.clock.pass_seconds(1);
    }
    said
}

#[test]
fn the_same_seed_gives_the_same_faults() {
    run(async {
        let first = conversation(7).await;
        assert_eq!(first, conversation(7).await);
        assert_ne!(first, conversation(8).await);
        let failed = first.iter().filter(|said| said.contains("injected")).count();
        assert!((5..60).contains(&failed), "{failed} faults in {} calls", first.len());
    });
}

#[test]
fn lost_answers_are_applied_and_repeated_writes_applied_once() {
    for (rates, answered) in [
        (FaultRates { lost_answer: 1000, ..FaultRates::default() }, false),
        (FaultRates { repeated_write: 1000, ..FaultRates::default() }, true),
    ] {
        let (store, _) = store(None);
        let table = Faults::new(1, rates).table(store.table());
        run(async {
            for version in 0..3 {
                let outcome = table.write(&format!("w{version}"), put("a", version)).await;
                assert_eq!(matches!(outcome, Ok(WriteOutcome::Written)), answered, "{outcome:?}");
                assert_eq!(matches!(outcome, Err(PortError::Unavailable(_))), !answered, "{outcome:?}");
                let record = table.get(&Key::new("p", "a")).await.unwrap().unwrap();
                assert_eq!((record.version, record.body), (version + 1, json!(version)));
            }
        });
    }
}

#[test]
fn unavailable_calls_change_nothing() {
    let (store, clock) = store(None);
    let faults = Faults::new(1, FaultRates { unavailable: 1000, ..FaultRates::default() });
    run(async {
        faults.table(store.table()).write("w", put("a", 0)).await.unwrap_err();
        let tested = Tested { queue: store.queue(), clock };
        faults.queue(Arc::new(tested)).send(QueueName::Units, vec![message("x", "g", 0)]).await.unwrap_err();
        assert_eq!(store.table().get(&Key::new("p", "a")).await.unwrap(), None);
        assert_eq!(store.queue().receive(QueueName::Units, 1, 1).await.unwrap(), []);
        assert_eq!(faults.writes(), 0);
    });
}

#[test]
fn eventual_reads_show_the_past_and_strong_reads_never() {
    let (store, _) = store(None);
    let table = Faults::new(3, FaultRates { stale_read: 1000, ..FaultRates::default() }).table(store.table());
    run(async {
        let mut stale = BTreeSet::new();
        for version in 0..30 {
            table.write(&format!("w{version}"), put("a", version)).await.unwrap();
            let strong = table.query(&query(Consistency::Strong)).await.unwrap().records;
            assert_eq!(strong.iter().map(|record| record.version).collect::<Vec<_>>(), [version + 1]);
            let eventual = table.query(&query(Consistency::Eventual)).await.unwrap().records;
            let seen = eventual.first().map_or(0, |record| record.version);
            assert!(seen <= version + 1, "the future is not served");
            assert!(eventual.iter().all(|record| record.body == json!(record.version - 1)), "what is served was true");
            stale.insert(version + 1 - seen);
        }
        assert!(stale.len() > 5, "answers lag by different amounts: {stale:?}");
    });
}

#[test]
fn messages_arrive_at_least_once_whatever_happens_to_them() {
    let rates = FaultRates { duplicate_message: 300, late_message: 300, shuffle: 1000, ..FaultRates::default() };
    let (store, clock) = store(None);
    let tested = Arc::new(Tested { queue: store.queue(), clock });
    let queue = Faults::new(5, rates).queue(tested.clone());
    run(async {
        let sent: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
        queue.send(QueueName::Units, sent.iter().map(|body| message(body, "g", 0)).collect()).await.unwrap();
        let at_once = tested.queue.receive(QueueName::Units, 256, 1000).await.unwrap();
        tested.clock.pass_seconds(200);
        let late = tested.queue.receive(QueueName::Units, 256, 1000).await.unwrap();
        assert!(!late.is_empty() && at_once.len() + late.len() > sent.len(), "some are late, some are doubled");
        let order: Vec<String> = at_once.into_iter().map(|delivery| delivery.body).collect();
        assert!(!order.is_sorted(), "and shuffled");
        let bodies: BTreeSet<String> = order.into_iter().chain(late.into_iter().map(|late| late.body)).collect();
        assert_eq!(bodies.into_iter().collect::<Vec<_>>(), sent, "but none is lost");
    });
}

#[test]
fn a_crash_falls_between_any_two_writes() {
    for writes in 0..6 {
        for last_is_answered in [true, false] {
            let (store, _) = store(None);
            let faults = Faults::new(1, FaultRates::default());
            let table = faults.table(store.table());
            faults.crash_at(CrashPoint { writes, last_is_answered });
            run(async {
                let mut answered = 0;
                for number in 0..6 {
                    answered += u64::from(table.write("w", put(&number.to_string(), 0)).await.is_ok());
                }
                assert_eq!(answered, if last_is_answered { writes } else { writes.saturating_sub(1) });
                let there = store.table().query(&query(Consistency::Strong)).await.unwrap().records.len() as u64;
                assert_eq!(there, writes, "exactly the first writes are applied");
                assert!(faults.is_down());
                assert!(table.get(&Key::new("p", "0")).await.is_err(), "the dead do not read");
                faults.restart();
                assert_eq!(table.query(&query(Consistency::Strong)).await.unwrap().records.len() as u64, writes);
            });
        }
    }
}

#[test]
fn seeded_identifiers_repeat_with_their_seed_only() {
    let ids = |seed| {
        let ids = SeededIds::new(seed);
        [ids.random(), ids.random()]
    };
    assert_eq!(ids(1), ids(1));
    let all: BTreeSet<[u8; 20]> = [ids(1), ids(2), ids(3)].into_iter().flatten().collect();
    assert_eq!(all.len(), 6);
}
