//! A column prepared for comparing: bounds of every 64 bars, so that most words are decided unread.

use super::cache::Keep;

/// Bars of one word.
pub(super) const WORD: usize = 64;

/// Values whose bounds are found side by side.
const LANES: usize = 8;

/// A column as comparisons read it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Bounds {
    words: Vec<WordBounds>,
}

/// Of 64 bars: which are defined, and between which values those lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WordBounds {
    /// One bit per bar whose value is defined.
    pub(super) defined: u64,
    /// Lowest defined value; `+∞` without one.
    pub(super) lowest: f64,
    /// Highest defined value; `−∞` without one.
    pub(super) highest: f64,
}

impl Bounds {
    pub(super) fn of(values: &[f64]) -> Self {
        let mut bounds = Self::default();
        bounds.become_of(values);
        bounds
    }

    /// Takes the place of the bounds of other values.
    pub(super) fn become_of(&mut self, values: &[f64]) {
        self.words.clear();
        self.words.extend(values.chunks(WORD).map(WordBounds::of));
    }

    /// Bounds of consecutive words.
    pub(super) fn words(&self) -> &[WordBounds] {
        &self.words
    }
}

impl Keep for Bounds {
    fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
    }
}

impl WordBounds {
    /// Of no value at all.
    pub(super) const NONE: Self = Self { defined: 0, lowest: f64::INFINITY, highest: f64::NEG_INFINITY };

    /// Of at most 64 values.
    fn of(values: &[f64]) -> Self {
        // Several bounds side by side, which the compiler keeps in one register. Comparisons with an undefined value are
        // false: it moves none.
        let mut lowest = [f64::INFINITY; LANES];
        let mut highest = [f64::NEG_INFINITY; LANES];
        let mut include = |values: &[f64]| {
            for ((lowest, highest), value) in lowest.iter_mut().zip(&mut highest).zip(values) {
                *lowest = if *value < *lowest { *value } else { *lowest };
                *highest = if *value > *highest { *value } else { *highest };
            }
        };
        let (groups, rest) = values.as_chunks::<LANES>();
        groups.iter().for_each(|group| include(group));
        include(rest);
        Self {
            defined: defined(values),
            lowest: lowest.into_iter().fold(f64::INFINITY, f64::min),
            highest: highest.into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// Of the same value at every bar.
    pub(super) const fn of_scalar(value: f64) -> Self {
        Self { defined: if value.is_nan() { 0 } else { !0 }, lowest: value, highest: value }
    }
}

/// One bit per value that is defined.
fn defined(values: &[f64]) -> u64 {
    if values.len() == WORD && values.iter().filter(|value| value.is_nan()).count() == 0 {
        return !0;
    }
    values.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(!value.is_nan()) << bit)
}
