//! Limits at the boundary: the last that is accepted, the first that is refused and by which name.

use crate::client::refused;
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, Options, run};
use app::artifact::MakeRequest;
use app::optimization::SetUp;
use ports::table::{Change, Key};
use serde_json::{Map, json};

#[test]
fn combinations() {
    run(async {
        let mut machine = Machine::new(Options { threads: 1, ..Options::new() });
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let check = async |request: SetUp, expected: Result<u64, (&str, &str)>| {
            let made = client.set_up(&built.session, &built.artifact, &request).await;
            match expected {
                Ok(total) => assert_eq!(made.unwrap().total_combinations, total),
                Err((limit, used)) => {
                    let kind = if limit == "GRID_POINTS_MAX" { "invalid" } else { "limit_exceeded" };
                    refused(made, kind, &[limit, used]);
                }
            }
        };
        let fast = || axis("fast", 2.0, 101.0, 1.0);
        check(sweep(vec![fast(), axis("stop", 1.0, 1000.0, 1.0)]), Ok(100_000)).await;
        let one_more = sweep(vec![axis("stop", 0.01, 1_000.01, 0.01)]);
        check(one_more, Err(("SWEEP_COMBINATIONS_MAX", "100001"))).await;
        let constrained = SetUp {
            parameter_constraint: Some("$fast < 12".to_owned()),
            ..sweep(vec![fast(), axis("stop", 1.0, 1000.0, 0.5)])
        };
        check(constrained, Ok(19_990)).await;
        let points = sweep(vec![fast(), axis("stop", 1.0, 50_000.0, 1.0)]);
        check(points, Err(("GRID_POINTS_MAX", "100 × 50000"))).await;
        let year = SetUp { run: app::backtest::Run::default(), ..sweep(vec![fast(), axis("stop", 1.0, 1000.0, 1.0)]) };
        check(year, Ok(100_000)).await;
    });
}

#[test]
fn a_listed_axis_is_bounded() {
    run(async {
        let mut machine = Machine::new(Options { threads: 1, ..Options::new() });
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        for (count, accepted) in [(5_000, true), (5_001, false)] {
            let values = (1..=count).map(|value| json!(value)).collect();
            let axis = domain::grid::AxisRequest { key: "stop".to_owned(), values: Some(values), ..Default::default() };
            let made = client.set_up(&built.session, &built.artifact, &sweep(vec![axis])).await;
            if accepted {
                assert_eq!(made.unwrap().total_combinations, 5_000);
            } else {
                refused(made, "invalid", &["AXIS_VALUES_LISTED_MAX", "5000", "5001"]);
            }
        }
    });
}

#[test]
fn work_under_way_on_one_version() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let most = domain::limits::ACTIVE_WORK_MAX;
        for number in 0..=most {
            let overrides: Map<_, _> = [("stop".to_owned(), json!(number + 1))].into_iter().collect();
            let started = client.backtest(&built.session, &built.artifact, &Default::default(), &overrides).await;
            if number < most {
                started.unwrap();
            } else {
                refused(started, "limit_exceeded", &["ACTIVE_WORK_MAX", &most.to_string(), "wait"]);
            }
        }
        machine.drain().await;
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn sweeps_of_one_version() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let most = domain::limits::SWEEPS_PER_STRATEGY_MAX;
        let ids: Vec<String> = (0..most - 1)
            .map(|_| domain::ids::OptimizationId::new(0, &machine.calm.ids.random()).to_string())
            .collect();
        machine.rewrite(("tenant", &built.session), &built.artifact, |body| body["optimizations"] = json!(ids)).await;
        let request = sweep(vec![axis("fast", 3.0, 4.0, 1.0)]);
        client.set_up(&built.session, &built.artifact, &request).await.unwrap();
        let over = client.set_up(&built.session, &built.artifact, &request).await;
        refused(over, "limit_exceeded", &["SWEEPS_PER_STRATEGY_MAX", &most.to_string()]);
        // Even then the record is far from the table's limit.
        let record = machine.body("tenant", &built.session, &built.artifact).await;
        assert!(record.to_string().len() < ports::table::RECORD_BYTES_MAX / 2);
    });
}

#[test]
fn strategies_of_one_session() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let key = Key::new("tenant#sessions", session.clone());
        let record = machine.calm.table.get(&key).await.unwrap().unwrap();
        let mut body = record.body;
        body["artifacts_made"] = json!(499);
        let condition = ports::table::Condition::VersionIs(record.version);
        let put = Change::Put { key, condition, expires_at: None, body };
        machine.calm.table.write("test", vec![put]).await.unwrap();
        let request = MakeRequest { backtest: false, ..cross_request() };
        client.create(&session, &request).await.unwrap();
        let over = client.create(&session, &request).await;
        refused(over, "limit_exceeded", &["ARTIFACTS_PER_SESSION_MAX", "500", "501"]);
    });
}

#[test]
fn waits() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let over = client.wait(&session, crate::client::operation(&made.operation_id), 301).await;
        refused(over, "limit_exceeded", &["WAIT_SECONDS_MAX", "300", "301"]);
    });
}

#[test]
fn sessions_of_one_account() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        client.create_session(None).await.unwrap();
        let key = Key::new("tenant#account", "account");
        let record = machine.calm.table.get(&key).await.unwrap().unwrap();
        let mut body = record.body;
        body["sessions_made"] = json!(9_999);
        let condition = ports::table::Condition::VersionIs(record.version);
        let put = Change::Put { key, condition, expires_at: None, body };
        machine.calm.table.write("test", vec![put]).await.unwrap();
        client.create_session(None).await.unwrap();
        let over = client.create_session(None).await;
        refused(over, "limit_exceeded", &["SESSIONS_PER_TENANT_MAX", "10000", "10001", "list_sessions"]);
        machine.client("other").create_session(None).await.unwrap();
    });
}

#[test]
fn sessions_made_at_once_are_all_counted() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        machine.faults.set_rates(ports::faults::FaultRates { interleave: 1000, ..Default::default() });
        let made = futures::future::join_all((0..6).map(|_| client.create_session(None))).await;
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        let account = machine.records("tenant#account").await;
        assert_eq!(account[0].body["sessions_made"], 6);
    });
}
