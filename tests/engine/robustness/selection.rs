//! The plateau score and the flags of a sweep.

use engine::Severity;
use engine::robustness::{SweepEvidence, flags, plateau};

#[test]
fn the_plateau_is_the_median_neighbour_as_a_share_of_the_best() {
    for (best, neighbours, higher, expected) in [
        (2.0, vec![1.0, 1.8, 1.9], true, Some(0.9)),
        (2.0, vec![1.0, 1.8], true, Some(0.7)),
        (2.0, vec![-1.0], true, Some(-0.5)),
        (2.0, vec![], true, None),
        (0.0, vec![-1.0], true, None),
        (-1.0, vec![-2.0], true, None),
        // Less is better: a drawdown of 100 beside one of 125.
        (100.0, vec![125.0, 110.0, 300.0], false, Some(0.8)),
        (0.0, vec![0.0], false, None),
    ] {
        assert_eq!(plateau(best, &neighbours, higher), expected, "{best} among {neighbours:?}");
    }
}

fn raised(evidence: SweepEvidence<'_>) -> Vec<(&'static str, Severity)> {
    flags(evidence).into_iter().map(|flag| (flag.key, flag.severity)).collect()
}

#[test]
fn flags_of_a_sweep() {
    let sound = SweepEvidence {
        deflated_sharpe: Some(0.95),
        trials: 100,
        overfitting: Some(0.5),
        plateau: Some(0.5),
        edges: &[],
    };
    assert_eq!(raised(sound), []);
    let unknown = SweepEvidence { deflated_sharpe: None, overfitting: None, plateau: None, ..sound };
    assert_eq!(raised(unknown), []);
    let edges = ["fast".to_owned()];
    let overfit = |severity| vec![("likely_overfit", severity)];
    for (evidence, expected) in [
        (SweepEvidence { deflated_sharpe: Some(0.94), ..sound }, overfit(Severity::Warning)),
        (SweepEvidence { deflated_sharpe: Some(0.49), ..sound }, overfit(Severity::Serious)),
        (SweepEvidence { overfitting: Some(0.51), ..sound }, overfit(Severity::Serious)),
        (SweepEvidence { plateau: Some(0.49), ..sound }, vec![("parameter_cliff", Severity::Warning)]),
        (SweepEvidence { plateau: Some(0.0), ..sound }, vec![("parameter_cliff", Severity::Serious)]),
        (SweepEvidence { edges: &edges, ..sound }, vec![("at_grid_edge", Severity::Info)]),
    ] {
        assert_eq!(raised(evidence), expected, "{evidence:?}");
    }
    let both = flags(SweepEvidence { deflated_sharpe: Some(0.2), overfitting: Some(0.75), ..sound });
    assert!(both[0].reason.contains("75 %") && both[0].reason.contains("0.20"), "{}", both[0].reason);
}
