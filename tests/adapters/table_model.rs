//! Random conversations with the table, compared with a map.

use crate::support::{run, store};
use ports::faults::Random;
use ports::table::{Change, Condition, Consistency, Key, Query, Record, Table, WriteOutcome};
use serde_json::json;
use std::collections::BTreeMap;

type Model = BTreeMap<Key, Record>;

/// Pieces of awkward keys: separators, the first and last characters, and what sorts around them.
const PIECES: [&str; 9] = ["a", "b", "#", "/", "\u{0}", "\u{1}", "é", "\u{10ffff}", "\u{d7ff}"];

fn text(random: &mut Random, pieces: u64) -> String {
    let length = 1 + random.below(pieces);
    (0..length).map(|_| PIECES[usize::try_from(random.below(PIECES.len() as u64)).unwrap()]).collect()
}

fn key(random: &mut Random) -> Key {
    Key::new(text(random, 2), text(random, 2))
}

fn change(random: &mut Random, model: &Model) -> Change {
    let key = key(random);
    let version = model.get(&key).map_or(0, |record| record.version);
    // Mostly the condition that holds.
    let version = if random.happens(200) { random.below(4) } else { version };
    let condition = if version == 0 { Condition::Absent } else { Condition::VersionIs(version) };
    match random.below(4) {
        0 => Change::Delete { key, condition },
        1 => Change::Check { key, condition },
        _ => {
            let expires_at = random.happens(500).then(|| i64::try_from(random.below(100)).unwrap());
            Change::Put { key, condition, expires_at, body: json!(random.next()) }
        }
    }
}

fn expected(model: &mut Model, writer: &str, changes: &[Change]) -> WriteOutcome {
    let current: Vec<Option<Record>> = changes.iter().map(|change| model.get(change.key()).cloned()).collect();
    let holds = changes.iter().zip(&current).all(|(change, record)| {
        let (Change::Put { condition, .. } | Change::Delete { condition, .. } | Change::Check { condition, .. }) =
            change;
        let version = record.as_ref().map_or(0, |record| record.version);
        *condition == if version == 0 { Condition::Absent } else { Condition::VersionIs(version) }
    });
    if !holds {
        return WriteOutcome::Conflict(current);
    }
    for (change, before) in changes.iter().cloned().zip(current) {
        match change {
            Change::Put { key, expires_at, body, .. } => {
                let version = before.map_or(1, |record| record.version + 1);
                let writer = writer.to_owned();
                model.insert(key.clone(), Record { key, version, writer, expires_at, body });
            }
            Change::Delete { key, .. } => drop(model.remove(&key)),
            Change::Check { .. } => {}
        }
    }
    WriteOutcome::Written
}

fn expected_page(model: &Model, query: &Query) -> Vec<Record> {
    let matches = |key: &Key| {
        let after = query.after.as_ref();
        key.partition == query.partition
            && key.sort.starts_with(&query.prefix)
            && after.is_none_or(|after| if query.descending { key.sort < *after } else { key.sort > *after })
    };
    let mut records: Vec<Record> = model.values().filter(|record| matches(&record.key)).cloned().collect();
    if query.descending {
        records.reverse();
    }
    records.truncate(query.limit);
    records
}

async fn check(seed: u64) {
    let (store, _) = store(None);
    let table = store.table();
    let mut random = Random::new(seed);
    let mut model = Model::new();
    for step in 0..300 {
        let mut changes: BTreeMap<Key, Change> = BTreeMap::new();
        for _ in 0..=random.below(3) {
            let change = change(&mut random, &model);
            changes.insert(change.key().clone(), change);
        }
        let mut changes: Vec<Change> = changes.into_values().collect();
        random.shuffle(&mut changes);
        let writer = format!("w{step}");
        let outcome = expected(&mut model, &writer, &changes);
        assert_eq!(table.write(&writer, changes).await.unwrap(), outcome, "seed {seed}, step {step}");
        let query = Query {
            partition: text(&mut random, 2),
            prefix: if random.happens(500) { String::new() } else { text(&mut random, 1) },
            after: random.happens(500).then(|| text(&mut random, 2)),
            limit: 1 + usize::try_from(random.below(5)).unwrap(),
            descending: random.happens(500),
            consistency: Consistency::Strong,
        };
        let page = table.query(&query).await.unwrap();
        assert_eq!(page.records, expected_page(&model, &query), "seed {seed}, step {step}: {query:?}");
        if step % 50 == 49 {
            let now = i64::try_from(random.below(100)).unwrap();
            let before = model.len();
            model.retain(|_, record| record.expires_at.is_none_or(|at| at >= now));
            assert_eq!(table.purge_expired(now).await.unwrap(), (before - model.len()) as u64, "seed {seed}");
        }
    }
    for (key, record) in model {
        assert_eq!(table.get(&key).await.unwrap(), Some(record), "seed {seed}");
    }
}

#[test]
fn random_conversations_agree_with_a_map() {
    for seed in 0..20 {
        run(check(seed));
    }
}
