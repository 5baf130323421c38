//! The results port over any blob store.
//!
//! An object is fetched whole (they are small) and only the row groups an answer needs are decoded.

use crate::chart::{decode_chart, encode_chart};
use crate::equity::{decode_equity, encode_equity};
use crate::stored_table::corrupt;
use crate::sweep_table::{decode_ranking, encode_ranking, encode_slice};
use crate::trades::{decode_trades, encode_trades};
use async_trait::async_trait;
use bytes::Bytes;
use domain::sweep::{RankedTable, SliceTable};
use domain::tables::{EquityCurve, PriceChart, TradeRow};
use ports::PortError;
use ports::blobs::Blobs;
use ports::results::{Results, TradePage};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
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

    async fn read<T>(
        &self,
        key: &str,
        decode: impl FnOnce(Bytes) -> Result<T, PortError>,
    ) -> Result<Option<T>, PortError> {
        let Some(bytes) = self.blobs.get(key).await? else { return Ok(None) };
        // Damaged lengths and offsets can make the Parquet reader panic; that is a damaged object, not a defect.
        let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes)));
        decoded.unwrap_or_else(|_panic| Err(corrupt(key, &"its structure is damaged"))).map(Some)
    }
}

#[async_trait]
impl Results for ParquetResults {
    async fn write_trades(&self, key: &str, rows: &[TradeRow]) -> Result<(), PortError> {
        self.blobs.put(key, encode_trades(rows)?).await
    }

    async fn read_trades(&self, key: &str, offset: u64, limit: u64) -> Result<Option<TradePage>, PortError> {
        self.read(key, |bytes| decode_trades(key, bytes, offset, limit)).await
    }

    async fn write_equity(&self, key: &str, curve: &EquityCurve) -> Result<(), PortError> {
        self.blobs.put(key, encode_equity(curve)?).await
    }

    async fn read_equity(&self, key: &str) -> Result<Option<EquityCurve>, PortError> {
        self.read(key, |bytes| decode_equity(key, bytes)).await
    }

    async fn write_chart(&self, key: &str, chart: &PriceChart) -> Result<(), PortError> {
        self.blobs.put(key, encode_chart(chart)?).await
    }

    async fn read_chart(&self, key: &str) -> Result<Option<PriceChart>, PortError> {
        self.read(key, |bytes| decode_chart(key, bytes)).await
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
        self.read(key, |bytes| decode_ranking(key, bytes, offset, limit)).await
    }
}
