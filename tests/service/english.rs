//! Strategies in English through the service: drafted from the queue, once, with what was read, assumed and not built; changes
//! make new versions; a text that cannot be read fails with its questions.

use crate::client::operation;
use crate::harness::{Machine, run};
use app::artifact::MakeRequest;
use serde_json::json;

fn english(text: &str) -> MakeRequest {
    MakeRequest { english: Some(text.to_owned()), backtest: false, ..MakeRequest::default() }
}

const CROSS: &str = "Go long DEMO when the 9 EMA crosses above the 21 EMA on the 5-minute chart, only between 9:30 and 11:00, \
    20-point stop, 40-point target, flat by 3:55, and only when my horoscope agrees";

#[test]
fn a_description_becomes_a_strategy_with_its_plan() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let request = MakeRequest { idempotency_key: Some("k".to_owned()), backtest: true, ..english(CROSS) };
        let made = client.create(&session, &request).await.unwrap();
        assert_eq!(client.create(&session, &request).await.unwrap(), made, "the same call again is the same operation");
        machine.drain().await;
        let waited = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        assert_eq!(waited.status, "succeeded", "{:?}", waited.error);
        assert_eq!(waited.unhandled_requests, ["and only when my horoscope agrees"]);
        let plan = serde_json::to_string(&waited.extraction_plan).unwrap();
        for became in ["entry.long: ema(close, 9) crosses above ema(close, 21)", "filters.windows", "exit.flatten"] {
            assert!(plan.contains(became), "{plan}");
        }
        assert!(waited.assumptions.iter().any(|said| said.contains("15:55")), "{:?}", waited.assumptions);
        let strategy = waited.strategy.unwrap();
        assert!(strategy.backtest_results.is_some());
        let detail = client.inspect(&session, &made.artifact_id).await.unwrap();
        assert_eq!(detail.unhandled_requests, waited.unhandled_requests);
        assert_eq!(detail.rules["exit"]["stop_loss"]["points"], json!("$stop_points"));
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn changes_make_versions_and_undo_goes_back() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let first = client.create(&session, &english(CROSS)).await.unwrap();
        machine.drain().await;
        let before = client.inspect(&session, &first.artifact_id).await.unwrap();
        let change = english("only trade Mondays and Wednesdays and swap the stop for a 2x ATR trail");
        let second = client.update(&session, &first.artifact_id, &change).await.unwrap();
        machine.drain().await;
        let after = client.inspect(&session, &second.artifact_id).await.unwrap();
        assert_eq!(client.inspect(&session, &first.artifact_id).await.unwrap(), before, "the old version stays");
        assert_eq!(after.rules["filters"]["weekdays"], json!(["mon", "wed"]));
        assert!(after.rules["exit"].get("stop_loss").is_none() && after.rules["exit"].get("trailing_stop").is_some());
        let keys = |detail: &app::view::StrategyDetail| {
            let rows = detail.summary.canonical_parameters.iter();
            rows.filter_map(|row| row["key"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let entry: Vec<String> = keys(&before).into_iter().filter(|key| key.starts_with("ema")).collect();
        assert!(entry.iter().all(|key| keys(&after).contains(key)), "keys of untouched parts stay");
        let third = client.update(&session, &second.artifact_id, &english("undo the last change")).await.unwrap();
        machine.drain().await;
        let undone = client.inspect(&session, &third.artifact_id).await.unwrap();
        assert_eq!(undone.summary.version, 3);
        assert_eq!(
            (&undone.rules["exit"], &undone.rules["filters"]),
            (&before.rules["exit"], &before.rules["filters"])
        );
    });
}

#[test]
fn what_cannot_be_read_fails_with_its_questions() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        for (text, words) in [
            ("Sell DEMO when the RSI is above 70", "ambiguous"),
            ("Go long DEMO when the RSI is below 30, 10 point stop, stop loss 20 points", "two different values"),
            ("Go long when the RSI is below 30", "no market is named"),
            ("DEMO with a good risk profile", "no entry rule"),
        ] {
            let made = client.create(&session, &english(text)).await.unwrap();
            machine.drain().await;
            let waited = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
            assert_eq!(waited.status, "failed", "{text}");
            let error = waited.error.unwrap();
            assert!(error.contains(words), "{text}: {error}");
            assert!(
                !waited.problems.is_empty() || words == "no entry rule",
                "{text}: questions come with their choices"
            );
        }
        let asked = MakeRequest { provider: Some("bedrock".to_owned()), ..english(CROSS) };
        let made = client.create(&session, &asked).await.unwrap();
        machine.drain().await;
        let waited = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        assert!(waited.error.unwrap().contains("no language model is configured"));
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}
