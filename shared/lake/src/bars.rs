//! The bars port: windows of pinned snapshots, kept warm.

use crate::cache::WindowCache;
use crate::objects::ObjectSession;
use crate::window::read_window;
use async_trait::async_trait;
use domain::series::SeriesManifest;
use market::BarSeries;
use object_store::ObjectStore;
use ports::PortError;
use ports::bars::Bars;
use std::sync::Arc;

/// Bytes of bars kept warm: ten years of minutes of two symbols, within a worker of two gigabytes.
pub const WARM_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Bars of the lake in an object store.
pub struct LakeBars {
    session: ObjectSession,
    warm: WindowCache,
}

impl LakeBars {
    /// Bars in `store`, keeping [`WARM_BYTES_MAX`] warm.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self::with_warm_bytes(store, WARM_BYTES_MAX)
    }

    /// Bars in `store`, keeping at most `bytes_max` warm; 0 keeps nothing.
    #[must_use]
    pub fn with_warm_bytes(store: Arc<dyn ObjectStore>, bytes_max: usize) -> Self {
        Self { session: ObjectSession::new(store), warm: WindowCache::new(bytes_max) }
    }
}

#[async_trait]
impl Bars for LakeBars {
    async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError> {
        // Windows that differ only beyond the series are the same window.
        let from_us = from_us.max(manifest.first_ts);
        let to_us = to_us.min(manifest.last_ts.saturating_add(1)).max(from_us);
        let key = (manifest.snapshot_id.clone(), from_us, to_us);
        self.warm.get(key, async || read_window(&self.session, manifest, from_us, to_us).await).await
    }
}
