//! Opening, reopening, and what a store does by itself: putting deliveries back, purging, refusing.

use crate::support::{HandClock, START_US, TemporaryFolder, message, run, store};
use boot::machine::{SystemClock, SystemIds};
use embedded::{DEAD_LETTER_KEEP_SECONDS, RECEIVE_MESSAGES_MAX, Store, StoreError};
use ports::PortError;
use ports::clock::{Clock, Ids};
use ports::queue::{Queue, QueueName, RECEIVES_MAX, VISIBILITY_SECONDS_MAX};
use ports::table::{Change, Condition, Key, Table};
use serde_json::json;

#[test]
fn a_second_opener_is_told_who_is_in_the_way() {
    let folder = TemporaryFolder::new();
    let (first, _) = store(Some(&folder));
    let path = folder.path().join("store.redb");
    let error = Store::open(&path, HandClock::starting_at(0)).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("another barlake process uses this data folder"), "{error}");
    let queue = first.queue();
    drop(first);
    assert!(Store::open(&path, HandClock::starting_at(0)).is_err(), "a handle keeps the file");
    drop(queue);
    Store::open(&path, HandClock::starting_at(0)).unwrap();
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = TemporaryFolder::new();
    let file = folder.path().join("text");
    std::fs::write(&file, "not a store, but long enough to be looked at ".repeat(1000)).unwrap();
    for path in [file, folder.path().join("missing/store.redb"), folder.path().to_owned()] {
        let error = Store::open(&path, HandClock::starting_at(0)).unwrap_err();
        assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
    }
}

#[test]
fn a_damaged_store_is_refused_without_a_panic() {
    let folder = TemporaryFolder::new();
    let path = folder.path().join("store.redb");
    let (written, _) = store(Some(&folder));
    run(written.queue().send(QueueName::Units, vec![message("kept", "g", 0); 500])).unwrap();
    drop(written);
    let whole = std::fs::read(&path).unwrap();
    for (keep, overwrite) in [(whole.len() / 2, 0), (5000, 0), (100, 0), (1, 0), (whole.len(), 300), (whole.len(), 9)] {
        let mut damaged = whole[..keep].to_vec();
        damaged[keep.min(12)..].iter_mut().take(overwrite).for_each(|byte| *byte = 0xa5);
        std::fs::write(&path, damaged).unwrap();
        let opened = Store::open(&path, HandClock::starting_at(START_US));
        assert!(
            matches!(opened, Err(StoreError::Unusable { .. })),
            "{keep} bytes, {overwrite} overwritten: {opened:?}"
        );
    }
    std::fs::write(&path, whole).unwrap();
    let (restored, _) = store(Some(&folder));
    assert_eq!(run(restored.queue().receive(QueueName::Units, 256, 1)).unwrap().len(), 256);
}

#[test]
fn deliveries_of_a_dead_process_are_visible_at_once_and_counted() {
    let folder = TemporaryFolder::new();
    run(async {
        let (first, _) = store(Some(&folder));
        let messages = vec![message("flight", "g", 0), message("late", "g", 60)];
        first.queue().send(QueueName::Units, messages).await.unwrap();
        assert_eq!(first.queue().receive(QueueName::Units, 10, 900).await.unwrap().len(), 1);
        drop(first);
        let (second, clock) = store(Some(&folder));
        let again = second.queue().receive(QueueName::Units, 10, 900).await.unwrap();
        let seen: Vec<_> = again.iter().map(|delivery| (delivery.body.as_str(), delivery.receive_count)).collect();
        assert_eq!(seen, [("flight", 2)], "a delay is kept, a delivery is not");
        clock.pass_seconds(60);
        assert_eq!(second.queue().receive(QueueName::Units, 10, 900).await.unwrap().len(), 1);
    });
}

#[test]
fn a_dead_letter_that_dies_again_is_dropped_after_a_week_and_counted() {
    let (store, clock) = store(None);
    let queue = store.queue();
    run(async {
        queue.send(QueueName::Units, vec![message("poison", "g", 0)]).await.unwrap();
        for name in [QueueName::Units, QueueName::DeadLetters] {
            for _ in 0..RECEIVES_MAX {
                assert_eq!(queue.receive(name, 1, 1).await.unwrap().len(), 1);
                clock.pass_seconds(2);
            }
            assert_eq!(queue.receive(name, 1, 1).await.unwrap(), []);
        }
        let died_us = START_US + 2_000_000 * i64::from(RECEIVES_MAX);
        let dropped_us = died_us + 1_000_000 * DEAD_LETTER_KEEP_SECONDS;
        assert_eq!(queue.next_visible_us(QueueName::DeadLetters).unwrap(), Some(dropped_us));
        for (seconds, dropped) in [(0, 0), (DEAD_LETTER_KEEP_SECONDS - 60, 0), (60, 1), (60, 1)] {
            clock.pass_seconds(seconds);
            assert_eq!(queue.receive(QueueName::DeadLetters, 1, 1).await.unwrap(), [], "given up");
            assert_eq!(queue.dropped_dead_letters().unwrap(), dropped);
        }
        assert_eq!(queue.next_visible_us(QueueName::DeadLetters).unwrap(), None);
    });
}

#[test]
fn a_purge_removes_exactly_what_expired() {
    let (store, _) = store(None);
    let table = store.table();
    run(async {
        let put = |sort: String, condition, expires_at| {
            vec![Change::Put { key: Key::new("purge", sort), condition, expires_at, body: json!(0) }]
        };
        for number in 0..1200_i64 {
            table.write("w", put(format!("{number}"), Condition::Absent, Some(number))).await.unwrap();
        }
        table.write("w", put("never".into(), Condition::Absent, None)).await.unwrap();
        let extended = put("10".into(), Condition::VersionIs(1), Some(5000));
        table.write("w", extended).await.unwrap();
        let kept = put("11".into(), Condition::VersionIs(1), None);
        table.write("w", kept).await.unwrap();
        let delete = Change::Delete { key: Key::new("purge", "12"), condition: Condition::VersionIs(1) };
        table.write("w", vec![delete]).await.unwrap();
        // Of 0..1100 three were moved or removed.
        for (now, purged) in [(0, 0), (1, 1), (1100, 1096), (1100, 0), (5000, 100), (5001, 1), (i64::MAX, 0)] {
            assert_eq!(table.purge_expired(now).await.unwrap(), purged, "at {now}");
        }
        for sort in ["never", "11"] {
            assert!(table.get(&Key::new("purge", sort)).await.unwrap().is_some(), "{sort}");
        }
    });
}

#[test]
fn limits_of_the_receiving_side_are_named() {
    let (store, _) = store(None);
    let queue = store.queue();
    run(async {
        let errors = [
            queue.receive(QueueName::Units, RECEIVE_MESSAGES_MAX + 1, 1).await.unwrap_err(),
            queue.receive(QueueName::Units, 1, VISIBILITY_SECONDS_MAX + 1).await.unwrap_err(),
            queue.postpone(QueueName::Units, "0.1", VISIBILITY_SECONDS_MAX + 1).await.unwrap_err(),
        ];
        for (error, limit) in errors.iter().zip([RECEIVE_MESSAGES_MAX, 43_200, 43_200]) {
            assert!(matches!(error, PortError::TooLarge(text) if text.contains(&limit.to_string())), "{error}");
        }
    });
}

#[test]
fn the_machine_gives_time_and_different_identifiers() {
    assert!(SystemClock.now_us() > START_US);
    assert_ne!(SystemIds.random(), SystemIds.random());
}
