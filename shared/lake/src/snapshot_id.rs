//! The identity of a snapshot: a digest of what the bars are, not of how or when they were stored.

use crate::columns::{TS, bar_metadata, integer_columns};
use domain::series::Adjustment;
use market::BarSeries;
use sha2::{Digest, Sha256};

/// Values hashed at a time: enough to amortise a call, small enough to stay in cache.
const CHUNK_VALUES: usize = 4_096;

/// SHA-256, hex, of the series: its description lines (`key=value`, sorted by key), the number of bars, then each
/// column as its name and its values as little-endian 64-bit integers, in stored order. Part layout, import time,
/// source and contract terms have no influence: the same bars give the same id.
pub(crate) fn snapshot_id(series: &BarSeries, adjustment: Adjustment) -> String {
    let mut digest = Sha256::new();
    for (key, value) in bar_metadata(series, adjustment) {
        digest.update(format!("{key}={value}\n"));
    }
    digest.update(format!("rows={}\n", series.len()));
    update_column(&mut digest, TS, &series.ts);
    for (name, values) in integer_columns(series) {
        update_column(&mut digest, name, values);
    }
    hex(&digest.finalize())
}

/// SHA-256, hex, of an object.
pub(crate) fn object_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn update_column(digest: &mut Sha256, name: &str, values: &[i64]) {
    digest.update(format!("{name}\n"));
    let mut buffer = Vec::with_capacity(CHUNK_VALUES * size_of::<i64>());
    for chunk in values.chunks(CHUNK_VALUES) {
        buffer.clear();
        buffer.extend(chunk.iter().flat_map(|value| value.to_le_bytes()));
        digest.update(&buffer);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
