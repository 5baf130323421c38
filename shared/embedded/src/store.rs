//! One redb file with the table and the queue of a local Barlake, or the same in memory.
//!
//! It opens and wires; what the table and the queue mean is in their own files.

use crate::queue::EmbeddedQueue;
use crate::schema::{COUNTER_LAYOUT, LAYOUT_VERSION, Tables, translate};
use crate::table::EmbeddedTable;
use crate::writer::Writer;
use ports::PortError;
use ports::clock::Clock;
use redb::backends::InMemoryBackend;
use redb::{Database, DatabaseError};
use std::path::Path;
use std::sync::Arc;

/// Memory redb may use for cached pages, bytes: the records of a laptop's worth of work, not the bars.
const CACHE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file open.
    #[error("another barlake process uses this data folder ({path}); stop it or choose another folder")]
    InUse {
        /// The file.
        path: String,
    },
    /// The file cannot be created, opened or repaired.
    #[error("cannot open the store {path}: {reason}")]
    Unusable {
        /// The file.
        path: String,
        /// What the storage said.
        reason: String,
    },
    /// The file was written by another version of Barlake.
    #[error(
        "the store {path} has layout version {found}, this barlake reads {LAYOUT_VERSION}; use the barlake that wrote it"
    )]
    Layout {
        /// The file.
        path: String,
        /// Its version.
        found: u64,
    },
}

/// Table and queue over one file. Dropping the store and everything it gave out closes the file.
#[derive(Debug)]
pub struct Store {
    table: Arc<EmbeddedTable>,
    queue: Arc<EmbeddedQueue>,
}

impl Store {
    /// Opens the file, creating it (not its folder) when missing. `clock` decides delays and visibility of messages.
    ///
    /// Deliveries that were in flight when the last process ended are visible again at once: nobody else can hold them.
    ///
    /// # Errors
    /// [`StoreError`]: in use by another process, unusable, or of another layout.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        let database = Database::builder().set_cache_size(CACHE_BYTES_MAX).create(path).map_err(|error| {
            if matches!(error, DatabaseError::DatabaseAlreadyOpen) {
                StoreError::InUse { path: name.clone() }
            } else {
                StoreError::Unusable { path: name.clone(), reason: error.to_string() }
            }
        })?;
        let database = Arc::new(database);
        prepare(&database, &name)?;
        let writer = Writer::threaded(database)
            .map_err(|error| StoreError::Unusable { path: name, reason: error.to_string() })?;
        Ok(Self::over(writer, clock))
    }

    /// A store in memory that works inside the calling task: no threads, so a single-threaded simulation under virtual
    /// time stays deterministic.
    ///
    /// # Errors
    /// [`StoreError::Unusable`], in theory only.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let name = "in memory".to_owned();
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES_MAX)
            .create_with_backend(InMemoryBackend::new())
            .map_err(|error| StoreError::Unusable { path: name.clone(), reason: error.to_string() })?;
        let database = Arc::new(database);
        prepare(&database, &name)?;
        Ok(Self::over(Writer::inline(database), clock))
    }

    fn over(writer: Writer, clock: Arc<dyn Clock>) -> Self {
        let writer = Arc::new(writer);
        Self {
            table: Arc::new(EmbeddedTable::new(Arc::clone(&writer))),
            queue: Arc::new(EmbeddedQueue::new(writer, clock)),
        }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Arc<EmbeddedTable> {
        Arc::clone(&self.table)
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> Arc<EmbeddedQueue> {
        Arc::clone(&self.queue)
    }
}

/// Checks or writes the layout version and puts deliveries of a dead process back.
fn prepare(database: &Database, name: &str) -> Result<(), StoreError> {
    let unusable = |error: PortError| StoreError::Unusable { path: name.to_owned(), reason: error.to_string() };
    let transaction = database.begin_write().map_err(translate).map_err(unusable)?;
    let mut tables = Tables::open(&transaction).map_err(unusable)?;
    match tables.counter(COUNTER_LAYOUT).map_err(unusable)? {
        LAYOUT_VERSION => {}
        0 => {
            tables.count(COUNTER_LAYOUT, LAYOUT_VERSION).map_err(unusable)?;
        }
        found => return Err(StoreError::Layout { path: name.to_owned(), found }),
    }
    crate::messages::restore_in_flight(&mut tables).map_err(unusable)?;
    drop(tables);
    transaction.commit().map_err(translate).map_err(unusable)
}
