//! Reasons to distrust the best result of a sweep.

use crate::quality::{QualityFlag, Severity};

/// Share of the best that its neighbours must keep.
const PLATEAU_LEAST: f64 = 0.5;
/// Share of splits above which the best in-sample is more likely worse than the median than better.
const OVERFITTING_MOST: f64 = 0.5;
/// Deflated Sharpe ratio below which luck is not ruled out at the usual five percent.
const DEFLATED_LEAST: f64 = 0.95;
/// Deflated Sharpe ratio below which luck is the likelier explanation.
const DEFLATED_DOUBTFUL: f64 = 0.5;

/// What the flags of a sweep are judged from.
#[derive(Debug, Clone, Copy)]
pub struct SweepEvidence<'a> {
    /// Deflated Sharpe ratio after every trial of the strategy's lineage.
    pub deflated_sharpe: Option<f64>,
    /// Those trials.
    pub trials: u64,
    /// Probability of backtest overfitting.
    pub overfitting: Option<f64>,
    /// The plateau score.
    pub plateau: Option<f64>,
    /// Swept parameters whose best value is the first or last of its axis.
    pub edges: &'a [String],
}

/// Every flag that applies, in a fixed order.
#[must_use]
pub fn flags(evidence: SweepEvidence<'_>) -> Vec<QualityFlag> {
    [likely_overfit, parameter_cliff, at_grid_edge].iter().filter_map(|rule| rule(evidence)).collect()
}

fn likely_overfit(evidence: SweepEvidence<'_>) -> Option<QualityFlag> {
    let overfitting = evidence.overfitting.filter(|share| *share > OVERFITTING_MOST).map(|share| {
        format!(
            "in {:.0} % of the splits the combination that is best on one half of the days is in the worse half on the other (threshold {:.0} %)",
            share * 100.0,
            OVERFITTING_MOST * 100.0
        )
    });
    let deflated = evidence.deflated_sharpe.filter(|probability| *probability < DEFLATED_LEAST).map(|probability| {
        format!(
            "after {} trials the best Sharpe ratio is better than luck with probability {probability:.2} (threshold {DEFLATED_LEAST})",
            evidence.trials
        )
    });
    let doubtful = evidence.deflated_sharpe.is_some_and(|probability| probability < DEFLATED_DOUBTFUL);
    let severity = if overfitting.is_some() || doubtful { Severity::Serious } else { Severity::Warning };
    let reasons: Vec<String> = [overfitting, deflated].into_iter().flatten().collect();
    (!reasons.is_empty()).then(|| QualityFlag { key: "likely_overfit", severity, reason: reasons.join("; ") })
}

fn parameter_cliff(evidence: SweepEvidence<'_>) -> Option<QualityFlag> {
    let plateau = evidence.plateau.filter(|share| *share < PLATEAU_LEAST)?;
    let severity = if plateau > 0.0 { Severity::Warning } else { Severity::Serious };
    Some(QualityFlag {
        key: "parameter_cliff",
        severity,
        reason: format!(
            "one step away from the best the metric is at the median {:.0} % of it (threshold {:.0} %)",
            plateau * 100.0,
            PLATEAU_LEAST * 100.0
        ),
    })
}

fn at_grid_edge(evidence: SweepEvidence<'_>) -> Option<QualityFlag> {
    (!evidence.edges.is_empty()).then(|| QualityFlag {
        key: "at_grid_edge",
        severity: Severity::Info,
        reason: format!(
            "the best value of {} is the first or last that was tried: the optimum may lie outside",
            evidence.edges.join(", ")
        ),
    })
}
