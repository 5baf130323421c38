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

/// Minutes that runs side by side take before resting: their prices fit the second-level cache.
const MINUTES_SIDE_BY_SIDE: usize = 8_192;

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
    Ok(summarised(run(plan, SummaryRecorder)?))
}

/// Runs plans over the same tape for their statistics alone, side by side: all of them through a few trading days before
/// any goes on, so that those days' prices are read from memory once. Every one equals [`run_summary`] of its plan.
#[must_use]
pub fn run_summaries(plans: &[Plan<'_>]) -> Vec<Result<(Metrics, RunCounts), EngineError>> {
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
    runs.into_iter().map(|run| Ok(summarised(run?.finish()))).collect()
}

fn summarised(finished: state::Finished<SummaryRecorder>) -> (Metrics, RunCounts) {
    (finished.statistics.metrics(), finished.counts)
}

fn run<'p, R: Recorder>(plan: &'p Plan<'p>, recorder: R) -> Result<state::Finished<R>, EngineError> {
    let mut simulation = Simulation::new(plan, recorder)?;
    simulation.walk(minute::window(plan).end)?;
    Ok(simulation.finish())
}
