//! The embedded adapters put together: one desk, one bench, one dispatcher.

use crate::data_folder::DataFolder;
use app::work::WorkHandler;
use app::{Bench, Desk, Settings, WorkLimits};
use boot::machine::{SystemClock, SystemIds};
use drafter::Drafting;
use embedded::{DispatchEvent, Dispatcher, FolderBlobs, Lane, QueueSettings, Store, StoreError};
use lake::{LakeBars, LakeRanker};
use market::Catalogue;
use ports::queue::{Handler, QueueName};
use results::{BlobCatalog, ParquetResults};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Pause between two removals of expired records.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// Everything of one machine.
pub(crate) struct Machine {
    /// What requests use.
    pub(crate) desk: Desk,
    /// What message handlers use.
    pub(crate) bench: Bench,
    store: Store,
}

/// Reads the instruments, the operator's file merged over the built-in ones.
pub(crate) fn instruments(folder: &DataFolder, file: Option<&Path>) -> Result<Catalogue, String> {
    let own = folder.instruments();
    let path = match file {
        Some(path) => path,
        None if own.exists() => &own,
        None => return Ok(Catalogue::builtin()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Catalogue::builtin().merged(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Why the machine could not be put together.
pub(crate) enum OpenFailure {
    /// Another process has the store open.
    Busy(String),
    /// Anything else.
    Broken(String),
}

impl From<OpenFailure> for String {
    fn from(failure: OpenFailure) -> Self {
        match failure {
            OpenFailure::Busy(why) | OpenFailure::Broken(why) => why,
        }
    }
}

/// Settings of a command that only looks at records, or has others do the work.
pub(crate) fn quiet_settings() -> Settings {
    Settings { app_url: String::new(), threads: 1, limits: WorkLimits::default() }
}

/// Opens the store and puts everything together.
pub(crate) fn open(folder: &DataFolder, instruments: Catalogue, settings: Settings) -> Result<Machine, OpenFailure> {
    let clock = Arc::new(SystemClock);
    let store = Store::open(&folder.store(), clock.clone()).map_err(|error| match error {
        StoreError::InUse { .. } => OpenFailure::Busy(error.to_string()),
        StoreError::Unusable { .. } | StoreError::Layout { .. } => OpenFailure::Broken(error.to_string()),
    })?;
    let broken = |error: ports::PortError| OpenFailure::Broken(error.to_string());
    let blobs = Arc::new(FolderBlobs::open(&folder.objects()).map_err(broken)?);
    let objects = lake::local_store(&folder.objects()).map_err(broken)?;
    let desk = Desk {
        table: store.table(),
        queue: store.queue(),
        blobs: blobs.clone(),
        catalog: Arc::new(BlobCatalog::new(blobs.clone())),
        results: Arc::new(ParquetResults::new(blobs)),
        clock,
        ids: Arc::new(SystemIds),
        instruments: Arc::new(instruments),
        settings: Arc::new(settings),
    };
    let bench = Bench {
        desk: desk.clone(),
        bars: Arc::new(LakeBars::new(objects.clone())),
        ranker: Arc::new(LakeRanker::new(objects)),
        studies: Arc::default(),
    };
    Ok(Machine { desk, bench, store })
}

/// How each queue is handled here: a slice uses every core, so one at a time.
fn lanes(handler: &Arc<dyn Handler>) -> Vec<Lane> {
    let lane = |queue, batch_size, concurrency, visibility_seconds| Lane {
        queue,
        settings: QueueSettings { batch_size, concurrency, visibility_seconds },
        handler: Arc::clone(handler),
    };
    vec![
        lane(QueueName::Builds, 5, 2, 60),
        lane(QueueName::Backtests, 1, 2, 600),
        lane(QueueName::Steps, 5, 2, 300),
        lane(QueueName::Units, 1, 1, 600),
        lane(QueueName::DeadLetters, 5, 1, 60),
    ]
}

impl Machine {
    /// Starts handling messages.
    pub(crate) fn dispatch(&self) -> Dispatcher {
        let handler: Arc<dyn Handler> = Arc::new(WorkHandler::new(self.bench.clone(), Arc::new(Drafting::grammar())));
        let observer = Arc::new(|event: DispatchEvent| tracing::warn!(?event, "dispatch"));
        Dispatcher::start(&self.store.queue(), lanes(&handler), observer)
    }

    /// Removes expired records now and then; readers never show them either way.
    pub(crate) fn purge(&self) -> JoinHandle<()> {
        let (table, clock) = (self.store.table(), Arc::clone(&self.desk.clock));
        tokio::spawn(async move {
            loop {
                if let Err(error) = table.purge_expired(clock.now_us() / 1_000_000).await {
                    tracing::warn!(error = %error, "expired records were not removed");
                }
                tokio::time::sleep(PURGE_EVERY).await;
            }
        })
    }
}
