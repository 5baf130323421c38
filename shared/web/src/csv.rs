//! Tables as CSV: times in ISO 8601 UTC, numbers just as the tools answer them.

use crate::trades::reason;
use app::AppError;
use csv::Writer;
use domain::tables::{EquityCurve, TradeRow};
use market::zone::format_utc;

const TRADE_COLUMNS: [&str; 17] = [
    "number",
    "side",
    "quantity",
    "entry_time",
    "entry_price",
    "exit_time",
    "exit_price",
    "exit_reason",
    "gross",
    "net",
    "commission",
    "slippage",
    "bars_held",
    "rolls",
    "mae",
    "mfe",
    "ambiguous",
];

/// Every trade.
pub(crate) fn trades(rows: &[TradeRow]) -> Result<Vec<u8>, AppError> {
    let lines = rows.iter().map(|row| {
        [
            row.number.to_string(),
            row.side.clone(),
            row.quantity.to_string(),
            format_utc(row.entry_time),
            row.entry_price.to_string(),
            format_utc(row.exit_time),
            row.exit_price.to_string(),
            reason(row),
            row.gross.to_string(),
            row.net.to_string(),
            row.commission.to_string(),
            row.slippage.to_string(),
            row.bars_held.to_string(),
            row.rolls.to_string(),
            row.mae.to_string(),
            row.mfe.to_string(),
            row.ambiguous.to_string(),
        ]
    });
    written(TRADE_COLUMNS, lines)
}

/// Every minute mark.
pub(crate) fn equity(curve: &EquityCurve) -> Result<Vec<u8>, AppError> {
    let marks = curve.ts.iter().zip(&curve.equity);
    written(["time", "equity"], marks.map(|(time, equity)| [format_utc(*time), equity.to_string()]))
}

fn written<const N: usize>(columns: [&str; N], lines: impl Iterator<Item = [String; N]>) -> Result<Vec<u8>, AppError> {
    let mut writer = Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| AppError::internal(error.to_string());
    writer.write_record(columns).map_err(failed)?;
    for line in lines {
        writer.write_record(&line).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| AppError::internal(error.to_string()))
}
