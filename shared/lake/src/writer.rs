//! Writing a series into the lake: parts, then the snapshot's manifest, then the pointer to the current one.
//!
//! Interrupted anywhere, the lake still shows the previous snapshot; running it again finishes the work. Merging with
//! bars that are already there happens before, and so does keeping two writers of one series apart.

use crate::failure::{object_path, store_failure, write_failure};
use crate::part::encode_part;
use crate::pointer::{Replace, Writers, read_pointer, replace_pointer};
use crate::snapshot_id::snapshot_id;
use bytes::Bytes;
use datafusion::parquet::errors::ParquetError;
use domain::series::{
    Adjustment, SERIES_SCHEMA_VERSION, SeriesManifest, SeriesPart, SeriesRoll, current_manifest_key, is_series_symbol,
    snapshot_manifest_key,
};
use jiff::{Timestamp, civil, tz::TimeZone};
use market::{BarSeries, Instrument};
use object_store::{ObjectStore, ObjectStoreExt};
use ports::PortError;
use std::ops::Range;

/// Bars of one series, and so of any window: over twenty years of minutes around the clock, over thirty of futures,
/// and under a gigabyte in memory.
pub const SERIES_ROWS_MAX: usize = 12_000_000;

/// What a manifest says beside the bars themselves.
#[derive(Debug, Clone)]
pub struct SeriesDescription {
    /// Continuous-series method; with [`Adjustment::DifferenceOffset`] the series has an `offset` column.
    pub adjustment: Adjustment,
    /// Where it came from, in words.
    pub source: String,
    /// Recorded rolls.
    pub rolls: Vec<SeriesRoll>,
    /// Contract terms as resolved now.
    pub instrument: Instrument,
    /// Now, microseconds UTC.
    pub imported_at: i64,
}

/// What became of a write, with the manifest that is now current.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A snapshot that was not current before.
    Stored(SeriesManifest),
    /// The same bars with other contract terms or rolls: the same snapshot id, described anew.
    Redescribed(SeriesManifest),
    /// The same bars and terms: nothing was written.
    Unchanged(SeriesManifest),
}

impl Written {
    /// The current manifest.
    #[must_use]
    pub const fn manifest(&self) -> &SeriesManifest {
        match self {
            Self::Stored(manifest) | Self::Redescribed(manifest) | Self::Unchanged(manifest) => manifest,
        }
    }
}

/// Why a series was not written; nothing that readers see has changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The symbol cannot be part of an object key.
    #[error(
        "symbol {0:?} cannot name a series: use letters, digits and . _ = - (at most 32, starting with a letter or digit)"
    )]
    Symbol(String),
    /// No bars.
    #[error("the series has no bars")]
    Empty,
    /// More than [`SERIES_ROWS_MAX`] bars.
    #[error("the series has {0} bars, more than the limit of {SERIES_ROWS_MAX}: import it at a coarser resolution")]
    TooManyRows(usize),
    /// A column has another length than `ts`.
    #[error("column {column} has {found} values for {rows} bars")]
    ColumnLength {
        /// The column.
        column: &'static str,
        /// Its values.
        found: usize,
        /// Bars.
        rows: usize,
    },
    /// Bars are not strictly ascending by time.
    #[error("bar {row} is not later than the bar before it")]
    Unordered {
        /// Position of the later bar, from 0.
        row: usize,
    },
    /// A time outside the calendar.
    #[error("bar time {0} µs is outside the years −9999 to 9999")]
    Time(i64),
    /// The adjustment and the `offset` column disagree.
    #[error("a series adjusted by difference needs an offset column, any other has none")]
    Offset,
    /// Encoding failed: a defect.
    #[error("encoding bars: {0}")]
    Encoding(#[from] ParquetError),
    /// Encoding a manifest failed: a defect.
    #[error("encoding a manifest: {0}")]
    Manifest(#[from] serde_json::Error),
    /// Another writer replaced what this one had read.
    #[error(
        "another import into the same series finished while this one ran: what it stored is kept, these bars are not stored yet; import them again"
    )]
    Raced,
    /// The store failed; the same call may succeed later when it is retryable.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Makes `series` the current snapshot of its symbol and resolution. Two writers of one series are kept apart by the caller.
///
/// # Errors
/// [`WriteError`]; the current manifest is then still the previous one.
pub async fn write_series(
    store: &dyn ObjectStore,
    series: &BarSeries,
    description: SeriesDescription,
) -> Result<Written, WriteError> {
    write_over(store, series, description, &Replace::Always).await
}

/// [`write_series`], which replaces the pointer only where `replace` allows it.
pub(crate) async fn write_over(
    store: &dyn ObjectStore,
    series: &BarSeries,
    description: SeriesDescription,
    replace: &Replace,
) -> Result<Written, WriteError> {
    check_series(series, description.adjustment)?;
    let snapshot_id = snapshot_id(series, description.adjustment);
    if let Some(current) = current_manifest(store, series).await?
        && current.snapshot_id == snapshot_id
        && parts_are_present(store, &current.parts).await?
    {
        return redescribe(store, current, description, replace).await;
    }
    let parts = write_parts(store, series, description.adjustment).await?;
    let manifest = manifest(series, description, snapshot_id, parts).ok_or(WriteError::Empty)?;
    publish(store, &manifest, replace).await?;
    Ok(Written::Stored(manifest))
}

async fn redescribe(
    store: &dyn ObjectStore,
    current: SeriesManifest,
    description: SeriesDescription,
    replace: &Replace,
) -> Result<Written, WriteError> {
    if current.instrument == description.instrument && current.rolls == description.rolls {
        return Ok(Written::Unchanged(current));
    }
    let SeriesDescription { source, rolls, instrument, imported_at, adjustment: _ } = description;
    let manifest = SeriesManifest { source, rolls, instrument, imported_at, ..current };
    publish(store, &manifest, replace).await?;
    Ok(Written::Redescribed(manifest))
}

/// What a write refuses, found before anything is written.
pub(crate) fn check_series(series: &BarSeries, adjustment: Adjustment) -> Result<(), WriteError> {
    let rows = series.len();
    if !is_series_symbol(&series.symbol) {
        return Err(WriteError::Symbol(series.symbol.clone()));
    }
    if series.is_empty() {
        return Err(WriteError::Empty);
    }
    if rows > SERIES_ROWS_MAX {
        return Err(WriteError::TooManyRows(rows));
    }
    for (column, values) in crate::columns::integer_columns(series) {
        if values.len() != rows {
            return Err(WriteError::ColumnLength { column, found: values.len(), rows });
        }
    }
    if series.offset.is_empty() == (adjustment == Adjustment::DifferenceOffset) {
        return Err(WriteError::Offset);
    }
    let unordered = series.ts.windows(2).position(|pair| matches!(pair, [left, right] if left >= right));
    unordered.map_or(Ok(()), |position| Err(WriteError::Unordered { row: position + 1 }))
}

/// The current manifest; one that cannot be read is about to be replaced and counts as absent.
async fn current_manifest(store: &dyn ObjectStore, series: &BarSeries) -> Result<Option<SeriesManifest>, WriteError> {
    let key = current_manifest_key(&series.symbol, series.resolution);
    let (bytes, _) = read_pointer(store, &key, Writers::OneAtATime).await?;
    let manifest = bytes.and_then(|bytes| serde_json::from_slice::<SeriesManifest>(&bytes).ok());
    Ok(manifest.filter(|manifest| manifest.schema_version == SERIES_SCHEMA_VERSION))
}

/// True when every part is there in its full size: importing a file again repairs a lake that lost one.
async fn parts_are_present(store: &dyn ObjectStore, parts: &[SeriesPart]) -> Result<bool, WriteError> {
    for part in parts {
        if !object_is_present(store, &part.key, part.bytes).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn object_is_present(store: &dyn ObjectStore, key: &str, bytes: u64) -> Result<bool, WriteError> {
    match store.head(&object_path(key)?).await {
        Ok(meta) => Ok(meta.size == bytes),
        Err(object_store::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(store_failure(key, &error).into()),
    }
}

/// One part per calendar year (UTC): appending bars rewrites the last year only.
async fn write_parts(
    store: &dyn ObjectStore,
    series: &BarSeries,
    adjustment: Adjustment,
) -> Result<Vec<SeriesPart>, WriteError> {
    let mut parts = Vec::new();
    for rows in rows_by_year(&series.ts)? {
        let encoded = encode_part(series, adjustment, rows)?;
        // An object is named by its content: one that is there in full is the same.
        if !object_is_present(store, &encoded.part.key, encoded.part.bytes).await? {
            put(store, &encoded.part.key, encoded.bytes).await?;
        }
        parts.push(encoded.part);
    }
    Ok(parts)
}

/// Ranges of rows by UTC year, in order; `ts` ascends.
fn rows_by_year(ts: &[i64]) -> Result<Vec<Range<usize>>, WriteError> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while let Some(&first) = ts.get(start) {
        let next_year_us = next_year_us(first)?;
        let end = ts.partition_point(|&time| time < next_year_us);
        ranges.push(start..end);
        start = end;
    }
    Ok(ranges)
}

/// The first instant of the UTC year after the one `ts_us` is in; the end of time for the last year.
fn next_year_us(ts_us: i64) -> Result<i64, WriteError> {
    let time = Timestamp::from_microsecond(ts_us).map_err(|_| WriteError::Time(ts_us))?;
    let year = time.to_zoned(TimeZone::UTC).year();
    let next = civil::Date::new(year + 1, 1, 1).and_then(|date| date.to_zoned(TimeZone::UTC));
    Ok(next.map_or(i64::MAX, |start| start.timestamp().as_microsecond()))
}

fn manifest(
    series: &BarSeries,
    description: SeriesDescription,
    snapshot_id: String,
    parts: Vec<SeriesPart>,
) -> Option<SeriesManifest> {
    Some(SeriesManifest {
        schema_version: SERIES_SCHEMA_VERSION,
        symbol: series.symbol.clone(),
        resolution: series.resolution,
        snapshot_id,
        first_ts: *series.ts.first()?,
        last_ts: *series.ts.last()?,
        rows: series.len() as u64,
        price_side: series.price_side,
        adjustment: description.adjustment,
        price_scale: series.price_scale,
        volume_scale: series.volume_scale,
        source: description.source,
        parts,
        rolls: description.rolls,
        instrument: description.instrument,
        imported_at: description.imported_at,
    })
}

/// The snapshot's manifest first, the pointer last: what the pointer names is always complete.
async fn publish(store: &dyn ObjectStore, manifest: &SeriesManifest, replace: &Replace) -> Result<(), WriteError> {
    let json = Bytes::from(serde_json::to_vec_pretty(manifest)?);
    let snapshot_key = snapshot_manifest_key(&manifest.symbol, manifest.resolution, &manifest.snapshot_id);
    put(store, &snapshot_key, json.clone()).await?;
    replace_pointer(store, &current_manifest_key(&manifest.symbol, manifest.resolution), json, replace).await
}

/// Stores replace objects atomically: readers see the old or the new one, whole.
async fn put(store: &dyn ObjectStore, key: &str, bytes: Bytes) -> Result<(), WriteError> {
    let stored = store.put(&object_path(key)?, bytes.into()).await;
    stored.map(|_| ()).map_err(|error| WriteError::Store(write_failure(key, &error)))
}
