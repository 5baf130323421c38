//! A backtest: one full run of one version, with everything it depends on pinned.

use crate::ids::{ArtifactId, BacktestId, SessionId};
use crate::operation::WorkStatus;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A pinned snapshot of one symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPin {
    /// Canonical symbol.
    pub symbol: String,
    /// Length of a bar, minutes.
    pub resolution_minutes: u32,
    /// The snapshot.
    pub snapshot_id: String,
}

/// What a run depends on, fixed when it is created: the same pins give the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPins {
    /// First trading day, `YYYY-MM-DD`.
    pub from: String,
    /// Last trading day, inclusive.
    pub to: String,
    /// Snapshots of every symbol read; the strategy's own first.
    pub snapshots: Vec<SnapshotPin>,
    /// Digest of the resolved instrument terms.
    pub instrument_digest: String,
    /// Engine version.
    pub engine_version: String,
    /// Cost overrides as given (null without).
    pub costs: Value,
    /// The strategy's own series has a spread, which then stands for default slippage.
    pub has_spread: bool,
    /// Capital override, account currency.
    pub capital: Option<f64>,
}

/// A backtest record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Identity.
    pub backtest_id: BacktestId,
    /// Session.
    pub session_id: SessionId,
    /// Version it runs.
    pub artifact_id: ArtifactId,
    /// True for the version's own run; false for a run with overrides, which leaves the version's results alone.
    pub own: bool,
    /// Where it stands.
    pub status: WorkStatus,
    /// Parameter overrides by key.
    pub parameters: Map<String, Value>,
    /// What it depends on.
    pub pins: RunPins,
    /// Blob key of the summary; set when succeeded. Trades and equity lie beside it.
    pub result_key: Option<String>,
    /// SHA-256 of the summary, hex.
    pub result_digest: Option<String>,
    /// Headline metrics by key.
    pub metrics: Option<Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub updated_at: i64,
}
