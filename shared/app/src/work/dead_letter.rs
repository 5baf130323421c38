//! Settling what kept failing: every batch, run and operation reaches an end that says why.

use super::{Task, build, finish, receipts, run, slice};
use crate::error::AppError;
use crate::messages;
use crate::platform::{Bench, Desk};
use crate::{record_keys, records};
use domain::ids::OptimizationId;
use domain::optimization::{Batch, BatchStatus};
use ports::message::{Watched, Work};
use ports::queue::RECEIVES_MAX;

/// Settles the work of a message that was received too often.
pub(crate) async fn settle(bench: &Bench, task: &Task, work: &Work) -> Result<(), AppError> {
    let desk = &bench.desk;
    let why = format!("it crashed or timed out {RECEIVES_MAX} times; try again, and report the id if it stays");
    match work {
        Work::Build { operation_id } => build::fail(desk, task, operation_id, &why, Vec::new()).await,
        Work::Backtest { backtest_id } => run::fail(desk, task, backtest_id, &why).await,
        Work::Slice { optimization_id, slice } => settle_slice(bench, task, optimization_id, *slice).await,
        Work::Reduce { optimization_id } => match running(desk, task, optimization_id).await? {
            Some(batch) => finish::fail(desk, &task.origin, &batch, &format!("ranking failed: {why}")).await,
            None => Ok(()),
        },
        Work::Start { optimization_id } => {
            messages::watch(desk, &task.origin, Watched::Batch { optimization_id: optimization_id.clone() }).await
        }
        Work::Watch { watched, .. } => messages::watch(desk, &task.origin, watched.clone()).await,
    }
}

/// Ends the work of a message that went round too often, without sending anything.
pub(crate) async fn end(desk: &Desk, task: &Task, work: &Work) -> Result<(), AppError> {
    let why = "its messages went round too often; try again, and report the id if it stays";
    match work {
        Work::Build { operation_id } | Work::Watch { watched: Watched::Build { operation_id }, .. } => {
            build::fail(desk, task, operation_id, why, Vec::new()).await
        }
        Work::Backtest { backtest_id } | Work::Watch { watched: Watched::Backtest { backtest_id }, .. } => {
            run::fail(desk, task, backtest_id, why).await
        }
        Work::Start { optimization_id }
        | Work::Slice { optimization_id, .. }
        | Work::Reduce { optimization_id }
        | Work::Watch { watched: Watched::Batch { optimization_id }, .. } => {
            match running(desk, task, optimization_id).await? {
                Some(batch) => finish::fail(desk, &task.origin, &batch, why).await,
                None => Ok(()),
            }
        }
    }
}

async fn running(desk: &Desk, task: &Task, optimization_id: &OptimizationId) -> Result<Option<Batch>, AppError> {
    let key = record_keys::batch(&task.origin.tenant, &task.origin.session_id, optimization_id);
    let read = records::get::<Batch>(desk, &key).await?;
    Ok(read.map(|stored| stored.value).filter(|batch| !batch.status.is_final()))
}

async fn settle_slice(
    bench: &Bench,
    task: &Task,
    optimization_id: &OptimizationId,
    number: u32,
) -> Result<(), AppError> {
    let desk = &bench.desk;
    let Some(batch) = running(desk, task, optimization_id).await? else { return Ok(()) };
    if batch.status != BatchStatus::Running || batch.slice_range(number).is_none() {
        return Ok(());
    }
    let stored = desk.blobs.get(&record_keys::slice_error_blob(&task.origin.tenant, optimization_id, number)).await?;
    let why = stored
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
        .unwrap_or_else(|| format!("crashed or timed out {RECEIVES_MAX} times"));
    slice::give_up(bench, task, &batch, number, &why).await?;
    receipts::settle_group(desk, &task.origin, &batch, number).await
}
