//! Backtests: a version's own run, runs with overrides, what is shown of them.

use crate::client::refused;
use crate::harness::{Machine, run};
use app::backtest::{Include, Run};
use serde_json::{Map, Value, json};

fn values(pairs: Value) -> Map<String, Value> {
    pairs.as_object().unwrap().clone()
}

#[test]
fn trades_add_up_to_the_summary() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built_from(&mut machine, &crate::demo::month_request()).await;
        check_totals(&client, &built.session, &built.artifact).await;
    });
}

/// Walks every page of trades: their nets are the total, their count the trade count, the last equity mark the end.
pub async fn check_totals(client: &crate::client::Client, session: &str, artifact: &str) -> u64 {
    let names = (Some(artifact), None);
    let view = client.get_backtest(session, names, Include::Summary, None).await.unwrap();
    let metrics = view.metrics.unwrap();
    let (mut trades, mut cursor) = (Vec::new(), None);
    loop {
        let page = client.get_backtest(session, names, Include::Trades, cursor.as_deref()).await.unwrap();
        trades.extend(page.trades.unwrap());
        assert_eq!(page.total_trades.unwrap() as f64, metrics["tradeCount"].as_f64().unwrap());
        cursor = page.pagination.unwrap().next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let numbers: Vec<u64> = trades.iter().map(|trade| trade["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=trades.len() as u64).collect::<Vec<_>>());
    assert_eq!(trades.len() as f64, metrics["tradeCount"].as_f64().unwrap());
    let sum = |key: &str| trades.iter().map(|trade| trade[key].as_f64().unwrap()).sum::<f64>();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
    assert!(close(sum("net"), metrics["totalPnl"].as_f64().unwrap()), "{} {metrics}", sum("net"));
    assert!(close(sum("commission"), metrics["totalCommission"].as_f64().unwrap()), "{metrics}");
    let view = client.get_backtest(session, names, Include::Equity, None).await.unwrap();
    let marks = view.equity.unwrap();
    assert!(marks.len() <= 121 && view.equity_note.unwrap().contains("marks"));
    let days: f64 = view_months(client, session, artifact).await;
    assert!(close(days, metrics["totalPnl"].as_f64().unwrap()), "months {days} {metrics}");
    trades.len() as u64
}

/// Sum of the profits of all months.
async fn view_months(client: &crate::client::Client, session: &str, artifact: &str) -> f64 {
    let view = client.get_backtest(session, (Some(artifact), None), Include::Summary, None).await.unwrap();
    let details = view.details.unwrap();
    details["months"].as_array().unwrap().iter().map(|month| month["profit"].as_f64().unwrap()).sum()
}

#[test]
fn a_run_with_overrides_stands_alone() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let before = client.inspect(&built.session, &built.artifact).await.unwrap();
        let cases = [
            (Run::default(), json!({ "stop": 3 })),
            (
                Run { from: Some("2024-01-16".to_owned()), to: Some("2024-01-17".to_owned()), ..Run::default() },
                json!({}),
            ),
            (Run { costs: Some(json!({ "commission_per_side": 9 })), ..Run::default() }, json!({})),
            (Run { capital: Some(5_000_000.0), ..Run::default() }, json!({})),
        ];
        for (run, overrides) in cases {
            let started =
                client.backtest(&built.session, &built.artifact, &run, &values(overrides.clone())).await.unwrap();
            assert!(started.with_overrides);
            machine.drain().await;
            let names = (None, Some(started.backtest_id.as_str()));
            let view = client.get_backtest(&built.session, names, Include::Summary, None).await.unwrap();
            assert_eq!(view.backtest_status, "passed", "{view:?}");
            assert_eq!(Value::Object(view.parameter_overrides), overrides);
            assert_ne!(view.metrics, before.summary.backtest_results, "{run:?}");
            assert_eq!(client.inspect(&built.session, &built.artifact).await.unwrap(), before);
        }
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn running_again_in_place_gives_the_same_numbers_and_one_run_at_a_time() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let request = app::artifact::MakeRequest { backtest: false, ..crate::demo::cross_request() };
        let built = client.built_from(&mut machine, &request).await;
        let names = (Some(built.artifact.as_str()), None);
        refused(
            client.get_backtest(&built.session, names, Include::Summary, None).await,
            "conflict",
            &["backtest_existing_strategy"],
        );
        let mut seen = Vec::new();
        for _ in 0..2 {
            let one = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
            let two = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
            assert_eq!((&one.backtest_id, one.with_overrides), (&two.backtest_id, false));
            machine.drain().await;
            seen.push(client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_results.unwrap());
            let record = machine.body("tenant", &built.session, &one.backtest_id).await;
            seen.push(record["result_digest"].clone());
        }
        assert_eq!(seen[..2], seen[2..]);
    });
}

#[test]
fn an_older_run_does_not_publish_over_a_newer_one() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let request = app::artifact::MakeRequest { backtest: false, ..crate::demo::cross_request() };
        let built = client.built_from(&mut machine, &request).await;
        let old = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
        client.cancel(&built.session, crate::client::backtest_run(&old.backtest_id)).await.unwrap();
        let new = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
        assert_ne!(old.backtest_id, new.backtest_id);
        machine.drain().await;
        let found = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
        assert_eq!((found.backtest_status.as_str(), found.backtest_id), ("passed", Some(new.backtest_id)));
        let view = client.get_backtest(&built.session, (None, Some(&old.backtest_id)), Include::Summary, None).await;
        assert_eq!(view.unwrap().backtest_status, "cancelled");
    });
}

#[test]
fn a_failed_run_leaves_no_numbers_of_an_older_one_beside_it() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let run_id = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
        machine
            .rewrite(("tenant", &built.session), &run_id.backtest_id, |body| {
                body["pins"]["engine_version"] = json!("0")
            })
            .await;
        machine.drain().await;
        let found = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
        assert_eq!((found.backtest_status.as_str(), found.backtest_results), ("failed", None));
        assert!(found.backtest_error.unwrap().contains("engine"));
    });
}

#[test]
fn wrong_runs_are_refused() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let window =
            |from: &str, to: &str| Run { from: Some(from.to_owned()), to: Some(to.to_owned()), ..Run::default() };
        let cases = [
            (Run::default(), json!({ "stopp": 3 }), "stop"),
            (Run::default(), json!({ "stop": "wide" }), "parameters"),
            (window("2024-01-20", "2024-01-10"), json!({}), "from"),
            (window("2031-01-01", "2031-02-01"), json!({}), "2024-01"),
            (window("soon", "later"), json!({}), "YYYY-MM-DD"),
            (Run { costs: Some(json!(5)), ..Run::default() }, json!({}), "not an object"),
            (Run { costs: Some(json!({ "commision": 5 })), ..Run::default() }, json!({}), "commission_per_side"),
            (Run { capital: Some(-1.0), ..Run::default() }, json!({}), "capital"),
            (Run { capital: Some(f64::NAN), ..Run::default() }, json!({}), "capital"),
        ];
        for (run, overrides, says) in cases {
            refused(
                client.backtest(&built.session, &built.artifact, &run, &values(overrides)).await,
                "invalid",
                &[says],
            );
        }
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_window_without_a_trading_day_ends_as_an_error() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let weekend = Run { from: Some("2024-01-13".to_owned()), to: Some("2024-01-14".to_owned()), ..Run::default() };
        match client.backtest(&built.session, &built.artifact, &weekend, &Map::new()).await {
            Err(error) => assert_eq!(error.kind.as_str(), "invalid"),
            Ok(started) => {
                machine.drain().await;
                let names = (None, Some(started.backtest_id.as_str()));
                let view = client.get_backtest(&built.session, names, Include::Summary, None).await.unwrap();
                assert!(view.backtest_status == "failed" && view.backtest_error.is_some(), "{view:?}");
            }
        }
        let request = app::optimization::SetUp {
            run: weekend,
            holdout: 0.2,
            ..crate::demo::sweep(vec![crate::demo::axis("fast", 3.0, 6.0, 1.0)])
        };
        refused(client.set_up(&built.session, &built.artifact, &request).await, "invalid", &["trading days"]);
    });
}
