//! Messages nobody can handle, and messages that went round too often.

use crate::client::operation;
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, VISIBILITY_SECONDS, message, run};
use domain::ids::{BacktestId, OperationId, OptimizationId};
use domain::limits::MESSAGE_HOPS_MAX;
use ports::message::{Watched, Work};
use ports::queue::QueueName;

#[test]
fn a_message_of_an_unknown_version_is_left_for_a_process_that_knows_it() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let operation_id = OperationId::parse(&made.operation_id).unwrap();
        let mut newer = message("tenant", &session, 1, Work::Build { operation_id });
        newer.version = 2;
        machine.lose(QueueName::Builds).await;
        machine.send(QueueName::Builds, serde_json::to_string(&newer).unwrap()).await;
        for receives in 1..=5 {
            assert_eq!(machine.step(QueueName::Builds).await, 1, "{receives}");
            assert_eq!(machine.step(QueueName::Builds).await, 0, "it backs off");
            machine.pass_seconds(u64::from(VISIBILITY_SECONDS) / 2).await;
        }
        assert_eq!(client.wait(&session, operation(&made.operation_id), 0).await.unwrap().status, "timed_out");
        // It is now a dead letter, still there for whoever understands it.
        machine.step(QueueName::Builds).await;
        let dead = machine.take_all(QueueName::DeadLetters).await;
        assert_eq!((dead.len(), dead[0].source), (1, Some(QueueName::Builds)));
        assert!(dead[0].body.contains("\"version\":2"));
    });
}

#[test]
fn a_message_of_a_newer_kind_is_not_taken_for_nonsense() {
    run(async {
        let machine = Machine::demo();
        let newer = r#"{"version":2,"work":{"kind":"something_new"}}"#;
        machine.send(QueueName::DeadLetters, newer.to_owned()).await;
        assert_eq!(machine.step(QueueName::DeadLetters).await, 1);
        machine.pass_seconds(u64::from(VISIBILITY_SECONDS)).await;
        assert_eq!(machine.take_all(QueueName::DeadLetters).await.len(), 1);
    });
}

#[test]
fn an_unreadable_message_ends_in_the_dead_letters_and_is_dropped() {
    run(async {
        for body in ["nonsense", "{}", "{\"version\":1}", "[]"] {
            let mut machine = Machine::demo();
            machine.send(QueueName::Steps, body.to_owned()).await;
            let started_us = machine.calm.now_us();
            machine.drain().await;
            let seconds = (machine.calm.now_us() - started_us) / 1_000_000;
            assert!(seconds < 24 * 3600, "{body} stayed for {seconds} seconds");
            for queue in QueueName::ALL {
                assert!(machine.take_all(queue).await.is_empty());
            }
        }
    });
}

#[test]
fn messages_about_nothing_are_done() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let random = machine.calm.ids.random();
        let optimization_id = OptimizationId::new(0, &random);
        let (operation_id, backtest_id) = (OperationId::new(0, &random), BacktestId::new(0, &random));
        let watched = [
            Watched::Build { operation_id: operation_id.clone() },
            Watched::Backtest { backtest_id: backtest_id.clone() },
            Watched::Batch { optimization_id: optimization_id.clone() },
        ];
        let mut works = vec![
            (QueueName::Builds, Work::Build { operation_id }),
            (QueueName::Backtests, Work::Backtest { backtest_id }),
            (QueueName::Steps, Work::Start { optimization_id: optimization_id.clone() }),
            (QueueName::Steps, Work::Reduce { optimization_id: optimization_id.clone() }),
            (QueueName::Units, Work::Slice { optimization_id, slice: 3 }),
        ];
        works.extend(watched.map(|watched| (QueueName::Steps, Work::Watch { watched, stalled_rounds: 0, seen: 0 })));
        for (queue, work) in works {
            let body = serde_json::to_string(&message("tenant", &session, 1, work)).unwrap();
            for queue in [queue, QueueName::DeadLetters] {
                machine.send(queue, body.clone()).await;
                machine.step(queue).await;
                assert!(machine.take_all(queue).await.is_empty(), "{body}");
            }
        }
        machine.drain().await;
        assert!(machine.records(&format!("tenant#{session}")).await.is_empty());
    });
}

#[test]
fn work_whose_messages_went_round_too_often_ends() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let optimization = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
        for queue in QueueName::ALL {
            machine.lose(queue).await;
        }
        let optimization_id = OptimizationId::parse(&optimization).unwrap();
        let watched = Watched::Batch { optimization_id };
        let watch = Work::Watch { watched, stalled_rounds: 0, seen: 0 };
        let last = message("tenant", &built.session, MESSAGE_HOPS_MAX + 1, watch);
        machine.send(QueueName::Steps, serde_json::to_string(&last).unwrap()).await;
        machine.step(QueueName::Steps).await;
        assert_eq!(client.sweep_status(&built.session, &optimization).await, "failed");
        machine.drain().await;
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_message_at_the_last_hop_still_counts() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        machine.lose(QueueName::Builds).await;
        let operation_id = OperationId::parse(&made.operation_id).unwrap();
        let build = message("tenant", &session, MESSAGE_HOPS_MAX - 1, Work::Build { operation_id });
        machine.send(QueueName::Builds, serde_json::to_string(&build).unwrap()).await;
        machine.drain().await;
        assert_eq!(client.wait(&session, operation(&made.operation_id), 0).await.unwrap().status, "succeeded");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}
