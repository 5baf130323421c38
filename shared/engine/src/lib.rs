//! The simulation and its statistics: fills, costs, positions, equity, metrics.
//!
//! Pure: the same [`Plan`] gives the same bytes on every machine. It knows neither the rules language (conditions
//! arrive as masks over decision bars) nor where bars come from. `ENGINE.md` beside this crate says what every number means.

mod brackets;
pub mod breakdown;
mod contract;
pub mod error;
mod exact;
mod levels;
mod orders;
pub mod outcome;
pub mod plan;
mod position;
mod price_index;
pub mod quality;
pub mod regime;
pub mod robustness;
pub mod simulate;
mod sizing;
pub mod statistics;

pub use error::EngineError;
pub use outcome::{ExitReason, FullResult, Metrics, RunCounts, Trade};
pub use plan::Plan;
pub use price_index::PriceIndex;
pub use quality::{QualityFlag, Severity};
pub use simulate::{Trial, run_full, run_summary, run_swept};
pub use statistics::{Benchmark, Better, MetricInfo, Unit, catalogue};

/// Version of the meaning of every number. Bumped by any change that moves a result; pinned by every run and batch.
pub const ENGINE_VERSION: &str = "1";

/// `ENGINE.md`: what every number means, for people; the guide shows it in pages.
pub const DOCUMENT: &str = include_str!("../ENGINE.md");
