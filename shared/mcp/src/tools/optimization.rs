//! Tools of sweeps: set up, run, read.

use super::backtest::{Costs, costs};
use super::figures::{headline, robust, shorten_batch, without_meaning};
use super::{Card, Effect, Tool};
use crate::answer::Answer;
use app::optimization::{self, SetUp};
use app::view::{OptimizationConfigured, OptimizationStarted, OptimizationView};
use app::{AppError, Caller, Desk};
use domain::grid::AxisRequest;
use domain::sweep::{Comparison, MetricConstraint};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::keyed(SET_UP, set_up).rewriting(spell_out), Tool::keyed(RUN, run), Tool::keyed(GET, get)]
}

const SET_UP: Card = Card {
    name: "setup_optimization",
    title: "Set up a parameter sweep",
    description: "Configure a sweep of one strategy version: counts the combinations and estimates the work; nothing runs yet. \
Parameter keys come from inspect_strategy. Example: {\"parameters\":[{\"key\":\"fast\",\"min\":5,\"max\":20,\"step\":5},{\"key\":\"slow\",\"values\":[30,60]}],\
\"where\":\"$fast < $slow\",\"rank_by\":\"sharpeRatio\",\"constraints\":[{\"metric\":\"tradeCount\",\"operator\":\">=\",\"value\":30}],\"holdout\":0.2}. \
Prefer some holdout: the best of many combinations looks better than it is. Next: run_optimization.",
    effect: Effect::Creates,
};

/// A number, or a time of day.
fn level_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": ["number", "string"] })
}

fn levels_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "array", "items": { "type": ["number", "string"] } })
}

/// One axis.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Axis {
    key: String,
    /// Number or "HH:MM".
    #[serde(default)]
    #[schemars(schema_with = "level_schema")]
    min: Option<Value>,
    /// Inclusive.
    #[serde(default)]
    #[schemars(schema_with = "level_schema")]
    max: Option<Value>,
    /// Positive; minutes for times.
    #[schemars(extend("type" = "number"))]
    #[serde(default)]
    step: Option<Value>,
    /// The values themselves, instead of min, max and step.
    #[serde(default)]
    #[schemars(schema_with = "levels_schema")]
    values: Option<Vec<Value>>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
enum Operator {
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Above,
    #[serde(rename = "<")]
    Below,
}

impl From<Operator> for Comparison {
    fn from(operator: Operator) -> Self {
        match operator {
            Operator::AtLeast => Self::AtLeast,
            Operator::AtMost => Self::AtMost,
            Operator::Above => Self::Above,
            Operator::Below => Self::Below,
        }
    }
}

/// A condition on a metric.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Constraint {
    metric: String,
    operator: Operator,
    value: f64,
}

fn sharpe_ratio() -> String {
    "sharpeRatio".to_owned()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetUpInput {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
    /// The axes: a range or a list each.
    #[schemars(length(min = 1))]
    parameters: Vec<Axis>,
    /// Condition on parameters, for example "$fast < $slow".
    #[serde(rename = "where")]
    condition: Option<String>,
    /// Metric key, for example totalPnl, profitFactor, sortinoRatio.
    #[serde(default = "sharpe_ratio")]
    rank_by: String,
    /// Conditions a combination must meet to be ranked.
    #[serde(default)]
    constraints: Vec<Constraint>,
    /// First day, YYYY-MM-DD.
    from: Option<String>,
    /// Last day, inclusive.
    to: Option<String>,
    costs: Option<Costs>,
    /// Starting capital.
    capital: Option<f64>,
    /// Share of days at the end kept out and used only to check the best.
    #[serde(default)]
    #[schemars(range(min = 0, max = 0.5))]
    holdout: f64,
}

/// Constraints may be written as text: "tradeCount >= 30".
fn spell_out(arguments: &mut Map<String, Value>) {
    let Some(Value::Array(constraints)) = arguments.get_mut("constraints") else { return };
    for constraint in constraints {
        if let Some(spelled) = constraint.as_str().and_then(parse_constraint) {
            *constraint = spelled;
        }
    }
}

fn parse_constraint(text: &str) -> Option<Value> {
    let operator = [">=", "<=", ">", "<"].into_iter().find(|operator| text.contains(operator))?;
    let (metric, bound) = text.split_once(operator)?;
    let value: f64 = bound.trim().parse().ok()?;
    Some(json!({ "metric": metric.trim(), "operator": operator, "value": value }))
}

async fn set_up(desk: Desk, caller: Caller, input: SetUpInput) -> Result<Answer<OptimizationConfigured>, AppError> {
    let axes = input.parameters.into_iter().map(|axis| AxisRequest {
        key: axis.key,
        min: axis.min,
        max: axis.max,
        step: axis.step,
        values: axis.values,
    });
    let constraints = input.constraints.into_iter().map(|constraint| MetricConstraint {
        metric: constraint.metric,
        operator: constraint.operator.into(),
        value: constraint.value,
    });
    let request = SetUp {
        axes: axes.collect(),
        parameter_constraint: input.condition,
        rank_by: input.rank_by,
        constraints: constraints.collect(),
        run: app::backtest::Run { from: input.from, to: input.to, costs: costs(input.costs)?, capital: input.capital },
        holdout: input.holdout,
    };
    let (session_id, artifact_id) = (input.session_id.as_str(), input.artifact_id.as_str());
    let made = optimization::set_up(&desk, &caller, (session_id, artifact_id), &request).await?;
    let seconds = made.estimate.get("core_seconds").and_then(Value::as_f64).unwrap_or(0.0);
    let summary = format!(
        "{} combinations are configured, about {seconds} core-seconds of work. Nothing runs yet.",
        made.total_combinations
    );
    let next = format!(
        "run_optimization with session_id {session_id}, artifact_id {artifact_id}, optimization_id {}.",
        made.optimization_id
    );
    Ok(Answer::new(made, summary, next))
}

const RUN: Card = Card {
    name: "run_optimization",
    title: "Run a parameter sweep",
    description: "Start a configured sweep: one backtest per combination. One sweep runs per session at a time. Starting it again changes nothing. \
Next: wait_for_completion with task optimization.",
    effect: Effect::Sets,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RunInput {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
    /// From setup_optimization.
    optimization_id: String,
}

async fn run(desk: Desk, caller: Caller, input: RunInput) -> Result<Answer<OptimizationStarted>, AppError> {
    let (session_id, artifact_id) = (input.session_id.as_str(), input.artifact_id.as_str());
    let started = optimization::run(&desk, &caller, (session_id, artifact_id), &input.optimization_id).await?;
    let summary = format!("The sweep of {} combinations is {}.", started.total_combinations, started.status);
    let next = format!(
        "wait_for_completion with session_id {session_id}, task optimization, optimization_id {}; then get_optimization.",
        started.optimization_id
    );
    Ok(Answer::new(started, summary, next))
}

const GET: Card = Card {
    name: "get_optimization",
    title: "Get sweep results",
    description: "Status, progress and ranked combinations of a sweep, the best one with its holdout figures, and how robust it is: deflated Sharpe ratio, probability of overfitting, plateau, flags. Report these with the best. \
heat_map: [keyA, keyB] adds the grid of the best value for two swept parameters.",
    effect: Effect::Reads,
};

/// Ranked combinations shown unless asked otherwise.
const TOP_DEFAULT: u64 = 10;

const fn top_default() -> u64 {
    TOP_DEFAULT
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetInput {
    /// From create_session or list_sessions.
    session_id: String,
    /// From setup_optimization.
    optimization_id: String,
    /// Ranked combinations to show.
    #[serde(default = "top_default")]
    #[schemars(range(min = 1, max = 100))]
    top: u64,
    /// next_cursor of the previous page.
    cursor: Option<String>,
    /// Two swept parameter keys.
    #[schemars(length(min = 2, max = 2))]
    heat_map: Option<Vec<String>>,
}

async fn get(desk: Desk, caller: Caller, input: GetInput) -> Result<Answer<OptimizationView>, AppError> {
    let heat_map = match input.heat_map.as_deref() {
        Some([first, second]) => Some((first.as_str(), second.as_str())),
        Some(_) | None => None,
    };
    let names = (input.session_id.as_str(), input.optimization_id.as_str());
    let cursor = input.cursor.as_deref();
    let mut found = optimization::get(&desk, &caller, names, input.top, cursor, heat_map).await?;
    if cursor.is_some() || heat_map.is_some() {
        shorten_batch(&mut found.batch);
        without_meaning(&mut found.robustness);
    }
    if let Some(map) = &mut found.heat_map {
        legible(map);
    }
    let (summary, next) = described(&found, &input.session_id);
    Ok(Answer::new(found, summary, next))
}

/// Significant digits of a heat map's cells: they are looked at side by side, the ranking has the exact numbers.
const CELL_DIGITS: i32 = 4;

/// Rounds the cells of a heat map.
fn legible(map: &mut Value) {
    let rows = map.get_mut("cells").and_then(Value::as_array_mut).into_iter().flatten();
    for cell in rows.filter_map(Value::as_array_mut).flatten() {
        if let Some(number) = cell.as_f64().filter(|number| *number != 0.0) {
            let places = CELL_DIGITS - 1 - number.abs().log10().floor() as i32;
            let scale = 10f64.powi(places);
            *cell = Value::from((number * scale).round() / scale);
        }
    }
}

/// A sweep in a sentence, and what to do with it.
pub(super) fn described(found: &OptimizationView, session_id: &str) -> (String, String) {
    let batch = &found.batch;
    let (id, total) = (&batch.optimization_id, batch.total_combinations);
    let ids = format!("session_id {session_id}, optimization_id {id}");
    match batch.status.as_str() {
        "configured" => (
            format!("The sweep of {total} combinations is configured and has not run."),
            format!("run_optimization with {ids}, artifact_id {}.", found.artifact_id),
        ),
        "running" => (
            format!("{} of {total} combinations are done ({:.0} %).", batch.completed_count, found.progress * 100.0),
            format!("wait_for_completion with task optimization, {ids}."),
        ),
        status => {
            let best = match (&batch.best_result, found.ranked_count) {
                (Value::Object(best), 1..) => format!(
                    " Best by {}: {} with {}.{}{}",
                    found.rank_by,
                    best.get("parameters").map(ToString::to_string).unwrap_or_default(),
                    headline(best.get("metrics")),
                    holdout(best.get("holdout_metrics")),
                    robust(found.robustness.as_ref())
                ),
                (_, _) => " No combination meets the constraints.".to_owned(),
            };
            let failed = match batch.failed_count {
                0 => String::new(),
                count => format!(" {count} could not be evaluated."),
            };
            let why = found.error.as_ref().map(|error| format!(" {error}.")).unwrap_or_default();
            (
                format!(
                    "The sweep is {status}: {} of {total} combinations evaluated.{best}{failed}{why}",
                    batch.completed_count
                ),
                finished_next(found, session_id),
            )
        }
    }
}

/// What the best combination did on the days kept out.
fn holdout(metrics: Option<&Value>) -> String {
    match metrics {
        Some(Value::Object(_)) => format!(" On the holdout it made: {}.", headline(metrics)),
        Some(_) | None => " There was no holdout: expect worse on new data.".to_owned(),
    }
}

fn finished_next(found: &OptimizationView, session_id: &str) -> String {
    let id = &found.batch.optimization_id;
    match &found.pagination.next_cursor {
        Some(cursor) => format!(
            "get_optimization with session_id {session_id}, optimization_id {id}, cursor \"{cursor}\" for the next ranks; \
             backtest_existing_strategy with the best parameters for trades and equity; charts are at app_url."
        ),
        None => "backtest_existing_strategy with the best parameters for trades and equity; charts are at app_url."
            .to_owned(),
    }
}
