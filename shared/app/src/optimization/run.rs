//! Starting a sweep: the slices are frozen into the batch, the session's slot is taken and the tenant's work limit reserved, in
//! one transaction.

use super::combinations::{Combinations, enumerate};
use super::{COMBINATION_MINUTES_PER_SECOND, WRITE_ATTEMPTS, find, status_word};
use crate::error::AppError;
use crate::messages::{self, Origin};
use crate::platform::{Caller, Desk};
use crate::records::{self, Stored, Transaction};
use crate::view::OptimizationStarted;
use crate::{artifact, record_keys, reservations, session};
use domain::artifact::Artifact;
use domain::grid::Grid;
use domain::limits::SLICES_MAX;
use domain::optimization::{Batch, BatchStatus, slice_bounds};
use domain::session::Session;
use ports::message::{Watched, Work};

/// Starts a sweep. Starting one that runs or has ended answers with what it is.
///
/// # Errors
/// Another sweep runs in the session, a limit on the tenant's work, not found.
pub async fn run(
    desk: &Desk,
    caller: &Caller,
    (session_id, artifact_id): (&str, &str),
    optimization_id: &str,
) -> Result<OptimizationStarted, AppError> {
    let session_id = session::find(desk, caller, session_id).await?.value.session_id;
    let origin = Origin::first(caller.tenant.clone(), session_id.clone());
    for attempt in 0..WRITE_ATTEMPTS {
        let batch = find(desk, caller, &session_id, optimization_id).await?;
        if batch.value.artifact_id.as_str() != artifact_id {
            return Err(AppError::not_found(
                "sweep of this strategy",
                optimization_id,
                "check artifact_id and optimization_id",
            ));
        }
        if batch.value.status != BatchStatus::Configured {
            return Ok(started(desk, &batch.value));
        }
        let read = artifact::find(desk, caller, &session_id, artifact_id).await?;
        let session = session::find(desk, caller, session_id.as_str()).await?;
        let optimization_id = batch.value.optimization_id.clone();
        let running = running(desk, &batch.value, &read.value).await?;
        let transaction = take_slot(desk, caller, (&session, &read, &batch), &running).await?;
        let transaction = reservations::reserve(desk, &caller.tenant, &running, transaction).await?;
        if attempt == 0 {
            messages::watch(desk, &origin, Watched::Batch { optimization_id: optimization_id.clone() }).await?;
        }
        if transaction.commit(desk).await? {
            messages::send(desk, &origin, Work::Start { optimization_id }, 0).await?;
            return Ok(started(desk, &running));
        }
        records::give_way(desk, attempt).await;
    }
    Err(AppError::conflict("the session and the other sweeps of this account are changing", "send the same call again"))
}

fn started(desk: &Desk, batch: &Batch) -> OptimizationStarted {
    OptimizationStarted {
        optimization_id: batch.optimization_id.to_string(),
        status: status_word(batch.status).to_owned(),
        total_combinations: batch.total_combinations,
        slices: batch.slice_count(),
        app_url: desk.session_url(&batch.session_id),
    }
}

/// The batch as it runs: everything a slice needs is frozen into it.
async fn running(desk: &Desk, batch: &Batch, artifact: &Artifact) -> Result<Batch, AppError> {
    if batch.pins.engine_version != engine::ENGINE_VERSION {
        return Err(AppError::invalid(
            "the engine was upgraded after this sweep was set up",
            "set it up again with setup_optimization, then run that one",
        ));
    }
    artifact::room_for_work(artifact)?;
    let strategy = artifact::checked(desk, artifact)?;
    let combinations = Combinations::new(&strategy, &batch.grid, batch.parameter_constraint.as_deref())?;
    let per_second = COMBINATION_MINUTES_PER_SECOND * desk.settings.threads as f64;
    let per_slice = per_second / (batch.minutes.max(1) as f64 * strategy.cost_class());
    let (points, total) = (batch.grid.points().unwrap_or(0), batch.total_combinations);
    let bounds = move |combinations: &Combinations, grid: &Grid| {
        slice_bounds(combinations.counted(grid), total, points, per_slice.max(1.0) as u64)
    };
    let mut running = batch.clone();
    running.status = BatchStatus::Running;
    running.started_at = Some(desk.now_us());
    running.slice_bounds = enumerate(&desk.settings, combinations, &batch.grid, bounds).await?;
    if running.slice_count() as u64 > SLICES_MAX || running.slice_count() == 0 {
        return Err(AppError::internal("slices out of range"));
    }
    Ok(running)
}

async fn take_slot(
    desk: &Desk,
    caller: &Caller,
    (session, artifact, batch): (&Stored<Session>, &Stored<Artifact>, &Stored<Batch>),
    running: &Batch,
) -> Result<Transaction, AppError> {
    let mut held = session.value.clone();
    let holder = match &held.running_batch {
        Some(holder) => {
            let key = record_keys::batch(&caller.tenant, &held.session_id, holder);
            let other = records::get::<Batch>(desk, &key).await?;
            other.is_none_or(|other| other.value.status.is_final()).then(|| holder.clone())
        }
        None => None,
    };
    held.take_slot(&running.optimization_id, holder.as_ref()).map_err(|holder| {
        AppError::conflict(
            format!("sweep `{holder}` is running in this session; one runs at a time"),
            "wait for it (wait_for_completion, task optimization) or stop it (cancel_task), then run this one",
        )
    })?;
    held.updated_at = desk.now_us();
    let mut version = artifact.value.clone();
    version.begin_work(running.optimization_id.as_str());
    Transaction::new().update(session, &held)?.update(artifact, &version)?.update(batch, running)
}
