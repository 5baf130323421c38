//! Transactions: their token, the reasons they are cancelled for, and what a conflict tells.

use crate::scripted::{Scripted, Step, error, error_with, ok};
use crate::table_failures::{item, key, put, record};
use ports::PortError;
use ports::table::{Change, Condition, Table, WriteOutcome};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A create of `a`, an update of `b`, a check of `c`.
fn changes() -> Vec<Change> {
    vec![
        put("a", Condition::Absent, json!("A")),
        put("b", Condition::VersionIs(1), json!("B")),
        Change::Check { key: key("c"), condition: Condition::VersionIs(5) },
    ]
}

fn cancelled(reasons: Value) -> Step {
    error_with(400, "TransactionCanceledException", "cancelled", json!({ "CancellationReasons": reasons }))
}

fn because(codes: [&str; 3]) -> Step {
    cancelled(json!(codes.map(|code| json!({ "Code": code, "Message": "scripted" }))))
}

fn batch(items: &[Value]) -> Step {
    ok(&json!({ "Responses": { "t": items }, "UnprocessedKeys": {} }))
}

/// The tokens of the transactions asked for.
fn tokens(server: &Scripted) -> Vec<String> {
    let transactions = server.asked().into_iter().filter(|asked| asked.operation == "TransactWriteItems");
    transactions.map(|asked| asked.json()["ClientRequestToken"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_transaction_is_tried_again_under_its_token() {
    let in_progress = || error(400, "TransactionInProgressException", "still");
    let cases = [
        ("a lost answer", vec![Step::HangUp, Step::HangUp]),
        ("a conflict", vec![because(["None", "TransactionConflict", "None"])]),
        ("a throttled item", vec![because(["ThrottlingError", "None", "None"])]),
        ("a hot partition", vec![because(["None", "None", "ProvisionedThroughputExceeded"])]),
        ("an earlier attempt still running", vec![in_progress()]),
        ("the service's own failure", vec![error(500, "InternalServerError", ""), error(503, "Unknown", "")]),
    ];
    for (what, mut steps) in cases {
        let attempts = steps.len() + 1;
        steps.push(ok(&json!({})));
        let server = Scripted::new(steps).await;
        assert_eq!(server.clients.table("t").write("me", changes()).await.unwrap(), WriteOutcome::Written, "{what}");
        let tokens = tokens(&server);
        assert_eq!(tokens.len(), attempts, "{what}");
        assert_eq!(BTreeSet::from_iter(&tokens).len(), 1, "{what}: {tokens:?}");
        assert!(tokens.iter().all(|token| (1..=36).contains(&token.len())), "{tokens:?}");
    }
}

#[tokio::test]
async fn the_next_call_has_another_token() {
    let server = Scripted::new([ok(&json!({}))]).await;
    for _ in 0..2 {
        server.clients.table("t").write("me", changes()).await.unwrap();
    }
    let tokens = tokens(&server);
    assert_ne!(tokens[0], tokens[1], "the service would answer a known token with success, and write nothing");
}

#[tokio::test]
async fn a_conflict_tells_every_record_in_order() {
    let theirs = item("b", 2, "somebody", &json!("theirs"));
    let refused = cancelled(json!([
        { "Code": "None" },
        { "Code": "ConditionalCheckFailed", "Message": "no", "Item": theirs },
        { "Code": "None" },
    ]));
    let c = item("c", 5, "somebody", &json!("C"));
    let server = Scripted::new([refused, batch(&[c])]).await;
    let outcome = server.clients.table("t").write("me", changes()).await.unwrap();
    let expected =
        vec![None, Some(record("b", 2, "somebody", json!("theirs"))), Some(record("c", 5, "somebody", json!("C")))];
    assert_eq!(outcome, WriteOutcome::Conflict(expected));
    let asked = server.asked()[1].json();
    let keys: Vec<&Value> =
        asked["RequestItems"]["t"]["Keys"].as_array().unwrap().iter().map(|key| &key["sk"]["S"]).collect();
    assert_eq!(keys, ["a", "c"], "only what the service did not tell is read");
    assert_eq!(asked["RequestItems"]["t"]["ConsistentRead"], true);
}

#[tokio::test]
async fn a_transaction_that_finds_its_own_result_is_written() {
    let a = item("a", 1, "me", &json!("A"));
    let b = item("b", 2, "me", &json!("B"));
    let other = item("b", 2, "me", &json!("other"));
    let refused = || because(["ConditionalCheckFailed", "ConditionalCheckFailed", "None"]);
    for (found, written) in [(vec![a.clone(), b], true), (vec![a.clone(), other], false), (vec![a], false)] {
        let server = Scripted::new([refused(), batch(&found)]).await;
        let outcome = server.clients.table("t").write("me", changes()).await.unwrap();
        assert_eq!(outcome == WriteOutcome::Written, written, "{found:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn keys_left_unread_are_read_again() {
    let refused = because(["ConditionalCheckFailed", "None", "None"]);
    let left = json!({ "Responses": {}, "UnprocessedKeys": { "t": { "Keys": [{ "pk": { "S": "tenant" }, "sk": { "S": "a" } }] } } });
    let a = item("a", 3, "somebody", &json!("A"));
    let server = Scripted::new([refused, ok(&left), batch(&[a])]).await;
    let outcome = server.clients.table("t").write("me", changes()).await.unwrap();
    let theirs = record("a", 3, "somebody", json!("A"));
    assert_eq!(outcome, WriteOutcome::Conflict(vec![Some(theirs), None, None]));
    assert_eq!(server.operations(), ["TransactWriteItems", "BatchGetItem", "BatchGetItem"]);
}

#[tokio::test]
async fn a_transaction_that_never_gets_through() {
    let server = Scripted::new([because(["TransactionConflict", "None", "None"])]).await;
    let outcome = server.clients.table("t").write("me", changes()).await;
    assert!(matches!(outcome, Err(PortError::Unavailable(_))), "{outcome:?}");
    let mistakes = [
        error(400, "IdempotentParameterMismatchException", "another request"),
        because(["ValidationError", "None", "None"]),
    ];
    for step in mistakes {
        let server = Scripted::new([step.clone()]).await;
        let outcome = server.clients.table("t").write("me", changes()).await;
        assert!(matches!(outcome, Err(PortError::Internal(_))), "{step:?}: {outcome:?}");
        assert_eq!(server.operations().len(), 1, "a mistake is not repeated: {step:?}");
    }
}
