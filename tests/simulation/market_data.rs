//! Bars and rankings of the real lake, computed aside and remembered by content.
//!
//! The query engine schedules its own tasks; here it runs to its end while the simulated world stands still, so that it
//! cannot change the order of anything, and the same question is asked only once per process.

use crate::demo::Market;
use bytes::Bytes;
use domain::series::SeriesManifest;
use domain::sweep::{RankOrder, RankedTable};
use lake::LakeRanker;
use market::BarSeries;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use ports::PortError;
use ports::blobs::Blobs;
use ports::results::Ranker;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

type Window = (String, i64, i64);

/// The data of every simulated world.
pub struct MarketData {
    pub market: Market,
    windows: Mutex<BTreeMap<Window, Arc<BarSeries>>>,
    rankings: Mutex<BTreeMap<[u8; 32], RankedTable>>,
}

/// Runs a future to its end on another thread, while everything here stands still.
fn aside<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
        scope.spawn(run).join().unwrap()
    })
}

impl MarketData {
    /// The data, written through the lake once per process.
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<MarketData>> = OnceLock::new();
        let make = || Arc::new(Self { market: Market::demo(), windows: Mutex::default(), rankings: Mutex::default() });
        Arc::clone(SHARED.get_or_init(make))
    }

    pub async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError> {
        let window = (manifest.snapshot_id.clone(), from_us, to_us);
        if let Some(bars) = self.windows.lock().unwrap().get(&window) {
            return Ok(Arc::clone(bars));
        }
        let bars = aside(self.market.bars.load(manifest, from_us, to_us))?;
        self.windows.lock().unwrap().insert(window, Arc::clone(&bars));
        Ok(bars)
    }

    pub async fn rank(&self, blobs: &dyn Blobs, keys: &[String], order: &RankOrder) -> Result<RankedTable, PortError> {
        let mut digest = Sha256::new();
        digest.update(serde_json::to_vec(order).unwrap());
        let mut objects: Vec<(&String, Bytes)> = Vec::new();
        for key in keys {
            let missing = || PortError::Unavailable(format!("{key} is not there"));
            let bytes = blobs.get(key).await?.ok_or_else(missing)?;
            digest.update(&bytes);
            objects.push((key, bytes));
        }
        let digest: [u8; 32] = digest.finalize().into();
        if let Some(ranked) = self.rankings.lock().unwrap().get(&digest) {
            return Ok(ranked.clone());
        }
        let ranked = aside(async {
            let store = InMemory::new();
            for (key, bytes) in objects {
                store.put(&Path::parse(key).unwrap(), bytes.into()).await.unwrap();
            }
            let store: Arc<dyn ObjectStore> = Arc::new(store);
            LakeRanker::new(store).rank(keys, order).await
        })?;
        self.rankings.lock().unwrap().insert(digest, ranked.clone());
        Ok(ranked)
    }
}
