//! Trades as a table, one row per trade, in the units users see.
//!
//! Column names are the field names of [`TradeRow`]; it decides nothing about them.

use crate::stored_table::{PAGED_GROUP_ROWS, StoredBatch, StoredTable, TableLayout, corrupt, encode_table, internal};
use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray, TimestampMicrosecondArray, UInt32Array};
use arrow::datatypes::{Field, Schema};
use bytes::Bytes;
use domain::tables::TradeRow;
use ports::PortError;
use ports::results::TradePage;
use serde_json::Value;
use std::sync::Arc;

/// Layout name.
const LAYOUT: &str = "trades-1";

/// The object of a run's trades.
pub(crate) fn encode_trades(rows: &[TradeRow]) -> Result<Bytes, PortError> {
    let reasons = rows.iter().map(exit_reason_name).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("number", counts(rows, |row| row.number)),
        ("side", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.side.as_str())))),
        ("quantity", numbers(rows, |row| row.quantity)),
        ("entry_time", times(rows, |row| row.entry_time)),
        ("exit_time", times(rows, |row| row.exit_time)),
        ("entry_price", numbers(rows, |row| row.entry_price)),
        ("exit_price", numbers(rows, |row| row.exit_price)),
        ("gross", numbers(rows, |row| row.gross)),
        ("net", numbers(rows, |row| row.net)),
        ("commission", numbers(rows, |row| row.commission)),
        ("slippage", numbers(rows, |row| row.slippage)),
        ("bars_held", counts(rows, |row| row.bars_held)),
        ("rolls", counts(rows, |row| row.rolls)),
        ("mae", numbers(rows, |row| row.mae)),
        ("mfe", numbers(rows, |row| row.mfe)),
        ("exit_reason", Arc::new(StringArray::from_iter_values(reasons))),
        ("ambiguous", Arc::new(rows.iter().map(|row| Some(row.ambiguous)).collect::<BooleanArray>())),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), false)).collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let schema = Schema::new(fields);
    encode_table(TableLayout { schema, name: LAYOUT, metadata: Vec::new(), group_rows: PAGED_GROUP_ROWS }, columns)
}

/// Trades `[offset, offset + limit)` of the object under `key`.
pub(crate) fn decode_trades(key: &str, bytes: Bytes, offset: u64, limit: u64) -> Result<TradePage, PortError> {
    let table = StoredTable::open(key, bytes, LAYOUT)?;
    let total = table.rows()?;
    let mut rows = Vec::new();
    for batch in table.read(offset, limit)? {
        append_rows(key, &batch, &mut rows)?;
    }
    Ok(TradePage { rows, total })
}

fn append_rows(key: &str, batch: &StoredBatch, rows: &mut Vec<TradeRow>) -> Result<(), PortError> {
    let count = |name| Ok::<_, PortError>(batch.column::<UInt32Array>(name, false)?.values());
    let number = |name| Ok::<_, PortError>(batch.column::<Float64Array>(name, false)?.values());
    let time = |name| Ok::<_, PortError>(batch.column::<TimestampMicrosecondArray>(name, false)?.values());
    let (numbers, bars_held, rolls) = (count("number")?, count("bars_held")?, count("rolls")?);
    let (entry_times, exit_times) = (time("entry_time")?, time("exit_time")?);
    let (quantities, entry_prices, exit_prices) = (number("quantity")?, number("entry_price")?, number("exit_price")?);
    let (gross, net, commissions, slippages) =
        (number("gross")?, number("net")?, number("commission")?, number("slippage")?);
    let (mae, mfe) = (number("mae")?, number("mfe")?);
    let sides = batch.column::<StringArray>("side", false)?;
    let reasons = batch.column::<StringArray>("exit_reason", false)?;
    let ambiguous = batch.column::<BooleanArray>("ambiguous", false)?;
    // Every column of a batch has its number of rows.
    for row in 0..batch.rows() {
        let reason = Value::String(reasons.value(row).to_owned());
        rows.push(TradeRow {
            number: numbers[row],
            side: sides.value(row).to_owned(),
            quantity: quantities[row],
            entry_time: entry_times[row],
            exit_time: exit_times[row],
            entry_price: entry_prices[row],
            exit_price: exit_prices[row],
            gross: gross[row],
            net: net[row],
            commission: commissions[row],
            slippage: slippages[row],
            bars_held: bars_held[row],
            rolls: rolls[row],
            mae: mae[row],
            mfe: mfe[row],
            exit_reason: serde_json::from_value(reason).map_err(|error| corrupt(key, &error))?,
            ambiguous: ambiguous.value(row),
        });
    }
    Ok(())
}

/// The reason's name as users see it: its serialised form is the one owner of these names.
fn exit_reason_name(row: &TradeRow) -> Result<String, PortError> {
    match serde_json::to_value(row.exit_reason).map_err(internal)? {
        Value::String(name) => Ok(name),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(internal(format!("exit reason {other} is not a name")))
        }
    }
}

fn counts(rows: &[TradeRow], value: impl Fn(&TradeRow) -> u32) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(rows.iter().map(value)))
}

fn numbers(rows: &[TradeRow], value: impl Fn(&TradeRow) -> f64) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(rows.iter().map(value)))
}

fn times(rows: &[TradeRow], value: impl Fn(&TradeRow) -> i64) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(value)).with_timezone("UTC"))
}
