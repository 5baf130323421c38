//! What use cases and message handlers stand on: the Desk (for requests) and the Bench (for work).

use crate::study_cache::StudyCache;
use domain::ids::{KeyId, TenantId};
use domain::work::WorkLimits;
use ports::bars::{Bars, Catalog};
use ports::blobs::Blobs;
use ports::clock::{Clock, Ids};
use ports::queue::Queue;
use ports::results::{Ranker, Results};
use ports::table::Table;
use std::sync::Arc;

/// Settings that shape answers and bound work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base of links, without a trailing slash.
    pub app_url: String,
    /// Threads a slice may use; with 0 every computation runs inside the task that asks for it, and a slice holds one
    /// combination (simulations).
    pub threads: usize,
    /// Limits on the work of sweeps.
    pub limits: WorkLimits,
}

/// What a request may use: records, messages, objects, the catalog, results. No bars.
#[derive(Clone)]
pub struct Desk {
    /// Records.
    pub table: Arc<dyn Table>,
    /// Messages.
    pub queue: Arc<dyn Queue>,
    /// Objects.
    pub blobs: Arc<dyn Blobs>,
    /// Which series exist.
    pub catalog: Arc<dyn Catalog>,
    /// Result tables.
    pub results: Arc<dyn Results>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// Known instruments, the operator's file merged in.
    pub instruments: Arc<market::Catalogue>,
    /// Settings.
    pub settings: Arc<Settings>,
}

/// What message handlers may use: the desk, bars and ranking.
#[derive(Clone)]
pub struct Bench {
    /// The desk.
    pub desk: Desk,
    /// Bars of pinned snapshots.
    pub bars: Arc<dyn Bars>,
    /// Ranking of sweeps.
    pub ranker: Arc<dyn Ranker>,
    /// Studies kept warm between slices of a sweep.
    pub studies: Arc<StudyCache>,
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account whose records are visible.
    pub tenant: TenantId,
    /// The key used; none on a local server.
    pub key_id: Option<KeyId>,
}

impl Desk {
    /// Microseconds since the epoch.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// The page of a session.
    #[must_use]
    pub fn session_url(&self, session_id: &domain::ids::SessionId) -> String {
        format!("{}/sessions/{session_id}", self.settings.app_url)
    }
}
