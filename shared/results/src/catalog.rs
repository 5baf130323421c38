//! The catalogue: the current manifest of every series, one small JSON object each, and the manifests of snapshots.
//!
//! It reads what the lake's writer publishes and never a bar.

use crate::stored_table::corrupt;
use async_trait::async_trait;
use bytes::Bytes;
use domain::series::{
    CATALOG_PREFIX, SERIES_SCHEMA_VERSION, SeriesManifest, current_manifest_key, is_series_symbol,
    parse_current_manifest_key, snapshot_manifest_key,
};
use market::{Catalogue, Resolution, Scale};
use ports::PortError;
use ports::bars::Catalog;
use ports::blobs::Blobs;
use std::sync::Arc;

/// Series a catalogue holds at most; every answer about data walks them.
pub const SERIES_MAX: usize = 10_000;

/// Keys asked for at a time.
const LIST_PAGE_KEYS: usize = 1_000;

/// Hexadecimal digits of a snapshot id (SHA-256).
const SNAPSHOT_ID_DIGITS: usize = 64;

/// Key of the operator's instruments beside the series.
pub const INSTRUMENTS_KEY: &str = "instruments.json";

/// The instruments of a lake: the built-in ones, and the operator's (`instruments.json`, if there is one) merged over them.
///
/// # Errors
/// The blob store's; [`PortError::Corrupt`] for instruments that are none.
pub async fn instruments(lake: &dyn Blobs) -> Result<Catalogue, PortError> {
    let Some(bytes) = lake.get(INSTRUMENTS_KEY).await? else { return Ok(Catalogue::builtin()) };
    let refused = |why: String| PortError::Corrupt(format!("{INSTRUMENTS_KEY}: {why}"));
    let text = std::str::from_utf8(&bytes).map_err(|error| refused(error.to_string()))?;
    Catalogue::builtin().merged(text).map_err(|error| refused(error.to_string()))
}

/// The catalogue over any blob store.
pub struct BlobCatalog {
    blobs: Arc<dyn Blobs>,
}

impl BlobCatalog {
    /// The catalogue kept in `blobs`.
    #[must_use]
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }

    /// Every series whose current manifest's key starts with `prefix`, ascending by symbol, then resolution.
    async fn series(&self, prefix: &str) -> Result<Vec<(String, Resolution)>, PortError> {
        let mut series = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let keys = self.blobs.list(prefix, after.as_deref(), LIST_PAGE_KEYS).await?;
            let named = keys.iter().filter_map(|key| parse_current_manifest_key(key));
            series.extend(named.map(|(symbol, resolution)| (symbol.to_owned(), resolution)));
            if series.len() > SERIES_MAX {
                return Err(PortError::TooLarge(format!("the catalogue holds more than {SERIES_MAX} series")));
            }
            after = match keys.last() {
                Some(last) if keys.len() == LIST_PAGE_KEYS => Some(last.clone()),
                Some(_) | None => break,
            };
        }
        series.sort();
        Ok(series)
    }

    async fn manifest(&self, key: &str) -> Result<Option<SeriesManifest>, PortError> {
        let bytes = self.blobs.get(key).await?;
        bytes.map(|bytes| parse_manifest(key, &bytes)).transpose()
    }
}

#[async_trait]
impl Catalog for BlobCatalog {
    async fn list(&self) -> Result<Vec<SeriesManifest>, PortError> {
        let mut manifests = Vec::new();
        for (symbol, resolution) in self.series(CATALOG_PREFIX).await? {
            manifests.extend(self.manifest(&current_manifest_key(&symbol, resolution)).await?);
        }
        Ok(manifests)
    }

    async fn current(&self, symbol: &str, resolution: Option<Resolution>) -> Result<Option<SeriesManifest>, PortError> {
        if !is_series_symbol(symbol) {
            return Ok(None);
        }
        // The prefix of `BTC` also starts keys of `BTC-USD`: only the exact symbol counts.
        let series = self.series(&format!("{CATALOG_PREFIX}{symbol}-")).await?;
        let finest = series
            .into_iter()
            .filter(|(found, minutes)| found == symbol && resolution.is_none_or(|least| *minutes >= least))
            .min();
        match finest {
            Some((symbol, resolution)) => self.manifest(&current_manifest_key(&symbol, resolution)).await,
            None => Ok(None),
        }
    }

    async fn snapshot(
        &self,
        symbol: &str,
        resolution: Resolution,
        snapshot_id: &str,
    ) -> Result<Option<SeriesManifest>, PortError> {
        let is_digest = snapshot_id.len() == SNAPSHOT_ID_DIGITS && snapshot_id.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_series_symbol(symbol) || !is_digest {
            return Ok(None);
        }
        self.manifest(&snapshot_manifest_key(symbol, resolution, snapshot_id)).await
    }
}

fn parse_manifest(key: &str, bytes: &Bytes) -> Result<SeriesManifest, PortError> {
    let manifest: SeriesManifest = serde_json::from_slice(bytes).map_err(|error| corrupt(key, &error))?;
    if manifest.schema_version != SERIES_SCHEMA_VERSION {
        return Err(corrupt(key, &format!("unknown manifest version {}", manifest.schema_version)));
    }
    for scale in [manifest.price_scale, manifest.volume_scale] {
        if Scale::new(scale.places()).is_none() {
            return Err(corrupt(key, &format!("more than {} decimal places", Scale::MAX_PLACES)));
        }
    }
    Ok(manifest)
}
