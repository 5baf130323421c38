//! An artifact: one version of a strategy. Its rules never change; what is known of it (backtest, work) does.

use crate::ids::{ArtifactId, BacktestId, OperationId, OptimizationId, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a version stands in its making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleStatus {
    /// Its operation has not finished.
    Creating,
    /// Usable.
    Ready,
    /// Its operation failed.
    Failed,
}

/// What is known of a version's own backtest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BacktestStatus {
    /// Never run.
    NotTested,
    /// Running now.
    Running,
    /// The last run finished.
    Passed,
    /// The last run failed.
    Failed,
}

/// An artifact record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// Identity.
    pub artifact_id: ArtifactId,
    /// The session it lives in.
    pub session_id: SessionId,
    /// 1 for a new strategy, one more than its parent for an edit.
    pub version: u32,
    /// First version of the lineage.
    pub root: ArtifactId,
    /// The version it was made from.
    pub parent: Option<ArtifactId>,
    /// The operation that makes it.
    pub operation_id: OperationId,
    /// Where it stands.
    pub lifecycle_status: LifecycleStatus,
    /// Strategy name.
    pub name: String,
    /// Canonical symbol; empty until ready.
    pub ticker: String,
    /// Canonical rules document; null until ready.
    pub document: Value,
    /// How each part of the request was read.
    pub extraction_plan: Vec<PlanItem>,
    /// Assumptions made.
    pub assumptions: Vec<String>,
    /// What was asked but not built.
    pub unhandled_requests: Vec<String>,
    /// State of the version's own backtest.
    pub backtest_status: BacktestStatus,
    /// The version's own backtest: only this one may publish into the version.
    pub current_backtest_id: Option<BacktestId>,
    /// The finished own backtest that stands again when the current one is cancelled.
    #[serde(default)]
    pub previous_backtest_id: Option<BacktestId>,
    /// Why it failed.
    pub backtest_error: Option<String>,
    /// Headline numbers of the finished own backtest.
    pub backtest_results: Option<Value>,
    /// Sweeps set up on it, newest last.
    pub optimizations: Vec<OptimizationId>,
    /// Work that must end before it may be deleted.
    pub active_work: Vec<String>,
    /// Why making it failed.
    pub error: Option<String>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub updated_at: i64,
}

/// One phrase of a request and the part of the document it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// The words, or the place in a submitted document.
    pub phrase: String,
    /// What they became.
    pub became: String,
}

impl Artifact {
    /// Adds `work` to what must end before deletion.
    pub fn begin_work(&mut self, work: &str) {
        if !self.active_work.iter().any(|name| name == work) {
            self.active_work.push(work.to_owned());
        }
    }

    /// Removes `work`.
    pub fn end_work(&mut self, work: &str) {
        self.active_work.retain(|name| name != work);
    }
}
