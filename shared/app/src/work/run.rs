//! One full backtest: load the pinned bars, run, store the tables, publish if still wanted.

use super::study::StudyFailure;
use super::{Task, ranking, study};
use crate::error::AppError;
use crate::idempotency::digest;
use crate::platform::{Bench, Desk};
use crate::records::{self, Stored, Transaction};
use crate::{artifact, compute, record_keys, run_tables};
use domain::artifact::{Artifact, BacktestStatus};
use domain::backtest::Backtest;
use domain::ids::{BacktestId, random_text};
use domain::operation::WorkStatus;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use strategy::{Chart, FullRun};

/// Tries against other changes of the version.
const ATTEMPTS: u32 = 12;

/// What a finished run leaves behind.
struct Published {
    folder: String,
    digest: String,
    metrics: Map<String, Value>,
}

async fn read(
    desk: &Desk,
    task: &Task,
    id: &BacktestId,
) -> Result<Option<(Stored<Backtest>, Option<Stored<Artifact>>)>, AppError> {
    let (tenant, session) = (&task.origin.tenant, &task.origin.session_id);
    let key = record_keys::backtest(tenant, session, id);
    let Some(run) = records::get::<Backtest>(desk, &key).await? else { return Ok(None) };
    let key = record_keys::artifact(tenant, session, &run.value.artifact_id);
    let version = records::get::<Artifact>(desk, &key).await?;
    Ok(Some((run, version)))
}

/// Handles one delivery of a backtest.
pub(crate) async fn run(bench: &Bench, task: &Task, id: &BacktestId) -> Result<(), AppError> {
    let desk = &bench.desk;
    let Some((record, version)) = read(desk, task, id).await? else { return Ok(()) };
    if record.value.status.is_final() {
        return Ok(());
    }
    let Some(version) = version else { return fail(desk, task, id, "the strategy no longer exists").await };
    if record.value.pins.engine_version != engine::ENGINE_VERSION {
        return fail(desk, task, id, "the engine was upgraded before this ran: run it again").await;
    }
    match full_run(bench, &record.value, &version.value).await {
        Ok(made) => {
            let published = store(desk, task, &record.value, made).await?;
            publish(desk, task, id, &published).await
        }
        Err(StudyFailure::Final(why)) => fail(desk, task, id, &why).await,
        Err(StudyFailure::Retry(error)) => Err(error),
    }
}

/// A full run with the minutes it simulated and what it is shown on.
struct Made {
    run: FullRun,
    minute_ts: Vec<i64>,
    chart: Chart,
}

async fn full_run(bench: &Bench, record: &Backtest, version: &Artifact) -> Result<Made, StudyFailure> {
    let strategy = artifact::checked(&bench.desk, version).map_err(|error| StudyFailure::Final(error.message))?;
    let overrides: BTreeMap<String, Value> = record.parameters.clone().into_iter().collect();
    let values = strategy.place_values(&overrides).map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        StudyFailure::Final(format!("parameters: {first}"))
    })?;
    let study = study::study(bench, &strategy, &record.pins, std::slice::from_ref(&values)).await?;
    let made = compute::aside(&bench.desk.settings, move || {
        let (first, end) = study.window();
        let minute_ts = study.tape().ts.get(first as usize..end as usize).unwrap_or_default().to_vec();
        let chart = study.chart(&values)?;
        study.full(&values).map(|run| Made { run, minute_ts, chart })
    })
    .await?;
    made.map_err(|error| StudyFailure::Final(error.to_string()))
}

async fn store(
    desk: &Desk,
    task: &Task,
    record: &Backtest,
    Made { run, minute_ts, chart }: Made,
) -> Result<Published, AppError> {
    let attempt = random_text(&desk.ids.random());
    let folder = record_keys::result_blob(&task.origin.tenant, record.backtest_id.as_str(), &attempt, "run");
    desk.results.write_trades(&format!("{folder}/trades.parquet"), &run_tables::trades(&run)).await?;
    desk.results.write_equity(&format!("{folder}/equity.parquet"), &run_tables::equity(&run, minute_ts)).await?;
    desk.results.write_chart(&format!("{folder}/chart.parquet"), &run_tables::chart(chart)).await?;
    let summary =
        serde_json::to_vec(&run_tables::summary(&run)).map_err(|error| AppError::internal(error.to_string()))?;
    let digest = digest(&summary);
    desk.blobs.put(&format!("{folder}/summary.json"), summary.into()).await?;
    Ok(Published { folder, digest, metrics: ranking::metric_map(&run.result.metrics) })
}

async fn publish(desk: &Desk, task: &Task, id: &BacktestId, published: &Published) -> Result<(), AppError> {
    end(desk, task, id, |run, version| {
        run.status = WorkStatus::Succeeded;
        run.result_key = Some(published.folder.clone());
        run.result_digest = Some(published.digest.clone());
        run.metrics = Some(Value::Object(published.metrics.clone()));
        if let Some(version) = version {
            version.previous_backtest_id = None;
            version.backtest_status = BacktestStatus::Passed;
            version.backtest_error = None;
            version.backtest_results = Some(Value::Object(published.metrics.clone()));
        }
    })
    .await
}

/// Ends a run as failed.
pub(crate) async fn fail(desk: &Desk, task: &Task, id: &BacktestId, why: &str) -> Result<(), AppError> {
    end(desk, task, id, |run, version| {
        run.status = WorkStatus::Failed;
        run.error = Some(why.to_owned());
        if let Some(version) = version {
            version.previous_backtest_id = None;
            version.backtest_status = BacktestStatus::Failed;
            version.backtest_error = Some(why.to_owned());
            version.backtest_results = None;
        }
    })
    .await
}

/// Ends a run unless it has ended. `change` gets the version only when this run may publish into it.
async fn end(
    desk: &Desk,
    task: &Task,
    id: &BacktestId,
    change: impl Fn(&mut Backtest, Option<&mut Artifact>) + Send + Sync,
) -> Result<(), AppError> {
    for _ in 0..ATTEMPTS {
        let Some((read, version)) = read(desk, task, id).await? else { return Ok(()) };
        if read.value.status.is_final() {
            return Ok(());
        }
        let mut run = read.value.clone();
        run.updated_at = desk.now_us();
        let mut transaction = Transaction::new();
        if let Some(stored) = version {
            let mut changed = stored.value.clone();
            changed.end_work(id.as_str());
            let current = run.own && changed.current_backtest_id.as_ref() == Some(id);
            change(&mut run, current.then_some(&mut changed));
            transaction = transaction.update(&stored, &changed)?;
        } else {
            change(&mut run, None);
        }
        if transaction.update(&read, &run)?.commit(desk).await? {
            return Ok(());
        }
    }
    Err(records::contention(&record_keys::backtest(&task.origin.tenant, &task.origin.session_id, id)))
}
