//! What every table promises.
//!
//! Not covered: what an adapter does when its store is away, and the laziness of expiry.

use super::table_pages::pages;
use super::table_races::{counting_writers, one_of_many_writers};
use crate::PortError;
use crate::table::{
    Change, Condition, Consistency, Key, PARTITION_BYTES_MAX, QUERY_LIMIT_MAX, Query, RECORD_BYTES_MAX, Record,
    SORT_BYTES_MAX, TRANSACTION_CHANGES_MAX, Table, WriteOutcome,
};
use serde_json::{Value, json};

/// Every promise of the table port.
///
/// # Panics
/// With the broken promise.
pub async fn table(table: &dyn Table) {
    conditions(table).await;
    retried_writes(table).await;
    transactions(table).await;
    refusals(table).await;
    sizes_at_the_limit(table).await;
    pages(table).await;
    bodies(table).await;
    expiry_is_the_readers(table).await;
    one_of_many_writers(table).await;
    counting_writers(table).await;
}

const PREFIX: &str = "conformance#";

pub(super) fn key(case: &str, sort: &str) -> Key {
    Key::new(format!("{PREFIX}{case}"), sort)
}

pub(super) fn put(key: Key, condition: Condition, body: Value) -> Change {
    Change::Put { key, condition, expires_at: None, body }
}

pub(super) async fn get(table: &dyn Table, key: &Key) -> Option<Record> {
    table.get(key).await.expect("get succeeds")
}

pub(super) async fn write(table: &dyn Table, writer: &str, changes: Vec<Change>) -> WriteOutcome {
    table.write(writer, changes).await.expect("write succeeds")
}

/// Every record of a partition in sort order, page by page.
async fn all(table: &dyn Table, partition: &str) -> Vec<Record> {
    walk(table, partition, "", QUERY_LIMIT_MAX, false).await
}

pub(super) async fn walk(
    table: &dyn Table,
    partition: &str,
    prefix: &str,
    limit: usize,
    descending: bool,
) -> Vec<Record> {
    let mut records = Vec::new();
    let mut query = Query {
        partition: partition.to_owned(),
        prefix: prefix.to_owned(),
        after: None,
        limit,
        descending,
        consistency: Consistency::Strong,
    };
    loop {
        let page = table.query(&query).await.expect("query succeeds");
        assert!(page.records.len() <= limit, "a page holds at most the limit, {limit}: {}", page.records.len());
        assert!(page.next.is_none() || page.records.len() == limit, "only the last page is shorter than the limit");
        records.extend(page.records);
        let Some(next) = page.next else { return records };
        assert_ne!(query.after.as_ref(), Some(&next), "a cursor moves on");
        query.after = Some(next);
    }
}

/// Empties the partition of a case.
pub(super) async fn clear(table: &dyn Table, case: &str) {
    for record in all(table, &format!("{PREFIX}{case}")).await {
        let condition = Condition::VersionIs(record.version);
        write(table, "clear", vec![Change::Delete { key: record.key, condition }]).await;
    }
}

/// A step of a conversation about one key.
enum Step {
    Put(Condition),
    Delete(Condition),
    Check(Condition),
}

async fn conditions(table: &dyn Table) {
    clear(table, "conditions").await;
    let absent = Condition::Absent;
    let is = Condition::VersionIs;
    // (step, whether it is applied, the version afterwards; 0 for no record)
    let steps = [
        (Step::Put(is(1)), false, 0),
        (Step::Delete(is(1)), false, 0),
        (Step::Check(is(1)), false, 0),
        (Step::Check(absent), true, 0),
        (Step::Put(absent), true, 1),
        (Step::Put(absent), false, 1),
        (Step::Delete(absent), false, 1),
        (Step::Check(absent), false, 1),
        (Step::Check(is(1)), true, 1),
        (Step::Put(is(2)), false, 1),
        (Step::Put(is(1)), true, 2),
        (Step::Put(is(1)), false, 2),
        (Step::Check(is(1)), false, 2),
        (Step::Put(is(2)), true, 3),
        (Step::Delete(is(2)), false, 3),
        (Step::Delete(is(3)), true, 0),
        (Step::Delete(absent), true, 0),
        (Step::Put(absent), true, 1),
        (Step::Delete(is(1)), true, 0),
    ];
    let key = key("conditions", "one");
    for (number, (step, applied, version)) in steps.into_iter().enumerate() {
        let before = get(table, &key).await;
        let writer = format!("writer {number}");
        let body = json!({ "step": number });
        let change = match step {
            Step::Put(condition) => put(key.clone(), condition, body.clone()),
            Step::Delete(condition) => Change::Delete { key: key.clone(), condition },
            Step::Check(condition) => Change::Check { key: key.clone(), condition },
        };
        let is_put = matches!(change, Change::Put { .. });
        let outcome = write(table, &writer, vec![change.clone()]).await;
        let expected = if applied { WriteOutcome::Written } else { WriteOutcome::Conflict(vec![before.clone()]) };
        assert_eq!(outcome, expected, "step {number}: {change:?}");
        let after = get(table, &key).await;
        assert_eq!(after.as_ref().map_or(0, |record| record.version), version, "version after step {number}");
        if applied && is_put {
            let record = after.expect("a written record is there");
            assert_eq!((record.key, record.writer, record.body), (key.clone(), writer, body), "step {number}");
        } else if !applied {
            assert_eq!(after, before, "a refused step changes nothing: {number}");
        }
    }
}

async fn retried_writes(table: &dyn Table) {
    clear(table, "retries").await;
    let (one, two) = (key("retries", "one"), key("retries", "two"));
    let create = || vec![put(one.clone(), Condition::Absent, json!("created"))];
    assert_eq!(write(table, "first", create()).await, WriteOutcome::Written);
    assert_eq!(write(table, "first", create()).await, WriteOutcome::Written, "a retried create finds its own result");
    let created = get(table, &one).await;
    assert_eq!(created.as_ref().map(|record| record.version), Some(1), "a retried create writes nothing");
    assert_eq!(
        write(table, "second", create()).await,
        WriteOutcome::Conflict(vec![created.clone()]),
        "the same body of another writer is another write"
    );
    assert_eq!(
        write(table, "first", vec![put(one.clone(), Condition::Absent, json!("other"))]).await,
        WriteOutcome::Conflict(vec![created]),
        "another body of the same writer is another write"
    );
    let both = || {
        vec![
            put(one.clone(), Condition::VersionIs(1), json!("updated")),
            put(two.clone(), Condition::Absent, json!("joined")),
        ]
    };
    assert_eq!(write(table, "both", both()).await, WriteOutcome::Written);
    assert_eq!(write(table, "both", both()).await, WriteOutcome::Written, "a retried transaction finds its own result");
    let next = vec![put(one.clone(), Condition::VersionIs(2), json!("moved on"))];
    assert_eq!(write(table, "next", next).await, WriteOutcome::Written);
    let now = vec![get(table, &one).await, get(table, &two).await];
    assert_eq!(
        write(table, "both", both()).await,
        WriteOutcome::Conflict(now),
        "a retry that comes after the next write sees what is there now"
    );
}

async fn transactions(table: &dyn Table) {
    clear(table, "transactions").await;
    let names = ["a", "b", "c", "d"];
    let keys = names.map(|name| key("transactions", name));
    let [a, b, c, d] = keys.clone();
    let setup = vec![
        put(a.clone(), Condition::Absent, json!(1)),
        put(b.clone(), Condition::Absent, json!(2)),
        put(c.clone(), Condition::Absent, json!(3)),
    ];
    assert_eq!(write(table, "setup", setup).await, WriteOutcome::Written);
    let change = |a_is, b_is, c_is, d_is| {
        vec![
            Change::Check { key: c.clone(), condition: c_is },
            put(d.clone(), d_is, json!(4)),
            put(a.clone(), a_is, json!(10)),
            Change::Delete { key: b.clone(), condition: b_is },
        ]
    };
    let one = Condition::VersionIs(1);
    let wrong = Condition::VersionIs(9);
    let absent = Condition::Absent;
    let before = all(table, &a.partition).await;
    let conflict = WriteOutcome::Conflict(vec![get(table, &c).await, None, get(table, &a).await, get(table, &b).await]);
    let refused = [
        ("first", change(one, one, wrong, absent)),
        ("second", change(one, one, one, one)),
        ("third", change(wrong, one, one, absent)),
        ("last", change(one, wrong, one, absent)),
    ];
    for (which, changes) in refused {
        let outcome = write(table, which, changes).await;
        assert_eq!(outcome, conflict, "the {which} condition fails: current records in the order of the changes");
        assert_eq!(all(table, &a.partition).await, before, "the {which} condition fails: nothing is applied");
    }
    assert_eq!(write(table, "all", change(one, one, one, absent)).await, WriteOutcome::Written);
    let after: Vec<_> = all(table, &a.partition).await.into_iter().map(|r| (r.key.sort, r.version, r.body)).collect();
    let expected = [("a", 2, json!(10)), ("c", 1, json!(3)), ("d", 1, json!(4))];
    assert_eq!(after, expected.map(|(sort, version, body)| (sort.to_owned(), version, body)));
}

async fn refusals(table: &dyn Table) {
    clear(table, "refusals").await;
    let good = |sort: &str| put(key("refusals", sort), Condition::Absent, json!(0));
    let many = (0..=TRANSACTION_CHANGES_MAX).map(|number| good(&number.to_string())).collect();
    let long = "x".repeat(RECORD_BYTES_MAX);
    let too_large = [
        ("too many changes", many),
        ("a body too large", vec![good("a"), put(key("refusals", "b"), Condition::Absent, json!(long))]),
        ("a sort key too long", vec![good("a"), good(&"k".repeat(SORT_BYTES_MAX + 1))]),
        (
            "a partition too long",
            vec![good("a"), put(Key::new("p".repeat(PARTITION_BYTES_MAX + 1), "s"), Condition::Absent, json!(0))],
        ),
    ];
    for (what, changes) in too_large {
        let outcome = table.write("refused", changes).await;
        assert!(matches!(outcome, Err(PortError::TooLarge(_))), "{what}: {outcome:?}");
    }
    let check = Change::Check { key: key("refusals", "a"), condition: Condition::Absent };
    let mistakes = [
        ("no change", vec![]),
        ("one key twice", vec![good("a"), good("b"), good("a")]),
        ("one key checked and written", vec![good("a"), check]),
        ("an empty sort key", vec![good("a"), good("")]),
        ("an empty partition", vec![good("a"), put(Key::new("", "s"), Condition::Absent, json!(0))]),
    ];
    for (what, changes) in mistakes {
        let outcome = table.write("refused", changes).await;
        assert!(matches!(outcome, Err(PortError::Internal(_))), "{what}: {outcome:?}");
    }
    for limit in [0, QUERY_LIMIT_MAX + 1] {
        let query = Query {
            partition: key("refusals", "").partition,
            prefix: String::new(),
            after: None,
            limit,
            descending: false,
            consistency: Consistency::Strong,
        };
        let outcome = table.query(&query).await;
        assert!(matches!(outcome, Err(PortError::TooLarge(_))), "a page of {limit}: {outcome:?}");
    }
    assert_eq!(all(table, &key("refusals", "").partition).await, [], "a refused write applies nothing");
}

async fn sizes_at_the_limit(table: &dyn Table) {
    clear(table, "sizes").await;
    let body = json!("x".repeat(RECORD_BYTES_MAX - 2));
    let partition_end = "p".repeat(PARTITION_BYTES_MAX - PREFIX.len() - 5);
    let long = Key::new(format!("{PREFIX}sizes{partition_end}"), "s".repeat(SORT_BYTES_MAX));
    if let Some(old) = get(table, &long).await {
        let condition = Condition::VersionIs(old.version);
        write(table, "clear", vec![Change::Delete { key: long.clone(), condition }]).await;
    }
    assert_eq!(
        write(table, "w", vec![put(long.clone(), Condition::Absent, body.clone())]).await,
        WriteOutcome::Written
    );
    assert_eq!(get(table, &long).await.map(|record| record.body), Some(body), "the largest record");
    let delete = Change::Delete { key: long, condition: Condition::VersionIs(1) };
    assert_eq!(write(table, "w", vec![delete]).await, WriteOutcome::Written);
    let most: Vec<_> = (0..TRANSACTION_CHANGES_MAX)
        .map(|number| put(key("sizes", &format!("{number:03}")), Condition::Absent, json!(number)))
        .collect();
    assert_eq!(write(table, "most", most).await, WriteOutcome::Written, "the largest transaction");
    assert_eq!(all(table, &key("sizes", "").partition).await.len(), TRANSACTION_CHANGES_MAX);
}

async fn bodies(table: &dyn Table) {
    clear(table, "bodies").await;
    let bodies = [
        Value::Null,
        json!(""),
        json!([]),
        json!({}),
        json!({ "": [null, true, { "é😀\u{0}\"\\": "\u{1f}" }], "z": 1, "a": 2 }),
        json!([0, -1, i64::MIN, i64::MAX, u64::MAX]),
        json!([0.1 + 0.2, 1e23, 5e-324, f64::MAX, -0.0, 1.0, 123_456_789.123_456_79, 2.225_073_858_507_201e-308]),
    ];
    for (number, body) in bodies.into_iter().enumerate() {
        let key = key("bodies", &number.to_string());
        assert_eq!(
            write(table, "w", vec![put(key.clone(), Condition::Absent, body.clone())]).await,
            WriteOutcome::Written
        );
        let read = get(table, &key).await.map(|record| record.body.to_string());
        assert_eq!(read, Some(body.to_string()), "a body reads back as it was written, to the last digit");
    }
}

async fn expiry_is_the_readers(table: &dyn Table) {
    clear(table, "expiry").await;
    for (sort, expires_at) in [("past", Some(1)), ("future", Some(33_000_000_000)), ("never", None)] {
        let key = key("expiry", sort);
        let change = Change::Put { key: key.clone(), condition: Condition::Absent, expires_at, body: json!(0) };
        assert_eq!(write(table, "w", vec![change]).await, WriteOutcome::Written);
        let read = get(table, &key).await.map(|record| record.expires_at);
        assert_eq!(read, Some(expires_at), "{sort}: expiry is stored, and not applied by reads");
        let again = write(table, "x", vec![put(key, Condition::Absent, json!(1))]).await;
        assert!(matches!(again, WriteOutcome::Conflict(_)), "{sort}: expiry is not applied by conditions");
    }
}
