//! The decision bars at which a plan that only reverses may act, found once before the walk.

use crate::plan::{ExitSignal, Mask, Plan, Side};

/// Decision bars of one word of a mask.
const WORD_BARS: u32 = 64;

/// A decision bar at which a position of one side acts that need not have acted at the bar before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) bar: u32,
    /// A short position acts.
    up: bool,
    /// A long position acts.
    down: bool,
}

/// All of them, in order, and which is next.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns {
    turns: Vec<Turn>,
    next: usize,
}

/// The rules of a plan at every decision bar, 64 to a word.
struct Words<'p> {
    entries: [&'p [u64]; 2],
    exits: [&'p [u64]; 2],
    allowed: Option<&'p [u64]>,
}

impl Turn {
    /// True when a position on this side acts.
    pub(super) const fn acts_on(self, side: Side) -> bool {
        match side {
            Side::Long => self.down,
            Side::Short => self.up,
        }
    }

    /// True when positions of both sides act.
    pub(super) const fn acts_on_both(self) -> bool {
        self.up && self.down
    }
}

impl<'p> Words<'p> {
    fn of(plan: &'p Plan<'_>) -> Self {
        let entry = |side| plan.entry.get(side).as_ref().map_or(&[][..], |entry| entry.when.words());
        let exit = |side| match &plan.exits.get(side).signal {
            Some(ExitSignal::Mask(mask)) => mask.words(),
            Some(ExitSignal::Position(_)) | None => &[],
        };
        Self {
            entries: [entry(Side::Long), entry(Side::Short)],
            exits: [exit(Side::Short), exit(Side::Long)],
            allowed: plan.allowed.as_deref().map(Mask::words),
        }
    }

    /// Where a short and where a long position acts.
    fn acting(&self, place: usize, long: u64, short: u64) -> (u64, u64) {
        let bits = |words: &[u64]| words.get(place).copied().unwrap_or(0);
        let allowed = self.allowed.map_or(!0, bits);
        let [up, down] = self.exits.map(bits);
        (long & allowed | up, short & allowed | down)
    }
}

impl Turns {
    /// Those of a plan.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let words = Words::of(plan);
        let [long, short] = words.entries;
        let entries = long.iter().copied().zip(short.iter().copied());
        let mut turns = Self::default();
        if words.allowed.is_none() && words.exits.iter().all(|exit| exit.is_empty()) {
            turns.find(entries);
        } else {
            turns.find(entries.enumerate().map(|(place, (long, short))| words.acting(place, long, short)));
        }
        turns
    }

    /// Finds them where these words say that a short and that a long position acts.
    fn find(&mut self, words: impl Iterator<Item = (u64, u64)>) {
        // What held at the last bar where anything did, as whole words.
        let (mut was_up, mut was_down) = (0_u64, 0_u64);
        for (place, (up, down)) in (0_u32..).zip(words) {
            let mut left = up | down;
            loop {
                let turning = left & (up & down | up ^ was_up | down ^ was_down);
                if turning == 0 {
                    break;
                }
                let bit = turning.trailing_zeros();
                let (is_up, is_down) = (up >> bit & 1, down >> bit & 1);
                self.turns.push(Turn { bar: place * WORD_BARS + bit, up: is_up == 1, down: is_down == 1 });
                (was_up, was_down) = (is_up.wrapping_neg(), is_down.wrapping_neg());
                left &= !1 << bit;
            }
        }
    }

    /// The first turn at decision bar `from` or later at which a position on this side acts; bars never go back.
    #[inline]
    pub(super) fn next(&mut self, side: Side, from: usize) -> Option<Turn> {
        loop {
            let turn = *self.turns.get(self.next)?;
            if turn.bar as usize >= from && turn.acts_on(side) {
                return Some(turn);
            }
            self.next += 1;
        }
    }
}
