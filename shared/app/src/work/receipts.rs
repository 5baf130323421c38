//! Receipts of slices: written once, counted, and the moment the last one is there.
//!
//! No counter is shared: counts are sums over receipts, and no partition has more than 64 writers.

use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::platform::Desk;
use crate::record_keys;
use crate::records::{self, Transaction};
use domain::ids::TenantId;
use domain::limits::SLICES_PER_GROUP;
use domain::optimization::{Batch, group_of};
use domain::receipt::{GroupReceipt, Receipt};
use ports::message::Work;
use ports::table::Consistency;

/// Writes the receipt unless there is one: the first wins for ever. True when this one was written (now or by an earlier try of ours).
pub(crate) async fn put(desk: &Desk, tenant: &TenantId, batch: &Batch, receipt: &Receipt) -> Result<bool, AppError> {
    let key = record_keys::receipt(tenant, &batch.optimization_id, receipt.slice);
    Transaction::new().create(key, receipt)?.commit(desk).await
}

/// The receipt of a slice.
pub(crate) async fn get(
    desk: &Desk,
    tenant: &TenantId,
    batch: &Batch,
    slice: u32,
) -> Result<Option<Receipt>, AppError> {
    let key = record_keys::receipt(tenant, &batch.optimization_id, slice);
    Ok(records::get::<Receipt>(desk, &key).await?.map(|stored| stored.value))
}

async fn of_group(desk: &Desk, tenant: &TenantId, batch: &Batch, group: u32) -> Result<Vec<Receipt>, AppError> {
    let partition = record_keys::receipts(tenant, &batch.optimization_id, group);
    records::list_all(desk, &partition, "", SLICES_PER_GROUP as usize, Consistency::Strong).await
}

/// Every receipt of a batch, by slice.
pub(crate) async fn all(desk: &Desk, tenant: &TenantId, batch: &Batch) -> Result<Vec<Receipt>, AppError> {
    let mut receipts = Vec::new();
    for group in 0..batch.group_count() {
        receipts.append(&mut of_group(desk, tenant, batch, group).await?);
    }
    Ok(receipts)
}

/// Combinations completed and failed so far.
pub(crate) async fn counts(desk: &Desk, tenant: &TenantId, batch: &Batch) -> Result<(u64, u64), AppError> {
    let receipts = all(desk, tenant, batch).await?;
    Ok(sums(&receipts))
}

/// Combinations completed and failed in these receipts.
pub(crate) fn sums(receipts: &[Receipt]) -> (u64, u64) {
    receipts
        .iter()
        .fold((0, 0), |(completed, failed), receipt| (completed + receipt.completed, failed + receipt.failed))
}

/// After every delivery of a slice, won or lost: when its group is full, say so; when every group is, ask for the reduction.
pub(crate) async fn settle_group(desk: &Desk, origin: &Origin, batch: &Batch, slice: u32) -> Result<(), AppError> {
    let group = group_of(slice);
    let receipts = of_group(desk, &origin.tenant, batch, group).await?;
    if receipts.len() < batch.group_slices(group).len() {
        return Ok(());
    }
    let key = record_keys::group_receipt(&origin.tenant, &batch.optimization_id, group);
    Transaction::new().create(key, &GroupReceipt { group })?.commit(desk).await?;
    let partition = record_keys::group_receipts(&origin.tenant, &batch.optimization_id);
    let most = batch.group_count() as usize;
    let groups: Vec<GroupReceipt> = records::list_all(desk, &partition, "", most.max(1), Consistency::Strong).await?;
    if groups.len() < most {
        return Ok(());
    }
    let optimization_id = batch.optimization_id.clone();
    messages::send(desk, origin, Work::Reduce { optimization_id }, 0).await
}
