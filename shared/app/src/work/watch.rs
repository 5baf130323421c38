//! Looking after work: whatever a crash left undone is done again, and what stays stuck is settled as failed.

use super::{Task, dead_letter, receipts, slice, start};
use crate::error::AppError;
use crate::messages;
use crate::platform::Bench;
use crate::{metrics, record_keys, records};
use domain::backtest::Backtest;
use domain::ids::OptimizationId;
use domain::limits::{
    SWEEP_STALLED_ROUNDS_MAX, WATCH_DELAY_SECONDS, WATCH_DELAY_SECONDS_MAX, WATCH_NOT_BEGUN_ROUNDS_MAX,
    WATCH_STALLED_ROUNDS_MAX,
};
use domain::operation::{Operation, WorkStatus};
use domain::optimization::{Batch, BatchStatus};
use ports::message::{Watched, Work};

/// Handles one look.
pub(crate) async fn watch(
    bench: &Bench,
    task: &Task,
    watched: &Watched,
    stalled_rounds: u32,
    seen: u64,
) -> Result<(), AppError> {
    match watched {
        Watched::Batch { optimization_id } => batch(bench, task, optimization_id, stalled_rounds, seen).await,
        Watched::Build { operation_id } => {
            let key = record_keys::operation(&task.origin.tenant, &task.origin.session_id, operation_id);
            let status = records::get::<Operation>(&bench.desk, &key).await?.map(|operation| operation.value.status);
            let work = Work::Build { operation_id: operation_id.clone() };
            single(bench, task, watched, work, status, stalled_rounds).await
        }
        Watched::Backtest { backtest_id } => {
            let key = record_keys::backtest(&task.origin.tenant, &task.origin.session_id, backtest_id);
            let status = records::get::<Backtest>(&bench.desk, &key).await?.map(|run| run.value.status);
            let work = Work::Backtest { backtest_id: backtest_id.clone() };
            single(bench, task, watched, work, status, stalled_rounds).await
        }
    }
}

/// Looks after work that one message does: sends the message again while it has not ended.
async fn single(
    bench: &Bench,
    task: &Task,
    watched: &Watched,
    work: Work,
    status: Option<WorkStatus>,
    stalled_rounds: u32,
) -> Result<(), AppError> {
    match status {
        Some(WorkStatus::Running) => {}
        Some(WorkStatus::Succeeded | WorkStatus::Failed | WorkStatus::Cancelled) => return Ok(()),
        None => return not_begun(bench, task, watched.clone(), stalled_rounds).await,
    }
    if stalled_rounds >= WATCH_STALLED_ROUNDS_MAX {
        return dead_letter::settle(bench, task, &work).await;
    }
    messages::send(&bench.desk, &task.origin, work, 0).await?;
    again(bench, task, watched.clone(), stalled_rounds + 1, 0).await
}

/// Looks again at work that is not there: whoever asked for it may still be about to write it, and then die.
async fn not_begun(bench: &Bench, task: &Task, watched: Watched, stalled_rounds: u32) -> Result<(), AppError> {
    if stalled_rounds >= WATCH_NOT_BEGUN_ROUNDS_MAX {
        return Ok(());
    }
    again(bench, task, watched, stalled_rounds + 1, 0).await
}

/// Re-arms the watch, later the longer nothing happens.
async fn again(bench: &Bench, task: &Task, watched: Watched, stalled_rounds: u32, seen: u64) -> Result<(), AppError> {
    let delay = (WATCH_DELAY_SECONDS << stalled_rounds.min(4)).min(WATCH_DELAY_SECONDS_MAX);
    messages::send(&bench.desk, &task.origin, Work::Watch { watched, stalled_rounds, seen }, delay).await
}

async fn batch(
    bench: &Bench,
    task: &Task,
    optimization_id: &OptimizationId,
    stalled_rounds: u32,
    seen: u64,
) -> Result<(), AppError> {
    let (desk, origin) = (&bench.desk, &task.origin);
    let key = record_keys::batch(&origin.tenant, &origin.session_id, optimization_id);
    let watched = Watched::Batch { optimization_id: optimization_id.clone() };
    let Some(batch) = records::get::<Batch>(desk, &key).await?.map(|stored| stored.value) else {
        return not_begun(bench, task, watched, stalled_rounds).await;
    };
    match batch.status {
        BatchStatus::Running => {}
        BatchStatus::Cancelling => {
            let optimization_id = optimization_id.clone();
            messages::send(desk, origin, Work::Reduce { optimization_id }, 0).await?;
            return again(bench, task, watched, stalled_rounds + 1, seen).await;
        }
        BatchStatus::Configured => return not_begun(bench, task, watched, stalled_rounds).await,
        BatchStatus::Completed | BatchStatus::Failed | BatchStatus::Cancelled => return Ok(()),
    }
    let age_us = batch.started_at.map_or(0, |started_at| desk.now_us().saturating_sub(started_at));
    metrics::batch_age(u64::try_from(age_us / 1_000_000).unwrap_or(0));
    let settled = receipts::all(desk, &origin.tenant, &batch).await?;
    let now_seen = settled.len() as u64;
    if now_seen > seen && now_seen < u64::from(batch.slice_count()) {
        return again(bench, task, watched, 0, now_seen).await;
    }
    if stalled_rounds >= SWEEP_STALLED_ROUNDS_MAX {
        for missing in (0..batch.slice_count()).filter(|slice| !settled.iter().any(|receipt| receipt.slice == *slice)) {
            slice::give_up(bench, task, &batch, missing, "it made no progress and was given up").await?;
        }
    }
    // A sweep behind others looks just like one whose messages are lost: send again, but ever more rarely.
    let all_settled = now_seen == u64::from(batch.slice_count());
    if all_settled || stalled_rounds >= SWEEP_STALLED_ROUNDS_MAX || (stalled_rounds + 1).is_power_of_two() {
        start::send_missing(bench, task, &batch).await?;
    }
    again(bench, task, watched, stalled_rounds + 1, now_seen).await
}
