//! The equity curve as a table: `ts` and `equity`, one row per simulated minute.
//!
//! Downsampling for an answer happens above.

use crate::stored_table::{StoredTable, TableLayout, WHOLE_GROUP_ROWS, encode_table, internal};
use arrow::array::{ArrayRef, Float64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use bytes::Bytes;
use domain::tables::EquityCurve;
use ports::PortError;
use std::sync::Arc;

/// Layout name.
const LAYOUT: &str = "equity-1";

/// The object of a curve.
pub(crate) fn encode_equity(curve: &EquityCurve) -> Result<Bytes, PortError> {
    if curve.ts.len() != curve.equity.len() {
        return Err(internal("an equity curve with columns of different lengths"));
    }
    let schema = Schema::new(vec![
        Field::new("ts", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
        Field::new("equity", DataType::Float64, false),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(TimestampMicrosecondArray::from(curve.ts.clone()).with_timezone("UTC")),
        Arc::new(Float64Array::from(curve.equity.clone())),
    ];
    encode_table(TableLayout { schema, name: LAYOUT, metadata: Vec::new(), group_rows: WHOLE_GROUP_ROWS }, columns)
}

/// The curve in the object under `key`.
pub(crate) fn decode_equity(key: &str, bytes: Bytes) -> Result<EquityCurve, PortError> {
    let table = StoredTable::open(key, bytes, LAYOUT)?;
    let mut curve = EquityCurve::default();
    for batch in table.read(0, u64::MAX)? {
        curve.ts.extend_from_slice(batch.column::<TimestampMicrosecondArray>("ts", false)?.values());
        curve.equity.extend_from_slice(batch.column::<Float64Array>("equity", false)?.values());
    }
    Ok(curve)
}
