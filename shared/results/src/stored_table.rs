//! One table in one Parquet object: encoding it, and decoding a range of its rows.
//!
//! It knows neither keys nor what the columns mean.

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use bytes::Bytes;
use domain::sweep::SCHEMA_KEY;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use ports::PortError;
use std::sync::Arc;

/// Rows per row group of paged tables: a page of an answer decodes one or two groups, not the run.
pub(crate) const PAGED_GROUP_ROWS: usize = 1_000;

/// Rows per row group of tables that are read whole: big groups compress and decode best.
pub(crate) const WHOLE_GROUP_ROWS: usize = 131_072;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 8_192;

/// Writer name stored in the objects, fixed so that equal rows give equal bytes.
const CREATED_BY: &str = "barlake results";

/// How a table is laid out.
pub(crate) struct TableLayout {
    /// Columns.
    pub(crate) schema: Schema,
    /// Name and version of the layout, the value of [`SCHEMA_KEY`].
    pub(crate) name: &'static str,
    /// Further metadata entries.
    pub(crate) metadata: Vec<(&'static str, String)>,
    /// Rows per row group.
    pub(crate) group_rows: usize,
}

/// The Parquet object of a table. The same columns and layout give the same bytes.
pub(crate) fn encode_table(layout: TableLayout, columns: Vec<ArrayRef>) -> Result<Bytes, PortError> {
    let schema = Arc::new(layout.schema);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(internal)?;
    let mut metadata = vec![KeyValue::new(SCHEMA_KEY.to_owned(), layout.name.to_owned())];
    metadata.extend(layout.metadata.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)));
    let properties = properties(&schema, layout.group_rows, metadata);
    // The Parquet types say everything the Arrow schema would; leaving it out keeps small objects small.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options).map_err(internal)?;
    writer.write(&batch).map_err(internal)?;
    Ok(Bytes::from(writer.into_inner().map_err(internal)?))
}

/// Rows are found by their number, never by their values: statistics and page offsets would only be written and read.
fn properties(schema: &Schema, group_rows: usize, metadata: Vec<KeyValue>) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(group_rows))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        // Numbers seldom repeat; words do.
        .set_dictionary_enabled(false)
        .set_key_value_metadata(Some(metadata));
    for words in schema.fields().iter().filter(|field| field.data_type() == &DataType::Utf8) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(words.name().as_str()), true);
    }
    properties.build()
}

/// A fetched Parquet object whose footer has been read and whose layout is known.
pub(crate) struct StoredTable {
    key: String,
    builder: ParquetRecordBatchReaderBuilder<Bytes>,
}

impl StoredTable {
    /// Reads the footer of `bytes`, the object under `key`; an unreadable object or another layout is [`PortError::Corrupt`].
    pub(crate) fn open(key: &str, bytes: Bytes, layout: &'static str) -> Result<Self, PortError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| corrupt(key, &error))?;
        let table = Self { key: key.to_owned(), builder };
        let found = table.metadata(SCHEMA_KEY)?;
        if found == layout { Ok(table) } else { Err(corrupt(key, &format!("layout {found:?}, expected {layout:?}"))) }
    }

    /// Rows of the whole table.
    pub(crate) fn rows(&self) -> Result<u64, PortError> {
        let rows = self.builder.metadata().file_metadata().num_rows();
        u64::try_from(rows).map_err(|_| corrupt(&self.key, &"a negative number of rows"))
    }

    /// A metadata entry that the layout requires.
    pub(crate) fn metadata(&self, name: &str) -> Result<&str, PortError> {
        let entries = self.builder.metadata().file_metadata().key_value_metadata();
        let entry = entries.into_iter().flatten().find(|entry| entry.key == name);
        let value = entry.and_then(|entry| entry.value.as_deref());
        value.ok_or_else(|| corrupt(&self.key, &format!("no metadata entry {name}")))
    }

    /// Rows `[offset, offset + limit)` in batches; only the row groups that hold them are decoded.
    pub(crate) fn read(self, offset: u64, limit: u64) -> Result<Vec<StoredBatch>, PortError> {
        let window = groups_of_window(&self.key, &self.builder, offset, limit)?;
        let reader = self
            .builder
            .with_row_groups(window.groups)
            .with_offset(window.skip)
            .with_limit(usize::try_from(limit).unwrap_or(usize::MAX))
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| corrupt(&self.key, &error))?;
        reader
            .map(|batch| match batch {
                Ok(batch) => Ok(StoredBatch { key: self.key.clone(), batch }),
                Err(error) => Err(corrupt(&self.key, &error)),
            })
            .collect()
    }
}

/// The row groups that hold a window of rows.
struct GroupWindow {
    groups: Vec<usize>,
    /// Rows of the first group before the window.
    skip: usize,
}

fn groups_of_window(
    key: &str,
    builder: &ParquetRecordBatchReaderBuilder<Bytes>,
    offset: u64,
    limit: u64,
) -> Result<GroupWindow, PortError> {
    let end = offset.saturating_add(limit);
    let mut window = GroupWindow { groups: Vec::new(), skip: 0 };
    let mut start = 0_u64;
    for (number, group) in builder.metadata().row_groups().iter().enumerate() {
        let rows = u64::try_from(group.num_rows()).map_err(|_| corrupt(key, &"a negative number of rows"))?;
        let stop = start.saturating_add(rows);
        if start < end && stop > offset {
            if window.groups.is_empty() {
                window.skip = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
            }
            window.groups.push(number);
        }
        start = stop;
    }
    Ok(window)
}

/// Some decoded rows, with the key for messages.
pub(crate) struct StoredBatch {
    key: String,
    batch: RecordBatch,
}

impl StoredBatch {
    /// Rows of this batch.
    pub(crate) fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column by name and Arrow type; missing, of another type, or (unless `nullable`) with nulls is [`PortError::Corrupt`].
    pub(crate) fn column<A: Array + 'static>(&self, name: &str, nullable: bool) -> Result<&A, PortError> {
        let column = self.batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
        match column {
            Some(column) if nullable || column.null_count() == 0 => Ok(column),
            Some(_) => Err(corrupt(&self.key, &format!("nulls in column {name}"))),
            None => Err(corrupt(&self.key, &format!("no column {name} of the expected type"))),
        }
    }
}

/// An object that cannot be read back, named.
pub(crate) fn corrupt(key: &str, reason: &dyn std::fmt::Display) -> PortError {
    PortError::Corrupt(format!("object {key}: {reason}"))
}

/// A table that could not be encoded: a defect of the caller or of the layout.
pub(crate) fn internal(reason: impl std::fmt::Display) -> PortError {
    PortError::Internal(format!("encoding a result table: {reason}"))
}
