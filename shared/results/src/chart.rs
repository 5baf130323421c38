//! What a run is shown on as a table: bars, and a column for every line. The lines' names are metadata.

use crate::stored_table::{StoredTable, TableLayout, WHOLE_GROUP_ROWS, corrupt, encode_table, internal};
use arrow::array::{Array, ArrayRef, Float64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use bytes::Bytes;
use domain::tables::{PriceChart, PriceLine};
use ports::PortError;
use std::sync::Arc;

/// Layout name.
const LAYOUT: &str = "chart-1";

/// Metadata entry: `[label, group, on_price]` of every line.
const LINES_KEY: &str = "lines";

fn line_column(number: usize) -> String {
    format!("line_{number}")
}

/// The object of a chart.
pub(crate) fn encode_chart(chart: &PriceChart) -> Result<Bytes, PortError> {
    let mut fields = vec![Field::new("ts", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false)];
    let mut columns: Vec<ArrayRef> =
        vec![Arc::new(TimestampMicrosecondArray::from(chart.ts.clone()).with_timezone("UTC"))];
    for (name, values) in [("open", &chart.open), ("high", &chart.high), ("low", &chart.low), ("close", &chart.close)] {
        fields.push(Field::new(name, DataType::Float64, false));
        columns.push(Arc::new(Float64Array::from(values.clone())));
    }
    for (number, line) in chart.lines.iter().enumerate() {
        fields.push(Field::new(line_column(number), DataType::Float64, true));
        let defined = line.values.iter().map(|value| value.is_finite().then_some(*value));
        columns.push(Arc::new(defined.collect::<Float64Array>()));
    }
    let names: Vec<(&str, &str, bool)> =
        chart.lines.iter().map(|line| (line.label.as_str(), line.group.as_str(), line.on_price)).collect();
    let metadata = vec![(LINES_KEY, serde_json::to_string(&names).map_err(internal)?)];
    let layout = TableLayout { schema: Schema::new(fields), name: LAYOUT, metadata, group_rows: WHOLE_GROUP_ROWS };
    encode_table(layout, columns)
}

/// The chart in the object under `key`.
pub(crate) fn decode_chart(key: &str, bytes: Bytes) -> Result<PriceChart, PortError> {
    let table = StoredTable::open(key, bytes, LAYOUT)?;
    let names: Vec<(String, String, bool)> =
        serde_json::from_str(table.metadata(LINES_KEY)?).map_err(|error| corrupt(key, &error))?;
    let line = |(label, group, on_price)| PriceLine { label, group, on_price, values: Vec::new() };
    let mut chart = PriceChart { lines: names.into_iter().map(line).collect(), ..PriceChart::default() };
    for batch in table.read(0, u64::MAX)? {
        chart.ts.extend_from_slice(batch.column::<TimestampMicrosecondArray>("ts", false)?.values());
        chart.open.extend_from_slice(batch.column::<Float64Array>("open", false)?.values());
        chart.high.extend_from_slice(batch.column::<Float64Array>("high", false)?.values());
        chart.low.extend_from_slice(batch.column::<Float64Array>("low", false)?.values());
        chart.close.extend_from_slice(batch.column::<Float64Array>("close", false)?.values());
        for (number, line) in chart.lines.iter_mut().enumerate() {
            let column = batch.column::<Float64Array>(&line_column(number), true)?;
            line.values.extend((0..column.len()).map(
                |row| {
                    if column.is_valid(row) { column.value(row) } else { f64::NAN }
                },
            ));
        }
    }
    Ok(chart)
}
