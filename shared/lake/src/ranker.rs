//! Ranking a sweep: one query over exactly the slice objects that receipts name.
//!
//! Which slices count, and what is done with the ranking, is decided above.

use crate::failure::{fetch, store_failure};
use crate::objects::ObjectSession;
use crate::ranked_rows::{CLASS_COLUMN, CLASS_EXCLUDED, CLASS_FAILED, CLASS_RANKED, RankedRows};
use async_trait::async_trait;
use datafusion::arrow::datatypes::Schema;
use datafusion::error::{DataFusionError, Result as QueryResult};
use datafusion::logical_expr::{Expr, SortExpr, ident, lit, when};
use datafusion::prelude::DataFrame;
use domain::sweep::{
    Comparison, ERROR_COLUMN, INDEX_COLUMN, METRIC_KEYS_KEY, RankOrder, RankedTable, SCHEMA_KEY, SWEEP_SCHEMA,
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use ports::PortError;
use ports::results::Ranker;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Slice objects asked for at the same time.
const OBJECTS_IN_FLIGHT: usize = 16;

/// Ranks sweeps whose slices are in an object store.
pub struct LakeRanker {
    store: Arc<dyn ObjectStore>,
}

impl LakeRanker {
    /// A ranker over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Copies of the slices in memory, fetched whole and once each: a query asks for the parts of an object one by one.
    async fn copies(&self, slice_keys: &[String]) -> Result<(ObjectSession, Vec<ObjectMeta>), PortError> {
        let copies = InMemory::new();
        let copied = slice_keys.iter().map(|key| copy(self.store.as_ref(), &copies, key)).collect::<Vec<_>>();
        let objects = futures::stream::iter(copied).buffered(OBJECTS_IN_FLIGHT).try_collect().await?;
        Ok((ObjectSession::new(Arc::new(copies)), objects))
    }
}

async fn copy(store: &dyn ObjectStore, copies: &InMemory, key: &str) -> Result<ObjectMeta, PortError> {
    let (meta, bytes) = fetch(store, key).await?;
    copies.put(&meta.location, bytes.into()).await.map_err(|error| store_failure(key, &error))?;
    Ok(meta)
}

async fn ranked(
    session: &ObjectSession,
    objects: Vec<ObjectMeta>,
    order: &RankOrder,
) -> Result<RankedTable, PortError> {
    let schema = session.schema(&objects).await.map_err(query_failure)?;
    let metric_keys = metric_keys(&schema)?;
    for named in std::iter::once(&order.metric).chain(order.constraints.iter().map(|limit| &limit.metric)) {
        if !metric_keys.contains(named) {
            return Err(PortError::Internal(format!("the slices have no metric {named}")));
        }
    }
    let table = session.read(Arc::clone(&schema), objects, None).map_err(query_failure)?;
    let mut batches =
        in_rank_order(table, order).map_err(query_failure)?.execute_stream().await.map_err(query_failure)?;
    let mut rows = RankedRows::new(metric_keys);
    while let Some(batch) = batches.try_next().await.map_err(query_failure)? {
        rows.append(&batch)?;
    }
    rows.finish()
}

#[async_trait]
impl Ranker for LakeRanker {
    async fn rank(&self, slice_keys: &[String], order: &RankOrder) -> Result<RankedTable, PortError> {
        if slice_keys.is_empty() {
            return Ok(RankedTable::default());
        }
        let (session, objects) = self.copies(slice_keys).await?;
        // Damaged lengths and offsets can make the Parquet reader panic; that is a damaged slice, not a defect.
        let ranking = AssertUnwindSafe(ranked(&session, objects, order)).catch_unwind().await;
        ranking.unwrap_or_else(|_panic| {
            Err(PortError::Corrupt("ranking slices: the structure of one is damaged".to_owned()))
        })
    }
}

/// Every row with its class, by class, then metric with undefined last, then index.
fn in_rank_order(table: DataFrame, order: &RankOrder) -> QueryResult<DataFrame> {
    let meets_all = order.constraints.iter().fold(ident(&order.metric).is_not_null(), |all, limit| {
        let value = comparable(&limit.metric);
        let bound = lit(limit.value + 0.0);
        all.and(match limit.operator {
            Comparison::AtLeast => value.gt_eq(bound),
            Comparison::AtMost => value.lt_eq(bound),
            Comparison::Above => value.gt(bound),
            Comparison::Below => value.lt(bound),
        })
    });
    let class = when(ident(ERROR_COLUMN).is_not_null(), lit(CLASS_FAILED))
        .when(meets_all, lit(CLASS_RANKED))
        .otherwise(lit(CLASS_EXCLUDED))?;
    let by: Vec<SortExpr> = vec![
        ident(CLASS_COLUMN).sort(true, false),
        comparable(&order.metric).sort(!order.descending, false),
        ident(INDEX_COLUMN).sort(true, false),
    ];
    table.with_column(CLASS_COLUMN, class)?.sort(by)
}

/// A metric for comparing: adding zero makes −0 and 0 equal, which the engine's total order of floats tells apart.
fn comparable(metric: &str) -> Expr {
    ident(metric) + lit(0.0)
}

fn metric_keys(schema: &Schema) -> Result<Vec<String>, PortError> {
    let entry = |key: &str| schema.metadata().get(key).map_or("", String::as_str);
    if entry(SCHEMA_KEY) != SWEEP_SCHEMA {
        return Err(PortError::Corrupt(format!(
            "slice objects of layout {:?}, not {SWEEP_SCHEMA:?}",
            entry(SCHEMA_KEY)
        )));
    }
    serde_json::from_str(entry(METRIC_KEYS_KEY))
        .map_err(|error| PortError::Corrupt(format!("metric keys of the slices: {error}")))
}

/// The slices are in memory by now: what fails is damage, or slices that do not fit together.
fn query_failure(error: DataFusionError) -> PortError {
    PortError::Corrupt(format!("ranking slices: {error}"))
}
