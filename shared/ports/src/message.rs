//! The versioned messages of the service. A message names work; everything it needs is in the records.

use domain::ids::{BacktestId, OperationId, OptimizationId, SessionId, TenantId};
use serde::{Deserialize, Serialize};

/// Version this build writes and understands; a message of another version is left for redelivery.
pub const MESSAGE_VERSION: u32 = 1;

/// What a watch looks after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Watched {
    /// A strategy build.
    Build {
        /// The operation.
        operation_id: OperationId,
    },
    /// A single backtest.
    Backtest {
        /// The run.
        backtest_id: BacktestId,
    },
    /// A sweep.
    Batch {
        /// The sweep.
        optimization_id: OptimizationId,
    },
}

/// The work a message asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Build a strategy version.
    Build {
        /// The operation.
        operation_id: OperationId,
    },
    /// Run one full backtest.
    Backtest {
        /// The run.
        backtest_id: BacktestId,
    },
    /// Turn a started sweep into slice messages.
    Start {
        /// The sweep.
        optimization_id: OptimizationId,
    },
    /// Evaluate one slice.
    Slice {
        /// The sweep.
        optimization_id: OptimizationId,
        /// Slice number.
        slice: u32,
    },
    /// Close a sweep whose slices are all settled, or that is being cancelled.
    Reduce {
        /// The sweep.
        optimization_id: OptimizationId,
    },
    /// Look whether work is stuck and redo what is missing.
    Watch {
        /// What to look after.
        watched: Watched,
        /// Rounds in a row without progress.
        stalled_rounds: u32,
        /// Receipts seen at the last look.
        seen: u64,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// [`MESSAGE_VERSION`] of the sender.
    pub version: u32,
    /// Owner of the records.
    pub tenant: TenantId,
    /// Session of the records.
    pub session_id: SessionId,
    /// Messages in the chain that led here; bounded so that no loop runs for ever.
    pub hop: u32,
    /// The work.
    pub work: Work,
}
