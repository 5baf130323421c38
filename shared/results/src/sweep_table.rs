//! The rows of a sweep as a table: `index`, a column per metric, in slices two columns per block of daily returns, `error`.
//!
//! Slices and rankings share it; who ranks what is decided elsewhere. Undefined metrics are null: a value that is not
//! finite is stored as null too, so that readers may compare without looking.

use crate::stored_table::{
    PAGED_GROUP_ROWS, StoredBatch, StoredTable, TableLayout, WHOLE_GROUP_ROWS, corrupt, encode_table, internal,
};
use arrow::array::{Array, ArrayRef, Float64Array, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use bytes::Bytes;
use domain::sweep::{
    BlockSum, ERROR_COLUMN, INDEX_COLUMN, METRIC_KEYS_KEY, RankedTable, SWEEP_SCHEMA, SliceRow, SliceTable,
    block_columns,
};
use ports::PortError;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Metadata entry of a ranking: rows that meet every constraint with a defined metric.
const RANKED_KEY: &str = "barlake.ranked";
/// Metadata entry of a ranking: rows that miss a constraint or whose metric is undefined.
const EXCLUDED_KEY: &str = "barlake.excluded";
/// Metadata entry of a ranking: rows with an error.
const FAILED_KEY: &str = "barlake.failed";

/// The object of a slice; rows must ascend by index.
pub(crate) fn encode_slice(table: &SliceTable) -> Result<Bytes, PortError> {
    let ascending = table.rows.windows(2).all(|pair| matches!(pair, [left, right] if left.index < right.index));
    if !ascending {
        return Err(internal("slice rows that do not ascend by index"));
    }
    let blocks = table.rows.iter().map(|row| row.blocks.len()).max().unwrap_or(0);
    encode_rows(table, blocks, Vec::new(), WHOLE_GROUP_ROWS)
}

/// The object of a ranking, rows in rank order.
pub(crate) fn encode_ranking(ranking: &RankedTable) -> Result<Bytes, PortError> {
    let counts = [(RANKED_KEY, ranking.ranked), (EXCLUDED_KEY, ranking.excluded), (FAILED_KEY, ranking.failed)];
    let metadata = counts.into_iter().map(|(key, count)| (key, count.to_string())).collect();
    encode_rows(&ranking.table, 0, metadata, PAGED_GROUP_ROWS)
}

/// Rows `[offset, offset + limit)` of the ranking under `key`, with its counts.
pub(crate) fn decode_ranking(key: &str, bytes: Bytes, offset: u64, limit: u64) -> Result<RankedTable, PortError> {
    let stored = StoredTable::open(key, bytes, SWEEP_SCHEMA)?;
    let count = |name| stored.metadata(name)?.parse::<u64>().map_err(|error| corrupt(key, &error));
    let (ranked, excluded, failed) = (count(RANKED_KEY)?, count(EXCLUDED_KEY)?, count(FAILED_KEY)?);
    let metric_keys: Vec<String> =
        serde_json::from_str(stored.metadata(METRIC_KEYS_KEY)?).map_err(|error| corrupt(key, &error))?;
    let mut rows = Vec::new();
    for batch in stored.read(offset, limit)? {
        append_rows(&batch, &metric_keys, &mut rows)?;
    }
    Ok(RankedTable { table: SliceTable { metric_keys, rows }, ranked, excluded, failed })
}

fn encode_rows(
    table: &SliceTable,
    blocks: usize,
    mut metadata: Vec<(&'static str, String)>,
    group_rows: usize,
) -> Result<Bytes, PortError> {
    check_shape(table, blocks)?;
    let mut fields = vec![Field::new(INDEX_COLUMN, DataType::UInt64, false)];
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(UInt64Array::from_iter_values(table.rows.iter().map(|row| row.index)))];
    for (position, key) in table.metric_keys.iter().enumerate() {
        fields.push(Field::new(key, DataType::Float64, true));
        columns.push(metric_column(table.rows.iter().map(|row| row.metrics.get(position))));
    }
    for block in 0..blocks {
        let of = |part: fn(&BlockSum) -> f64| table.rows.iter().map(move |row| row.blocks.get(block).map(part));
        let [sum, squares] = block_columns(block);
        fields.extend([sum, squares].map(|name| Field::new(name, DataType::Float64, true)));
        columns.push(Arc::new(of(|block| block.sum).collect::<Float64Array>()));
        columns.push(Arc::new(of(|block| block.squares).collect::<Float64Array>()));
    }
    fields.push(Field::new(ERROR_COLUMN, DataType::Utf8, true));
    columns.push(Arc::new(table.rows.iter().map(|row| row.error.as_deref()).collect::<StringArray>()));
    metadata.push((METRIC_KEYS_KEY, serde_json::to_string(&table.metric_keys).map_err(internal)?));
    encode_table(TableLayout { schema: Schema::new(fields), name: SWEEP_SCHEMA, metadata, group_rows }, columns)
}

/// Every row has a value per metric, and the column names are distinct.
fn check_shape(table: &SliceTable, blocks: usize) -> Result<(), PortError> {
    let width = table.metric_keys.len();
    for row in &table.rows {
        if row.metrics.len() != width {
            return Err(internal(format!("combination {} does not have a value for each metric", row.index)));
        }
    }
    let mut names = BTreeSet::from([INDEX_COLUMN, ERROR_COLUMN].map(str::to_owned));
    names.extend((0..blocks).flat_map(block_columns));
    match table.metric_keys.iter().find(|key| !names.insert((*key).clone())) {
        None => Ok(()),
        Some(key) => Err(internal(format!("metric key {key} is used twice or is reserved"))),
    }
}

fn metric_column<'a>(values: impl Iterator<Item = Option<&'a Option<f64>>>) -> ArrayRef {
    let finite = values.map(|value| value.copied().flatten().filter(|value| value.is_finite()));
    Arc::new(finite.collect::<Float64Array>())
}

fn append_rows(batch: &StoredBatch, metric_keys: &[String], rows: &mut Vec<SliceRow>) -> Result<(), PortError> {
    let columns = metric_keys.iter().map(|key| batch.column::<Float64Array>(key, true));
    let metrics = columns.collect::<Result<Vec<_>, _>>()?;
    let indices = batch.column::<UInt64Array>(INDEX_COLUMN, false)?;
    let errors = batch.column::<StringArray>(ERROR_COLUMN, true)?;
    rows.extend((0..batch.rows()).map(|row| SliceRow {
        index: indices.value(row),
        metrics: metrics.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect(),
        blocks: Vec::new(),
        error: errors.is_valid(row).then(|| errors.value(row).to_owned()),
    }));
    Ok(())
}
