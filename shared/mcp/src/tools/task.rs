//! Tools of running work: wait for it, cancel it.

use super::figures::{headline, shorten, shorten_batch};
use super::{Card, Effect, Tool, backtest, optimization};
use crate::answer::Answer;
use app::task::{self, TaskIds, TaskKind};
use app::view::{CancelOutcome, WaitOutcome};
use app::{AppError, Caller, Desk};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::keyed(WAIT, wait), Tool::keyed(CANCEL, cancel)]
}

const WAIT: Card = Card {
    name: "wait_for_completion",
    title: "Wait for work to finish",
    description: "Wait until a strategy is made (task strategy_op, operation_id), a backtest is done (task backtest, backtest_id or artifact_id) or a sweep is done \
(task optimization, optimization_id). Returns the finished object. status timed_out is NOT a failure: the work goes on, call again. status busy: ask again after poll_after_seconds. \
Some clients give up after 60 s, so keep timeout_seconds at 45 unless yours is known to wait longer.",
    effect: Effect::Reads,
};

/// Kind of work.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Task {
    StrategyOp,
    Backtest,
    Optimization,
}

impl From<Task> for TaskKind {
    fn from(task: Task) -> Self {
        match task {
            Task::StrategyOp => Self::StrategyOp,
            Task::Backtest => Self::Backtest,
            Task::Optimization => Self::Optimization,
        }
    }
}

/// Seconds a wait lasts unless asked otherwise: below the 60 s after which some clients give up.
const TIMEOUT_DEFAULT: u64 = 45;

const fn timeout_default() -> u64 {
    TIMEOUT_DEFAULT
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wait {
    /// From create_session or list_sessions.
    session_id: String,
    task: Task,
    /// For strategy_op: from create_strategy or update_strategy.
    operation_id: Option<String>,
    /// For backtest: the strategy's own run.
    artifact_id: Option<String>,
    /// For backtest.
    backtest_id: Option<String>,
    /// For optimization; without it the session's running sweep.
    optimization_id: Option<String>,
    #[serde(default = "timeout_default")]
    #[schemars(range(min = 0, max = 300))]
    timeout_seconds: u64,
}

async fn wait(desk: Desk, caller: Caller, input: Wait) -> Result<Answer<WaitOutcome>, AppError> {
    let ids = TaskIds {
        operation_id: input.operation_id.as_deref(),
        artifact_id: input.artifact_id.as_deref(),
        backtest_id: input.backtest_id.as_deref(),
        optimization_id: input.optimization_id.as_deref(),
    };
    let subject = (TaskKind::from(input.task), ids);
    let mut found = task::wait(&desk, &caller, &input.session_id, subject, input.timeout_seconds).await?;
    if let Some(made) = &mut found.strategy {
        shorten(made);
    }
    if let Some(sweep) = &mut found.optimization {
        shorten_batch(&mut sweep.batch);
    }
    let (summary, next) = described(&found, &input.session_id);
    Ok(Answer::new(found, summary, next))
}

fn described(found: &WaitOutcome, session_id: &str) -> (String, String) {
    if let Some(run) = &found.backtest {
        return backtest::described(run, session_id);
    }
    if let Some(sweep) = &found.optimization {
        return optimization::described(sweep, session_id);
    }
    let again = found.poll_after_seconds.unwrap_or(1);
    match (found.status.as_str(), &found.strategy) {
        ("timed_out", _) => (
            format!("It is still running{}; this is not a failure.", progress(found)),
            "call wait_for_completion again with the same arguments.".to_owned(),
        ),
        ("busy", _) => (
            "It is running, and too many waits are open for this account.".to_owned(),
            format!("call wait_for_completion again in {again} seconds."),
        ),
        ("succeeded", Some(made)) => {
            let tested = match (&made.backtest_results, &made.backtest_error) {
                (Some(results), _) => format!(" Backtest: {}.", headline(Some(results))),
                (None, Some(error)) => format!(" Its backtest failed: {error}."),
                (None, None) => " It has not been backtested.".to_owned(),
            };
            (
                format!(
                    "\"{}\" version {} on {} is ready.{tested}{}",
                    made.name,
                    made.version,
                    made.ticker,
                    reading(found)
                ),
                format!(
                    "get_backtest with session_id {session_id}, artifact_id {} for details, or setup_optimization to sweep its parameters.",
                    made.artifact_id
                ),
            )
        }
        (status, _) => {
            let why = found.error.clone().unwrap_or_else(|| "no reason is recorded".to_owned());
            (
                format!("The work has {status}: {why}."),
                "mend what is listed and start it again, or look with get_session.".to_owned(),
            )
        }
    }
}

/// What of the English was not built, and how much was assumed: the user should hear of both.
fn reading(found: &WaitOutcome) -> String {
    let mut said = String::new();
    if !found.unhandled_requests.is_empty() {
        let listed: Vec<String> = found.unhandled_requests.iter().map(|phrase| format!("\"{phrase}\"")).collect();
        said = format!(" NOT built, tell the user: {}.", listed.join(", "));
    }
    if !found.extraction_plan.is_empty() {
        said.push_str(&format!(
            " {} phrases were read and {} things assumed: see extraction_plan and assumptions.",
            found.extraction_plan.len(),
            found.assumptions.len()
        ));
    }
    said
}

/// How far it is, in words.
fn progress(found: &WaitOutcome) -> String {
    let field = |name: &str| found.progress.as_ref().and_then(|progress| progress.get(name));
    let count = |name: &str| field(name).and_then(Value::as_u64);
    match (count("completed_count"), count("total_combinations"), field("stage").and_then(Value::as_str)) {
        (Some(done), Some(total), _) => format!(" ({done} of {total} combinations done)"),
        (_, _, Some(stage)) => format!(" ({stage})"),
        (_, _, None) => String::new(),
    }
}

const CANCEL: Card = Card {
    name: "cancel_task",
    title: "Cancel running work",
    description: "Stop a strategy operation, a backtest or a sweep (without optimization_id: the session's running one). Says what was kept. Cancelling twice, or what has ended, changes nothing.",
    effect: Effect::Sets,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cancel {
    /// From create_session or list_sessions.
    session_id: String,
    task: Task,
    /// For strategy_op: from create_strategy or update_strategy.
    operation_id: Option<String>,
    /// For backtest: the strategy's own run.
    artifact_id: Option<String>,
    /// For backtest.
    backtest_id: Option<String>,
    /// For optimization; without it the session's running sweep.
    optimization_id: Option<String>,
}

async fn cancel(desk: Desk, caller: Caller, input: Cancel) -> Result<Answer<CancelOutcome>, AppError> {
    let ids = TaskIds {
        operation_id: input.operation_id.as_deref(),
        artifact_id: input.artifact_id.as_deref(),
        backtest_id: input.backtest_id.as_deref(),
        optimization_id: input.optimization_id.as_deref(),
    };
    let subject = (TaskKind::from(input.task), ids);
    let done = task::cancel(&desk, &caller, &input.session_id, subject).await?;
    let summary = format!("{} {} is {}: {}.", done.task, done.id, done.status, done.kept);
    let next = match done.status.as_str() {
        "cancelling" => "wait_for_completion for its final state.".to_owned(),
        _ => "get_session shows what is in the session.".to_owned(),
    };
    Ok(Answer::new(done, summary, next))
}
