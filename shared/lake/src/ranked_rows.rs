//! Turning the ranked query's batches into a ranking: decoding rows, counting classes, refusing duplicates.

use datafusion::arrow::array::{Array, Float64Array, Int32Array, RecordBatch, StringArray, UInt64Array};
use domain::sweep::{BlockSum, ERROR_COLUMN, INDEX_COLUMN, RankedTable, SliceRow, SliceTable, block_columns};
use ports::PortError;

/// Column the query adds: one of the classes below.
pub(crate) const CLASS_COLUMN: &str = "barlake.class";
/// Meets every constraint with a defined metric.
pub(crate) const CLASS_RANKED: i32 = 0;
/// Misses a constraint, or its metric is undefined.
pub(crate) const CLASS_EXCLUDED: i32 = 1;
/// Has an error.
pub(crate) const CLASS_FAILED: i32 = 2;

/// A ranking being collected.
pub(crate) struct RankedRows {
    ranking: RankedTable,
}

impl RankedRows {
    pub(crate) fn new(metric_keys: Vec<String>) -> Self {
        let table = SliceTable { metric_keys, rows: Vec::new() };
        Self { ranking: RankedTable { table, ranked: 0, excluded: 0, failed: 0 } }
    }

    pub(crate) fn append(&mut self, batch: &RecordBatch) -> Result<(), PortError> {
        let metrics = float_columns(batch, &self.ranking.table.metric_keys)?;
        let blocks = blocks(batch)?;
        let indices: &UInt64Array = column(batch, INDEX_COLUMN)?;
        let errors: &StringArray = column(batch, ERROR_COLUMN)?;
        let classes: &Int32Array = column(batch, CLASS_COLUMN)?;
        if indices.null_count() > 0 {
            return Err(PortError::Corrupt("a slice has a row without an index".to_owned()));
        }
        self.ranking.table.rows.extend((0..batch.num_rows()).map(|row| SliceRow {
            index: indices.value(row),
            metrics: row_values(&metrics, row),
            blocks: block_values(&blocks, row),
            error: errors.is_valid(row).then(|| errors.value(row).to_owned()),
        }));
        for class in classes.values() {
            match *class {
                CLASS_RANKED => self.ranking.ranked += 1,
                CLASS_FAILED => self.ranking.failed += 1,
                _ => self.ranking.excluded += 1,
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<RankedTable, PortError> {
        let mut indices: Vec<u64> = self.ranking.table.rows.iter().map(|row| row.index).collect();
        indices.sort_unstable();
        let twice = indices.windows(2).find_map(|pair| match pair {
            [left, right] if left == right => Some(*left),
            _ => None,
        });
        match twice {
            None => Ok(self.ranking),
            Some(index) => Err(PortError::Corrupt(format!("combination {index} occurs in more than one slice row"))),
        }
    }
}

fn row_values(columns: &[&Float64Array], row: usize) -> Vec<Option<f64>> {
    columns.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect()
}

/// The columns of every block that the slices have.
fn blocks(batch: &RecordBatch) -> Result<Vec<[&Float64Array; 2]>, PortError> {
    (0..)
        .map(block_columns)
        .take_while(|[sum, _]| batch.column_by_name(sum).is_some())
        .map(|[sum, squares]| Ok([column(batch, &sum)?, column(batch, &squares)?]))
        .collect()
}

/// A row's sums up to the first block it has none of.
fn block_values(blocks: &[[&Float64Array; 2]], row: usize) -> Vec<BlockSum> {
    let held = blocks.iter().take_while(|[sum, squares]| sum.is_valid(row) && squares.is_valid(row));
    held.map(|[sum, squares]| BlockSum { sum: sum.value(row), squares: squares.value(row) }).collect()
}

fn float_columns<'a>(batch: &'a RecordBatch, keys: &[String]) -> Result<Vec<&'a Float64Array>, PortError> {
    keys.iter().map(|key| column(batch, key)).collect()
}

fn column<'a, A: Array + 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a A, PortError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    found.ok_or_else(|| PortError::Corrupt(format!("slices without a column {name} of the expected type")))
}
