//! Invariant 1: a combination's numbers do not depend on where it is evaluated.

use crate::client::{Built, Client};
use crate::demo::{axis, sweep};
use crate::harness::{Machine, Options, run};
use app::optimization::SetUp;
use domain::grid::AxisRequest;
use serde_json::{Value, json};

fn grid() -> Vec<AxisRequest> {
    vec![axis("fast", 3.0, 6.0, 1.0), axis("slow", 8.0, 20.0, 4.0), axis("stop", 4.0, 8.0, 4.0)]
}

/// The whole ranking as text, and the best.
async fn outcome(client: &Client, built: &Built, id: &str) -> String {
    let view = client.get_sweep(&built.session, id, 100, None).await.unwrap();
    assert_eq!(view.batch.status, "completed", "{view:?}");
    format!("{:?} {:?}", view.batch.best_result, view.ranking)
}

/// Sweeps the grid cut at these bounds on this many threads.
async fn swept(threads: usize, bounds: Option<&[u64]>) -> String {
    let mut machine = Machine::new(Options { threads, ..Options::new() });
    let client = machine.client("tenant");
    let built = client.built(&mut machine).await;
    let id = client.started(&built, &sweep(grid())).await;
    if let Some(bounds) = bounds {
        machine.rewrite(("tenant", &built.session), &id, |body| body["slice_bounds"] = json!(bounds)).await;
    }
    machine.drain().await;
    let slices = machine.records(&format!("tenant#{id}#0")).await.len();
    assert_eq!(slices, bounds.map_or(if threads == 0 { 32 } else { 1 }, |bounds| bounds.len() - 1));
    outcome(&client, &built, &id).await
}

#[test]
fn a_sweep_is_the_same_in_any_slices_on_any_threads() {
    run(async {
        let reference = swept(1, None).await;
        assert_eq!(swept(0, None).await, reference, "a slice for every combination");
        assert_eq!(swept(2, None).await, reference, "two threads");
        assert_eq!(swept(2, Some(&[0, 5, 6, 20, 32])).await, reference, "uneven slices");
    });
}

#[test]
fn the_result_object_of_a_slice_is_the_same_on_any_threads() {
    run(async {
        let mut digests = Vec::new();
        for threads in [1, 2, 3] {
            let mut machine = Machine::new(Options { threads, ..Options::new() });
            let client = machine.client("tenant");
            let built = client.built(&mut machine).await;
            let id = client.started(&built, &sweep(grid())).await;
            machine.drain().await;
            let receipts = machine.records(&format!("tenant#{id}#0")).await;
            digests.push(receipts.iter().map(|receipt| receipt.body["digest"].clone()).collect::<Vec<Value>>());
        }
        assert!(digests.iter().all(|found| *found == digests[0] && found.len() == 1), "{digests:?}");
    });
}

#[test]
fn a_versions_own_backtest_is_the_combination_with_its_own_parameters() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let own = client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_results.unwrap();
        // Alone in its sweep, and among others whose longer averages need more history.
        let alone = vec![axis("fast", 5.0, 5.0, 1.0)];
        let among = vec![axis("fast", 5.0, 5.0, 1.0), axis("slow", 15.0, 95.0, 40.0)];
        for (axes, only_own) in [(alone, false), (among, true)] {
            // `where` leaves the version's own values as the only combination that is ranked.
            let parameter_constraint = only_own.then(|| "$slow < 16".to_owned());
            let id = client.started(&built, &SetUp { parameter_constraint, ..sweep(axes) }).await;
            machine.drain().await;
            let view = client.get_sweep(&built.session, &id, 1, None).await.unwrap();
            assert_eq!(view.batch.best_result["metrics"].to_string(), own.to_string());
        }
    });
}

#[test]
fn slow_indicators_do_not_see_how_much_history_was_loaded() {
    run(async {
        // Recursive indicators remember every bar since they began: the place where runs of different history would differ.
        let mut rules = crate::demo::cross("DEMO");
        rules["entry"] = json!({ "long": "ema(close, $fast) crosses above ema(close, $slow) and rsi(close, 14) > 30" });
        let request = app::artifact::MakeRequest {
            rules: Some(rules),
            from: Some("2024-01-22".to_owned()),
            to: Some("2024-01-24".to_owned()),
            ..crate::demo::cross_request()
        };
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built_from(&mut machine, &request).await;
        let own = client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_results.unwrap();
        let axes = vec![axis("slow", 15.0, 215.0, 100.0), axis("stop", 8.0, 8.0, 1.0)];
        let run =
            app::backtest::Run { from: request.from.clone(), to: request.to.clone(), ..app::backtest::Run::default() };
        let id = client.started(&built, &SetUp { run, ..sweep(axes) }).await;
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
        let row = view.ranking.iter().find(|row| row.parameters["slow"] == 15).unwrap();
        for (key, value) in &row.metrics {
            assert_eq!(value.to_string(), own[key].to_string(), "{key}");
        }
    });
}
