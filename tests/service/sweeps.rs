//! Sweeps: set up, run to the end, ranked, one per session, cancelled, failed.

use crate::client::{Built, Client, refused, sweep_of};
use crate::demo::{axis, sweep};
use crate::harness::{Machine, run};
use app::optimization::SetUp;
use domain::grid::AxisRequest;
use domain::sweep::{Comparison, MetricConstraint};
use ports::queue::QueueName;
use serde_json::{Value, json};

fn grid() -> Vec<AxisRequest> {
    vec![axis("fast", 3.0, 6.0, 1.0), axis("slow", 5.0, 20.0, 5.0)]
}

/// The ranking of a sweep, page by page: (index, parameters, ranked metric).
async fn ranking(client: &Client, built: &Built, id: &str, metric: &str) -> Vec<(u64, Value, Option<f64>)> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = client.get_sweep(&built.session, id, 3, cursor.as_deref()).await.unwrap();
        for row in page.ranking {
            assert_eq!(row.rank, rows.len() as u64 + 1);
            rows.push((row.index, Value::Object(row.parameters), row.metrics[metric].as_f64()));
        }
        cursor = page.pagination.next_cursor;
        if cursor.is_none() {
            return rows;
        }
    }
}

#[test]
fn a_sweep_ranks_every_combination_and_names_the_best() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let configured = client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap();
        assert_eq!((configured.status.as_str(), configured.total_combinations), ("configured", 16));
        let id = configured.optimization_id;
        refused(client.wait(&built.session, sweep_of(&id), 0).await, "conflict", &["run_optimization"]);
        let started = client.run(&built.session, &built.artifact, &id).await.unwrap();
        assert_eq!((started.status.as_str(), started.slices), ("running", 16));
        assert_eq!(client.get_session(&built.session).await.unwrap().running_work[0].task, "optimization");
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 100, None).await.unwrap();
        assert_eq!((view.batch.status.as_str(), view.batch.completed_count, view.ranked_count), ("completed", 16, 16));
        assert!((view.progress - 1.0).abs() < f64::EPSILON);
        let rows = ranking(&client, &built, &id, "totalPnl").await;
        assert!(rows.is_sorted_by(|a, b| a.2.unwrap() > b.2.unwrap() || (a.2 == b.2 && a.0 < b.0)), "{rows:?}");
        let mut indices: Vec<u64> = rows.iter().map(|row| row.0).collect();
        indices.sort_unstable();
        assert_eq!(indices, (0..16).collect::<Vec<_>>());
        let best = &view.batch.best_result;
        assert_eq!((&best["parameters"], best["metrics"]["totalPnl"].as_f64()), (&rows[0].1, rows[0].2));
        assert_eq!(best["holdout_metrics"], Value::Null);
        // Running it again says what it is.
        assert_eq!(client.run(&built.session, &built.artifact, &id).await.unwrap().status, "completed");
        assert_eq!(crate::invariants::check_rest(&machine, "tenant").await, 1);
    });
}

#[test]
fn every_ranked_number_is_that_of_a_backtest_of_its_own() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let id = client.started(&built, &sweep(grid())).await;
        machine.drain().await;
        for (_, parameters, total) in ranking(&client, &built, &id, "totalPnl").await.into_iter().step_by(5) {
            let run = sweep(Vec::new()).run;
            let overrides = parameters.as_object().unwrap().clone();
            let started = client.backtest(&built.session, &built.artifact, &run, &overrides).await.unwrap();
            machine.drain().await;
            let names = (None, Some(started.backtest_id.as_str()));
            let include = app::backtest::Include::Summary;
            let view = client.get_backtest(&built.session, names, include, None).await.unwrap();
            assert_eq!(view.metrics.unwrap()["totalPnl"].as_f64(), total, "{parameters}");
        }
    });
}

#[test]
fn where_constraints_and_holdout() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let at_least =
            |value| MetricConstraint { metric: "tradeCount".to_owned(), operator: Comparison::AtLeast, value };
        let request = SetUp {
            parameter_constraint: Some("$fast < $slow".to_owned()),
            constraints: vec![at_least(5.0)],
            run: app::backtest::Run {
                from: Some("2024-01-02".to_owned()),
                to: Some("2024-01-12".to_owned()),
                ..app::backtest::Run::default()
            },
            holdout: 0.25,
            ..sweep(grid())
        };
        let configured = client.set_up(&built.session, &built.artifact, &request).await.unwrap();
        // slow = 5 excludes fast = 5 and 6.
        assert_eq!(configured.total_combinations, 14);
        let window = &configured.assumptions["window"];
        let id = configured.optimization_id;
        client.run(&built.session, &built.artifact, &id).await.unwrap();
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 100, None).await.unwrap();
        assert_eq!((view.batch.completed_count, view.batch.failed_count, view.batch.cancelled_count), (14, 0, 0));
        assert_eq!((&view.assumptions["where"], &view.assumptions["window"]), (&json!("$fast < $slow"), window));
        let holdout = &view.assumptions["holdout"];
        assert!(holdout["from"].as_str().unwrap() > window["to"].as_str().unwrap(), "{holdout} {window}");
        assert_eq!(holdout["to"], "2024-01-12");
        for (_, parameters, _) in ranking(&client, &built, &id, "tradeCount").await {
            assert!(parameters["fast"].as_f64() < parameters["slow"].as_f64(), "{parameters}");
        }
        for row in &view.ranking {
            assert!(row.metrics["tradeCount"].as_f64().unwrap() >= 5.0, "{row:?}");
        }
        // The holdout metrics are those of a run over the days that were kept out.
        let best = &view.batch.best_result;
        let run = app::backtest::Run {
            from: holdout["from"].as_str().map(str::to_owned),
            to: holdout["to"].as_str().map(str::to_owned),
            ..app::backtest::Run::default()
        };
        let overrides = best["parameters"].as_object().unwrap().clone();
        let started = client.backtest(&built.session, &built.artifact, &run, &overrides).await.unwrap();
        machine.drain().await;
        let names = (None, Some(started.backtest_id.as_str()));
        let alone = client.get_backtest(&built.session, names, app::backtest::Include::Summary, None).await.unwrap();
        assert_eq!(alone.metrics.unwrap(), best["holdout_metrics"]);
    });
}

#[test]
fn nothing_that_qualifies_is_a_completed_sweep_without_a_best() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let impossible = MetricConstraint { metric: "tradeCount".to_owned(), operator: Comparison::Above, value: 1e6 };
        let request = SetUp { constraints: vec![impossible], ..sweep(grid()) };
        let id = client.started(&built, &request).await;
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
        assert_eq!((view.batch.status.as_str(), view.batch.completed_count, view.ranked_count), ("completed", 16, 0));
        assert!(view.ranking.is_empty() && view.batch.best_result.is_null());
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn one_sweep_runs_in_a_session_and_a_stale_slot_is_taken_over() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let first = client.started(&built, &sweep(grid())).await;
        let second = client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap().optimization_id;
        refused(client.run(&built.session, &built.artifact, &second).await, "conflict", &[&first, "cancel_task"]);
        machine.drain().await;
        assert_eq!(client.sweep_status(&built.session, &first).await, "completed");
        // A slot that still names an ended sweep, as after a bug or a restored backup.
        let key = ports::table::Key::new("tenant#sessions", built.session.clone());
        let session = machine.calm.table.get(&key).await.unwrap().unwrap();
        let mut body = session.body;
        body["running_batch"] = json!(first);
        let condition = ports::table::Condition::VersionIs(session.version);
        let put = ports::table::Change::Put { key, condition, expires_at: None, body };
        machine.calm.table.write("test", vec![put]).await.unwrap();
        assert_eq!(client.run(&built.session, &built.artifact, &second).await.unwrap().status, "running");
        machine.drain().await;
        assert_eq!(client.sweep_status(&built.session, &second).await, "completed");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_cancelled_sweep_keeps_what_was_evaluated() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        for slices in [0, 1, 5] {
            let id = client.started(&built, &sweep(grid())).await;
            machine.step(QueueName::Steps).await;
            for _ in 0..slices {
                assert_eq!(machine.step(QueueName::Units).await, 1);
            }
            let cancelled = client.cancel(&built.session, sweep_of(&id)).await.unwrap();
            assert_eq!(cancelled.status, "cancelling");
            let again = client.cancel(&built.session, sweep_of(&id)).await.unwrap();
            assert_eq!(again.status, "cancelling");
            machine.drain().await;
            let ended = client.cancel(&built.session, sweep_of(&id)).await.unwrap();
            assert_eq!(ended.status, "cancelled");
            let view = client.get_sweep(&built.session, &id, 100, None).await.unwrap();
            let counts = (view.batch.completed_count, view.batch.failed_count, view.batch.cancelled_count);
            assert_eq!((view.batch.status.as_str(), counts), ("cancelled", (slices, 0, 16 - slices)));
            assert_eq!(view.ranking.len() as u64, slices);
            assert!(view.batch.best_result.is_null());
        }
        let waiting = client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap().optimization_id;
        assert_eq!(client.cancel(&built.session, sweep_of(&waiting)).await.unwrap().status, "cancelled");
        assert_eq!(client.run(&built.session, &built.artifact, &waiting).await.unwrap().status, "cancelled");
        assert_eq!(crate::invariants::check_rest(&machine, "tenant").await, 4);
    });
}

#[test]
fn a_sweep_of_an_older_engine_fails_and_says_so() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        // Upgraded while it runs, and upgraded before it was started.
        let running = client.started(&built, &sweep(grid())).await;
        let old = |body: &mut Value| body["pins"]["engine_version"] = json!("0.0");
        machine.rewrite(("tenant", &built.session), &running, old).await;
        machine.drain().await;
        let view = client.get_sweep(&built.session, &running, 1, None).await.unwrap();
        assert_eq!((view.batch.status.as_str(), view.batch.failed_count), ("failed", 16));
        assert!(view.error.unwrap().contains("engine was upgraded"));
        let waiting = client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap().optimization_id;
        machine.rewrite(("tenant", &built.session), &waiting, old).await;
        let run = client.run(&built.session, &built.artifact, &waiting).await;
        refused(run, "invalid", &["engine", "setup_optimization"]);
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn many_slices_in_several_groups_are_all_counted() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let axes = vec![axis("fast", 2.0, 11.0, 1.0), axis("slow", 12.0, 25.0, 1.0)];
        let id = client.started(&built, &sweep(axes)).await;
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 1, None).await.unwrap();
        assert_eq!(
            (view.batch.status.as_str(), view.batch.completed_count, view.ranked_count),
            ("completed", 140, 140)
        );
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn wrong_sweeps_are_refused() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let constraint =
            |metric: &str, value| MetricConstraint { metric: metric.to_owned(), operator: Comparison::AtMost, value };
        let cases: Vec<(SetUp, &str)> = vec![
            (sweep(Vec::new()), "no parameters"),
            (sweep(vec![axis("fats", 1.0, 2.0, 1.0)]), "fast"),
            (sweep(vec![axis("fast", 2.0, 1.0, 1.0)]), "swap them"),
            (sweep(vec![axis("fast", 1.0, 2.0, 0.0)]), "greater than 0"),
            (sweep(vec![axis("fast", 3.0, 4.0, 0.5)]), "3.5"),
            (sweep(vec![axis("fast", 3.0, 4.0, 1.0), axis("fast", 3.0, 4.0, 1.0)]), "twice"),
            (sweep(vec![AxisRequest { key: "fast".to_owned(), ..AxisRequest::default() }]), "values"),
            (SetUp { rank_by: "luck".to_owned(), ..sweep(grid()) }, "sharpeRatio"),
            (SetUp { parameter_constraint: Some("$fast < ".to_owned()), ..sweep(grid()) }, "where"),
            (
                SetUp {
                    parameter_constraint: Some("$fast > $slow".to_owned()),
                    ..sweep(vec![axis("fast", 3.0, 4.0, 1.0)])
                },
                "no combination",
            ),
            (SetUp { constraints: vec![constraint("luck", 1.0)], ..sweep(grid()) }, "unknown metric"),
            (SetUp { constraints: vec![constraint("winRate", f64::NAN)], ..sweep(grid()) }, "not a number"),
            (SetUp { holdout: 0.6, ..sweep(grid()) }, "holdout"),
            (SetUp { holdout: f64::NAN, ..sweep(grid()) }, "holdout"),
        ];
        for (request, says) in cases {
            refused(client.set_up(&built.session, &built.artifact, &request).await, "invalid", &[says]);
        }
        let eleven = SetUp { constraints: vec![constraint("winRate", 1.0); 11], ..sweep(grid()) };
        refused(client.set_up(&built.session, &built.artifact, &eleven).await, "limit_exceeded", &["CONSTRAINTS_MAX"]);
        let other = client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap().optimization_id;
        let strange = "art_000000000000000000000000000000000";
        refused(client.run(&built.session, strange, &other).await, "not_found", &["artifact_id"]);
    });
}

#[test]
fn of_sweeps_started_at_once_one_runs() {
    run(async {
        for seed in 0..10 {
            let mut machine = Machine::new(crate::harness::Options { seed, ..crate::harness::Options::new() });
            let client = machine.client("tenant");
            let built = client.built(&mut machine).await;
            let mut ids = Vec::new();
            for _ in 0..4 {
                ids.push(client.set_up(&built.session, &built.artifact, &sweep(grid())).await.unwrap().optimization_id);
            }
            machine.faults.set_rates(ports::faults::FaultRates { interleave: 1000, ..Default::default() });
            let calls = ids.iter().map(|id| client.run(&built.session, &built.artifact, id));
            let outcomes = futures::future::join_all(calls).await;
            let started = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            assert_eq!(started, 1, "seed {seed}: {outcomes:?}");
            for error in outcomes.into_iter().filter_map(Result::err) {
                assert_eq!(error.kind.as_str(), "conflict", "seed {seed}: {error:?}");
            }
            machine.faults.set_rates(ports::faults::FaultRates::default());
            machine.drain().await;
            assert_eq!(crate::invariants::check_rest(&machine, "tenant").await, 1);
        }
    });
}

#[test]
fn a_heat_map_shows_the_best_over_the_other_parameters() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let axes = [grid(), vec![axis("stop", 4.0, 8.0, 4.0)]].concat();
        let id = client.started(&built, &sweep(axes)).await;
        machine.drain().await;
        let map = async |keys| {
            let names = (built.session.as_str(), id.as_str());
            app::optimization::get(&client.desk, &client.caller, names, 1, None, Some(keys)).await
        };
        let shown = map(("slow", "fast")).await.unwrap().heat_map.unwrap();
        assert_eq!(
            (&shown["x_key"], &shown["y_key"], &shown["metric"]),
            (&json!("slow"), &json!("fast"), &json!("totalPnl"))
        );
        assert_eq!(map(("fast", "slow")).await.unwrap().heat_map.unwrap(), shown);
        let rows = ranking(&client, &built, &id, "totalPnl").await;
        for (y, fast) in shown["y_values"].as_array().unwrap().iter().enumerate() {
            for (x, slow) in shown["x_values"].as_array().unwrap().iter().enumerate() {
                let best = rows.iter().find(|row| row.1["fast"] == *fast && row.1["slow"] == *slow).unwrap();
                assert_eq!(shown["cells"][y][x].as_f64(), best.2, "{fast} {slow}");
            }
        }
        for keys in [("fast", "fast"), ("fast", "size")] {
            refused(map(keys).await, "invalid", &["no heat map", "fast, slow, stop"]);
        }
    });
}
