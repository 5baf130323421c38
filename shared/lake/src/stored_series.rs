//! The current series of a store, whole: what an import is merged over.
//!
//! Not the bars port: nothing is kept warm, and a manifest that cannot be read is damage, not absence.

use crate::bars::LakeBars;
use crate::failure::{object_path, store_failure};
use domain::series::{SERIES_SCHEMA_VERSION, SeriesManifest, current_manifest_key};
use market::{BarSeries, Resolution};
use object_store::{ObjectStore, ObjectStoreExt};
use ports::PortError;
use ports::bars::Bars;
use std::sync::Arc;

/// The current manifest of a series; `None` when nothing is stored.
pub(crate) async fn stored_manifest(
    store: &dyn ObjectStore,
    symbol: &str,
    resolution: Resolution,
) -> Result<Option<SeriesManifest>, PortError> {
    let key = current_manifest_key(symbol, resolution);
    let bytes = match store.get(&object_path(&key)?).await {
        Ok(found) => found.bytes().await.map_err(|error| store_failure(&key, &error))?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(store_failure(&key, &error)),
    };
    let manifest: SeriesManifest =
        serde_json::from_slice(&bytes).map_err(|error| PortError::Corrupt(format!("{key}: {error}")))?;
    if manifest.schema_version == SERIES_SCHEMA_VERSION {
        Ok(Some(manifest))
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
