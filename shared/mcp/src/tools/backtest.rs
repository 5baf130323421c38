//! Tools of backtests: run one, read one.

use super::figures::{beside, headline, headline_only};
use super::{Card, Effect, Tool};
use crate::answer::Answer;
use app::backtest::{self, Include, Run};
use app::view::{BacktestStarted, BacktestView};
use app::{AppError, Caller, Desk};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::keyed(START, start), Tool::keyed(GET, get)]
}

const START: Card = Card {
    name: "backtest_existing_strategy",
    title: "Backtest a strategy again",
    description: "Run a backtest of an existing strategy version. Without options it runs or re-runs the version's own backtest. \
With from, to, costs or parameters it is a separate what-if run with its own backtest_id that leaves the version's results alone. Next: wait_for_completion with task backtest.",
    effect: Effect::Creates,
};

/// Costs that replace the defaults.
#[derive(Debug, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Costs {
    /// Whole ticks against the trader per market or stop fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    slippage_ticks: Option<f64>,
    /// Basis points of price instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    slippage_bps: Option<f64>,
    /// Money per contract or share and fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    commission_per_side: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    commission_bps: Option<f64>,
    /// Least commission of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    commission_minimum: Option<f64>,
}

/// Costs as use cases take them.
pub(super) fn costs(costs: Option<Costs>) -> Result<Option<Value>, AppError> {
    costs
        .map(|costs| serde_json::to_value(costs).map_err(|error| AppError::internal(error.to_string())))
        .transpose()
        .map(|costs| costs.map(whole_numbers))
}

/// `2.0` is `2`: ticks are whole.
fn whole_numbers(costs: Value) -> Value {
    let Value::Object(fields) = costs else { return costs };
    let whole = |value: Value| match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e9 => Value::from(number as i64),
        Some(_) | None => value,
    };
    Value::Object(fields.into_iter().map(|(key, value)| (key, whole(value))).collect())
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Start {
    /// From create_session or list_sessions.
    session_id: String,
    /// From create_strategy or list_strategies.
    artifact_id: String,
    /// First day, YYYY-MM-DD.
    from: Option<String>,
    /// Last day, inclusive.
    to: Option<String>,
    costs: Option<Costs>,
    /// Parameter values by key, for example {"fast": 12}.
    #[serde(default)]
    parameters: Map<String, Value>,
}

async fn start(desk: Desk, caller: Caller, input: Start) -> Result<Answer<BacktestStarted>, AppError> {
    let run = Run { from: input.from, to: input.to, costs: costs(input.costs)?, capital: None };
    let names = (input.session_id.as_str(), input.artifact_id.as_str());
    let started = backtest::start(&desk, &caller, names, &run, &input.parameters).await?;
    let what = if started.with_overrides { "A separate run" } else { "The strategy's own backtest" };
    let summary = format!("{what} over {} to {} is running.", started.from, started.to);
    let next = format!(
        "wait_for_completion with session_id {}, task backtest, backtest_id {}.",
        input.session_id, started.backtest_id
    );
    Ok(Answer::new(started, summary, next))
}

const GET: Card = Card {
    name: "get_backtest",
    title: "Get backtest results",
    description: "Results of a backtest, by artifact_id (the version's own run) or backtest_id. include: summary (metrics, benchmark, quality flags and breakdowns), \
trades (a page, with exit reasons; pass next_cursor for more) or equity (downsampled curve); the last two carry headline metrics only. Always states fills, costs, window and data: report them with the numbers.",
    effect: Effect::Reads,
};

/// What to show.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Shown {
    #[default]
    Summary,
    Trades,
    Equity,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Get {
    /// From create_session or list_sessions.
    session_id: String,
    /// The strategy's own backtest; give this or backtest_id.
    artifact_id: Option<String>,
    /// One run, from backtest_existing_strategy.
    backtest_id: Option<String>,
    #[serde(default)]
    include: Shown,
    /// next_cursor of the previous page of trades.
    cursor: Option<String>,
}

async fn get(desk: Desk, caller: Caller, input: Get) -> Result<Answer<BacktestView>, AppError> {
    let include = match input.include {
        Shown::Summary => Include::Summary,
        Shown::Trades => Include::Trades,
        Shown::Equity => Include::Equity,
    };
    let names = (input.artifact_id.as_deref(), input.backtest_id.as_deref());
    let mut found = backtest::get(&desk, &caller, &input.session_id, names, include, input.cursor.as_deref()).await?;
    if include != Include::Summary {
        found.metrics = found.metrics.as_ref().map(headline_only);
    }
    let (summary, next) = described(&found, &input.session_id);
    Ok(Answer::new(found, summary, next))
}

/// A backtest in a sentence, and what to do with it.
pub(super) fn described(found: &BacktestView, session_id: &str) -> (String, String) {
    let (session, run, artifact) = (session_id, &found.backtest_id, &found.artifact_id);
    let wait = format!("wait_for_completion with session_id {session}, task backtest, backtest_id {run}.");
    match found.backtest_status.as_str() {
        "running" => ("The backtest is still running.".to_owned(), wait),
        "passed" => {
            let window = found.assumptions.get("window");
            let day = |name: &str| window.and_then(|window| window.get(name)).and_then(Value::as_str).unwrap_or("?");
            let shown = match (&found.trades, &found.equity_note) {
                (Some(trades), _) => {
                    format!(" {} of {} trades are shown.", trades.len(), found.total_trades.unwrap_or(0))
                }
                (None, Some(note)) => format!(" Equity: {note}."),
                (None, None) => String::new(),
            };
            let synthetic = if found.assumptions.contains_key("data") { " The data is synthetic." } else { "" };
            let summary = format!(
                "{} from {} to {}.{}{shown}{synthetic}",
                headline(found.metrics.as_ref()),
                day("from"),
                day("to"),
                beside(found.details.as_ref())
            );
            (summary, passed_next(found, session_id, artifact))
        }
        status => {
            let why = found.backtest_error.clone().unwrap_or_else(|| "no reason is recorded".to_owned());
            let next = format!(
                "mend it with update_strategy, or run again: backtest_existing_strategy with artifact_id {artifact}."
            );
            (format!("The backtest has {status}: {why}."), next)
        }
    }
}

fn passed_next(found: &BacktestView, session_id: &str, artifact_id: &str) -> String {
    let page = found.pagination.as_ref().and_then(|pagination| pagination.next_cursor.as_deref());
    match page {
        Some(cursor) => format!(
            "get_backtest with session_id {session_id}, backtest_id {}, include trades, cursor \"{cursor}\" for the next trades.",
            found.backtest_id
        ),
        None => format!(
            "setup_optimization with artifact_id {artifact_id} to sweep its parameters; get_backtest with include trades or equity; charts are at app_url."
        ),
    }
}
