//! The reduction: close a sweep from exactly the receipts that were read. Safe to run twice, late, or concurrently.

use super::{Task, finish, ranking, receipts};
use crate::error::AppError;
use crate::platform::Bench;
use crate::{record_keys, records};
use domain::ids::OptimizationId;
use domain::optimization::{Batch, BatchStatus};
use domain::receipt::{Receipt, SliceOutcome};

/// Handles one delivery of a reduction.
pub(crate) async fn reduce(bench: &Bench, task: &Task, optimization_id: &OptimizationId) -> Result<(), AppError> {
    let (desk, origin) = (&bench.desk, &task.origin);
    let key = record_keys::batch(&origin.tenant, &origin.session_id, optimization_id);
    let Some(batch) = records::get::<Batch>(desk, &key).await?.map(|stored| stored.value) else { return Ok(()) };
    let receipts = receipts::all(desk, &origin.tenant, &batch).await?;
    match batch.status {
        BatchStatus::Cancelling => {}
        // Somebody settles what is missing and asks again.
        BatchStatus::Running if receipts.len() < batch.slice_count() as usize => return Ok(()),
        BatchStatus::Running => {}
        BatchStatus::Configured | BatchStatus::Completed | BatchStatus::Failed | BatchStatus::Cancelled => {
            return Ok(());
        }
    }
    let ended = closed(bench, task, &batch, &receipts).await?;
    finish::end(desk, origin, &ended).await
}

async fn closed(bench: &Bench, task: &Task, batch: &Batch, receipts: &[Receipt]) -> Result<Batch, AppError> {
    let (completed, failed) = receipts::sums(receipts);
    let mut ended = batch.clone();
    ended.completed_count = completed;
    // A slice given up without its strategy counts all its grid points, also those that `where` excludes.
    ended.failed_count = failed.min(batch.total_combinations.saturating_sub(completed));
    ended.cancelled_count = batch.total_combinations.saturating_sub(completed + ended.failed_count);
    ended.error = receipts.iter().find_map(|receipt| receipt.error.clone());
    let slices: Vec<String> = receipts
        .iter()
        .filter(|receipt| receipt.outcome == SliceOutcome::Succeeded)
        .map(|receipt| receipt.result_key.clone())
        .collect();
    ended.status = if batch.status == BatchStatus::Cancelling {
        BatchStatus::Cancelled
    } else if completed == 0 {
        BatchStatus::Failed
    } else {
        BatchStatus::Completed
    };
    if completed > 0 {
        ranking::write(bench, task, &mut ended, &slices).await?;
    }
    if ended.status == BatchStatus::Failed && ended.error.is_none() {
        ended.error = Some("no combination could be evaluated; get_optimization shows the first error".to_owned());
    }
    Ok(ended)
}
