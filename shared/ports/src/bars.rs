//! The data ports: which series exist, and their bars.

use crate::PortError;
use async_trait::async_trait;
use domain::series::SeriesManifest;
use market::{BarSeries, Resolution};
use std::sync::Arc;

/// Which series exist: small objects, no bars are read.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// The current manifest of every series, by symbol then resolution.
    async fn list(&self) -> Result<Vec<SeriesManifest>, PortError>;

    /// The current manifest of a symbol's finest series at or above `resolution`.
    async fn current(&self, symbol: &str, resolution: Option<Resolution>) -> Result<Option<SeriesManifest>, PortError>;

    /// The manifest of a snapshot, current or not.
    async fn snapshot(
        &self,
        symbol: &str,
        resolution: Resolution,
        snapshot_id: &str,
    ) -> Result<Option<SeriesManifest>, PortError>;
}

/// Bars of a pinned snapshot.
#[async_trait]
pub trait Bars: Send + Sync {
    /// The bars with `from_us <= ts < to_us`, ascending. Kept warm between calls, bounded in bytes.
    async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError>;
}
