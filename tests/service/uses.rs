//! What each function asks of AWS in a life of the service is what `tests/infra/uses.json` says, which its role grants.

use crate::client::{Client, operation, sweep_of};
use crate::demo::{axis, cross_request, sweep};
use crate::harness::{Machine, VISIBILITY_SECONDS, caller, drafter, message, run};
use crate::recorder::{Noted, Notes, Use};
use crate::store_blobs::StoreBlobs;
use app::backtest::{self, Include, Run};
use app::optimization::SetUp;
use app::work::WorkHandler;
use app::{Bench, Desk, instrument};
use domain::ids::OptimizationId;
use domain::limits::WATCH_DELAY_SECONDS;
use ports::blobs::Blobs;
use ports::message::Work;
use ports::queue::{Deadline, Handler, QueueName};
use ports::results::Ranker;
use results::{BlobCatalog, ParquetResults};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the platform asks for, not the code: polling queues, writing logs, tracing.
const PLATFORMS: [&str; 7] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
];

/// The four functions over one machine's adapters, each with notes of its own.
struct Functions {
    machine: Machine,
    notes: BTreeMap<&'static str, Notes>,
    client: Client,
    builder: WorkHandler,
    worker: WorkHandler,
    reducer: WorkHandler,
}

/// A function's desk, as its `wiring.rs` makes it.
async fn desk(machine: &Machine, notes: &Notes) -> Desk {
    let calm = &machine.calm;
    let series: Arc<dyn Blobs> = Arc::new(StoreBlobs::new(machine.options.market.objects.clone()));
    let lake: Arc<dyn Blobs> = Arc::new(Noted { notes: notes.clone(), place: "LakeBucket", inner: series });
    let blobs: Arc<dyn Blobs> =
        Arc::new(Noted { notes: notes.clone(), place: "ResultsBucket", inner: calm.blobs.clone() });
    Desk {
        table: Arc::new(Noted { notes: notes.clone(), place: "", inner: calm.table.clone() }),
        queue: Arc::new(Noted { notes: notes.clone(), place: "", inner: calm.queue.clone() }),
        instruments: Arc::new(results::instruments(lake.as_ref()).await.unwrap()),
        catalog: Arc::new(BlobCatalog::new(lake)),
        results: Arc::new(ParquetResults::new(blobs.clone())),
        blobs,
        ..calm.clone()
    }
}

async fn bench(machine: &Machine, notes: &Notes) -> Bench {
    let ranker: Arc<dyn Ranker> = machine.bench.ranker.clone();
    let bars = machine.bench.bars.clone();
    Bench {
        desk: desk(machine, notes).await,
        bars: Arc::new(Noted { notes: notes.clone(), place: "LakeBucket", inner: bars }),
        ranker: Arc::new(Noted { notes: notes.clone(), place: "ResultsBucket", inner: ranker }),
        studies: Arc::default(),
    }
}

impl Functions {
    async fn new() -> Self {
        let machine = Machine::demo();
        let notes: BTreeMap<&'static str, Notes> =
            ["api", "builder", "worker", "reducer"].map(|name| (name, Notes::default())).into();
        let client = Client { desk: desk(&machine, &notes["api"]).await, caller: caller("tenant") };
        let builder = WorkHandler::of_builds(desk(&machine, &notes["builder"]).await, drafter());
        let worker = bench(&machine, &notes["worker"]).await;
        let worker = WorkHandler::of_queues(worker, &[QueueName::Backtests, QueueName::Units]);
        let reducer = bench(&machine, &notes["reducer"]).await;
        let reducer = WorkHandler::of_queues(reducer, &[QueueName::Steps, QueueName::DeadLetters]);
        Self { machine, notes, client, builder, worker, reducer }
    }

    /// Hands what a queue shows to its function; how many messages.
    async fn step(&self, queue: QueueName) -> usize {
        let function = match queue {
            QueueName::Builds => &self.builder,
            QueueName::Backtests | QueueName::Units => &self.worker,
            QueueName::Steps | QueueName::DeadLetters => &self.reducer,
        };
        let queues = self.machine.store.queue();
        let batch = queues.receive(queue, 1, VISIBILITY_SECONDS).await.unwrap();
        let (count, receipts) =
            (batch.len(), batch.iter().map(|delivery| delivery.receipt.clone()).collect::<Vec<_>>());
        if function.handle(batch, Deadline { at_us: i64::MAX }).await.failures.is_empty() {
            queues.acknowledge(queue, &receipts).await.unwrap();
        }
        count
    }

    /// Until no message is left anywhere.
    async fn drain(&self) {
        loop {
            let mut handled = 0;
            for queue in QueueName::ALL {
                handled += self.step(queue).await;
            }
            if handled == 0 && !self.machine.jump().await {
                return;
            }
        }
    }

    /// A build and a backtest whose messages are lost, so that watches send them again.
    async fn built(&self) -> (String, String) {
        let session = self.client.create_session(None).await.unwrap();
        let made = self.client.create(&session, &cross_request()).await.unwrap();
        assert_eq!(self.machine.lose(QueueName::Builds).await, 1);
        self.machine.pass_seconds(u64::from(WATCH_DELAY_SECONDS) + 1).await;
        self.step(QueueName::Steps).await;
        self.step(QueueName::Builds).await;
        assert_eq!(self.machine.lose(QueueName::Backtests).await, 1);
        self.drain().await;
        assert_eq!(self.client.wait(&session, operation(&made.operation_id), 1).await.unwrap().status, "succeeded");
        (session, made.artifact_id)
    }

    /// A sweep with a holdout, one of whose slices ends as a dead letter.
    async fn swept(&self, session: &str, artifact: &str) {
        let axes = vec![axis("fast", 3.0, 6.0, 1.0)];
        let (from, to) = (Some("2024-01-02".to_owned()), Some("2024-01-12".to_owned()));
        let request = SetUp { run: Run { from, to, ..Run::default() }, holdout: 0.25, ..sweep(axes) };
        let id = self.client.set_up(session, artifact, &request).await.unwrap().optimization_id;
        self.client.run(session, artifact, &id).await.unwrap();
        let work = Work::Slice { optimization_id: OptimizationId::parse(&id).unwrap(), slice: 0 };
        let letter = serde_json::to_string(&message("tenant", session, 1, work)).unwrap();
        self.machine.send(QueueName::DeadLetters, letter).await;
        self.step(QueueName::DeadLetters).await;
        self.drain().await;
        let sweep = self.client.get_sweep(session, &id, 10, None).await.unwrap();
        assert_eq!((sweep.batch.status.as_str(), sweep.batch.failed_count), ("completed", 1));
        assert_eq!(self.client.wait(session, sweep_of(&id), 1).await.unwrap().status, "succeeded");
    }

    async fn live(&self) {
        let (session, artifact) = self.built().await;
        instrument::list(&self.client.desk, None, None, None).await.unwrap();
        let started = self.client.backtest(&session, &artifact, &Run::default(), &Map::new()).await.unwrap();
        // A wait that does not end at once holds a lease and gives it back.
        let running = crate::client::backtest_run(&started.backtest_id);
        self.client.wait(&session, running, 1).await.unwrap();
        self.drain().await;
        let names = (None, Some(started.backtest_id.as_str()));
        self.client.get_backtest(&session, names, Include::Trades, None).await.unwrap();
        let (desk, caller) = (&self.client.desk, &self.client.caller);
        let run = (session.as_str(), started.backtest_id.as_str());
        let export = backtest::lent(desk, caller, run, "run-equity.csv", "time,equity".into()).await.unwrap().unwrap();
        assert!(export.starts_with("https://ResultsBucket/results/") && export.ends_with("run-equity.csv"), "{export}");
        self.swept(&session, &artifact).await;
        self.client.list(&session, None).await.unwrap();
        self.client.delete(&session, &artifact, true).await.unwrap();
        // A message of a version to come is put off by whoever receives it.
        for queue in QueueName::ALL {
            self.machine.send(queue, "{\"version\":99}".to_owned()).await;
            self.step(queue).await;
        }
    }
}

fn written_down() -> BTreeMap<String, BTreeSet<Use>> {
    let text = std::fs::read_to_string(tests::repository().join("tests/infra/uses.json")).unwrap();
    let all: BTreeMap<String, Vec<Value>> = serde_json::from_str(&text).unwrap();
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let uses = |entries: Vec<Value>| {
        let uses = entries.iter().map(|entry| (word(entry, "action"), word(entry, "resource"), word(entry, "prefix")));
        uses.filter(|(action, _, _)| !PLATFORMS.contains(&action.as_str())).collect()
    };
    all.into_iter().map(|(function, entries)| (function, uses(entries))).collect()
}

#[test]
fn functions_use_what_is_written_down() {
    run(async {
        let functions = Functions::new().await;
        functions.live().await;
        for (function, written) in written_down() {
            let seen = functions.notes[function.as_str()].all();
            let new: Vec<&Use> = seen.difference(&written).collect();
            let gone: Vec<&Use> = written.difference(&seen).collect();
            assert!(new.is_empty() && gone.is_empty(), "{function}: not written down {new:#?}, not seen {gone:#?}");
        }
    });
}
