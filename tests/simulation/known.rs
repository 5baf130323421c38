//! What a tenant's clients know: everything they were promised.

use app::Caller;
use app::task::{TaskIds, TaskKind};
use domain::ids::TenantId;

/// A version that was promised.
#[derive(Debug, Clone)]
pub struct KnownVersion {
    pub session: String,
    pub artifact: String,
    pub operation: String,
    pub variant: usize,
    pub backtest: bool,
}

/// A sweep that was promised.
#[derive(Debug, Clone)]
pub struct KnownSweep {
    pub session: String,
    pub artifact: String,
    pub id: String,
    pub request: usize,
    pub variant: usize,
}

/// A run that was promised.
#[derive(Debug, Clone)]
pub struct KnownRun {
    pub session: String,
    pub id: String,
    pub variant: usize,
    pub overridden: bool,
}

/// What a tenant's clients know.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub sessions: Vec<String>,
    pub versions: Vec<KnownVersion>,
    pub sweeps: Vec<KnownSweep>,
    pub runs: Vec<KnownRun>,
    /// Sweeps somebody asked to cancel, and versions somebody asked to delete, whatever came of it.
    pub disturbed: Vec<String>,
    /// Versions that were asked for another run of their own, which covers all the data.
    pub run_again: Vec<String>,
    /// Answers to one idempotency key.
    pub repeated: Vec<(String, String)>,
}

/// A tenant as a caller.
pub fn caller(tenant: &str) -> Caller {
    Caller { tenant: TenantId::parse(tenant).unwrap(), key_id: None }
}

/// The ids that name a piece of work.
pub fn ids_of(kind: TaskKind, id: &str) -> TaskIds<'_> {
    match kind {
        TaskKind::StrategyOp => TaskIds { operation_id: Some(id), ..TaskIds::default() },
        TaskKind::Backtest => TaskIds { backtest_id: Some(id), ..TaskIds::default() },
        TaskKind::Optimization => TaskIds { optimization_id: Some(id), ..TaskIds::default() },
    }
}
