//! One Parquet part of a snapshot: its bytes and its entry in the manifest.
//!
//! Which bars go into which part is the writer's business.

use crate::columns::{TS, bar_metadata, bar_schema, integer_columns};
use crate::snapshot_id::object_digest;
use crate::verified::block_checksums;
use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use domain::series::{Adjustment, SeriesPart, series_part_key};
use market::BarSeries;
use std::ops::Range;
use std::sync::Arc;

/// Rows per row group: about a month of minutes of a market that trades around the clock (22 × 1,380 to 31 × 1,440),
/// so that a window of a month touches two or three groups.
const GROUP_ROWS: usize = 32_768;

/// Rows per page: about a week of minutes; the page index lets a window skip the pages beside it.
const PAGE_ROWS: usize = 8_192;

/// Writer name stored in the objects, fixed so that equal bars give equal bytes.
const CREATED_BY: &str = "barlake lake";

/// An encoded part.
pub(crate) struct EncodedPart {
    /// Its entry in the manifest.
    pub(crate) part: SeriesPart,
    /// The object.
    pub(crate) bytes: Bytes,
}

/// Encodes the bars `rows` of `series`; `rows` must be within it and not empty.
pub(crate) fn encode_part(
    series: &BarSeries,
    adjustment: Adjustment,
    rows: Range<usize>,
) -> Result<EncodedPart, ParquetError> {
    let outside = || ParquetError::General(format!("rows {rows:?} are not in a series of {}", series.len()));
    let ts = series.ts.get(rows.clone()).ok_or_else(outside)?;
    let (Some(&first_ts), Some(&last_ts)) = (ts.first(), ts.last()) else { return Err(outside()) };
    let mut names = Vec::new();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(TimestampMicrosecondArray::from(ts.to_vec()).with_timezone("UTC"))];
    for (name, values) in integer_columns(series) {
        names.push(name);
        columns.push(Arc::new(Int64Array::from(values.get(rows.clone()).ok_or_else(outside)?.to_vec())));
    }
    let schema = Arc::new(bar_schema(&names));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let properties = properties(series, adjustment)?;
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options)?;
    writer.write(&batch)?;
    let bytes = Bytes::from(writer.into_inner()?);
    let digest = object_digest(&bytes);
    let part = SeriesPart {
        key: series_part_key(&series.symbol, series.resolution, &digest),
        first_ts,
        last_ts,
        rows: batch.num_rows() as u64,
        bytes: bytes.len() as u64,
        digest,
        block_checksums: block_checksums(&bytes),
    };
    Ok(EncodedPart { part, bytes })
}

/// Deltas of neighbouring bars are small integers: delta packing beats a dictionary for everything but the columns
/// that rarely change, where a dictionary is a run length.
fn properties(series: &BarSeries, adjustment: Adjustment) -> Result<WriterProperties, ParquetError> {
    let metadata = bar_metadata(series, adjustment).into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let sorted_by_time = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
    let mut builder = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(vec![sorted_by_time]))
        .set_key_value_metadata(Some(metadata));
    for name in [TS, "open", "high", "low", "close", "volume"] {
        builder = builder
            .set_column_dictionary_enabled(ColumnPath::from(name), false)
            .set_column_encoding(ColumnPath::from(name), Encoding::DELTA_BINARY_PACKED);
    }
    Ok(builder.build())
}
