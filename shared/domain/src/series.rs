//! What the lake holds of one symbol at one resolution: an immutable snapshot and its description.

use market::{Instrument, PriceSide, Resolution, Scale};
use serde::{Deserialize, Serialize};

/// Layout version of [`SeriesManifest`] and of the objects it names.
pub const SERIES_SCHEMA_VERSION: u32 = 1;

/// Prefix of the current manifests, one small object per series.
pub const CATALOG_PREFIX: &str = "catalog/";

/// Longest symbol, characters: it is a segment of object keys.
pub const SYMBOL_CHARACTERS_MAX: usize = 32;

/// True when `symbol` can name a series: letters, digits, `.`, `_`, `=` and `-`, starting with a letter or digit.
#[must_use]
pub fn is_series_symbol(symbol: &str) -> bool {
    let starts_well = symbol.starts_with(|first: char| first.is_ascii_alphanumeric());
    starts_well
        && symbol.len() <= SYMBOL_CHARACTERS_MAX
        && symbol.chars().all(|character| character.is_ascii_alphanumeric() || "._=-".contains(character))
}

/// Key of a series' current manifest.
#[must_use]
pub fn current_manifest_key(symbol: &str, resolution: Resolution) -> String {
    format!("{CATALOG_PREFIX}{symbol}-{}m.json", resolution.0)
}

/// The symbol and resolution that [`current_manifest_key`] was made of; `None` for another key.
#[must_use]
pub fn parse_current_manifest_key(key: &str) -> Option<(&str, Resolution)> {
    let (symbol, minutes) = key.strip_prefix(CATALOG_PREFIX)?.strip_suffix("m.json")?.rsplit_once('-')?;
    Some((symbol, Resolution(minutes.parse().ok()?)))
}

/// Key of the manifest of one snapshot.
#[must_use]
pub fn snapshot_manifest_key(symbol: &str, resolution: Resolution, snapshot_id: &str) -> String {
    format!("lake/{symbol}/{}m/snapshots/{snapshot_id}.json", resolution.0)
}

/// Key of a Parquet part, named by the digest of its bytes.
#[must_use]
pub fn series_part_key(symbol: &str, resolution: Resolution, digest: &str) -> String {
    format!("lake/{symbol}/{}m/parts/{digest}.parquet", resolution.0)
}

/// How a series was made continuous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// As traded.
    None,
    /// Raw prices plus a cumulative difference offset (continuous futures).
    DifferenceOffset,
}

/// One immutable Parquet object of a snapshot; parts are ascending and do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPart {
    /// Blob key of the object.
    pub key: String,
    /// Open time of the first bar, microseconds UTC.
    pub first_ts: i64,
    /// Open time of the last bar, microseconds UTC.
    pub last_ts: i64,
    /// Bars.
    pub rows: u64,
    /// Size of the object, so that it is read without asking for its size first.
    pub bytes: u64,
    /// SHA-256 of the object, hex.
    pub digest: String,
    /// Checksums of the object's blocks, so that a read of a few of them is checked too.
    pub block_checksums: String,
}

/// A recorded roll of a continuous series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesRoll {
    /// First instant of the new contract, microseconds UTC.
    pub at_ts: i64,
    /// Contract rolled from, for example `ESZ13`.
    pub from_contract: String,
    /// Contract rolled to.
    pub to_contract: String,
    /// New close minus old close in price-scale counts; `None` when no common minute was found (unmatched).
    pub gap: Option<i64>,
}

/// The manifest of a snapshot. Its `snapshot_id` is a digest of the content: the same bars give the same id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesManifest {
    /// Layout version of this object.
    pub schema_version: u32,
    /// Canonical symbol.
    pub symbol: String,
    /// Length of a bar.
    pub resolution: Resolution,
    /// Digest of the content (columns, scales, side, adjustment), hex.
    pub snapshot_id: String,
    /// Open time of the first bar, microseconds UTC.
    pub first_ts: i64,
    /// Open time of the last bar, microseconds UTC.
    pub last_ts: i64,
    /// Bars.
    pub rows: u64,
    /// Side of the market.
    pub price_side: PriceSide,
    /// Continuous-series method.
    pub adjustment: Adjustment,
    /// Price grid.
    pub price_scale: Scale,
    /// Volume grid.
    pub volume_scale: Scale,
    /// Where it came from, in words (formats, files, conventions).
    pub source: String,
    /// The Parquet objects.
    pub parts: Vec<SeriesPart>,
    /// Recorded rolls.
    #[serde(default)]
    pub rolls: Vec<SeriesRoll>,
    /// Contract terms as resolved when the snapshot was made.
    pub instrument: Instrument,
    /// When it was imported, microseconds UTC.
    pub imported_at: i64,
}
