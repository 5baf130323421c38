//! Waiting and cancelling: outcomes, timeouts, places, repetition.

use crate::client::{backtest_run, operation, refused, sweep_of};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, run};
use app::backtest::{Include, Run};
use app::task::{TaskIds, TaskKind};
use ports::queue::QueueName;
use serde_json::Map;

#[test]
fn a_wait_ends_with_the_work() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let waiting = {
            let (client, session, id) = (client.clone(), session.clone(), made.operation_id.clone());
            tokio::spawn(async move { client.wait(&session, operation(&id), 120).await })
        };
        machine.pass_seconds(7).await;
        machine.settle().await;
        let before_us = machine.calm.now_us();
        let outcome = waiting.await.unwrap().unwrap();
        assert_eq!(outcome.status, "succeeded", "{outcome:?}");
        assert!(machine.calm.now_us() - before_us < 2_000_000);
        let strategy = outcome.strategy.unwrap();
        assert_eq!((strategy.artifact_id, strategy.backtest_status.as_str()), (made.artifact_id, "passed"));
        let backtest = strategy.backtest_id.unwrap();
        assert!(client.wait(&session, backtest_run(&backtest), 10).await.unwrap().backtest.unwrap().metrics.is_some());
    });
}

#[test]
fn a_wait_that_is_over_first_has_timed_out_and_not_failed() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        for (asked, waits) in [(0, 0..=0), (1, 1..=1), (45, 45..=45), (300, 280..=290)] {
            let before_us = machine.calm.now_us();
            let outcome = client.wait(&session, operation(&made.operation_id), asked).await.unwrap();
            assert_eq!(outcome.status, "timed_out");
            assert!(outcome.error.is_none() && outcome.progress.is_some() && outcome.poll_after_seconds.is_some());
            let seconds = (machine.calm.now_us() - before_us) / 1_000_000;
            assert!(waits.contains(&seconds), "{asked}: {seconds}");
        }
    });
}

#[test]
fn more_than_four_waits_at_once_are_busy_and_places_come_back() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        for _ in 0..2 {
            let waits = (0..6).map(|_| client.wait(&session, operation(&made.operation_id), 20));
            let outcomes = futures::future::join_all(waits).await;
            let mut words: Vec<String> = outcomes.into_iter().map(|outcome| outcome.unwrap().status).collect();
            words.sort();
            assert_eq!(words, ["busy", "busy", "timed_out", "timed_out", "timed_out", "timed_out"]);
        }
        // A caller that went away leaves its place behind; it expires.
        for _ in 0..4 {
            let (client, session, id) = (client.clone(), session.clone(), made.operation_id.clone());
            let gone = tokio::spawn(async move { client.wait(&session, operation(&id), 30).await });
            machine.pass_seconds(1).await;
            gone.abort();
        }
        let word = async || client.wait(&session, operation(&made.operation_id), 1).await.unwrap().status;
        assert_eq!(word().await, "busy");
        machine.pass_seconds(40).await;
        assert_eq!(word().await, "timed_out");
        // Another account has places of its own.
        let stranger = machine.client("stranger");
        let theirs = stranger.create_session(None).await.unwrap();
        let op = stranger.create(&theirs, &cross_request()).await.unwrap();
        assert_eq!(stranger.wait(&theirs, operation(&op.operation_id), 1).await.unwrap().status, "timed_out");
    });
}

#[test]
fn missing_ids_say_which() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        for (kind, says) in [
            (TaskKind::StrategyOp, "operation_id"),
            (TaskKind::Backtest, "artifact_id or backtest_id"),
            (TaskKind::Optimization, "no sweep runs"),
        ] {
            refused(client.wait(&session, (kind, TaskIds::default()), 0).await, "invalid", &[says]);
            refused(client.cancel(&session, (kind, TaskIds::default())).await, "invalid", &[says]);
        }
    });
}

#[test]
fn a_cancelled_operation_is_final_and_its_messages_do_nothing() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let first = client.cancel(&session, operation(&made.operation_id)).await.unwrap();
        let again = client.cancel(&session, operation(&made.operation_id)).await.unwrap();
        assert_eq!((first.status.as_str(), again.status.as_str()), ("cancelled", "cancelled"));
        assert!(again.kept.contains("already ended"));
        machine.drain().await;
        let outcome = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        assert_eq!(
            (outcome.status.as_str(), outcome.strategy.unwrap().lifecycle_status.as_str()),
            ("cancelled", "failed")
        );
        assert!(client.delete(&session, &made.artifact_id, true).await.unwrap().deleted);
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn cancelling_a_second_run_keeps_the_results_of_the_first() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let before = client.inspect(&built.session, &built.artifact).await.unwrap();
        // A run with overrides never had anything to do with the version's results.
        let overrides: Map<_, _> = [("stop".to_owned(), serde_json::json!(3))].into_iter().collect();
        let started = client.backtest(&built.session, &built.artifact, &Run::default(), &overrides).await.unwrap();
        let cancelled = client.cancel(&built.session, backtest_run(&started.backtest_id)).await.unwrap();
        assert_eq!(cancelled.status, "cancelled");
        machine.drain().await;
        assert_eq!(client.inspect(&built.session, &built.artifact).await.unwrap(), before);
        let again = client.cancel(&built.session, backtest_run(&started.backtest_id)).await.unwrap();
        assert_eq!(again.status, "cancelled");
        // A run in place stands aside for the one before it, once and again.
        for _ in 0..2 {
            let started = client.backtest(&built.session, &built.artifact, &Run::default(), &Map::new()).await.unwrap();
            assert_eq!(
                client.inspect(&built.session, &built.artifact).await.unwrap().summary.backtest_status,
                "running"
            );
            client.cancel(&built.session, backtest_run(&started.backtest_id)).await.unwrap();
            machine.drain().await;
            assert_eq!(client.inspect(&built.session, &built.artifact).await.unwrap(), before);
        }
        let view = client.get_backtest(&built.session, (Some(&built.artifact), None), Include::Trades, None).await;
        assert!(!view.unwrap().trades.unwrap().is_empty());
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_waiting_sweep_says_how_far_it_is() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 8.0, 1.0)])).await;
        machine.step(QueueName::Steps).await;
        for done in 0..3 {
            let progress = client.wait(&built.session, sweep_of(&id), 0).await.unwrap().progress.unwrap();
            assert_eq!((&progress["completed_count"], &progress["total_combinations"]), (&done.into(), &6.into()));
            machine.step(QueueName::Units).await;
        }
        // Without an id the session's running sweep is meant.
        let unnamed = (TaskKind::Optimization, TaskIds::default());
        assert_eq!(client.wait(&built.session, unnamed, 0).await.unwrap().status, "timed_out");
        machine.drain().await;
        let ended = client.wait(&built.session, sweep_of(&id), 0).await.unwrap();
        assert_eq!((ended.status.as_str(), ended.optimization.unwrap().ranking.len()), ("succeeded", 5));
        refused(client.wait(&built.session, unnamed, 0).await, "invalid", &["no sweep runs"]);
    });
}
