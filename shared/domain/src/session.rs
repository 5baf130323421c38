//! A session: the workspace of one conversation. It holds strategies and at most one running sweep.

use crate::ids::{ArtifactId, OptimizationId, SessionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A session record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Identity.
    pub session_id: SessionId,
    /// What the user called it.
    pub title: String,
    /// Hidden from the default list.
    pub archived: bool,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Microseconds UTC.
    pub updated_at: i64,
    /// Strategy versions made here so far, deleted ones included; numbers the next version's name.
    pub artifacts_made: u32,
    /// The slot: the sweep that runs here. A terminal batch in it is stale and may be taken over.
    pub running_batch: Option<OptimizationId>,
    /// Trials of every ended sweep, by the first version of the lineage swept: the best of them was selected from all.
    #[serde(default)]
    pub trials: BTreeMap<ArtifactId, u64>,
}

impl Session {
    /// A new session.
    #[must_use]
    pub const fn new(session_id: SessionId, title: String, now_us: i64) -> Self {
        Self {
            session_id,
            title,
            archived: false,
            created_at: now_us,
            updated_at: now_us,
            artifacts_made: 0,
            running_batch: None,
            trials: BTreeMap::new(),
        }
    }

    /// Takes the slot for `batch`; `seen_terminal` is a batch that a strong read showed terminal.
    ///
    /// # Errors
    /// The batch that holds the slot.
    pub fn take_slot(
        &mut self,
        batch: &OptimizationId,
        seen_terminal: Option<&OptimizationId>,
    ) -> Result<(), OptimizationId> {
        match &self.running_batch {
            Some(holder) if holder != batch && Some(holder) != seen_terminal => Err(holder.clone()),
            _ => {
                self.running_batch = Some(batch.clone());
                Ok(())
            }
        }
    }

    /// Counts the trials of a sweep that has ended; true if there were any.
    pub fn add_trials(&mut self, root: &ArtifactId, trials: u64) -> bool {
        if trials > 0 {
            let counted = self.trials.entry(root.clone()).or_insert(0);
            *counted = counted.saturating_add(trials);
        }
        trials > 0
    }

    /// Frees the slot if `batch` holds it; true if it did.
    pub fn free_slot(&mut self, batch: &OptimizationId) -> bool {
        let held = self.running_batch.as_ref() == Some(batch);
        if held {
            self.running_batch = None;
        }
        held
    }
}
