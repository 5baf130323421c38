//! A lake in a temporary folder, seen through a probe, a blob port and the adapters under test.

use crate::probe::ProbedStore;
use crate::series::description;
use crate::store_blobs::StoreBlobs;
use domain::series::{Adjustment, SeriesManifest};
use lake::{LakeBars, LakeRanker, ObjectStore, WriteError, Written, local_store, write_series};
use market::BarSeries;
use ports::bars::Bars;
use results::{BlobCatalog, ParquetResults};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs a test's future on two threads.
pub fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future);
}

static FOLDERS: AtomicU64 = AtomicU64::new(0);

/// Everything over one folder, which is removed at the end.
pub struct Lake {
    pub folder: PathBuf,
    pub store: Arc<ProbedStore>,
    pub bars: LakeBars,
    pub ranker: LakeRanker,
    pub catalog: BlobCatalog,
    pub results: ParquetResults,
}

impl Lake {
    pub fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("barlake-lake-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let store = Arc::new(ProbedStore::new(local_store(&folder).unwrap()));
        let shared: Arc<dyn ObjectStore> = store.clone();
        let blobs = Arc::new(StoreBlobs::new(local_store(&folder).unwrap()));
        Self {
            bars: LakeBars::new(shared.clone()),
            ranker: LakeRanker::new(shared),
            catalog: BlobCatalog::new(blobs.clone()),
            results: ParquetResults::new(blobs),
            folder,
            store,
        }
    }

    pub async fn try_write(&self, series: &BarSeries) -> Result<Written, WriteError> {
        let adjustment = if series.offset.is_empty() { Adjustment::None } else { Adjustment::DifferenceOffset };
        write_series(self.store.as_ref(), series, description(adjustment)).await
    }

    pub async fn write(&self, series: &BarSeries) -> SeriesManifest {
        self.try_write(series).await.unwrap().manifest().clone()
    }

    pub async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Arc<BarSeries> {
        self.bars.load(manifest, from_us, to_us).await.unwrap()
    }

    /// The file of an object.
    pub fn file(&self, key: &str) -> PathBuf {
        self.folder.join(key)
    }
}

impl Drop for Lake {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
