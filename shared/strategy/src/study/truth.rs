//! Three-valued conditions over all decision bars, 64 to a word: one bit set for true, one for false, none for unknown.
//!
//! `and`, `or`, `not` follow Kleene's logic; shifts fill with unknown.

use super::cache::Keep;
use super::lanes::WORD;
use engine::plan::Mask;

/// A condition at every bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Truth {
    yes: Vec<u64>,
    no: Vec<u64>,
    len: usize,
}

impl Keep for Truth {
    fn bytes(&self) -> usize {
        (self.yes.len() + self.no.len()) * size_of::<u64>()
    }
}

impl Truth {
    /// From the words of both values; bits past `len` are cleared.
    pub(super) fn from_words(mut yes: Vec<u64>, mut no: Vec<u64>, len: usize) -> Self {
        for words in [&mut yes, &mut no] {
            if !len.is_multiple_of(WORD)
                && let Some(last) = words.get_mut(len / WORD)
            {
                *last &= (1 << (len % WORD)) - 1;
            }
        }
        Self { yes, no, len }
    }

    #[inline]
    fn push(&mut self, bits: impl Iterator<Item = (bool, bool)>) {
        let (mut yes, mut no) = (0_u64, 0_u64);
        for (bit, (is, is_not)) in bits.enumerate() {
            yes |= u64::from(is) << bit;
            no |= u64::from(is_not) << bit;
        }
        self.yes.push(yes);
        self.no.push(no);
    }

    /// True where `mask` is set, false elsewhere.
    pub(super) fn from_mask(mask: &Mask) -> Self {
        let yes = mask.words().to_vec();
        let no = yes.iter().map(|word| !word).collect();
        Self::from_words(yes, no, mask.len())
    }

    /// From a function of the bar.
    pub(super) fn from_bars(len: usize, value: impl Fn(usize) -> Option<bool>) -> Self {
        let mut truth = Self { yes: Vec::new(), no: Vec::new(), len };
        for start in (0..len).step_by(WORD) {
            truth.push(
                (start..(start + WORD).min(len)).map(|bar| (value(bar) == Some(true), value(bar) == Some(false))),
            );
        }
        truth
    }

    /// The value at a bar; unknown past the end.
    pub(super) fn at(&self, bar: usize) -> Option<bool> {
        let bit = |words: &[u64]| words.get(bar / WORD).is_some_and(|word| word >> (bar % WORD) & 1 == 1);
        if bit(&self.yes) {
            Some(true)
        } else if bit(&self.no) {
            Some(false)
        } else {
            None
        }
    }

    /// Where it is true.
    pub(super) fn mask(&self) -> Mask {
        Mask::from_words(self.yes.clone(), self.len)
    }

    fn join(&self, other: &Self, yes: impl Fn(u64, u64) -> u64, no: impl Fn(u64, u64) -> u64) -> Self {
        let words = |left: &[u64], right: &[u64], join: &dyn Fn(u64, u64) -> u64| {
            left.iter().zip(right).map(|(left, right)| join(*left, *right)).collect()
        };
        Self { yes: words(&self.yes, &other.yes, &yes), no: words(&self.no, &other.no, &no), len: self.len }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.join(other, |a, b| a & b, |a, b| a | b)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.join(other, |a, b| a | b, |a, b| a & b)
    }

    pub(super) fn negated(&self) -> Self {
        Self { yes: self.no.clone(), no: self.yes.clone(), len: self.len }
    }

    /// The value `bars` bars before; unknown for the first ones.
    pub(super) fn shifted(&self, bars: usize) -> Self {
        Self { yes: shift_words(&self.yes, bars, self.len), no: shift_words(&self.no, bars, self.len), len: self.len }
    }

    /// True where it held on this bar and the `bars − 1` before.
    pub(super) fn for_bars(&self, bars: usize) -> Self {
        self.folded(bars, Self::and)
    }

    /// True where it held on at least one of this bar and the `bars − 1` before.
    pub(super) fn within_bars(&self, bars: usize) -> Self {
        self.folded(bars, Self::or)
    }

    /// Joins `bars` consecutive bars by doubling.
    fn folded(&self, bars: usize, join: impl Fn(&Self, &Self) -> Self) -> Self {
        let mut folded = self.clone();
        let mut covered = 1_usize;
        while covered < bars {
            let step = covered.min(bars - covered);
            folded = join(&folded, &folded.shifted(step));
            covered += step;
        }
        folded
    }

    /// A condition of another frame at every decision bar: that of the last visible bar, unknown without one.
    pub(super) fn visible(&self, visible: &[u32]) -> Self {
        Self::from_bars(visible.len(), |decision| {
            let bar = visible.get(decision).and_then(|seen| seen.checked_sub(1))?;
            self.at(bar as usize)
        })
    }
}

/// Bits moved `bars` places up, zeros below.
fn shift_words(words: &[u64], bars: usize, len: usize) -> Vec<u64> {
    let (whole, part) = (bars / WORD, bars % WORD);
    let word = |index: Option<usize>| index.and_then(|index| words.get(index)).copied().unwrap_or(0);
    let shifted = (0..words.len())
        .map(|index| {
            let low = word(index.checked_sub(whole)) << part;
            let carried = if part == 0 { 0 } else { word(index.checked_sub(whole + 1)) >> (WORD - part) };
            low | carried
        })
        .collect();
    Mask::from_words(shifted, len).words().to_vec()
}
