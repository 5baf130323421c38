//! Turning a started sweep into slice messages. Safe to repeat: slices with a receipt are left out, the others are idempotent.

use super::{Task, receipts};
use crate::error::AppError;
use crate::messages;
use crate::platform::Bench;
use crate::{record_keys, records};
use domain::ids::OptimizationId;
use domain::optimization::{Batch, BatchStatus};
use ports::message::Work;
use ports::queue::QueueName;
use std::collections::BTreeSet;

/// Handles one delivery of a start.
pub(crate) async fn start(bench: &Bench, task: &Task, optimization_id: &OptimizationId) -> Result<(), AppError> {
    let key = record_keys::batch(&task.origin.tenant, &task.origin.session_id, optimization_id);
    match records::get::<Batch>(&bench.desk, &key).await? {
        Some(batch) if batch.value.status == BatchStatus::Running => {
            send_missing(bench, task, &batch.value).await.map(|_| ())
        }
        Some(_) | None => Ok(()),
    }
}

/// Sends a message for every slice without a receipt, and the reduction when there is none; how many receipts there are.
pub(crate) async fn send_missing(bench: &Bench, task: &Task, batch: &Batch) -> Result<u64, AppError> {
    let settled: BTreeSet<u32> =
        receipts::all(&bench.desk, &task.origin.tenant, batch).await?.iter().map(|receipt| receipt.slice).collect();
    let optimization_id = &batch.optimization_id;
    let missing: Vec<Work> = (0..batch.slice_count())
        .filter(|slice| !settled.contains(slice))
        .map(|slice| Work::Slice { optimization_id: optimization_id.clone(), slice })
        .collect();
    if missing.is_empty() {
        let optimization_id = optimization_id.clone();
        messages::send(&bench.desk, &task.origin, Work::Reduce { optimization_id }, 0).await?;
    } else {
        messages::send_all(&bench.desk, &task.origin, QueueName::Units, missing).await?;
    }
    Ok(settled.len() as u64)
}
