//! The whole flow under faults: hundreds of seeds, and a crash before and after every single write.
//!
//! Whatever happens, everything ends, the counts add up, and the best result is that of a calm run.

use crate::client::{Client, operation, sweep_of};
use crate::demo::{Market, axis, cross_request, sweep};
use crate::harness::{Machine, Options, run};
use app::artifact::MakeRequest;
use app::{AppError, ErrorKind};
use ports::faults::{CrashPoint, FaultRates, Random};

/// Seeds of rough weather.
const SEEDS: u64 = 200;

/// Seeds that may end with slices that failed five times in a row: rare, and honest when it happens.
const DEGRADED_SEEDS_MAX: u64 = SEEDS / 20;

/// Tries of a caller that does not give up.
const CALLS_MAX: usize = 100;

/// What a flow came to.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    backtest: String,
    status: String,
    counts: [u64; 3],
    best: String,
    ranking: String,
}

/// Repeats a call until it succeeds, as a client told "busy" does.
async fn insist<T>(machine: &mut Machine, call: impl AsyncFn(&Client) -> Result<T, AppError>) -> T {
    for _ in 0..CALLS_MAX {
        match call(&machine.client("tenant")).await {
            Ok(done) => return done,
            Err(error) if error.kind == ErrorKind::Unavailable => {}
            Err(error) => panic!("{error:?}"),
        }
        if machine.faults.is_down() {
            machine.restart();
        }
        machine.pass_seconds(1).await;
    }
    panic!("the service stays busy");
}

/// Handles messages until `done`, as the truth has it.
async fn work_until(machine: &mut Machine, done: impl AsyncFn(&Client) -> bool) {
    for _ in 0..5_000 {
        if done(&machine.calm_client("tenant")).await {
            return;
        }
        let handled = machine.round().await;
        crate::invariants::check_reservations(machine, "tenant").await;
        if machine.faults.is_down() {
            machine.restart();
        } else if !handled {
            assert!(machine.jump().await, "no message is left, and the work has not ended");
        }
    }
    panic!("the work does not end");
}

/// Create, backtest, sweep, best result; then rest.
async fn flow(machine: &mut Machine) -> Outcome {
    let session = insist(machine, async |client| client.create_session(None).await).await;
    let request = MakeRequest { idempotency_key: Some("once".to_owned()), ..cross_request() };
    let made = insist(machine, async |client| client.create(&session, &request).await).await;
    let built = operation(&made.operation_id);
    work_until(machine, async |client| client.wait(&session, built, 0).await.unwrap().status != "timed_out").await;
    let artifact = &made.artifact_id;
    let set_up = sweep(vec![axis("fast", 3.0, 5.0, 1.0), axis("stop", 4.0, 8.0, 4.0)]);
    let configured = insist(machine, async |client| client.set_up(&session, artifact, &set_up).await).await;
    let id = configured.optimization_id;
    insist(machine, async |client| client.run(&session, artifact, &id).await).await;
    work_until(machine, async |client| client.wait(&session, sweep_of(&id), 0).await.unwrap().status != "timed_out")
        .await;
    machine.drain().await;
    assert_eq!(crate::invariants::check_rest(machine, "tenant").await, 1);
    let calm = machine.calm_client("tenant");
    assert_eq!(calm.get_session(&session).await.unwrap().session.strategy_count, 1, "the key made one strategy");
    let strategy = calm.inspect(&session, artifact).await.unwrap().summary;
    let view = calm.get_sweep(&session, &id, 100, None).await.unwrap();
    Outcome {
        backtest: format!("{} {:?}", strategy.backtest_status, strategy.backtest_results),
        status: view.batch.status,
        counts: [view.batch.completed_count, view.batch.failed_count, view.batch.cancelled_count],
        best: view.batch.best_result.to_string(),
        ranking: format!("{:?}", view.ranking),
    }
}

async fn calm_outcome(market: &Market) -> (Outcome, u64) {
    let mut machine = Machine::new(Options { market: market.clone(), ..Options::new() });
    let outcome = flow(&mut machine).await;
    assert_eq!((outcome.status.as_str(), outcome.counts), ("completed", [6, 0, 0]));
    (outcome, machine.faults.writes())
}

/// Prints what a failure needs to be repeated.
struct Named(String);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("FAILED at {}", self.0);
        }
    }
}

#[test]
fn a_crash_at_any_write_loses_and_doubles_nothing() {
    let market = Market::demo();
    let (expected, writes) = run(calm_outcome(&market));
    assert!(writes > 30, "{writes} writes");
    for write in 0..=writes {
        for last_is_answered in [true, false] {
            let named = Named(format!("write {write}, answered {last_is_answered}"));
            let outcome = run(async {
                let mut machine = Machine::new(Options { market: market.clone(), ..Options::new() });
                machine.faults.crash_at(CrashPoint { writes: write, last_is_answered });
                flow(&mut machine).await
            });
            assert_eq!(outcome, expected, "{}", named.0);
        }
    }
}

/// One seed of rough weather, with up to three crashes.
async fn rough(market: &Market, seed: u64, writes: u64) -> Outcome {
    let mut random = Random::new(seed);
    let at_once = if seed.is_multiple_of(2) { 1 } else { 3 };
    let options = Options { seed, rates: FaultRates::ROUGH, at_once, market: market.clone(), ..Options::new() };
    let mut machine = Machine::new(options);
    machine.crashes = (0..random.below(4))
        .map(|_| CrashPoint { writes: 1 + random.below(writes), last_is_answered: random.happens(500) })
        .collect();
    machine.restart();
    flow(&mut machine).await
}

#[test]
fn rough_weather_changes_no_result() {
    let market = Market::demo();
    let (expected, writes) = run(calm_outcome(&market));
    let mut degraded = 0;
    for seed in 0..SEEDS {
        let named = Named(format!("seed {seed}"));
        let outcome = run(rough(&market, seed, writes));
        if outcome.counts == expected.counts && outcome.backtest == expected.backtest {
            assert_eq!(outcome, expected, "{}", named.0);
        } else {
            eprintln!("degraded: seed {seed}: {} {:?}", outcome.status, outcome.counts);
            degraded += 1;
        }
    }
    assert!(degraded <= DEGRADED_SEEDS_MAX, "{degraded} of {SEEDS} seeds lost work to five failures in a row");
}

#[test]
fn cancelling_in_rough_weather_always_ends() {
    let market = Market::demo();
    for seed in 1_000..1_040 {
        let _named = Named(format!("seed {seed}"));
        run(async {
            let options =
                Options { seed, rates: FaultRates::ROUGH, at_once: 2, market: market.clone(), ..Options::new() };
            let mut machine = Machine::new(options);
            machine.faults.set_rates(FaultRates::default());
            let built = machine.client("tenant").built(&mut machine).await;
            let id = machine.client("tenant").started(&built, &sweep(vec![axis("fast", 3.0, 8.0, 1.0)])).await;
            machine.faults.set_rates(FaultRates::ROUGH);
            for _ in 0..Random::new(seed).below(8) {
                machine.round().await;
            }
            insist(&mut machine, async |client| client.cancel(&built.session, sweep_of(&id)).await).await;
            machine.drain().await;
            assert_eq!(crate::invariants::check_rest(&machine, "tenant").await, 1);
        });
    }
}
