//! A sweep's robustness as shown: plain numbers, what they mean, and the flags they raise.

use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::{record_keys, records};
use domain::ids::ArtifactId;
use domain::optimization::Batch;
use domain::session::Session;
use engine::robustness::{SweepEvidence, flags};
use serde_json::{Value, json};

/// The robustness of a sweep that has a best; `root` is the first version of the lineage it sweeps.
pub(super) async fn shown(
    desk: &Desk,
    caller: &Caller,
    batch: &Batch,
    root: Option<&ArtifactId>,
) -> Result<Option<Value>, AppError> {
    let (Some(found), Some(_)) = (&batch.robustness, &batch.best_result) else { return Ok(None) };
    let key = record_keys::session(&caller.tenant, &batch.session_id);
    let session = records::get::<Session>(desk, &key).await?;
    let counted = session.zip(root).and_then(|(session, root)| session.value.trials.get(root).copied());
    let lineage_trials = counted.unwrap_or(0).max(found.trials);
    let deflated = |trials: u64| found.deflation.and_then(|deflation| deflation.deflated_sharpe(trials));
    let evidence = SweepEvidence {
        deflated_sharpe: deflated(lineage_trials),
        trials: lineage_trials,
        overfitting: found.overfitting,
        plateau: found.plateau,
        edges: &found.edges,
    };
    Ok(Some(json!({
        "deflatedSharpe": deflated(found.trials),
        "deflatedSharpeLineage": evidence.deflated_sharpe,
        "trials": found.trials,
        "lineageTrials": lineage_trials,
        "pbo": found.overfitting,
        "plateau": found.plateau,
        "atGridEdge": found.edges,
        "flags": flags(evidence),
        "meaning": {
            "deflatedSharpe": DEFLATED_SHARPE,
            "pbo": PBO,
            "plateau": format!("median {} of the combinations one step away, as a share of the best: 1 is a plateau, near 0 a lone peak", batch.order.metric),
        },
    })))
}

/// What the deflated Sharpe ratios say.
const DEFLATED_SHARPE: &str = "probability that the best is better than the best of as many trials would be by luck: `trials` of this sweep, \
`lineageTrials` of every sweep of this strategy and its versions; below 0.95 luck is not ruled out; null under 2 trials or 30 days";

/// What the probability of overfitting says.
const PBO: &str = "share of the ways to halve the days in which the combination that is best on one half is no better than the median on the \
other: 0 is robust, above 0.5 the selection does harm; null under 10 days for each of its blocks (16, or 10 above 10000 combinations)";
