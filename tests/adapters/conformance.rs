//! Every embedded adapter passes the suite, on file and in memory, also through a fault layer without faults, and twice
//! over the same store.

use crate::support::{TemporaryFolder, Tested, run, store};
use embedded::{FolderBlobs, MemoryBlobs};
use ports::blobs::Blobs;
use ports::conformance;
use ports::faults::{FaultRates, Faults};
use ports::table::Table;
use std::sync::Arc;

async fn check_table(table: Arc<dyn Table>) {
    conformance::table(table.as_ref()).await;
    conformance::table(Faults::new(1, FaultRates::default()).table(table).as_ref()).await;
}

async fn check_blobs(blobs: Arc<dyn Blobs>) {
    conformance::blobs(blobs.as_ref()).await;
    conformance::blobs(Faults::new(1, FaultRates::default()).blobs(blobs).as_ref()).await;
}

#[test]
fn table_in_a_file() {
    let folder = TemporaryFolder::new();
    run(check_table(store(Some(&folder)).0.table()));
}

#[test]
fn table_in_memory() {
    run(check_table(store(None).0.table()));
}

#[test]
fn queue_in_a_file() {
    let folder = TemporaryFolder::new();
    let (store, clock) = store(Some(&folder));
    run(async {
        let tested = Tested { queue: store.queue(), clock };
        conformance::queue(&tested).await;
        conformance::queue(&tested).await;
    });
}

#[test]
fn queue_in_memory() {
    let (store, clock) = store(None);
    run(async { conformance::queue(&Tested { queue: store.queue(), clock }).await });
}

#[test]
fn blobs_in_a_folder() {
    let folder = TemporaryFolder::new();
    run(check_blobs(Arc::new(FolderBlobs::open(folder.path()).unwrap())));
}

#[test]
fn blobs_in_memory() {
    run(check_blobs(Arc::new(MemoryBlobs::default())));
}
