//! The AWS adapters put together for strategy builds, which read no bars.

use app::work::WorkHandler;
use app::{Desk, Settings, WorkLimits};
use aws::{Clients, Counters, QueueUrls};
use boot::config::StackConfig;
use boot::machine::{SystemClock, SystemIds};
use ports::PortError;
use results::{BlobCatalog, ParquetResults, instruments};
use std::sync::Arc;

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(stack: &StackConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let clients = Clients::from_env().await;
    Ok((WorkHandler::of_builds(desk(&clients, stack).await?), clients.counters()))
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
