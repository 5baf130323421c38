//! What use cases answer: the shapes tools and pages show. Field names are a contract, mixed case included.

mod reference;

pub use reference::{ContractSpec, Coverage, InstrumentList, InstrumentSummary, RulesGuide};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Cursor of the next page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Pagination {
    /// Pass it as `cursor` to get the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SessionSummary {
    /// Identity.
    pub session_id: String,
    /// Title.
    pub title: String,
    /// `active` or `archived`.
    pub status: &'static str,
    /// ISO 8601, UTC.
    pub created_at: String,
    /// Strategy versions made in it.
    pub strategy_count: u32,
    /// Page of the session.
    pub app_url: String,
}

/// A page of sessions, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<SessionSummary>,
    /// Cursor.
    pub pagination: Pagination,
}

/// Work under way in a session.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunningWork {
    /// `strategy_op`, `backtest` or `optimization`: the `task` to wait for.
    pub task: &'static str,
    /// Its id.
    pub id: String,
    /// The strategy version it is about.
    pub artifact_id: String,
}

/// A strategy version in brief.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StrategyBrief {
    /// Identity.
    pub artifact_id: String,
    /// Version number in its lineage.
    pub version: u32,
    /// Strategy name.
    pub name: String,
    /// Symbol.
    pub ticker: String,
    /// `creating`, `ready` or `failed`.
    pub lifecycle_status: String,
    /// `not_tested`, `running`, `passed` or `failed`.
    #[serde(rename = "backtestStatus")]
    pub backtest_status: String,
}

/// A session with what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SessionDetail {
    /// The session.
    #[serde(flatten)]
    pub session: SessionSummary,
    /// Its strategy versions, newest last; at most 50 are shown.
    pub strategies: Vec<StrategyBrief>,
    /// Work under way.
    pub running_work: Vec<RunningWork>,
}

/// A sweep in brief.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BatchSummary {
    /// Identity.
    pub optimization_id: String,
    /// `configured`, `running`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// Combinations to evaluate.
    pub total_combinations: u64,
    /// Evaluated so far.
    pub completed_count: u64,
    /// Could not be evaluated.
    pub failed_count: u64,
    /// Never evaluated because the sweep was cancelled.
    pub cancelled_count: u64,
    /// The best combination: `parameters`, `metrics`, `holdout_metrics`; null until completed.
    pub best_result: Value,
}

/// A strategy version as `list_strategies` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ArtifactSummary {
    /// Identity.
    pub artifact_id: String,
    /// Version number in its lineage.
    pub version: u32,
    /// Strategy name.
    pub name: String,
    /// `creating`, `ready` or `failed`.
    pub lifecycle_status: String,
    /// Symbol.
    pub ticker: String,
    /// Strategy timeframe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeframe: Option<String>,
    /// `not_tested`, `running`, `passed` or `failed`.
    #[serde(rename = "backtestStatus")]
    pub backtest_status: String,
    /// Why the backtest failed.
    #[serde(rename = "backtestError", skip_serializing_if = "Option::is_none")]
    pub backtest_error: Option<String>,
    /// Why making the version failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `{key, label, value, category}` of every parameter.
    #[serde(rename = "canonicalParameters")]
    pub canonical_parameters: Vec<Value>,
    /// Headline metrics of the finished backtest by key.
    #[serde(rename = "backtestResults", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub backtest_results: Option<Value>,
    /// The version's own backtest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtest_id: Option<String>,
    /// Sweeps of this version, newest first; at most 5 are shown.
    #[serde(rename = "optimizationBatches")]
    pub optimization_batches: Vec<BatchSummary>,
}

/// Strategy versions of a session.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StrategyList {
    /// Versions, newest first.
    pub artifacts: Vec<ArtifactSummary>,
    /// Versions in the session.
    pub total: usize,
    /// Cursor.
    pub pagination: Pagination,
    /// Page of the session.
    pub app_url: String,
}

/// Where a version comes from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Lineage {
    /// First version.
    pub root_artifact_id: String,
    /// The version it was made from; null for the first.
    pub parent_artifact_id: Option<String>,
    /// Version number.
    pub version: u32,
}

/// Everything about a strategy version.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StrategyDetail {
    /// The summary.
    #[serde(flatten)]
    pub summary: ArtifactSummary,
    /// What opens a position, in words.
    pub entry_rules: Vec<String>,
    /// Stops, targets and clock exits, in words.
    pub exit_rules: Vec<String>,
    /// Conditions that close it, in words.
    pub exit_conditions: Vec<String>,
    /// Filters, in words.
    pub filters: Vec<String>,
    /// How each part of the request was read: `{phrase, became}`.
    pub extraction_plan: Vec<Value>,
    /// What was assumed where the request was silent.
    pub assumptions: Vec<String>,
    /// What was asked but not built.
    pub unhandled_requests: Vec<String>,
    /// Where it comes from.
    pub lineage: Lineage,
    /// The canonical rules document: edit it and pass it to `update_strategy` as `rules`.
    pub rules: Value,
    /// Page of the session.
    pub app_url: String,
}

/// An accepted strategy operation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OperationStarted {
    /// Wait for it with `wait_for_completion` and `task: "strategy_op"`.
    pub operation_id: String,
    /// The version it makes.
    pub artifact_id: String,
    /// Session.
    pub session_id: String,
    /// `running`.
    pub status: String,
    /// Page of the session.
    pub app_url: String,
}

/// A deleted version.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StrategyDeleted {
    /// The version.
    pub artifact_id: String,
    /// Always true.
    pub deleted: bool,
    /// Page of the session.
    pub app_url: String,
}

/// A started backtest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BacktestStarted {
    /// The run.
    pub backtest_id: String,
    /// The version.
    pub artifact_id: String,
    /// `running`.
    #[serde(rename = "backtestStatus")]
    pub backtest_status: String,
    /// True when it is a run of its own and leaves the version's results alone.
    pub with_overrides: bool,
    /// First trading day.
    pub from: String,
    /// Last trading day.
    pub to: String,
    /// Page of the session.
    pub app_url: String,
}

/// A backtest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BacktestView {
    /// The run.
    pub backtest_id: String,
    /// The version.
    pub artifact_id: String,
    /// `running`, `passed`, `failed` or `cancelled`.
    #[serde(rename = "backtestStatus")]
    pub backtest_status: String,
    /// Why it failed.
    #[serde(rename = "backtestError", skip_serializing_if = "Option::is_none")]
    pub backtest_error: Option<String>,
    /// Metrics by key; null where undefined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metrics: Option<Value>,
    /// Quality flags, the benchmark (buying and holding), counted events, and breakdowns by exit reason, outcome, state of the
    /// market, month, weekday and hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub details: Option<Value>,
    /// A page of trades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trades: Option<Vec<Value>>,
    /// Trades in the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_trades: Option<u64>,
    /// The equity curve, `[time, equity]`, downsampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equity: Option<Vec<Value>>,
    /// How the curve was downsampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equity_note: Option<String>,
    /// Parameters that differ from the version's own.
    pub parameter_overrides: Map<String, Value>,
    /// Fill rule, costs, window, snapshot, engine version: what the numbers rest on.
    pub assumptions: Map<String, Value>,
    /// Cursor of the trades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
    /// Page of the session.
    pub app_url: String,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BacktestBrief {
    /// The run.
    pub backtest_id: String,
    /// The version.
    pub artifact_id: String,
    /// `running`, `passed`, `failed` or `cancelled`.
    #[serde(rename = "backtestStatus")]
    pub backtest_status: String,
    /// True for the version's own run, false for one with overrides.
    pub own: bool,
    /// First trading day.
    pub from: String,
    /// Last trading day.
    pub to: String,
    /// Parameters that differ from the version's own.
    pub parameters: Map<String, Value>,
    /// True when it has costs or capital of its own.
    pub other_terms: bool,
    /// Metrics by key, once finished.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metrics: Option<Value>,
    /// ISO 8601, UTC.
    pub created_at: String,
}

/// A configured sweep.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptimizationConfigured {
    /// Start it with `run_optimization`.
    pub optimization_id: String,
    /// `configured`.
    pub status: String,
    /// Combinations that satisfy `where`.
    pub total_combinations: u64,
    /// What it will take: combinations, minutes of bars each, slices.
    pub estimate: Map<String, Value>,
    /// Window, snapshots, costs, capital.
    pub assumptions: Map<String, Value>,
    /// Page of the session.
    pub app_url: String,
}

/// A started sweep.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptimizationStarted {
    /// The sweep.
    pub optimization_id: String,
    /// `running`.
    pub status: String,
    /// Combinations.
    pub total_combinations: u64,
    /// Slices they are cut into.
    pub slices: u32,
    /// Page of the session.
    pub app_url: String,
}

/// A ranked combination.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RankedCombination {
    /// 1 for the best.
    pub rank: u64,
    /// Combination index.
    pub index: u64,
    /// Swept parameters.
    pub parameters: Map<String, Value>,
    /// Headline metrics.
    pub metrics: Map<String, Value>,
}

/// A sweep with its progress and results.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptimizationView {
    /// The sweep in brief.
    #[serde(flatten)]
    pub batch: BatchSummary,
    /// The version it sweeps.
    pub artifact_id: String,
    /// Share done, 0–1.
    pub progress: f64,
    /// Why it failed, or what went wrong on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Metric ranked by.
    pub rank_by: String,
    /// Combinations that meet every constraint.
    pub ranked_count: u64,
    /// How much of the best is selection: deflated Sharpe ratio, probability of overfitting, plateau, flags, and what they mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub robustness: Option<Value>,
    /// A page of the ranking.
    pub ranking: Vec<RankedCombination>,
    /// Best value for two parameters over the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub heat_map: Option<Value>,
    /// Window, snapshots, costs, capital, engine version: what every combination used.
    pub assumptions: Map<String, Value>,
    /// Cursor of the ranking.
    pub pagination: Pagination,
    /// Page of the session.
    pub app_url: String,
}

/// What a wait found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WaitOutcome {
    /// `succeeded`, `failed`, `cancelled`, `timed_out` (not a failure: wait again) or `busy` (too many waits at once: ask later).
    pub status: String,
    /// What was waited for.
    pub task: String,
    /// Why it failed, with what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Problems of a rejected document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Value>,
    /// Progress when it has not finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub progress: Option<Value>,
    /// Seconds after which asking again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_after_seconds: Option<u64>,
    /// The finished strategy version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<ArtifactSummary>,
    /// How each phrase of the English was read: `{phrase, became}`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extraction_plan: Vec<Value>,
    /// What was assumed where the request was silent: tell the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// What was asked but not built: tell the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unhandled_requests: Vec<String>,
    /// The finished backtest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtest: Option<BacktestView>,
    /// The finished sweep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimization: Option<OptimizationView>,
    /// Page of the session.
    pub app_url: String,
}

/// What a cancellation did.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CancelOutcome {
    /// What was cancelled.
    pub task: String,
    /// Its id.
    pub id: String,
    /// `cancelled`, `cancelling`, or the final status it already had.
    pub status: String,
    /// What was kept.
    pub kept: String,
    /// Page of the session.
    pub app_url: String,
}
