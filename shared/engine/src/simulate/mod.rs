//! The one simulation core, used alike by a full run and by a sweep.
//!
//! `walk` goes from minute to minute; `open`, `range` and `close` are the three phases of one minute, `decide` the rules at the
//! end of a strategy bar, `enter` and `exit` the two kinds of fill, `reverse` the short way of accounts that only reverse. It computes no statistic (see `statistics`).

mod acting;
mod close;
mod decide;
mod enter;
mod exit;
mod minute;
mod open;
mod range;
mod recorder;
mod reverse;
mod roll;
mod state;
mod walk;

pub(crate) use minute::Minute;

use crate::error::EngineError;
use crate::outcome::{FullResult, Metrics, RunCounts};
use crate::plan::Plan;
use crate::robustness::BlockSum;
use recorder::{FullRecorder, Recorder, SummaryRecorder};
use state::Simulation;

/// Minutes that runs side by side take before resting: their prices fit the second-level cache.
const MINUTES_SIDE_BY_SIDE: usize = 4_096;

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

/// A run as a trial of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The statistics.
    pub metrics: Metrics,
    /// Counted events.
    pub counts: RunCounts,
    /// Daily returns summed by blocks of days.
    pub blocks: Vec<BlockSum>,
}

/// Runs plans over the same tape as trials of a sweep, side by side: all of them through a few trading days before any goes
/// on, so that those days' prices are read from memory once. Each has the figures of [`run_summary`], and its daily returns
/// summed by that many blocks.
#[must_use]
pub fn run_swept(plans: &[Plan<'_>], blocks: usize) -> Vec<Result<Trial, EngineError>> {
    let mut runs: Vec<_> = plans.iter().map(|plan| Simulation::new(plan, SummaryRecorder)).collect();
    let days = plans.first().map_or(&[][..], |plan| &plan.tape.days);
    let mut rest = 0;
    for day in days {
        let end = day.end as usize;
        if end < rest + MINUTES_SIDE_BY_SIDE && day.end != days.last().map_or(0, |day| day.end) {
            continue;
        }
        rest = end;
        for run in &mut runs {
            let walked = run.as_mut().map_or(Ok(()), |simulation| simulation.walk(end));
            if let Err(error) = walked {
                *run = Err(error);
            }
        }
    }
    let trial = |run: Result<Simulation<'_, SummaryRecorder>, EngineError>| {
        let finished = run?.finish();
        let blocks = finished.statistics.block_sums(blocks);
        Ok(Trial { metrics: finished.statistics.metrics(), counts: finished.counts, blocks })
    };
    runs.into_iter().map(trial).collect()
}

fn run<'p, R: Recorder>(plan: &'p Plan<'p>, recorder: R) -> Result<state::Finished<R>, EngineError> {
    let mut simulation = Simulation::new(plan, recorder)?;
    simulation.walk(minute::window(plan).end)?;
    Ok(simulation.finish())
}
