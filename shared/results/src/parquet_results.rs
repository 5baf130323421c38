//! The results port over any blob store.
//!
//! An object is fetched whole (they are small) and only the row groups an answer needs are decoded.

use crate::equity::{decode_equity, encode_equity};
use crate::sweep_table::{decode_ranking, encode_ranking, encode_slice};
use crate::trades::{decode_trades, encode_trades};
use async_trait::async_trait;
use domain::sweep::{RankedTable, SliceTable};
use domain::tables::{EquityCurve, TradeRow};
use ports::PortError;
use ports::blobs::Blobs;
use ports::results::{Results, TradePage};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Result tables as Parquet objects. The same rows give the same bytes, hence the same digest.
pub struct ParquetResults {
    blobs: Arc<dyn Blobs>,
}

impl ParquetResults {
    /// Results kept in `blobs`.
    #[must_use]
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }
}

#[async_trait]
impl Results for ParquetResults {
    async fn write_trades(&self, key: &str, rows: &[TradeRow]) -> Result<(), PortError> {
        self.blobs.put(key, encode_trades(rows)?).await
    }

    async fn read_trades(&self, key: &str, offset: u64, limit: u64) -> Result<Option<TradePage>, PortError> {
        let bytes = self.blobs.get(key).await?;
        bytes.map(|bytes| decode_trades(key, bytes, offset, limit)).transpose()
    }

    async fn write_equity(&self, key: &str, curve: &EquityCurve) -> Result<(), PortError> {
        self.blobs.put(key, encode_equity(curve)?).await
    }

    async fn read_equity(&self, key: &str) -> Result<Option<EquityCurve>, PortError> {
        let bytes = self.blobs.get(key).await?;
        bytes.map(|bytes| decode_equity(key, bytes)).transpose()
    }

    async fn write_slice(&self, key: &str, table: &SliceTable) -> Result<String, PortError> {
        let bytes = encode_slice(table)?;
        let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.blobs.put(key, bytes).await?;
        Ok(digest)
    }

    async fn write_ranking(&self, key: &str, ranking: &RankedTable) -> Result<(), PortError> {
        self.blobs.put(key, encode_ranking(ranking)?).await
    }

    async fn read_ranking(&self, key: &str, offset: u64, limit: u64) -> Result<Option<RankedTable>, PortError> {
        let bytes = self.blobs.get(key).await?;
        bytes.map(|bytes| decode_ranking(key, bytes, offset, limit)).transpose()
    }
}
