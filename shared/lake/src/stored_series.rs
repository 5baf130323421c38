//! The current series of a store, whole: what an import is merged over.
//!
//! Not the bars port: nothing is kept warm, and a manifest that cannot be read is damage, not absence.

use crate::bars::LakeBars;
use crate::pointer::{Replace, Writers, read_pointer};
use domain::series::{SERIES_SCHEMA_VERSION, SeriesManifest, current_manifest_key};
use market::{BarSeries, Resolution};
use object_store::ObjectStore;
use ports::PortError;
use ports::bars::Bars;
use std::sync::Arc;

/// The current manifest of a series, `None` when nothing is stored, and when it may be replaced.
pub(crate) async fn stored_manifest(
    store: &dyn ObjectStore,
    symbol: &str,
    resolution: Resolution,
    writers: Writers,
) -> Result<(Option<SeriesManifest>, Replace), PortError> {
    let key = current_manifest_key(symbol, resolution);
    let (bytes, replace) = read_pointer(store, &key, writers).await?;
    let Some(bytes) = bytes else { return Ok((None, replace)) };
    let manifest: SeriesManifest =
        serde_json::from_slice(&bytes).map_err(|error| PortError::Corrupt(format!("{key}: {error}")))?;
    if manifest.schema_version == SERIES_SCHEMA_VERSION {
        Ok((Some(manifest), replace))
    } else {
        Err(PortError::Corrupt(format!("{key}: unknown manifest version {}", manifest.schema_version)))
    }
}

/// Every bar of a snapshot.
pub(crate) async fn stored_bars(
    store: &Arc<dyn ObjectStore>,
    manifest: &SeriesManifest,
) -> Result<BarSeries, PortError> {
    let bars = LakeBars::with_warm_bytes(Arc::clone(store), 0);
    let series = bars.load(manifest, i64::MIN, i64::MAX).await?;
    Ok(Arc::unwrap_or_clone(series))
}
