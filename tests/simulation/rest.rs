//! What must hold when nothing is left to do: everything ended, nothing was lost, nobody sees what is not his.

use crate::actor::Actor;
use crate::known::{Known, KnownSweep, caller, ids_of};
use crate::laws::{Broken, law};
use crate::record_laws::{Fields, list, text};
use crate::world::World;
use app::backtest::Include;
use app::task::TaskKind;
use app::{AppError, ErrorKind, artifact, backtest, optimization, session, task};
use ports::queue::QueueName;
use ports::table::{Consistency, Query, Record};
use serde_json::Map;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Something whose calm answer is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The backtest of a strategy as it was built.
    Own { variant: usize },
    /// A run with parameters of its own.
    Overridden { variant: usize },
    /// A sweep.
    Sweep { variant: usize, request: usize },
}

/// The answer, every byte of it that a tenant sees.
pub type Answer = String;

async fn records(world: &World, partition: String) -> Vec<Record> {
    let consistency = Consistency::Strong;
    let query = Query { partition, prefix: String::new(), after: None, limit: 1000, descending: false, consistency };
    world.calm.table.query(&query).await.unwrap().records
}

/// Checks a world at rest; what ended well, with its answer.
pub async fn check(world: &Arc<World>, actors: &[Actor]) -> Result<Vec<(Question, Answer)>, Broken> {
    let mut answers = Vec::new();
    for queue in QueueName::ALL {
        let left = world.store.queue().receive(queue, 1, 1).await.unwrap();
        law(left.is_empty(), || format!("at rest with a message on {}", queue.as_str()))?;
    }
    for actor in actors {
        everything_ended(world, &actor.tenant).await?;
        promises_kept(world, actor).await?;
        answers.extend(well_ended(world, actor).await?);
        for other in actors.iter().filter(|other| other.tenant != actor.tenant) {
            unseen(world, actor, &other.tenant).await?;
        }
    }
    Ok(answers)
}

async fn everything_ended(world: &World, tenant: &str) -> Result<(), Broken> {
    let sessions = records(world, format!("{tenant}#sessions")).await;
    let made =
        records(world, format!("{tenant}#account")).await.first().map_or(0, |one| one.body.count("sessions_made"));
    law(made == sessions.len() as u64, || format!("{made} sessions counted, {} made", sessions.len()))?;
    for session in sessions {
        law(session.body["running_batch"].is_null(), || format!("the slot is not free: {}", session.body))?;
        let (mut operations, mut versions) = (0, 0);
        for record in records(world, format!("{tenant}#{}", session.key.sort)).await {
            let body = &record.body;
            let status = text(body, "status");
            let ended = match text(body, "schema") {
                "artifact/1" => {
                    versions += 1;
                    let busy =
                        text(body, "lifecycle_status") == "creating" || text(body, "backtest_status") == "running";
                    list(body, "active_work").is_empty() && !busy
                }
                "operation/1" => {
                    operations += 1;
                    ["succeeded", "failed", "cancelled"].contains(&status)
                }
                "backtest/1" => ["succeeded", "failed", "cancelled"].contains(&status),
                "batch/1" => ["configured", "completed", "failed", "cancelled"].contains(&status),
                _ => false,
            };
            law(ended, || format!("at rest and not ended: {body}"))?;
        }
        let counted = session.body.count("artifacts_made");
        law(counted == operations && versions <= counted, || {
            format!("{counted} versions counted, {operations} operations, {versions} versions")
        })?;
    }
    no_work_reserved(world, tenant).await
}

/// The work a tenant has reserved is what runs: nothing, at rest.
async fn no_work_reserved(world: &World, tenant: &str) -> Result<(), Broken> {
    for record in records(world, format!("{tenant}#work")).await {
        let none = record.body["running"].as_object().is_some_and(Map::is_empty);
        law(none, || format!("work is still reserved: {}", record.body))?;
    }
    Ok(())
}

/// What was answered is there, and one key made one thing.
async fn promises_kept(world: &World, actor: &Actor) -> Result<(), Broken> {
    let (tenant, caller) = (&actor.tenant, caller(&actor.tenant));
    let known = actor.known.lock().unwrap().clone();
    let mut promised: Vec<(&str, TaskKind, &str)> = Vec::new();
    promised
        .extend(known.versions.iter().map(|one| (one.session.as_str(), TaskKind::StrategyOp, one.operation.as_str())));
    promised.extend(known.runs.iter().map(|one| (one.session.as_str(), TaskKind::Backtest, one.id.as_str())));
    for (session, kind, id) in promised {
        let found = task::wait(&world.calm, &caller, session, (kind, ids_of(kind, id)), 0).await;
        let found = found.map_err(|error| format!("{tenant} was promised {id}: {error}"))?;
        law(found.status != "timed_out", || format!("{id} has not ended"))?;
    }
    for sweep in &known.sweeps {
        let found = optimization::get(&world.calm, &caller, (&sweep.session, &sweep.id), 1, None, None).await;
        found.map_err(|error| format!("{tenant} was promised {}: {error}", sweep.id))?;
    }
    for (key, made) in known.repeated.iter().filter(|(key, _)| !key.is_empty()) {
        let same = known.repeated.iter().all(|(other, theirs)| key != other || made == theirs);
        law(same, || format!("one idempotency key made two things: {made}"))?;
    }
    Ok(())
}

/// What ended well has the answer of a calm world; in calm enough weather everything undisturbed ends well.
async fn well_ended(world: &World, actor: &Actor) -> Result<Vec<(Question, Answer)>, Broken> {
    let caller = caller(&actor.tenant);
    let known = actor.known.lock().unwrap().clone();
    let mut answers = Vec::new();
    for sweep in &known.sweeps {
        let view = optimization::get(&world.calm, &caller, (&sweep.session, &sweep.id), 100, None, None).await;
        let view = view.map_err(|error| format!("{}: {error}", sweep.id))?;
        let batch = &view.batch;
        if batch.status == "completed" && batch.completed_count == batch.total_combinations {
            let answer = format!("{} {:?}", batch.best_result, view.ranking);
            // Total profit is defined for every combination: all of them are ranked, each once.
            law(view.ranked_count == batch.total_combinations, || {
                format!("{} of {} combinations of {} are ranked", view.ranked_count, batch.total_combinations, sweep.id)
            })?;
            answers.push((Question::Sweep { variant: sweep.variant, request: sweep.request }, answer));
        } else {
            excused(world, &known, sweep, &format!("{} {:?}", batch.status, view.error))?;
        }
    }
    for run in &known.runs {
        let names = (None, Some(run.id.as_str()));
        let view = backtest::get(&world.calm, &caller, &run.session, names, Include::Summary, None).await;
        let view = view.map_err(|error| format!("{}: {error}", run.id))?;
        if view.backtest_status == "passed" && run.overridden {
            answers.push((
                Question::Overridden { variant: run.variant },
                format!("{:?} {:?}", view.metrics, view.details),
            ));
        }
    }
    for version in known.versions.iter().filter(|version| version.backtest) {
        let Ok(detail) = artifact::inspect(&world.calm, &caller, &version.session, &version.artifact).await else {
            continue;
        };
        let alone = !known.run_again.contains(&version.artifact);
        if detail.summary.backtest_status == "passed" && alone {
            let answer = format!("{:?}", detail.summary.backtest_results);
            answers.push((Question::Own { variant: version.variant }, answer));
        }
    }
    Ok(answers)
}

/// A sweep that did not complete needs a reason that was not the service's.
fn excused(world: &World, known: &Known, sweep: &KnownSweep, ended: &str) -> Result<(), Broken> {
    let disturbed = known.disturbed.contains(&sweep.id);
    let struck = world.dead_letters.load(Ordering::SeqCst) > 0 || world.weather().poison.is_some();
    let waits = ended.starts_with("configured");
    law(disturbed || struck || waits, || format!("nothing stood in the way of {}, and it is {ended}", sweep.id))
}

/// Another tenant finds nothing of this one, by any id.
async fn unseen(world: &World, actor: &Actor, other: &str) -> Result<(), Broken> {
    let (desk, caller) = (&world.calm, caller(other));
    let known = actor.known.lock().unwrap().clone();
    let hidden = |what: &str, kind: Option<ErrorKind>| {
        law(kind == Some(ErrorKind::NotFound), || format!("{other} asks for {what} and gets {kind:?}"))
    };
    for id in &known.sessions {
        hidden(id, kind(session::get(desk, &caller, id).await))?;
    }
    for version in known.versions.iter().take(2) {
        hidden(&version.artifact, kind(artifact::inspect(desk, &caller, &version.session, &version.artifact).await))?;
    }
    for run in known.runs.iter().take(2) {
        let names = (None, Some(run.id.as_str()));
        hidden(&run.id, kind(backtest::get(desk, &caller, &run.session, names, Include::Summary, None).await))?;
    }
    for sweep in known.sweeps.iter().take(2) {
        let names = (sweep.session.as_str(), sweep.id.as_str());
        hidden(&sweep.id, kind(optimization::get(desk, &caller, names, 1, None, None).await))?;
        let subject = (TaskKind::Optimization, ids_of(TaskKind::Optimization, &sweep.id));
        hidden(&sweep.id, kind(task::cancel(desk, &caller, &sweep.session, subject).await))?;
    }
    Ok(())
}

fn kind<T>(outcome: Result<T, AppError>) -> Option<ErrorKind> {
    outcome.err().map(|error| error.kind)
}
