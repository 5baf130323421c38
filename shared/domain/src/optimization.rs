//! A batch: one sweep of a version's parameters, everything it depends on, and how far it is.

use crate::backtest::RunPins;
use crate::grid::Grid;
use crate::ids::{ArtifactId, OptimizationId, SessionId};
use crate::limits::{SLICES_MAX, SLICES_PER_GROUP};
use crate::sweep::RankOrder;
use engine::robustness::Deflation;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a batch stands. `Completed`, `Failed` and `Cancelled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Set up; nothing runs.
    Configured,
    /// Slices are being evaluated.
    Running,
    /// Cancellation was asked for; the reducer will close it.
    Cancelling,
    /// Every slice has a receipt and the ranking is written.
    Completed,
    /// Nothing could be evaluated.
    Failed,
    /// Closed before every slice was done.
    Cancelled,
}

impl BatchStatus {
    /// True when nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled => true,
            Self::Configured | Self::Running | Self::Cancelling => false,
        }
    }
}

/// The best combination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BestResult {
    /// Combination index.
    pub index: u64,
    /// Swept parameters.
    pub parameters: Map<String, Value>,
    /// Metrics over the ranked part of the window.
    pub metrics: Map<String, Value>,
    /// Metrics over the holdout part; null without one.
    pub holdout_metrics: Value,
}

/// How much of the best combination's result is selection. What it means is in the engine's document, 5.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Robustness {
    /// Combinations with a defined Sharpe ratio: what the best was selected from.
    pub trials: u64,
    /// What the deflated Sharpe ratio follows from; null without a best, or where a figure of it is undefined.
    pub deflation: Option<Deflation>,
    /// Probability of backtest overfitting.
    pub overfitting: Option<f64>,
    /// The plateau score.
    pub plateau: Option<f64>,
    /// Swept parameters whose best value is the first or last of its axis.
    pub edges: Vec<String>,
}

/// A batch record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Identity.
    pub optimization_id: OptimizationId,
    /// Session.
    pub session_id: SessionId,
    /// Version it sweeps.
    pub artifact_id: ArtifactId,
    /// Where it stands.
    pub status: BatchStatus,
    /// The grid.
    pub grid: Grid,
    /// Constraint on parameters, applied before counting.
    pub parameter_constraint: Option<String>,
    /// Order of the ranking.
    pub order: RankOrder,
    /// Share of trading days kept out at the end, 0–0.5.
    pub holdout: f64,
    /// Trading days of the holdout part, `YYYY-MM-DD` inclusive; set when there is one. `pins.to` is then the last day before it.
    pub holdout_window: Option<(String, String)>,
    /// What every slice depends on.
    pub pins: RunPins,
    /// Combinations that satisfy the parameter constraint.
    pub total_combinations: u64,
    /// Simulated minutes of one combination (estimate from the catalog).
    pub minutes: u64,
    /// First place of every slice in the grid's order of evaluation, then one past the last; set when it starts.
    pub slice_bounds: Vec<u64>,
    /// Combinations evaluated; final when the batch is.
    pub completed_count: u64,
    /// Combinations with an error.
    pub failed_count: u64,
    /// Combinations never evaluated.
    pub cancelled_count: u64,
    /// The winner; null until completed, and when nothing qualifies.
    pub best_result: Option<BestResult>,
    /// Null until it has ended with something evaluated.
    #[serde(default)]
    pub robustness: Option<Robustness>,
    /// Rows that meet every constraint.
    pub ranked_count: u64,
    /// Blob key of the ranking.
    pub ranking_key: Option<String>,
    /// Blob key of the heat maps.
    pub heat_map_key: Option<String>,
    /// Why it failed or what went wrong on the way.
    pub error: Option<String>,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub started_at: Option<i64>,
    /// When an operator last had its messages sent again, microseconds UTC.
    #[serde(default)]
    pub repaired_at: Option<i64>,
    /// Microseconds UTC.
    pub ended_at: Option<i64>,
}

impl Batch {
    /// Number of slices; 0 before it starts.
    #[must_use]
    pub fn slice_count(&self) -> u32 {
        u32::try_from(self.slice_bounds.len().saturating_sub(1)).unwrap_or(0)
    }

    /// Places `[from, to)` of a slice in the grid's order of evaluation ([`Grid::at`]); `None` past the end.
    #[must_use]
    pub fn slice_range(&self, slice: u32) -> Option<(u64, u64)> {
        let slice = usize::try_from(slice).ok()?;
        Some((*self.slice_bounds.get(slice)?, *self.slice_bounds.get(slice + 1)?))
    }

    /// Combination-minutes of this many of its combinations.
    #[must_use]
    pub const fn work_of(&self, combinations: u64) -> u64 {
        combinations.saturating_mul(self.minutes)
    }

    /// Number of receipt groups.
    #[must_use]
    pub fn group_count(&self) -> u32 {
        self.slice_count().div_ceil(SLICES_PER_GROUP)
    }

    /// Slices of a group.
    #[must_use]
    pub fn group_slices(&self, group: u32) -> std::ops::Range<u32> {
        let first = group.saturating_mul(SLICES_PER_GROUP);
        first..first.saturating_add(SLICES_PER_GROUP).min(self.slice_count())
    }
}

/// The group a slice's receipt belongs to.
#[must_use]
pub const fn group_of(slice: u32) -> u32 {
    slice / SLICES_PER_GROUP
}

/// Cuts the combinations that count into contiguous slices of equal work.
///
/// `counted` are the places of combinations that satisfy the parameter constraint, ascending; `per_slice` is the wanted number of
/// combinations in each. The bounds start at 0, end at `points`, and make at most [`SLICES_MAX`] slices.
pub fn slice_bounds(counted: impl Iterator<Item = u64>, total: u64, points: u64, per_slice: u64) -> Vec<u64> {
    let per_slice = per_slice.max(total.div_ceil(SLICES_MAX)).max(1);
    let mut bounds = vec![0];
    bounds.extend(
        counted
            .enumerate()
            .filter(|(position, _)| *position > 0 && (*position as u64).is_multiple_of(per_slice))
            .map(|(_, place)| place),
    );
    bounds.push(points);
    bounds
}
