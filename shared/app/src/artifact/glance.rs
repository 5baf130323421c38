//! What a list of sessions says of one: how many strategies, what runs, the last result.

use super::{all, running_work};
use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::session;
use domain::artifact::Artifact;
use domain::ids::ArtifactId;
use serde_json::Value;
use std::collections::BTreeMap;

/// A session at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// Names of the strategies, each with all its versions, newest first; a strategy in the making has none yet.
    pub strategies: Vec<String>,
    /// Pieces of work under way.
    pub running: usize,
    /// The last result; `None` before there is one.
    pub last: Option<LastResult>,
}

/// A version that was tested.
#[derive(Debug, Clone, PartialEq)]
pub struct LastResult {
    /// Strategy name.
    pub name: String,
    /// Version number.
    pub version: u32,
    /// Symbol.
    pub ticker: String,
    /// Its backtest.
    pub backtest_id: String,
    /// Metrics by key.
    pub metrics: Value,
}

/// A session at a glance.
///
/// # Errors
/// Not found.
pub async fn glance(desk: &Desk, caller: &Caller, session_id: &str) -> Result<Glance, AppError> {
    let session = session::find(desk, caller, session_id).await?.value;
    let artifacts = all(desk, caller, &session).await?;
    // Later versions replace the name of earlier ones; ids sort by time.
    let names: BTreeMap<&ArtifactId, &String> = artifacts.iter().map(|one| (&one.root, &one.name)).collect();
    let tested = artifacts.iter().filter(|artifact| artifact.backtest_results.is_some());
    let last = tested.max_by_key(|artifact| artifact.updated_at).and_then(last_result);
    let strategies = names.into_values().rev().cloned().collect();
    let running = running_work(desk, caller, &session, &artifacts).await?.len();
    Ok(Glance { strategies, running, last })
}

fn last_result(artifact: &Artifact) -> Option<LastResult> {
    Some(LastResult {
        name: artifact.name.clone(),
        version: artifact.version,
        ticker: artifact.ticker.clone(),
        backtest_id: artifact.current_backtest_id.as_ref()?.to_string(),
        metrics: artifact.backtest_results.clone()?,
    })
}
