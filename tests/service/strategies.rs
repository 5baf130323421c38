//! Strategy versions: created, refused, updated into new versions, listed, deleted.

use crate::client::{operation, refused};
use crate::demo::{cross, cross_request};
use crate::harness::{Machine, run};
use app::artifact::MakeRequest;
use serde_json::{Value, json};

#[test]
fn a_created_strategy_is_backtested_and_can_be_read() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let waited = client.wait(&built.session, operation(&built.operation), 0).await.unwrap();
        assert_eq!(waited.status, "succeeded");
        let detail = client.inspect(&built.session, &built.artifact).await.unwrap();
        let summary = &detail.summary;
        assert_eq!((summary.ticker.as_str(), summary.version, summary.backtest_status.as_str()), ("DEMO", 1, "passed"));
        let keys: Vec<&str> = summary.canonical_parameters.iter().map(|one| one["key"].as_str().unwrap()).collect();
        assert!(["fast", "slow", "stop"].iter().all(|key| keys.contains(key)), "{keys:?}");
        assert!(summary.backtest_results.as_ref().unwrap()["tradeCount"].as_f64().unwrap() > 0.0);
        for said in [&detail.entry_rules, &detail.exit_rules, &detail.filters] {
            assert!(!said.is_empty(), "{detail:?}");
        }
        assert!(!detail.extraction_plan.is_empty());
        let session = client.get_session(&built.session).await.unwrap();
        assert_eq!((session.strategies.len(), session.running_work.len()), (1, 0));
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn work_under_way_shows_and_keeps_a_version_from_being_deleted() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let work = client.get_session(&session).await.unwrap().running_work;
        assert_eq!((work[0].task, work[0].id.as_str()), ("strategy_op", made.operation_id.as_str()));
        refused(
            client.delete(&session, &made.artifact_id, true).await,
            "conflict",
            &[&made.operation_id, "cancel_task"],
        );
        machine.step(ports::queue::QueueName::Builds).await;
        let work = client.get_session(&session).await.unwrap().running_work;
        assert_eq!(work.iter().map(|item| item.task).collect::<Vec<_>>(), ["backtest"]);
        refused(client.delete(&session, &made.artifact_id, true).await, "conflict", &["still works"]);
        machine.drain().await;
        assert!(client.get_session(&session).await.unwrap().running_work.is_empty());
        refused(client.delete(&session, &made.artifact_id, false).await, "invalid", &["confirm: true"]);
        assert!(client.delete(&session, &made.artifact_id, true).await.unwrap().deleted);
        refused(client.inspect(&session, &made.artifact_id).await, "not_found", &["list_strategies"]);
        refused(client.delete(&session, &made.artifact_id, true).await, "not_found", &["list_strategies"]);
    });
}

#[test]
fn wrong_requests_record_nothing() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let mut wrong_rules = cross("DEMO");
        wrong_rules["entry"]["long"] = json!("smaa(close, $fast) > 1");
        let cases: Vec<(MakeRequest, &str)> = vec![
            (MakeRequest::default(), "exactly one of"),
            (
                MakeRequest { english: Some("buy".to_owned()), rules: Some(cross("DEMO")), ..MakeRequest::default() },
                "exactly one of",
            ),
            (MakeRequest { english: Some(" ".to_owned()), ..MakeRequest::default() }, "empty"),
            (MakeRequest { rules: Some(wrong_rules), ..MakeRequest::default() }, "smaa"),
            (MakeRequest { rules: Some(json!("{")), ..MakeRequest::default() }, "problem"),
            (MakeRequest { provider: Some("oracle".to_owned()), ..cross_request() }, "unknown provider"),
            (MakeRequest { from: Some("yesterday".to_owned()), ..cross_request() }, "YYYY-MM-DD"),
            (MakeRequest { idempotency_key: Some("two words".to_owned()), ..cross_request() }, "idempotency_key"),
        ];
        for (request, says) in cases {
            refused(client.create(&session, &request).await, "invalid", &[says]);
        }
        let long = MakeRequest { english: Some("x".repeat(8_001)), ..MakeRequest::default() };
        refused(client.create(&session, &long).await, "limit_exceeded", &["DESCRIPTION_CHARACTERS_MAX"]);
        assert!(machine.records(&format!("tenant#{session}")).await.is_empty());
        assert_eq!(client.get_session(&session).await.unwrap().session.strategy_count, 0);
    });
}

#[test]
fn english_ends_as_a_failed_operation_that_says_what_to_do() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let request = MakeRequest { english: Some("buy the dip".to_owned()), ..MakeRequest::default() };
        let made = client.create(&session, &request).await.unwrap();
        machine.drain().await;
        let waited = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        assert_eq!(waited.status, "failed");
        assert!(waited.error.unwrap().contains("no market is named"));
        assert_eq!(waited.strategy.unwrap().lifecycle_status, "failed");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn an_update_is_a_new_version_and_leaves_the_old_one() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let before = client.inspect(&built.session, &built.artifact).await.unwrap();
        let mut rules = cross("DEMO");
        rules["exit"]["take_profit"] = json!({ "r": 3 });
        let request = MakeRequest { rules: Some(rules), ..cross_request() };
        let made = client.update(&built.session, &built.artifact, &request).await.unwrap();
        refused(client.update(&built.session, &made.artifact_id, &request).await, "conflict", &["still being made"]);
        machine.drain().await;
        let after = client.inspect(&built.session, &made.artifact_id).await.unwrap();
        assert_eq!((after.summary.version, after.lineage.parent_artifact_id), (2, Some(built.artifact.clone())));
        assert_eq!(after.lineage.root_artifact_id, built.artifact);
        assert_eq!(client.inspect(&built.session, &built.artifact).await.unwrap(), before);
        let listed = client.list(&built.session, None).await.unwrap();
        let ids: Vec<String> = listed.artifacts.into_iter().map(|artifact| artifact.artifact_id).collect();
        assert_eq!(ids, [made.artifact_id, built.artifact]);
    });
}

#[test]
fn lists_page() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let mut made = Vec::new();
        for _ in 0..7 {
            let request = MakeRequest { backtest: false, ..cross_request() };
            made.push(client.create(&session, &request).await.unwrap().artifact_id);
            machine.pass_seconds(1).await;
        }
        machine.drain().await;
        let first = client.list(&session, None).await.unwrap();
        let second = client.list(&session, first.pagination.next_cursor.as_deref()).await.unwrap();
        assert_eq!((first.artifacts.len(), second.artifacts.len(), first.total), (5, 2, 7));
        assert!(second.pagination.next_cursor.is_none());
        let listed = first.artifacts.iter().chain(&second.artifacts).map(|artifact| artifact.artifact_id.clone());
        assert!(listed.eq(made.into_iter().rev()));
        assert!(first.artifacts.iter().all(|artifact| artifact.backtest_status == "not_tested"));
    });
}

#[test]
fn no_data_for_the_window_or_symbol_fails_the_backtest_and_not_the_strategy() {
    run(async {
        for (market, from, says) in [("DEMO", "2030-01-01", "2024"), ("ES", "2024-01-09", "no data")] {
            let mut machine = Machine::demo();
            let client = machine.client("tenant");
            let request =
                MakeRequest { rules: Some(cross(market)), from: Some(from.to_owned()), to: None, ..cross_request() };
            let built = client.built_from(&mut machine, &request).await;
            let found = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
            assert_eq!(found.backtest_status, "failed");
            assert!(found.backtest_error.as_ref().unwrap().contains(says), "{found:?}");
            crate::invariants::check_rest(&machine, "tenant").await;
        }
    });
}

#[test]
fn a_version_that_was_deleted_in_an_answer_that_was_lost_is_deleted() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let rates = ports::faults::FaultRates { lost_answer: 1000, ..ports::faults::FaultRates::default() };
        machine.faults.set_rates(rates);
        let asked = {
            let client = client.clone();
            let (session, artifact) = (built.session.clone(), built.artifact.clone());
            tokio::spawn(async move { client.delete(&session, &artifact, true).await })
        };
        // The first answer is lost; the retry finds nothing left.
        machine.pass_seconds(0).await;
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        machine.faults.set_rates(ports::faults::FaultRates::default());
        assert!(asked.await.unwrap().unwrap().deleted);
    });
}

#[test]
fn a_stored_document_is_what_the_language_prints() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let rules = client.inspect(&built.session, &built.artifact).await.unwrap().rules;
        // Sending the canonical document again makes the same canonical document.
        let request = MakeRequest { rules: Some(rules.clone()), backtest: false, ..MakeRequest::default() };
        let again = client.built_from(&mut machine, &request).await;
        let second: Value = client.inspect(&again.session, &again.artifact).await.unwrap().rules;
        assert_eq!(second.to_string(), rules.to_string());
    });
}
