//! The AWS adapters put together over the resources of one stack, once for the functions and the operator's commands.
//!
//! It composes and decides nothing.

use app::{Desk, Settings, WorkLimits};
use aws::Clients;
use boot::config::StackConfig;
use boot::machine::{SystemClock, SystemIds};
use market::Catalogue;
use ports::PortError;
use results::{BlobCatalog, ParquetResults, instruments};
use std::sync::Arc;

/// A desk over a stack, with settings and instruments that are known already.
#[must_use]
pub fn desk(clients: &Clients, stack: &StackConfig, instruments: Catalogue, settings: Settings) -> Desk {
    let results = clients.blobs(&stack.results_bucket);
    Desk {
        table: clients.table(&stack.table_name),
        queue: clients.queue(stack.queues.clone()),
        catalog: Arc::new(BlobCatalog::new(clients.blobs(&stack.lake_bucket))),
        results: Arc::new(ParquetResults::new(results.clone())),
        blobs: results,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        instruments: Arc::new(instruments),
        settings: Arc::new(settings),
    }
}

/// The desk of a function: the operator's instruments are read from the lake, links are made by whoever answers requests.
///
/// # Errors
/// When the instruments cannot be read.
pub async fn desk_of_function(clients: &Clients, stack: &StackConfig, limits: WorkLimits) -> Result<Desk, PortError> {
    let instruments = instruments(clients.blobs(&stack.lake_bucket).as_ref()).await?;
    let settings = Settings { app_url: String::new(), threads: stack.threads(), limits };
    Ok(desk(clients, stack, instruments, settings))
}

/// The bench of a function: a quarter of its memory keeps bars warm, another quarter studies.
///
/// # Errors
/// When the instruments cannot be read or the lake's store cannot be set up.
#[cfg(feature = "bench")]
pub async fn bench_of_function(clients: &Clients, stack: &StackConfig) -> Result<app::Bench, PortError> {
    let bars = lake::LakeBars::with_warm_bytes(clients.object_store(&stack.lake_bucket)?, stack.warm_bytes());
    Ok(app::Bench {
        desk: desk_of_function(clients, stack, WorkLimits::default()).await?,
        bars: Arc::new(bars),
        ranker: Arc::new(lake::LakeRanker::new(clients.object_store(&stack.results_bucket)?)),
        studies: Arc::new(app::study_cache::StudyCache::with_bytes_max(stack.warm_bytes())),
    })
}
