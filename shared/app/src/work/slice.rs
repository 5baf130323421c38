//! One slice of a sweep: evaluate its combinations, write the result object, then the receipt, then look whether it was the last.

use super::study::StudyFailure;
use super::{Task, evaluate, finish, receipts, study};
use crate::error::AppError;
use crate::optimization::Combinations;
use crate::platform::Bench;
use crate::{artifact, compute, metrics, record_keys, records};
use domain::artifact::Artifact;
use domain::ids::{OptimizationId, random_text};
use domain::optimization::{Batch, BatchStatus};
use domain::receipt::{Receipt, SliceOutcome};
use domain::sweep::SliceTable;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use strategy::{Strategy, Study};

/// Pause between two looks at the batch while a slice is evaluated.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Stops an evaluation, which runs on threads of its own, when nobody waits for it any more: at the deadline.
#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Handles one delivery of a slice.
pub(crate) async fn slice(
    bench: &Bench,
    task: &Task,
    optimization_id: &OptimizationId,
    slice: u32,
) -> Result<(), AppError> {
    let (desk, origin) = (&bench.desk, &task.origin);
    let key = record_keys::batch(&origin.tenant, &origin.session_id, optimization_id);
    let Some(batch) = records::get::<Batch>(desk, &key).await?.map(|stored| stored.value) else { return Ok(()) };
    if batch.status != BatchStatus::Running || batch.slice_range(slice).is_none() {
        return Ok(());
    }
    if batch.pins.engine_version != engine::ENGINE_VERSION {
        return finish::fail(
            desk,
            origin,
            &batch,
            "the engine was upgraded while this sweep ran: set it up and run it again",
        )
        .await;
    }
    if receipts::get(desk, &origin.tenant, &batch, slice).await?.is_none() {
        match evaluated(bench, task, &batch, slice).await {
            Ok(Some(table)) => keep(bench, task, &batch, slice, &table).await?,
            // Cancelled on the way: no receipt, the reducer counts it as cancelled.
            Ok(None) => return Ok(()),
            Err(StudyFailure::Final(why)) => give_up(bench, task, &batch, slice, &why).await?,
            Err(StudyFailure::Retry(error)) => return Err(error),
        }
    }
    receipts::settle_group(desk, origin, &batch, slice).await
}

async fn evaluated(bench: &Bench, task: &Task, batch: &Batch, slice: u32) -> Result<Option<SliceTable>, StudyFailure> {
    let origin = &task.origin;
    let key = record_keys::artifact(&origin.tenant, &origin.session_id, &batch.artifact_id);
    let version = records::get::<Artifact>(&bench.desk, &key).await?;
    let version = version.ok_or_else(|| StudyFailure::Final("the strategy no longer exists".to_owned()))?;
    let strategy =
        artifact::checked(&bench.desk, &version.value).map_err(|error| StudyFailure::Final(error.message))?;
    let combinations = Combinations::new(&strategy, &batch.grid, batch.parameter_constraint.as_deref())?;
    let study = of_batch(bench, batch, &strategy, &combinations).await?;
    let (range, threads) = (batch.slice_range(slice).unwrap_or((0, 0)), bench.desk.settings.threads);
    let (stop, grid) = (StopOnDrop::default(), batch.grid.clone());
    let raised = Arc::clone(&stop.0);
    let blocks = engine::robustness::block_count(batch.total_combinations);
    let rows = move || evaluate::range((&study, blocks), (&combinations, &grid), range, threads, &raised);
    let mut work = pin!(compute::aside(&bench.desk.settings, rows));
    loop {
        tokio::select! {
            done = &mut work => return Ok(done?),
            () = tokio::time::sleep(LOOK_EVERY) => {
                if still_running(bench, task, batch).await == Some(false) {
                    stop.0.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

async fn still_running(bench: &Bench, task: &Task, batch: &Batch) -> Option<bool> {
    let key = record_keys::batch(&task.origin.tenant, &task.origin.session_id, &batch.optimization_id);
    let read = records::get::<Batch>(&bench.desk, &key).await.ok()?;
    Some(read.is_some_and(|batch| batch.value.status == BatchStatus::Running))
}

/// The study of a batch, covering the extremes of its grid.
pub(crate) async fn of_batch(
    bench: &Bench,
    batch: &Batch,
    strategy: &Strategy,
    combinations: &Combinations,
) -> Result<Arc<Study>, StudyFailure> {
    let extremes = combinations.extremes(&batch.grid);
    study::warm(bench, batch.optimization_id.as_str(), strategy, &batch.pins, &extremes).await
}

async fn keep(bench: &Bench, task: &Task, batch: &Batch, slice: u32, table: &SliceTable) -> Result<(), AppError> {
    let (desk, tenant) = (&bench.desk, &task.origin.tenant);
    let attempt = random_text(&desk.ids.random());
    let owner = format!("{}/slices/{slice:05}", batch.optimization_id);
    let result_key = record_keys::result_blob(tenant, &owner, &attempt, "rows.parquet");
    let digest = desk.results.write_slice(&result_key, table).await?;
    let failed = table.rows.iter().filter(|row| row.error.is_some()).count() as u64;
    let completed = table.rows.len() as u64 - failed;
    let receipt = Receipt {
        slice,
        outcome: SliceOutcome::Succeeded,
        completed,
        failed,
        result_key,
        digest,
        attempt,
        error: None,
        settled_at: desk.now_us(),
    };
    receipts::put(desk, tenant, batch, &receipt).await?;
    Ok(())
}

/// Settles a slice as failed, unless it has a receipt.
pub(crate) async fn give_up(bench: &Bench, task: &Task, batch: &Batch, slice: u32, why: &str) -> Result<(), AppError> {
    let desk = &bench.desk;
    let receipt = Receipt {
        slice,
        outcome: SliceOutcome::Failed,
        completed: 0,
        failed: combinations_of(bench, task, batch, slice).await?,
        result_key: String::new(),
        digest: String::new(),
        attempt: random_text(&desk.ids.random()),
        error: Some(why.to_owned()),
        settled_at: desk.now_us(),
    };
    if receipts::put(desk, &task.origin.tenant, batch, &receipt).await? {
        metrics::slice_failed();
    }
    Ok(())
}

/// Combinations of a slice that count; all of its grid points when the version can no longer say which do.
async fn combinations_of(bench: &Bench, task: &Task, batch: &Batch, slice: u32) -> Result<u64, AppError> {
    let (from, to) = batch.slice_range(slice).unwrap_or((0, 0));
    if batch.parameter_constraint.is_none() {
        return Ok(to - from);
    }
    let key = record_keys::artifact(&task.origin.tenant, &task.origin.session_id, &batch.artifact_id);
    let Some(version) = records::get::<Artifact>(&bench.desk, &key).await? else { return Ok(to - from) };
    let combinations = artifact::checked(&bench.desk, &version.value)
        .and_then(|strategy| Combinations::new(&strategy, &batch.grid, batch.parameter_constraint.as_deref()));
    let Ok(combinations) = combinations else { return Ok(to - from) };
    Ok((from..to).filter(|place| combinations.values(&batch.grid, batch.grid.at(*place)).is_some()).count() as u64)
}
