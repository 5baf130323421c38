//! What a run is pinned to: new data or other terms of the contract do not slip into work under way.

use crate::demo::{Market, axis, cross_request, demo_instrument, demo_objects, sweep, write_demo};
use crate::harness::{Machine, Options, run};
use ports::queue::QueueName;
use rust_decimal::Decimal;

#[test]
fn other_contract_terms_end_work_under_way_instead_of_changing_it() {
    run(async {
        let objects = demo_objects(demo_instrument()).await;
        let market = Market::over(objects.clone());
        let mut machine = Machine::new(Options { market, ..Options::new() });
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let before = client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_results;
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
        machine.step(QueueName::Steps).await;
        assert_eq!(machine.step(QueueName::Units).await, 1);
        // The same bars under another point value: the snapshot keeps its id.
        let mut other = demo_instrument();
        other.point_value *= Decimal::from(7);
        write_demo(&objects, other).await;
        machine.restart();
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
        assert_eq!((view.batch.completed_count, view.batch.failed_count), (1, 3), "{view:?}");
        assert!(view.error.unwrap().contains("contract terms"));
        // A new run uses the new terms.
        let run = app::backtest::Run::default();
        client.backtest(&built.session, &built.artifact, &run, &serde_json::Map::new()).await.unwrap();
        machine.drain().await;
        let after = client.inspect(&built.session, &built.artifact).await.unwrap().summary;
        assert_eq!(after.backtest_status, "passed");
        assert_ne!(after.backtest_results, before);
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_backtest_whose_pinned_data_is_gone_fails_and_says_so() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        machine.step(QueueName::Builds).await;
        let id = client.inspect(&session, &made.artifact_id).await.unwrap().summary.backtest_id.unwrap();
        let gone = |body: &mut serde_json::Value| body["pins"]["snapshots"][0]["snapshot_id"] = "0".repeat(64).into();
        machine.rewrite(("tenant", &session), &id, gone).await;
        machine.drain().await;
        let found = client.inspect(&session, &made.artifact_id).await.unwrap().summary;
        assert_eq!(found.backtest_status, "failed");
        assert!(found.backtest_error.unwrap().contains("pinned data of DEMO no longer exists"));
    });
}
