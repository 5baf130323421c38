//! At which decision bars rules may act, known before the walk, 64 bars to a word.

use crate::plan::{ExitSignal, Mask, Plan, Side};
use std::borrow::Cow;

/// Decision bars of one word of a mask.
const WORD_BARS: usize = 64;

/// The masks that act on an account as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting<'p> {
    entries: [&'p [u64]; 2],
    allowed: Option<&'p [u64]>,
    exit: &'p [u64],
    /// All bars where an exit rule asks for the position at each.
    always: u64,
}

impl<'p> Acting<'p> {
    /// On a flat account any entry; on an open position an entry of the other side and an exit.
    pub(super) fn on(plan: &'p Plan<'_>, held: Option<Side>) -> Self {
        let entry = |side: Side| plan.entry.get(side).as_ref().map_or(&[][..], |entry| entry.when.words());
        let entries = match held {
            None => [entry(Side::Long), entry(Side::Short)],
            Some(side) => [entry(side.opposite()), &[]],
        };
        let (exit, always) = match held.and_then(|side| plan.exits.get(side).signal.as_ref()) {
            None => (&[][..], 0),
            Some(ExitSignal::Mask(mask)) => (mask.words(), 0),
            Some(ExitSignal::Position(_)) => (&[][..], !0),
        };
        Self { entries, allowed: plan.allowed.as_deref().map(Mask::words), exit, always }
    }

    /// The first bar from `from` on, before `end`.
    // Inlined in any case: every quiet stretch asks.
    #[inline(always)]
    pub(super) fn first(&self, from: usize, end: usize) -> Option<usize> {
        match self {
            Self { entries: [entry, []], allowed: None, exit: [], always: 0 } => first_set(entry, from, end),
            _ => first_bar(from, end, |word| self.word(word)),
        }
    }

    /// The words of all `bars`, for who looks at them again and again.
    pub(super) fn words(&self, bars: usize) -> Cow<'p, [u64]> {
        match self {
            Self { entries: [entry, []], allowed: None, exit: [], always: 0 } => Cow::Borrowed(entry),
            _ => (0..bars.div_ceil(WORD_BARS)).map(|word| self.word(word)).collect(),
        }
    }

    #[inline]
    fn word(&self, word: usize) -> u64 {
        let bits = |words: &[u64]| words.get(word).copied().unwrap_or(0);
        let [first, second] = self.entries;
        let entry = (bits(first) | bits(second)) & self.allowed.map_or(!0, bits);
        entry | bits(self.exit) | self.always
    }
}

/// True at a bar that is set in `words`.
#[inline]
pub(super) fn is_set(words: &[u64], bar: usize) -> bool {
    words.get(bar / WORD_BARS).is_some_and(|word| word >> (bar % WORD_BARS) & 1 == 1)
}

/// The first bar that is set in `words`, from `from` on, before `end`.
// Inlined in any case: every leg of a sweep calls it.
#[inline(always)]
pub(super) fn first_set(words: &[u64], from: usize, end: usize) -> Option<usize> {
    first_bar(from, end, |word| words.get(word).copied().unwrap_or(0))
}

#[inline(always)]
fn first_bar(from: usize, end: usize, word_at: impl Fn(usize) -> u64) -> Option<usize> {
    if from >= end {
        return None;
    }
    let mut word = from / WORD_BARS;
    let mut bits = word_at(word) & (!0 << (from % WORD_BARS));
    while bits == 0 {
        word += 1;
        if word * WORD_BARS >= end {
            return None;
        }
        bits = word_at(word);
    }
    let bar = word * WORD_BARS + bits.trailing_zeros() as usize;
    (bar < end).then_some(bar)
}
