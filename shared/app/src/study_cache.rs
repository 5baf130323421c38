//! Studies kept warm between slices of the same sweep, so that bars and indicators are computed once per worker.

use std::sync::{Arc, Mutex, PoisonError};
use strategy::Study;

/// Studies kept: the sweep at work and one more (its holdout, or the sweep before it). Each holds its bars and indicators.
const STUDIES_MAX: usize = 2;

/// The most recently used studies, newest last, bounded in number and in bytes. The newest is kept whatever its size: the
/// next slice wants it.
pub struct StudyCache {
    bytes_max: usize,
    kept: Mutex<Vec<(String, Arc<Study>)>>,
}

impl Default for StudyCache {
    fn default() -> Self {
        Self::with_bytes_max(usize::MAX)
    }
}

impl StudyCache {
    /// A cache whose studies, when there are several, take at most this many bytes.
    #[must_use]
    pub const fn with_bytes_max(bytes_max: usize) -> Self {
        Self { bytes_max, kept: Mutex::new(Vec::new()) }
    }

    /// The study kept under `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Study>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(known, _)| known == name)?;
        let found = kept.remove(place);
        let study = Arc::clone(&found.1);
        kept.push(found);
        Some(study)
    }

    /// Keeps a study, dropping those used longest ago.
    pub fn keep(&self, name: &str, study: &Arc<Study>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != name);
        kept.push((name.to_owned(), Arc::clone(study)));
        while kept.len() > 1 && (kept.len() > STUDIES_MAX || bytes(&kept) > self.bytes_max) {
            kept.remove(0);
        }
    }

    /// The computed columns one study may keep.
    #[must_use]
    pub fn columns_bytes_max(&self) -> usize {
        (self.bytes_max / STUDIES_MAX).min(strategy::limits::STUDY_CACHE_BYTES)
    }
}

fn bytes(kept: &[(String, Arc<Study>)]) -> usize {
    kept.iter().map(|(_, study)| study.bytes_max()).fold(0, usize::saturating_add)
}
