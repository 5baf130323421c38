//! An operation: the asynchronous making of a strategy version.

use crate::ids::{ArtifactId, OperationId, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// A new strategy.
    CreateStrategy,
    /// A new version of one.
    UpdateStrategy,
}

/// Where it stands. `Succeeded`, `Failed` and `Cancelled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkStatus {
    /// Accepted, not finished.
    Running,
    /// Finished well.
    Succeeded,
    /// Finished with an error.
    Failed,
    /// Stopped by the user.
    Cancelled,
}

impl WorkStatus {
    /// True when nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Running => false,
            Self::Succeeded | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What the strategy is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategySource {
    /// A rules document.
    Rules(Value),
    /// English.
    Description(String),
    /// English edits of an existing version.
    Changes(String),
}

/// Tokens a language model read and wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelTokens {
    /// Read.
    pub input: u64,
    /// Written.
    pub output: u64,
}

/// An operation record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Identity.
    pub operation_id: OperationId,
    /// Session.
    pub session_id: SessionId,
    /// The version it makes.
    pub artifact_id: ArtifactId,
    /// The version it starts from, for an edit.
    pub parent: Option<ArtifactId>,
    /// What it does.
    pub kind: OperationKind,
    /// Where it stands.
    pub status: WorkStatus,
    /// What the strategy is made from.
    pub source: StrategySource,
    /// Drafting provider asked for.
    pub provider: Option<String>,
    /// Backtest when built.
    pub backtest: bool,
    /// First day of that backtest, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day of that backtest, `YYYY-MM-DD`.
    pub to: Option<String>,
    /// Why it failed, with what to do.
    pub error: Option<String>,
    /// Structured problems of a rejected document.
    pub problems: Vec<Value>,
    /// Tokens of the language model that read its text, where one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_tokens: Option<ModelTokens>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub updated_at: i64,
}
