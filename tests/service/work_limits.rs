//! Limits on an account's work: reserved while a sweep runs, counted for the day, and named when they are exceeded.

use crate::client::{Built, refused, sweep_of};
use crate::demo::{axis, sweep};
use crate::harness::{Machine, Options, run};
use crate::invariants::check_reservations;
use app::WorkLimits;
use app::optimization::SetUp;
use domain::ids::{OptimizationId, SessionId};
use domain::limits::SWEEPS_AT_ONCE_MAX;
use domain::work::{Excess, TenantWork};
use futures::future::join_all;
use ports::faults::FaultRates;
use ports::queue::QueueName;
use ports::table::{Change, Condition, Key};
use serde_json::{Value, json};

/// Simulated minutes of the short window: two trading days of DEMO, 23 hours each.
const MINUTES: u64 = 2 * 23 * 60;

/// Six combinations.
fn six() -> SetUp {
    sweep(vec![axis("fast", 3.0, 8.0, 1.0)])
}

fn machine(limits: WorkLimits) -> Machine {
    Machine::new(Options { limits, ..Options::new() })
}

/// The account's work record.
async fn work(machine: &Machine, tenant: &str) -> Value {
    machine.records(&format!("{tenant}#work")).await.remove(0).body
}

/// Sets a sweep of six up and runs it.
async fn start(machine: &Machine, built: &Built) -> Result<String, app::AppError> {
    let client = machine.client("tenant");
    let id = client.set_up(&built.session, &built.artifact, &six()).await.unwrap().optimization_id;
    client.run(&built.session, &built.artifact, &id).await.map(|_| id)
}

#[test]
fn work_at_once() {
    run(async {
        let mut machine = machine(WorkLimits::new(None, Some(12 * MINUTES - 1), None));
        let client = machine.client("tenant");
        let (first, second) = (client.built(&mut machine).await, client.built(&mut machine).await);
        let other = machine.client("other").built(&mut machine).await;
        let running = start(&machine, &first).await.unwrap();
        assert_eq!(work(&machine, "tenant").await["running"][&running]["work"], 6 * MINUTES);
        let waiting = client.set_up(&second.session, &second.artifact, &six()).await.unwrap().optimization_id;
        let over = client.run(&second.session, &second.artifact, &waiting).await;
        let (limit, used) = ((12 * MINUTES - 1).to_string(), (6 * MINUTES).to_string());
        let says = ["TENANT_WORK_AT_ONCE_MAX", &limit, &used, &running, &first.session, "cancel_task"];
        refused(over, "limit_exceeded", &says);
        // What is refused leaves nothing behind, and is nobody else's limit.
        assert_eq!(check_reservations(&machine, "tenant").await, 1);
        machine.client("other").started(&other, &six()).await;
        machine.drain().await;
        client.run(&second.session, &second.artifact, &waiting).await.unwrap();
        machine.drain().await;
        assert_eq!(client.sweep_status(&second.session, &waiting).await, "completed");
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn work_in_a_day() {
    run(async {
        let mut machine = machine(WorkLimits::new(None, None, Some(12 * MINUTES)));
        let built = machine.client("tenant").built(&mut machine).await;
        for _ in 0..2 {
            start(&machine, &built).await.unwrap();
            machine.drain().await;
        }
        let used = (12 * MINUTES).to_string();
        let says = ["TENANT_WORK_PER_DAY_MAX", &used, "2026-01-02", "again"];
        refused(start(&machine, &built).await, "limit_exceeded", &says);
        machine.pass_seconds(86_400).await;
        start(&machine, &built).await.unwrap();
        machine.drain().await;
        assert_eq!(work(&machine, "tenant").await["used_on_day"], 6 * MINUTES);
    });
}

#[test]
fn a_sweep_that_could_never_run_is_refused_when_it_is_set_up() {
    let cases = [
        (WorkLimits::new(Some(5), None, None), "SWEEP_COMBINATIONS_MAX", 5),
        (WorkLimits::new(None, Some(6 * MINUTES - 1), None), "TENANT_WORK_AT_ONCE_MAX", 6 * MINUTES - 1),
        (WorkLimits::new(None, None, Some(6 * MINUTES - 1)), "TENANT_WORK_PER_DAY_MAX", 6 * MINUTES - 1),
    ];
    for (limits, name, most) in cases {
        run(async {
            let mut machine = machine(limits);
            let client = machine.client("tenant");
            let built = client.built(&mut machine).await;
            let made = client.set_up(&built.session, &built.artifact, &six()).await;
            refused(made, "limit_exceeded", &[name, &most.to_string(), "6", "fewer"]);
        });
    }
}

#[test]
fn sweeps_at_once() {
    run(async {
        let mut machine = Machine::demo();
        let built = machine.client("tenant").built(&mut machine).await;
        let reservation = json!({ "session_id": built.session, "work": 1, "day": 0 });
        let ids = (0..SWEEPS_AT_ONCE_MAX).map(|_| OptimizationId::new(0, &machine.calm.ids.random()).to_string());
        let running: serde_json::Map<_, _> = ids.map(|id| (id, reservation.clone())).collect();
        let body = json!({ "schema": "tenant_work/1", "running": running, "day": 0, "used_on_day": 0 });
        assert!(body.to_string().len() < ports::table::RECORD_BYTES_MAX / 4);
        let key = Key::new("tenant#work", "work");
        let put = Change::Put { key, condition: Condition::Absent, expires_at: None, body };
        machine.calm.table.write("test", vec![put]).await.unwrap();
        let says = ["SWEEPS_AT_ONCE_MAX", &SWEEPS_AT_ONCE_MAX.to_string(), "wait_for_completion"];
        refused(start(&machine, &built).await, "limit_exceeded", &says);
    });
}

#[test]
fn work_is_reserved_exactly_while_a_sweep_runs() {
    for cancelled_after in [None, Some(0), Some(2), Some(7)] {
        run(async {
            let mut machine = Machine::demo();
            let client = machine.client("tenant");
            let built = client.built(&mut machine).await;
            let id = start(&machine, &built).await.unwrap();
            let mut steps = 0;
            while check_reservations(&machine, "tenant").await > 0 {
                if cancelled_after == Some(steps) {
                    client.cancel(&built.session, sweep_of(&id)).await.unwrap();
                }
                let queue = [QueueName::Steps, QueueName::Units][steps % 2];
                machine.step(queue).await;
                steps += 1;
                assert!(steps < 100);
            }
            let view = client.get_sweep(&built.session, &id, 1, None).await.unwrap().batch;
            let evaluated = view.completed_count + view.failed_count;
            // What a cancelled sweep never evaluated is not counted for the day.
            assert_eq!(work(&machine, "tenant").await["used_on_day"], evaluated * MINUTES, "{view:?}");
            machine.drain().await;
            crate::invariants::check_rest(&machine, "tenant").await;
        });
    }
}

#[test]
fn sweeps_started_at_once_are_all_counted() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let mut waiting = Vec::new();
        for _ in 0..6 {
            let built = client.built(&mut machine).await;
            let id = client.set_up(&built.session, &built.artifact, &six()).await.unwrap().optimization_id;
            waiting.push((built, id));
        }
        machine.faults.set_rates(FaultRates { interleave: 1000, ..Default::default() });
        // Each of them twice, as an impatient client does.
        let calls = waiting.iter().chain(&waiting);
        let runs = join_all(calls.map(|(built, id)| client.run(&built.session, &built.artifact, id))).await;
        assert!(runs.iter().all(Result::is_ok), "{runs:?}");
        assert_eq!(check_reservations(&machine, "tenant").await, 6);
        assert_eq!(work(&machine, "tenant").await["used_on_day"], 36 * MINUTES);
        machine.drain().await;
        crate::invariants::check_rest(&machine, "tenant").await;
    });
}

#[test]
fn the_day_begins_at_midnight_and_never_goes_back() {
    const DAY_US: i64 = 86_400_000_000;
    let limits = WorkLimits::new(None, None, Some(10));
    let session = SessionId::new(0, &[0; 20]);
    let id = |number: u8| OptimizationId::new(0, &[number; 20]);
    let mut work = TenantWork::default();
    let mut reserve = |number: u8, asked: u64, at_us: i64| {
        work.reserve(&id(number), (&session, asked), at_us, &limits).map(|()| work.used_on_day)
    };
    let day = 20_000 * DAY_US;
    let cases = [
        (1, 6, day + DAY_US - 1, Ok(6)),
        (2, 5, day + DAY_US - 1, Err(Excess::WorkPerDay(6, day + DAY_US))),
        (3, 5, day + DAY_US, Ok(5)),
        // A clock that is a second behind counts to the later day.
        (4, 5, day + DAY_US - 1_000_000, Ok(10)),
        (5, 1, day + DAY_US - 1_000_000, Err(Excess::WorkPerDay(10, day + 2 * DAY_US))),
        (6, u64::MAX, day + 5 * DAY_US, Err(Excess::WorkAtOnce(16))),
    ];
    for (number, asked, at_us, expected) in cases {
        assert_eq!(reserve(number, asked, at_us), expected, "sweep {number}");
    }
    assert!(work.release(&id(1), 6) && !work.release(&id(1), 6));
    assert_eq!(work.used_on_day, 10, "yesterday's work is not taken off today");
    assert!(work.release(&id(3), 99));
    assert_eq!((work.used_on_day, work.at_once()), (5, 5));
}
