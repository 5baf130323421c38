//! Studies kept warm between slices of the same sweep, so that bars and indicators are computed once per worker.

use std::sync::{Arc, Mutex, PoisonError};
use strategy::Study;

/// Studies kept: the sweep at work and one more (its holdout, or the sweep before it). Each holds its bars and indicators.
const STUDIES_MAX: usize = 2;

/// The most recently used studies, newest last.
#[derive(Default)]
pub struct StudyCache {
    kept: Mutex<Vec<(String, Arc<Study>)>>,
}

impl StudyCache {
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

    /// Keeps a study, dropping the one used longest ago.
    pub fn keep(&self, name: &str, study: &Arc<Study>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != name);
        kept.push((name.to_owned(), Arc::clone(study)));
        if kept.len() > STUDIES_MAX {
            kept.remove(0);
        }
    }
}
