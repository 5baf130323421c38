//! Rows a sweep produces and how they are ranked.

pub use engine::robustness::BlockSum;
use serde::{Deserialize, Serialize};

/// Metadata entry of every Parquet object of ours that names its layout and version.
pub const SCHEMA_KEY: &str = "barlake.schema";

/// Value of [`SCHEMA_KEY`] in slice and ranking objects.
pub const SWEEP_SCHEMA: &str = "sweep-1";

/// Metadata entry of a slice or ranking object that holds the metric keys in order, as a JSON array.
pub const METRIC_KEYS_KEY: &str = "barlake.metric_keys";

/// Column of the combination index (unsigned, never null).
pub const INDEX_COLUMN: &str = "index";

/// Column of the error text (null for an evaluated combination). A metric's column is its key, holding finite values or null.
pub const ERROR_COLUMN: &str = "error";

/// Columns of a block of a slice object: Σr and Σr² of its daily returns, null for a row with an error. Blocks count from 0; the
/// first without columns ends them. Rankings have none.
#[must_use]
pub fn block_columns(block: usize) -> [String; 2] {
    [format!("block_{block:02}_sum"), format!("block_{block:02}_squares")]
}

/// One evaluated combination.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceRow {
    /// Index of the combination in the batch's grid.
    pub index: u64,
    /// Metric values in the order of [`SliceTable::metric_keys`]; all `None` for a row with an error.
    pub metrics: Vec<Option<f64>>,
    /// Its daily returns summed by block of days; empty for a row with an error, a window too short for blocks, and in rankings.
    pub blocks: Vec<BlockSum>,
    /// Why this combination could not be evaluated.
    pub error: Option<String>,
}

/// The result object of one slice, ascending by index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SliceTable {
    /// Metric keys (camelCase), the columns.
    pub metric_keys: Vec<String>,
    /// One row per combination.
    pub rows: Vec<SliceRow>,
}

/// How a metric is compared in a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `>`
    #[serde(rename = ">")]
    Above,
    /// `<`
    #[serde(rename = "<")]
    Below,
}

/// A condition a combination must meet to be ranked; an undefined metric does not meet it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricConstraint {
    /// Metric key.
    pub metric: String,
    /// Comparison.
    pub operator: Comparison,
    /// Bound.
    pub value: f64,
}

/// The order of a ranking: rows meeting every constraint, by metric (undefined last), then by combination index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankOrder {
    /// Metric ranked by.
    pub metric: String,
    /// True when larger is better.
    pub descending: bool,
    /// Conditions.
    pub constraints: Vec<MetricConstraint>,
}

/// Every evaluated combination in rank order; those that miss a constraint follow, then those with an error.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RankedTable {
    /// The rows in order, with the same metric keys.
    pub table: SliceTable,
    /// How many leading rows meet every constraint and have a defined metric: the ranking proper.
    pub ranked: u64,
    /// Rows without an error that miss a constraint or whose metric is undefined.
    pub excluded: u64,
    /// Rows with an error.
    pub failed: u64,
}
