//! The results ports: what runs and sweeps leave behind, and ranking a sweep.

use crate::PortError;
use async_trait::async_trait;
use domain::sweep::{RankOrder, RankedTable, SliceTable};
use domain::tables::{EquityCurve, PriceChart, TradeRow};

/// A page of trades.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TradePage {
    /// The rows.
    pub rows: Vec<TradeRow>,
    /// Trades in the whole run.
    pub total: u64,
}

/// Writes and reads result tables (Parquet objects) under keys the caller names.
#[async_trait]
pub trait Results: Send + Sync {
    /// Stores a run's trades.
    async fn write_trades(&self, key: &str, rows: &[TradeRow]) -> Result<(), PortError>;

    /// Trades `[offset, offset + limit)`; `None` without the object.
    async fn read_trades(&self, key: &str, offset: u64, limit: u64) -> Result<Option<TradePage>, PortError>;

    /// Stores a run's equity marks.
    async fn write_equity(&self, key: &str, curve: &EquityCurve) -> Result<(), PortError>;

    /// The whole curve; `None` without the object.
    async fn read_equity(&self, key: &str) -> Result<Option<EquityCurve>, PortError>;

    /// Stores what a run is shown on.
    async fn write_chart(&self, key: &str, chart: &PriceChart) -> Result<(), PortError>;

    /// The whole chart; `None` without the object.
    async fn read_chart(&self, key: &str) -> Result<Option<PriceChart>, PortError>;

    /// Stores a slice's rows; returns the object's SHA-256, hex.
    async fn write_slice(&self, key: &str, table: &SliceTable) -> Result<String, PortError>;

    /// Stores a whole ranking.
    async fn write_ranking(&self, key: &str, ranking: &RankedTable) -> Result<(), PortError>;

    /// Rows `[offset, offset + limit)` of a ranking with its counts; `None` without the object. Reads only the row groups it needs.
    async fn read_ranking(&self, key: &str, offset: u64, limit: u64) -> Result<Option<RankedTable>, PortError>;
}

/// Ranks a sweep from exactly the slice objects named (never a listing).
#[async_trait]
pub trait Ranker: Send + Sync {
    /// Every row of the slices in rank order. An index that occurs in two objects is an error: receipts name each slice once.
    async fn rank(&self, slice_keys: &[String], order: &RankOrder) -> Result<RankedTable, PortError>;
}
