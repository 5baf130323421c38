//! Watches: what was lost is sent again, what moves is left alone, what stays stuck is given up.

use crate::client::{Built, operation, sweep_of};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, message, run};
use domain::ids::OptimizationId;
use domain::limits::{SWEEP_STALLED_ROUNDS_MAX, WATCH_DELAY_SECONDS, WATCH_DELAY_SECONDS_MAX};
use ports::message::{Watched, Work};
use ports::queue::QueueName;

async fn started(machine: &mut Machine) -> (Built, String) {
    let client = machine.client("tenant");
    let built = client.built(machine).await;
    let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 8.0, 1.0)])).await;
    (built, id)
}

#[test]
fn whatever_message_of_a_sweep_is_lost_the_sweep_completes() {
    run(async {
        for lost in ["start", "slices", "one slice", "reduce"] {
            let mut machine = Machine::demo();
            let (built, id) = started(&mut machine).await;
            if lost == "start" {
                assert_eq!(machine.lose(QueueName::Steps).await, 1);
            } else {
                machine.step(QueueName::Steps).await;
                if lost == "slices" {
                    assert_eq!(machine.lose(QueueName::Units).await, 6);
                } else {
                    let handled = if lost == "reduce" { 6 } else { 5 };
                    for _ in 0..handled {
                        machine.step(QueueName::Units).await;
                    }
                    assert_eq!(machine.lose(QueueName::Units).await, 6 - handled);
                    let reductions = machine.lose(QueueName::Steps).await;
                    assert_eq!(reductions, usize::from(lost == "reduce"));
                }
            }
            machine.drain().await;
            assert_eq!(machine.client("tenant").sweep_status(&built.session, &id).await, "completed", "{lost}");
            crate::invariants::check_rest(&machine, "tenant").await;
        }
    });
}

#[test]
fn lost_builds_and_backtests_are_sent_again() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        assert_eq!(machine.lose(QueueName::Builds).await, 1);
        machine.pass_seconds(u64::from(WATCH_DELAY_SECONDS) + 1).await;
        machine.step(QueueName::Steps).await;
        assert_eq!(machine.step(QueueName::Builds).await, 1);
        assert_eq!(machine.lose(QueueName::Backtests).await, 1);
        machine.drain().await;
        let waited = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        assert_eq!(
            (waited.status.as_str(), waited.strategy.unwrap().backtest_status.as_str()),
            ("succeeded", "passed")
        );
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_sweep_that_moves_gets_no_second_slices() {
    run(async {
        let mut machine = Machine::demo();
        let (built, id) = started(&mut machine).await;
        machine.step(QueueName::Steps).await;
        for done in 1..=5 {
            machine.step(QueueName::Units).await;
            machine.pass_seconds(u64::from(WATCH_DELAY_SECONDS) + 1).await;
            machine.step(QueueName::Steps).await;
            // Only what was not handled yet is there.
            let waiting = machine.take_all(QueueName::Units).await;
            assert_eq!(waiting.len(), 6 - done, "after {done}");
            for delivery in waiting {
                let queue = machine.store.queue();
                ports::queue::Queue::postpone(queue.as_ref(), QueueName::Units, &delivery.receipt, 0).await.unwrap();
            }
        }
        machine.drain().await;
        assert_eq!(machine.client("tenant").sweep_status(&built.session, &id).await, "completed");
    });
}

#[test]
fn a_sweep_that_never_moves_is_given_up_with_what_it_has() {
    run(async {
        let mut machine = Machine::demo();
        let (built, id) = started(&mut machine).await;
        machine.step(QueueName::Steps).await;
        machine.step(QueueName::Units).await;
        let client = machine.client("tenant");
        let rounds_max = SWEEP_STALLED_ROUNDS_MAX + 4;
        let mut rounds = 0;
        while client.sweep_status(&built.session, &id).await == "running" {
            assert!(rounds < rounds_max, "still running after {rounds} rounds");
            machine.lose(QueueName::Units).await;
            machine.pass_seconds(u64::from(WATCH_DELAY_SECONDS_MAX) + 1).await;
            while machine.step(QueueName::Steps).await > 0 {}
            rounds += 1;
        }
        assert!(rounds > SWEEP_STALLED_ROUNDS_MAX, "given up after {rounds} rounds");
        let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
        assert_eq!(
            (view.batch.status.as_str(), view.batch.completed_count, view.batch.failed_count),
            ("completed", 1, 5)
        );
        assert!(view.error.unwrap().contains("no progress"));
        machine.drain().await;
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_cancellation_whose_reduction_is_lost_still_ends() {
    run(async {
        let mut machine = Machine::demo();
        let (built, id) = started(&mut machine).await;
        machine.step(QueueName::Steps).await;
        machine.client("tenant").cancel(&built.session, sweep_of(&id)).await.unwrap();
        assert_eq!(machine.lose(QueueName::Steps).await, 1);
        machine.drain().await;
        assert_eq!(machine.client("tenant").sweep_status(&built.session, &id).await, "cancelled");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn a_second_delivery_of_the_last_slice_asks_for_the_reduction_again() {
    run(async {
        let mut machine = Machine::demo();
        let (built, id) = started(&mut machine).await;
        machine.step(QueueName::Steps).await;
        for _ in 0..5 {
            machine.step(QueueName::Units).await;
        }
        // The acknowledgement of the last slice is lost, and so is the reduction it asked for.
        machine.faults.set_rates(ports::faults::FaultRates { lost_acknowledgement: 1000, ..Default::default() });
        machine.step(QueueName::Units).await;
        machine.faults.set_rates(ports::faults::FaultRates::default());
        assert_eq!(machine.lose(QueueName::Steps).await, 1);
        machine.pass_seconds(u64::from(crate::harness::VISIBILITY_SECONDS)).await;
        assert_eq!(machine.step(QueueName::Units).await, 1);
        let records = machine.records(&format!("tenant#{id}#0")).await;
        assert_eq!(records.len(), 6, "its receipt is the first one");
        let asked = machine.take_all(QueueName::Steps).await;
        assert!(asked.iter().any(|delivery| delivery.body.contains("\"reduce\"")), "{asked:?}");
        machine.drain().await;
        assert_eq!(machine.client("tenant").sweep_status(&built.session, &id).await, "completed");
    });
}

#[test]
fn a_watch_that_comes_before_its_sweep_looks_again() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        let request = sweep(vec![axis("fast", 3.0, 5.0, 1.0)]);
        let id = client.set_up(&built.session, &built.artifact, &request).await.unwrap().optimization_id;
        // The watch of a request that is slow: it arrives before the sweep is written as running.
        let watched = Watched::Batch { optimization_id: OptimizationId::parse(&id).unwrap() };
        let watch = message("tenant", &built.session, 1, Work::Watch { watched, stalled_rounds: 0, seen: 0 });
        machine.send(QueueName::Steps, serde_json::to_string(&watch).unwrap()).await;
        assert_eq!(machine.step(QueueName::Steps).await, 1);
        // The request writes it and dies before it sends anything else: nothing but that watch is left.
        client.run(&built.session, &built.artifact, &id).await.unwrap();
        assert_eq!(machine.lose(QueueName::Steps).await, 1);
        machine.pass_seconds(u64::from(WATCH_DELAY_SECONDS) + 1).await;
        assert_eq!(machine.lose(QueueName::Steps).await, 1);
        machine.drain().await;
        assert_eq!(client.sweep_status(&built.session, &id).await, "completed");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}
