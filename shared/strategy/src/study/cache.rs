//! What one combination computed, kept for others within a bound of bytes. Forgetting changes no result.

use super::bounds::Bounds;
use super::truth::Truth;
use crate::indicators::Column;
use engine::plan::{FlattenAt, Mask};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A computed thing, cheap to clone.
#[derive(Clone)]
pub(super) enum Kept {
    /// All outputs of an indicator call.
    Columns(Arc<Vec<Arc<Column>>>),
    /// One column.
    Column(Arc<Column>),
    /// Bounds of a column as decision bars see it.
    Bounds(Arc<Bounds>),
    /// A column as the engine reads levels.
    Levels(Arc<[f64]>),
    /// A condition at every decision bar.
    Truth(Arc<Truth>),
    /// Where a condition is true.
    Mask(Arc<Mask>),
    /// Clock exits per trading day.
    Flatten(Arc<[FlattenAt]>),
}

impl Kept {
    fn bytes(&self) -> usize {
        let column = |column: &Column| {
            (column.values.len() + column.exact.as_ref().map_or(0, |exact| exact.counts.len())) * size_of::<f64>()
        };
        match self {
            Self::Columns(columns) => columns.iter().map(|output| column(output)).sum(),
            Self::Column(one) => column(one),
            Self::Bounds(bounds) => bounds.bytes(),
            Self::Levels(levels) => size_of_val(levels.as_ref()),
            Self::Truth(truth) => truth.bytes(),
            Self::Mask(mask) => size_of_val(mask.words()),
            Self::Flatten(days) => size_of_val(days.as_ref()),
        }
    }
}

/// Computed things by key; the least recently used go first.
pub(super) struct Cache {
    limit_bytes: usize,
    used_bytes: usize,
    turn: u64,
    kept: BTreeMap<String, (Kept, u64)>,
    /// Key by turn of last use.
    turns: BTreeMap<u64, String>,
}

impl Cache {
    pub(super) const fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, used_bytes: 0, turn: 0, kept: BTreeMap::new(), turns: BTreeMap::new() }
    }

    pub(super) const fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    pub(super) fn get(&mut self, key: &str) -> Option<Kept> {
        self.turn += 1;
        let (kept, turn) = self.kept.get_mut(key)?;
        if let Some(name) = self.turns.remove(turn) {
            self.turns.insert(self.turn, name);
        }
        *turn = self.turn;
        Some(kept.clone())
    }

    pub(super) fn put(&mut self, key: &str, kept: &Kept) {
        if self.kept.contains_key(key) || kept.bytes() > self.limit_bytes {
            return;
        }
        self.turn += 1;
        self.used_bytes += kept.bytes();
        self.kept.insert(key.to_owned(), (kept.clone(), self.turn));
        self.turns.insert(self.turn, key.to_owned());
        while self.used_bytes > self.limit_bytes {
            let Some((_, oldest)) = self.turns.pop_first() else { return };
            if let Some((gone, _)) = self.kept.remove(&oldest) {
                self.used_bytes -= gone.bytes();
            }
        }
    }
}
