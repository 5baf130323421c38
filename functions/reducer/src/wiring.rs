//! The AWS adapters put together for steps of sweeps and dead letters; bars stay warm for the next holdout.

use app::study_cache::StudyCache;
use app::work::WorkHandler;
use app::{Bench, Desk, Settings, WorkLimits};
use aws::{Clients, Counters, QueueUrls};
use boot::config::StackConfig;
use boot::machine::{SystemClock, SystemIds};
use lake::{LakeBars, LakeRanker};
use ports::PortError;
use ports::queue::QueueName;
use results::{BlobCatalog, ParquetResults, instruments};
use std::sync::Arc;

/// The queues this function is for.
const QUEUES: [QueueName; 2] = [QueueName::Steps, QueueName::DeadLetters];

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(stack: &StackConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let clients = Clients::from_env().await;
    let bars = LakeBars::with_warm_bytes(clients.object_store(&stack.lake_bucket)?, stack.warm_bytes());
    let bench = Bench {
        desk: desk(&clients, stack).await?,
        bars: Arc::new(bars),
        ranker: Arc::new(LakeRanker::new(clients.object_store(&stack.results_bucket)?)),
        studies: Arc::new(StudyCache::with_bytes_max(stack.warm_bytes())),
    };
    Ok((WorkHandler::of_queues(bench, &QUEUES), clients.counters()))
}

async fn desk(clients: &Clients, stack: &StackConfig) -> Result<Desk, PortError> {
    let (lake, results) = (clients.blobs(&stack.lake_bucket), clients.blobs(&stack.results_bucket));
    let instruments = instruments(lake.as_ref()).await?;
    Ok(Desk {
        table: clients.table(&stack.table_name),
        queue: clients.queue(queue_urls(stack)),
        catalog: Arc::new(BlobCatalog::new(lake)),
        results: Arc::new(ParquetResults::new(results.clone())),
        blobs: results,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        instruments: Arc::new(instruments),
        settings: Arc::new(Settings {
            app_url: String::new(),
            threads: stack.threads(),
            limits: WorkLimits::default(),
        }),
    })
}

fn queue_urls(stack: &StackConfig) -> QueueUrls {
    let boot::config::QueueUrls { builds, backtests, steps, units, dead_letters } = stack.queues.clone();
    QueueUrls { builds, backtests, steps, units, dead_letters }
}
