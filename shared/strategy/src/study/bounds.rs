//! A column prepared for comparing: bounds of every 64 bars, so that most words are decided unread, and the values rounded
//! to single precision, so that the rest is read at half the width.

/// Bars of one word.
pub(super) const WORD: usize = 64;

/// A column as comparisons read it.
#[derive(Debug, PartialEq)]
pub(super) struct Bounds {
    words: Vec<WordBounds>,
    rounded: Vec<f32>,
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
        let words = values.chunks(WORD).map(WordBounds::of).collect();
        Self { words, rounded: values.iter().map(|value| *value as f32).collect() }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice()) + size_of_val(self.rounded.as_slice())
    }

    /// Bounds of word `word`; nothing is defined past the end.
    #[inline]
    pub(super) fn word(&self, word: usize) -> WordBounds {
        self.words.get(word).copied().unwrap_or_else(|| WordBounds::of(&[]))
    }

    /// Every value rounded to nearest: rounding keeps order, so where two rounded values differ, so do the values, and the
    /// same way round.
    pub(super) fn rounded(&self) -> &[f32] {
        &self.rounded
    }
}

impl WordBounds {
    /// Of at most 64 values.
    fn of(values: &[f64]) -> Self {
        let mut bounds = Self { defined: 0, lowest: f64::INFINITY, highest: f64::NEG_INFINITY };
        for (bit, value) in values.iter().enumerate() {
            bounds.defined |= u64::from(!value.is_nan()) << bit;
            // Comparisons with an undefined value are false: it moves neither.
            bounds.lowest = if *value < bounds.lowest { *value } else { bounds.lowest };
            bounds.highest = if *value > bounds.highest { *value } else { bounds.highest };
        }
        bounds
    }

    /// Of the same value at every bar.
    pub(super) const fn of_scalar(value: f64) -> Self {
        Self { defined: if value.is_nan() { 0 } else { !0 }, lowest: value, highest: value }
    }
}
