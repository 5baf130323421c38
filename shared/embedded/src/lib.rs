//! The ports on one machine: table and queue in one redb file (or in memory), blobs in a folder (or in memory), and
//! the dispatcher that runs handlers over the queue.
//!
//! These adapters are also the fakes of every test. Nothing of the service's meaning is decided here.

mod clock;
mod dispatcher;
mod folder_blobs;
mod memory_blobs;
mod messages;
mod queue;
mod schema;
mod store;
mod table;
mod writer;

pub use clock::TimerClock;
pub use dispatcher::{DispatchEvent, Dispatcher, Lane, Observer, QueueSettings};
pub use folder_blobs::FolderBlobs;
pub use memory_blobs::MemoryBlobs;
pub use messages::DEAD_LETTER_KEEP_SECONDS;
pub use queue::{EmbeddedQueue, RECEIVE_MESSAGES_MAX};
pub use store::{Store, StoreError};
pub use table::EmbeddedTable;
