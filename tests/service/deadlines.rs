//! Deadlines: nothing is begun without time for it, and what takes too long is given back instead of cut off.

use crate::client::operation;
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, VISIBILITY_SECONDS, drafter, message, run};
use app::study_cache::StudyCache;
use app::work::WorkHandler;
use async_trait::async_trait;
use domain::ids::OptimizationId;
use domain::series::SeriesManifest;
use market::BarSeries;
use ports::PortError;
use ports::bars::Bars;
use ports::message::Work;
use ports::queue::{Deadline, Delivery, Handler, QueueName};
use std::sync::Arc;
use std::time::Duration;

/// Bars that take longer than any handler has.
struct SlowBars(Arc<dyn Bars>);

#[async_trait]
impl Bars for SlowBars {
    async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError> {
        tokio::time::sleep(Duration::from_secs(2 * u64::from(VISIBILITY_SECONDS))).await;
        self.0.load(manifest, from_us, to_us).await
    }
}

/// A message about a sweep that does not exist: done at once.
fn delivery(machine: &Machine, message_id: &str, queue: QueueName, receive_count: u32) -> Delivery {
    let optimization_id = OptimizationId::new(0, &machine.calm.ids.random());
    let session = domain::ids::SessionId::new(0, &machine.calm.ids.random()).to_string();
    let body = serde_json::to_string(&message("tenant", &session, 1, Work::Start { optimization_id })).unwrap();
    let (message_id, receipt) = (message_id.to_owned(), "none".to_owned());
    Delivery { message_id, queue, source: None, body, group: "tenant".to_owned(), receive_count, receipt }
}

/// Which messages of a batch come back when the handler has this much time.
async fn given_back(machine: &Machine, batch: &[(&str, u32)], left_seconds: i64) -> Vec<String> {
    let batch = batch.iter().map(|(id, receives)| delivery(machine, id, QueueName::Steps, *receives)).collect();
    let deadline = Deadline { at_us: machine.calm.now_us() + left_seconds * 1_000_000 };
    let response = WorkHandler::new(machine.bench.clone(), drafter()).handle(batch, deadline).await;
    response.failures.into_iter().map(|failure| failure.message_id).collect()
}

#[test]
fn without_time_only_the_message_with_the_fewest_receives_left_is_begun() {
    run(async {
        let machine = Machine::demo();
        let batch = [("a", 1), ("b", 4), ("c", 2)];
        assert_eq!(given_back(&machine, &batch, 60).await, [""; 0]);
        assert_eq!(given_back(&machine, &batch, 4).await, ["c", "a"]);
        assert_eq!(given_back(&machine, &batch, 0).await, ["b", "c", "a"]);
        assert_eq!(given_back(&machine, &batch, -10).await, ["b", "c", "a"]);
    });
}

#[test]
fn a_backtest_that_takes_too_long_is_given_back_and_ends() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        machine.step(QueueName::Builds).await;
        machine = machine.with_bench(|bench| bench.bars = Arc::new(SlowBars(bench.bars.clone())));
        let started_us = machine.calm.now_us();
        assert_eq!(machine.step(QueueName::Backtests).await, 1);
        let took_us = machine.calm.now_us() - started_us;
        assert!((0..=2_000_000).contains(&(took_us - i64::from(VISIBILITY_SECONDS) * 1_000_000)), "{took_us}");
        machine.drain().await;
        let outcome = client.wait(&session, operation(&made.operation_id), 0).await.unwrap();
        let strategy = outcome.strategy.unwrap();
        assert_eq!((outcome.status.as_str(), strategy.backtest_status.as_str()), ("succeeded", "failed"));
        assert!(strategy.backtest_error.unwrap().contains("timed out"));
    });
}

#[test]
fn a_sweep_whose_slices_take_too_long_ends_and_says_so() {
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        machine = machine.with_bench(|bench| bench.bars = Arc::new(SlowBars(bench.bars.clone())));
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 10, None).await.unwrap();
        assert_eq!((view.batch.status.as_str(), view.batch.failed_count), ("failed", 4));
        let error = view.error.unwrap();
        assert!(error.contains("a slice did not finish in its time; use a shorter window"), "{error}");
    });
}

#[test]
fn a_message_of_another_queue_is_left_for_whoever_handles_it() {
    run(async {
        let machine = Machine::demo();
        let deadline = Deadline { at_us: i64::MAX };
        let builder = WorkHandler::of_builds(machine.calm.clone(), drafter());
        let worker = WorkHandler::of_queues(machine.bench.clone(), &[QueueName::Backtests, QueueName::Units]);
        for (handler, queue, failures) in [
            (&builder, QueueName::Steps, 1),
            // On the right queue, but of a kind that needs bars.
            (&builder, QueueName::Builds, 1),
            (&worker, QueueName::Steps, 1),
            (&worker, QueueName::Units, 0),
        ] {
            let response = handler.handle(vec![delivery(&machine, "m", queue, 1)], deadline).await;
            assert_eq!(response.failures.len(), failures, "{queue:?}");
        }
    });
}

#[test]
fn a_build_needs_no_bars() {
    run(async {
        let machine = Machine::demo();
        let client = machine.client("tenant");
        let session = client.create_session(None).await.unwrap();
        let made = client.create(&session, &cross_request()).await.unwrap();
        let batch = machine.take_all(QueueName::Builds).await;
        let response =
            WorkHandler::of_builds(machine.calm.clone(), drafter()).handle(batch, Deadline { at_us: i64::MAX }).await;
        assert!(response.failures.is_empty());
        let detail = client.inspect(&session, &made.artifact_id).await.unwrap();
        assert_eq!(detail.summary.backtest_status, "running", "{detail:?}");
    });
}

#[test]
fn little_room_for_warm_studies_changes_no_result() {
    run(async {
        let mut rankings = Vec::new();
        for bytes_max in [usize::MAX, 1_000_000, 1] {
            let mut machine =
                Machine::demo().with_bench(|bench| bench.studies = Arc::new(StudyCache::with_bytes_max(bytes_max)));
            let client = machine.client("tenant");
            let built = client.built(&mut machine).await;
            let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 6.0, 1.0)])).await;
            machine.drain().await;
            let view = client.get_sweep(&built.session, &id, 100, None).await.unwrap();
            rankings.push(format!("{:?} {:?}", view.batch.best_result, view.ranking));
        }
        assert!(rankings.iter().all(|ranking| *ranking == rankings[0]), "{rankings:#?}");
    });
}
