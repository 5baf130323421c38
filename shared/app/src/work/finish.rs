//! Ending a sweep: final state, slot, trials of the lineage, version and work limit in one transaction, whatever the end.

use super::receipts;
use crate::error::AppError;
use crate::messages::Origin;
use crate::platform::Desk;
use crate::records::{self, Stored, Transaction};
use crate::{record_keys, reservations};
use domain::artifact::Artifact;
use domain::optimization::{Batch, BatchStatus};
use domain::session::Session;

/// Tries against other changes of the session, the version and the tenant's other sweeps.
const ATTEMPTS: u32 = 12;

/// Writes the final state of a batch, unless it has one; frees the slot, the version and the reserved work with it.
pub(crate) async fn end(desk: &Desk, origin: &Origin, ended: &Batch) -> Result<(), AppError> {
    let tenant = &origin.tenant;
    let batch_key = record_keys::batch(tenant, &ended.session_id, &ended.optimization_id);
    for attempt in 0..ATTEMPTS {
        let Some(read) = records::get::<Batch>(desk, &batch_key).await? else { return Ok(()) };
        if read.value.status.is_final() {
            return Ok(());
        }
        let mut batch = ended.clone();
        batch.ended_at = Some(desk.now_us());
        let session = records::get::<Session>(desk, &record_keys::session(tenant, &ended.session_id)).await?;
        let key = record_keys::artifact(tenant, &ended.session_id, &ended.artifact_id);
        let version = records::get::<Artifact>(desk, &key).await?;
        let transaction = free(Transaction::new().update(&read, &batch)?, &batch, session, version)?;
        if reservations::release(desk, tenant, &batch, transaction).await?.commit(desk).await? {
            return Ok(());
        }
        records::give_way(desk, attempt).await;
    }
    Err(records::contention(&batch_key))
}

fn free(
    mut transaction: Transaction,
    batch: &Batch,
    session: Option<Stored<Session>>,
    version: Option<Stored<Artifact>>,
) -> Result<Transaction, AppError> {
    if let Some(read) = session {
        let mut session = read.value.clone();
        let freed = session.free_slot(&batch.optimization_id);
        let trials = batch.robustness.as_ref().map_or(0, |robustness| robustness.trials);
        let counted = version.as_ref().is_some_and(|version| session.add_trials(&version.value.root, trials));
        if freed || counted {
            transaction = transaction.update(&read, &session)?;
        }
    }
    if let Some(read) = version {
        let mut version = read.value.clone();
        version.end_work(batch.optimization_id.as_str());
        if version.active_work != read.value.active_work {
            transaction = transaction.update(&read, &version)?;
        }
    }
    Ok(transaction)
}

/// Ends a batch as failed, keeping the counts of what was evaluated.
pub(crate) async fn fail(desk: &Desk, origin: &Origin, batch: &Batch, why: &str) -> Result<(), AppError> {
    let (completed, _) = receipts::sums(&receipts::all(desk, &origin.tenant, batch).await?);
    let mut ended = batch.clone();
    ended.status = BatchStatus::Failed;
    ended.error = Some(why.to_owned());
    ended.completed_count = completed;
    ended.failed_count = batch.total_combinations.saturating_sub(completed);
    end(desk, origin, &ended).await
}
