//! The one simulation core, used alike by a full run and by a sweep.
//!
//! `walk` goes from minute to minute; `open`, `range` and `close` are the three phases of one minute, `decide` the rules at the
//! end of a strategy bar, `enter` and `exit` the two kinds of fill. It computes no statistic (see `statistics`).

mod close;
mod decide;
mod enter;
mod exit;
mod minute;
mod open;
mod range;
mod recorder;
mod roll;
mod state;
mod walk;

pub(crate) use minute::Minute;

use crate::error::EngineError;
use crate::outcome::{FullResult, Metrics, RunCounts};
use crate::plan::Plan;
use recorder::{FullRecorder, Recorder, SummaryRecorder};
use state::Simulation;

/// Runs a plan and keeps everything: metrics, trades, equity, breakdowns, quality flags.
///
/// # Errors
/// [`EngineError::InvalidPlan`] for a plan without meaning, [`EngineError::Overflow`] when numbers leave fixed point.
pub fn run_full(plan: &Plan<'_>) -> Result<FullResult, EngineError> {
    let finished = run(plan, FullRecorder::new(plan))?;
    let FullRecorder { trades, equity } = finished.recorder;
    FullResult::assemble(plan, finished.statistics, finished.counts, trades, equity)
}

/// Runs a plan for its statistics alone; equal to those of [`run_full`] bit for bit.
///
/// # Errors
/// As [`run_full`].
pub fn run_summary(plan: &Plan<'_>) -> Result<(Metrics, RunCounts), EngineError> {
    let finished = run(plan, SummaryRecorder)?;
    Ok((finished.statistics.metrics(), finished.counts))
}

fn run<'p, R: Recorder>(plan: &'p Plan<'p>, recorder: R) -> Result<state::Finished<R>, EngineError> {
    let mut simulation = Simulation::new(plan, recorder)?;
    simulation.walk()?;
    Ok(simulation.finish())
}
