//! Tables a run leaves behind, in the units users see: trades and the equity curve.

use engine::ExitReason;
use serde::{Deserialize, Serialize};

/// One trade as shown and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeRow {
    /// 1 for the first trade to close.
    pub number: u32,
    /// `long` or `short`.
    pub side: String,
    /// Units.
    pub quantity: f64,
    /// Open time of the entry minute, microseconds UTC.
    pub entry_time: i64,
    /// Open time of the exit minute, microseconds UTC.
    pub exit_time: i64,
    /// Raw entry fill.
    pub entry_price: f64,
    /// Raw exit fill.
    pub exit_price: f64,
    /// Profit before commission, account currency.
    pub gross: f64,
    /// Profit after commission.
    pub net: f64,
    /// Commission.
    pub commission: f64,
    /// Cost of slippage, already in the fills.
    pub slippage: f64,
    /// Strategy bars completed while open.
    pub bars_held: u32,
    /// Rolls held through.
    pub rolls: u32,
    /// Worst open profit, at most 0.
    pub mae: f64,
    /// Best open profit, at least 0.
    pub mfe: f64,
    /// Why it ended.
    pub exit_reason: ExitReason,
    /// Its outcome rested on the order of events inside a minute.
    pub ambiguous: bool,
}

/// Equity marks, one per simulated minute.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EquityCurve {
    /// Open time of the minute, microseconds UTC.
    pub ts: Vec<i64>,
    /// Equity at its close, account currency.
    pub equity: Vec<f64>,
}
