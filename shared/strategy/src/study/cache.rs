//! What one combination computed, kept for others within a bound of bytes. Forgetting changes no result.

use crate::indicators::Column;
use engine::plan::Mask;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A computed thing that says how large it is.
pub(super) trait Keep: Any + Send + Sync {
    /// Bytes it holds.
    fn bytes(&self) -> usize;
}

impl Keep for Column {
    fn bytes(&self) -> usize {
        // Exact values stand beside their running sums, once a moving mean has asked for them.
        let exact = self.exact.as_ref().map_or(0, |exact| 2 * exact.counts.len());
        (self.values.len() + exact) * size_of::<f64>()
    }
}

/// All outputs of an indicator call.
impl Keep for Vec<Arc<Column>> {
    fn bytes(&self) -> usize {
        self.iter().map(|output| output.as_ref().bytes()).sum()
    }
}

/// Where a condition is true.
impl Keep for Mask {
    fn bytes(&self) -> usize {
        size_of_val(self.words())
    }
}

/// Levels as the engine reads them, and clock exits per trading day.
impl<T: Send + Sync + 'static> Keep for Arc<[T]> {
    fn bytes(&self) -> usize {
        size_of_val(self.as_ref())
    }
}

struct Entry {
    kept: Arc<dyn Any + Send + Sync>,
    bytes: usize,
    turn: u64,
}

/// Computed things by key; the least recently used go first.
pub(super) struct Cache {
    limit_bytes: usize,
    used_bytes: usize,
    turn: u64,
    kept: BTreeMap<String, Entry>,
    /// Key by turn of last use.
    turns: BTreeMap<u64, String>,
    /// What is being computed, each an `OnceLock` of what will be kept.
    begun: BTreeMap<String, Arc<dyn Any + Send + Sync>>,
}

impl Cache {
    pub(super) const fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            used_bytes: 0,
            turn: 0,
            kept: BTreeMap::new(),
            turns: BTreeMap::new(),
            begun: BTreeMap::new(),
        }
    }

    pub(super) const fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    pub(super) fn get<T: Keep>(&mut self, key: &str) -> Option<Arc<T>> {
        self.turn += 1;
        let entry = self.kept.get_mut(key)?;
        if let Some(name) = self.turns.remove(&entry.turn) {
            self.turns.insert(self.turn, name);
        }
        entry.turn = self.turn;
        Arc::clone(&entry.kept).downcast().ok()
    }

    /// Where those who want what is not kept compute it: one of them does, the others wait for it.
    pub(super) fn begin<T: Keep>(&mut self, key: &str) -> Arc<OnceLock<Arc<T>>> {
        let begun = self.begun.entry(key.to_owned()).or_insert_with(|| Arc::new(OnceLock::<Arc<T>>::new()));
        Arc::clone(begun).downcast().unwrap_or_default()
    }

    pub(super) fn put<T: Keep>(&mut self, key: &str, kept: &Arc<T>) {
        self.begun.remove(key);
        let bytes = kept.bytes();
        if self.kept.contains_key(key) || bytes > self.limit_bytes {
            return;
        }
        self.turn += 1;
        self.used_bytes += bytes;
        self.kept.insert(key.to_owned(), Entry { kept: Arc::<T>::clone(kept), bytes, turn: self.turn });
        self.turns.insert(self.turn, key.to_owned());
        while self.used_bytes > self.limit_bytes {
            let Some((_, oldest)) = self.turns.pop_first() else { return };
            if let Some(gone) = self.kept.remove(&oldest) {
                self.used_bytes -= gone.bytes;
            }
        }
    }
}
