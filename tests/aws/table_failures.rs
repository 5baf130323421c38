//! What the table makes of DynamoDB's failures, and what it asks for.

use crate::scripted::{Scripted, Step, error, error_with, ok};
use ports::PortError;
use ports::table::{Change, Condition, Consistency, Key, Page, Query, Record, Table, WriteOutcome};
use serde_json::{Value, json};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

pub fn key(sort: &str) -> Key {
    Key::new("tenant", sort)
}

/// An item as it is stored.
pub fn item(sort: &str, version: u64, writer: &str, body: &Value) -> Value {
    json!({
        "pk": { "S": "tenant" }, "sk": { "S": sort }, "version": { "N": version.to_string() },
        "writer": { "S": writer }, "body": { "S": body.to_string() },
    })
}

pub fn record(sort: &str, version: u64, writer: &str, body: Value) -> Record {
    Record { key: key(sort), version, writer: writer.to_owned(), expires_at: None, body }
}

pub fn put(sort: &str, condition: Condition, body: Value) -> Change {
    Change::Put { key: key(sort), condition, expires_at: None, body }
}

fn delete(sort: &str, version: u64) -> Change {
    Change::Delete { key: key(sort), condition: Condition::VersionIs(version) }
}

/// What kind of failure a read ends in.
fn kind<T: std::fmt::Debug>(outcome: Result<T, PortError>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(PortError::Unavailable(_)) => "unavailable",
        Err(PortError::TooLarge(_)) => "too large",
        Err(PortError::Corrupt(_)) => "corrupt",
        Err(PortError::Internal(_)) => "internal",
    }
}

#[tokio::test]
async fn failures_have_a_meaning() {
    let garbage = ok(&json!({ "Item": { "pk": { "S": "tenant" }, "sk": { "S": "a" } } }));
    let mut half = item("a", 1, "w", &json!(0));
    half["body"]["S"] = json!("{");
    let cases = [
        (ok(&json!({})), "ok"),
        (error(400, THROTTLED, "slow down"), "unavailable"),
        (error(400, "ThrottlingException", "slow down"), "unavailable"),
        (error(400, "RequestLimitExceeded", "slow down"), "unavailable"),
        (error(500, "InternalServerError", "oh"), "unavailable"),
        (error(503, "Unknown", "oh"), "unavailable"),
        (Step::Answer(502, b"<html>".to_vec()), "unavailable"),
        (Step::HangUp, "unavailable"),
        (error(400, "AccessDeniedException", "no"), "internal"),
        (error(400, "UnrecognizedClientException", "who"), "internal"),
        (error(400, "ResourceNotFoundException", "where"), "internal"),
        (error(400, "ValidationException", "Item size has exceeded the maximum allowed size"), "too large"),
        (error(400, "ValidationException", "something else"), "internal"),
        (garbage, "corrupt"),
        (ok(&json!({ "Item": half })), "corrupt"),
    ];
    for (step, expected) in cases {
        let server = Scripted::new([step.clone()]).await;
        let outcome = server.clients.table("t").get(&key("a")).await;
        assert_eq!(kind(outcome.clone()), expected, "{step:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_to_do_is_in_the_log() {
    let cases = [
        ("AccessDeniedException", "infra/template.yaml"),
        ("ResourceNotFoundException", "is the stack deployed in this region"),
    ];
    for (code, advice) in cases {
        let server = Scripted::new([error(400, code, "said the service")]).await;
        let text = server.clients.table("barlake-table").get(&key("a")).await.unwrap_err().to_string();
        for part in [advice, "barlake-table", "GetItem", code, "said the service"] {
            assert!(text.contains(part), "{part:?} is in {text:?}");
        }
    }
}

#[tokio::test]
async fn throttles_are_retried() {
    let busy = || error(400, THROTTLED, "slow down");
    let server = Scripted::new([busy(), Step::HangUp, error(500, "InternalServerError", ""), ok(&json!({}))]).await;
    assert_eq!(server.clients.table("t").get(&key("a")).await.unwrap(), None);
    assert_eq!(server.operations(), ["GetItem"; 4]);
    let counted = server.clients.counters().snapshot();
    assert_eq!(counted.get("dynamodb.GetItem"), Some(&4.0), "every attempt is counted: {counted:?}");
}

#[tokio::test]
async fn a_refused_write_takes_the_item_from_the_answer() {
    let failed = |more| error_with(400, "ConditionalCheckFailedException", "no", more);
    let there = item("a", 7, "somebody", &json!("theirs"));
    let theirs = record("a", 7, "somebody", json!("theirs"));
    let own = item("a", 1, "me", &json!("mine"));
    let create = || put("a", Condition::Absent, json!("mine"));
    let update = || put("a", Condition::VersionIs(1), json!("mine"));
    // (change, answers, outcome, operations)
    let cases: [(Change, Vec<Step>, WriteOutcome, &[&str]); 7] = [
        (
            create(),
            vec![failed(json!({ "Item": there }))],
            WriteOutcome::Conflict(vec![Some(theirs.clone())]),
            &["PutItem"],
        ),
        (create(), vec![failed(json!({ "Item": own }))], WriteOutcome::Written, &["PutItem"]),
        (
            update(),
            vec![failed(json!({})), ok(&json!({}))],
            WriteOutcome::Conflict(vec![None]),
            &["PutItem", "GetItem"],
        ),
        (create(), vec![Step::HangUp, failed(json!({ "Item": own }))], WriteOutcome::Written, &["PutItem", "PutItem"]),
        (
            delete("a", 1),
            vec![failed(json!({ "Item": there }))],
            WriteOutcome::Conflict(vec![Some(theirs.clone())]),
            &["DeleteItem"],
        ),
        (
            create(),
            vec![error(400, "TransactionConflictException", "busy"), ok(&json!({}))],
            WriteOutcome::Written,
            &["PutItem", "PutItem"],
        ),
        (
            Change::Check { key: key("a"), condition: Condition::VersionIs(1) },
            vec![ok(&json!({ "Item": there }))],
            WriteOutcome::Conflict(vec![Some(theirs)]),
            &["GetItem"],
        ),
    ];
    for (change, steps, expected, operations) in cases {
        let server = Scripted::new(steps).await;
        let outcome = server.clients.table("t").write("me", vec![change.clone()]).await.unwrap();
        assert_eq!(outcome, expected, "{change:?}");
        assert_eq!(server.operations(), operations, "{change:?}");
    }
}

#[tokio::test]
async fn a_write_asks_for_what_it_needs() {
    let server = Scripted::new([ok(&json!({}))]).await;
    let table = server.clients.table("barlake-table");
    let change = Change::Put {
        key: key("a"),
        condition: Condition::VersionIs(3),
        expires_at: Some(9),
        body: json!({ "z": 0.1 }),
    };
    table.write("me", vec![change]).await.unwrap();
    let expected = json!({
        "TableName": "barlake-table",
        "Item": {
            "pk": { "S": "tenant" }, "sk": { "S": "a" }, "version": { "N": "4" }, "writer": { "S": "me" },
            "expires_at": { "N": "9" }, "body": { "S": "{\"z\":0.1}" },
        },
        "ReturnConsumedCapacity": "TOTAL",
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": { "#version": "version" },
        "ExpressionAttributeValues": { ":version": { "N": "3" } },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    assert_eq!(server.asked()[0].json(), expected);
}

#[tokio::test]
async fn a_page_goes_on_until_it_is_full() {
    let part = |sorts: &[&str], more: bool| {
        let items: Vec<Value> = sorts.iter().map(|sort| item(sort, 1, "w", &json!(0))).collect();
        let last = sorts.last().map(|sort| json!({ "pk": { "S": "tenant" }, "sk": { "S": sort } }));
        ok(&if more { json!({ "Items": items, "LastEvaluatedKey": last }) } else { json!({ "Items": items }) })
    };
    let query = |consistency| Query {
        partition: "tenant".to_owned(),
        prefix: String::new(),
        after: Some("0".to_owned()),
        limit: 3,
        descending: false,
        consistency,
    };
    let all = |page: Page| (page.records.into_iter().map(|record| record.key.sort).collect::<Vec<_>>(), page.next);
    for (consistency, strong) in [(Consistency::Strong, true), (Consistency::Eventual, false)] {
        let server = Scripted::new([part(&["1"], true), part(&["2", "3"], true)]).await;
        let page = server.clients.table("t").query(&query(consistency)).await.unwrap();
        assert_eq!(all(page), (vec!["1".to_owned(), "2".to_owned(), "3".to_owned()], Some("3".to_owned())));
        let asked = server.asked();
        let of = |name: &str| asked.iter().map(|asked| asked.json()[name].clone()).collect::<Vec<_>>();
        assert_eq!(of("Limit"), [3, 2]);
        assert_eq!(of("ConsistentRead"), [strong, strong]);
        let start = |sort: &str| json!({ "pk": { "S": "tenant" }, "sk": { "S": sort } });
        assert_eq!(of("ExclusiveStartKey"), [start("0"), start("1")]);
        assert_eq!(of("KeyConditionExpression"), ["pk = :partition", "pk = :partition"]);
    }
}
