//! Reading a window of a snapshot: the parts that overlap, filtered and ordered by DataFusion, checked here.
//!
//! No cache: what is kept warm is decided above.

use crate::columns::{REQUIRED_COLUMNS, TS, bar_metadata, bar_schema, integer_column_mut, timestamp_type};
use crate::failure::{object_path, read_failure};
use crate::objects::ObjectSession;
use crate::writer::SERIES_ROWS_MAX;
use datafusion::arrow::array::{Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, ident, lit};
use domain::series::{SeriesManifest, SeriesPart};
use futures::{StreamExt, TryStreamExt};
use market::BarSeries;
use object_store::ObjectMeta;
use ports::PortError;

/// Parts read at the same time: hides the latency of a remote store without holding many years twice.
const PARTS_IN_FLIGHT: usize = 4;

/// The bars of `manifest` with `from_us <= ts < to_us`.
pub(crate) async fn read_window(
    session: &ObjectSession,
    manifest: &SeriesManifest,
    from_us: i64,
    to_us: i64,
) -> Result<BarSeries, PortError> {
    let parts: Vec<&SeriesPart> =
        manifest.parts.iter().filter(|part| part.first_ts < to_us && part.last_ts >= from_us).collect();
    let rows: u64 = parts.iter().map(|part| part.rows).sum();
    if rows > SERIES_ROWS_MAX as u64 {
        return Err(PortError::TooLarge(format!(
            "{} needs {rows} bars, more than the limit of {SERIES_ROWS_MAX}: choose a shorter span",
            manifest.symbol
        )));
    }
    let reads: Vec<_> = parts.into_iter().map(|part| read_part(session, manifest, part, from_us, to_us)).collect();
    let mut loaded = futures::stream::iter(reads).buffered(PARTS_IN_FLIGHT);
    let mut series = empty_series(manifest);
    while let Some(part) = loaded.try_next().await? {
        append(&mut series, part, &manifest.snapshot_id)?;
    }
    Ok(series)
}

/// The series of a manifest, without bars.
fn empty_series(manifest: &SeriesManifest) -> BarSeries {
    BarSeries {
        resolution: manifest.resolution,
        price_side: manifest.price_side,
        price_scale: manifest.price_scale,
        volume_scale: manifest.volume_scale,
        ..BarSeries::empty(&manifest.symbol)
    }
}

/// Appends a later part; a part that does not continue the series is damage of the snapshot.
fn append(series: &mut BarSeries, part: BarSeries, snapshot_id: &str) -> Result<(), PortError> {
    if part.is_empty() {
        return Ok(());
    }
    let continues = match (series.ts.last(), part.ts.first()) {
        (Some(last), Some(first)) => {
            last < first
                && series.offset.is_empty() == part.offset.is_empty()
                && series.spread.is_empty() == part.spread.is_empty()
        }
        (None, _) | (_, None) => true,
    };
    if !continues {
        return Err(PortError::Corrupt(format!("the parts of snapshot {snapshot_id} do not continue each other")));
    }
    if series.is_empty() {
        *series = part;
        return Ok(());
    }
    series.ts.extend(part.ts);
    series.open.extend(part.open);
    series.high.extend(part.high);
    series.low.extend(part.low);
    series.close.extend(part.close);
    series.volume.extend(part.volume);
    series.offset.extend(part.offset);
    series.spread.extend(part.spread);
    Ok(())
}

async fn read_part(
    session: &ObjectSession,
    manifest: &SeriesManifest,
    part: &SeriesPart,
    from_us: i64,
    to_us: i64,
) -> Result<BarSeries, PortError> {
    let object = ObjectMeta {
        location: object_path(&part.key)?,
        // Objects never change under their key, so any constant keeps the footer cache right.
        last_modified: Default::default(),
        size: part.bytes,
        e_tag: None,
        version: None,
    };
    let corrupt = |reason: String| PortError::Corrupt(format!("object {}: {reason}", part.key));
    let _verification = session.store().verify(&object, &part.block_checksums);
    let window = match collect_part(session, (manifest, part), object, (from_us, to_us)).await {
        Ok(window) => window,
        Err(PartError::Layout(reason)) => return Err(corrupt(reason)),
        Err(PartError::Read(error)) => {
            return Err(read_failure(session.store(), &part.key, part.bytes, &error).await);
        }
    };
    check_part(part, &window, from_us, to_us).map_err(corrupt)?;
    Ok(window)
}

/// Why a part could not be decoded.
enum PartError {
    /// The object is not what the manifest says.
    Layout(String),
    /// The engine or the store failed.
    Read(DataFusionError),
}

impl From<DataFusionError> for PartError {
    fn from(error: DataFusionError) -> Self {
        Self::Read(error)
    }
}

async fn collect_part(
    session: &ObjectSession,
    (manifest, part): (&SeriesManifest, &SeriesPart),
    object: ObjectMeta,
    (from_us, to_us): (i64, i64),
) -> Result<BarSeries, PartError> {
    let mut series = empty_series(manifest);
    let covered = part_is_covered(part, from_us, to_us);
    let schema = session.schema(std::slice::from_ref(&object)).await?;
    let columns = check_layout(&schema, &series, manifest).map_err(PartError::Layout)?;
    let mut table = session.read(schema, vec![object], Some(TS))?;
    if !covered {
        table = table.filter(ident(TS).gt_eq(time(from_us)).and(ident(TS).lt(time(to_us))))?;
    }
    let mut batches = table.sort(vec![ident(TS).sort(true, false)])?.execute_stream().await?;
    if covered {
        // The whole part in one allocation a column.
        reserve(&mut series, &columns, part.rows as usize);
    }
    while let Some(batch) = batches.try_next().await? {
        append_batch(&mut series, &batch, &columns).map_err(PartError::Layout)?;
    }
    Ok(series)
}

fn time(ts_us: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(ts_us), Some("UTC".into())))
}

/// The integer columns of an object whose columns and metadata are those of the manifest's series.
fn check_layout(schema: &Schema, head: &BarSeries, manifest: &SeriesManifest) -> Result<Vec<String>, String> {
    for (key, expected) in bar_metadata(head, manifest.adjustment) {
        match schema.metadata().get(&key) {
            Some(found) if *found == expected => {}
            Some(found) => return Err(format!("{key} is {found}, the manifest says {expected}")),
            None => return Err(format!("no metadata entry {key}")),
        }
    }
    let integers: Vec<String> = schema.fields().iter().skip(1).map(|field| field.name().clone()).collect();
    let names: Vec<&str> = integers.iter().map(String::as_str).collect();
    let optional = names.strip_prefix(REQUIRED_COLUMNS.as_slice());
    let known = matches!(optional, Some([] | ["offset"] | ["spread"] | ["offset", "spread"]));
    if known && schema.fields() == bar_schema(&names).fields() {
        Ok(integers)
    } else {
        Err(format!("columns {names:?} are not those of a bar object"))
    }
}

fn reserve(series: &mut BarSeries, columns: &[String], rows: usize) {
    series.ts.reserve_exact(rows);
    for name in columns {
        if let Some(column) = integer_column_mut(series, name) {
            column.reserve_exact(rows);
        }
    }
}

fn append_batch(series: &mut BarSeries, batch: &RecordBatch, columns: &[String]) -> Result<(), String> {
    let ts = column::<TimestampMicrosecondArray>(batch, TS, &timestamp_type())?;
    series.ts.extend_from_slice(ts.values());
    for name in columns {
        let values = column::<Int64Array>(batch, name, &DataType::Int64)?;
        let target = integer_column_mut(series, name).ok_or_else(|| format!("unknown column {name}"))?;
        target.extend_from_slice(values.values());
    }
    Ok(())
}

fn column<'a, A: Array + 'static>(batch: &'a RecordBatch, name: &str, kind: &DataType) -> Result<&'a A, String> {
    let array = batch.column_by_name(name).and_then(|array| array.as_any().downcast_ref::<A>());
    let array = array.ok_or_else(|| format!("column {name} is not {kind}"))?;
    if array.null_count() == 0 { Ok(array) } else { Err(format!("nulls in column {name}")) }
}

/// True when every bar of the part is in the window.
const fn part_is_covered(part: &SeriesPart, from_us: i64, to_us: i64) -> bool {
    from_us <= part.first_ts && part.last_ts < to_us
}

/// What was read is what the manifest promises: strictly ascending, inside the window, and complete where the window
/// covers the part.
fn check_part(part: &SeriesPart, window: &BarSeries, from_us: i64, to_us: i64) -> Result<(), String> {
    let ascending = window.ts.windows(2).all(|pair| matches!(pair, [left, right] if left < right));
    if !ascending {
        return Err("bars are not strictly ascending".to_owned());
    }
    let (from, to) = (from_us.max(part.first_ts), to_us.min(part.last_ts.saturating_add(1)));
    let inside = |ts: Option<&i64>| ts.is_none_or(|ts| (from..to).contains(ts));
    if !inside(window.ts.first()) || !inside(window.ts.last()) {
        return Err("bars outside the part's span".to_owned());
    }
    let rows = window.len() as u64;
    if rows > part.rows || (part_is_covered(part, from_us, to_us) && rows != part.rows) {
        return Err(format!("{rows} bars, the manifest says {}", part.rows));
    }
    Ok(())
}
