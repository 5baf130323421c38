//! Which port calls of which handlers were seen, and which of them were somebody's last: before and after.

use std::collections::BTreeMap;

/// A call site of a handler.
pub type Pair = (String, String);

/// Where a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// Before the call: nothing happened.
    Before,
    /// After it: it happened, and nobody hears of it.
    After,
}

/// A crash asked for by name: the first time this pair is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    pub pair: Pair,
    pub edge: Edge,
}

/// What happened to a pair.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// How often it was reached.
    pub reached: u64,
    /// Crashes before it.
    pub before: u64,
    /// Crashes after it.
    pub after: u64,
    /// A seed that reaches it.
    pub seed: u64,
}

/// Every pair.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    pub pairs: BTreeMap<Pair, Seen>,
}

impl Coverage {
    /// A pair was reached.
    pub fn reach(&mut self, seed: u64, pair: &Pair) {
        if let Some(seen) = self.pairs.get_mut(pair) {
            // A process that died just before it has not reached it.
            if seen.reached == 0 {
                seen.seed = seed;
            }
            seen.reached += 1;
        } else {
            self.pairs.insert(pair.clone(), Seen { reached: 1, seed, ..Seen::default() });
        }
    }

    /// A process died at a pair.
    pub fn crash(&mut self, pair: &Pair, edge: Edge) {
        let seen = self.pairs.entry(pair.clone()).or_default();
        match edge {
            Edge::Before => seen.before += 1,
            Edge::After => seen.after += 1,
        }
    }

    /// Adds what another run saw.
    pub fn add(&mut self, other: &Self) {
        for (pair, theirs) in &other.pairs {
            let ours = self.pairs.entry(pair.clone()).or_insert_with(|| Seen { seed: theirs.seed, ..Seen::default() });
            if ours.reached == 0 {
                ours.seed = theirs.seed;
            }
            ours.reached += theirs.reached;
            ours.before += theirs.before;
            ours.after += theirs.after;
        }
    }

    /// Pairs that were reached and not crashed on both sides, with a seed that reaches them.
    pub fn missing(&self) -> Vec<(u64, Directive)> {
        let mut missing = Vec::new();
        for (pair, seen) in &self.pairs {
            for (count, edge) in [(seen.before, Edge::Before), (seen.after, Edge::After)] {
                if count == 0 {
                    missing.push((seen.seed, Directive { pair: pair.clone(), edge }));
                }
            }
        }
        missing
    }
}
