//! A column prepared for comparing: every value rounded to half its bits, so that twice as many are compared at once. Rounding
//! keeps order: of two values whose rounded values differ, the same is greater.

use super::cache::Keep;
use super::lanes::{RoundedLanes, WORD};

/// A column as comparisons read it, 64 bars to a word.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rounded {
    /// One bit per bar whose value is defined.
    defined: Vec<u64>,
    /// The values; undefined past the end.
    lanes: Vec<RoundedLanes>,
}

impl Rounded {
    pub(super) fn of(values: &[f64]) -> Self {
        let mut rounded = Self::default();
        rounded.become_of(values);
        rounded
    }

    /// Of as many words of one value.
    pub(super) fn of_scalar(value: f64, words: usize) -> Self {
        let defined = if value.is_nan() { 0 } else { !0 };
        Self { defined: vec![defined; words], lanes: vec![[value as f32; WORD]; words] }
    }

    /// Takes the place of that of other values.
    pub(super) fn become_of(&mut self, values: &[f64]) {
        let (words, rest) = values.as_chunks::<WORD>();
        self.lanes.clear();
        self.lanes.extend(words.iter().map(|word| word.map(|value| value as f32)));
        if !rest.is_empty() {
            let mut lanes = [f32::NAN; WORD];
            lanes.iter_mut().zip(rest).for_each(|(lane, value)| *lane = *value as f32);
            self.lanes.push(lanes);
        }
        self.defined.clear();
        self.defined.extend(self.lanes.iter().map(defined));
    }

    /// Which bars of each word are defined.
    pub(super) fn defined(&self) -> &[u64] {
        &self.defined
    }

    /// The values of each word.
    pub(super) fn lanes(&self) -> &[RoundedLanes] {
        &self.lanes
    }
}

impl Keep for Rounded {
    fn bytes(&self) -> usize {
        size_of_val(self.defined.as_slice()) + size_of_val(self.lanes.as_slice())
    }
}

/// One bit per value that is defined.
fn defined(values: &RoundedLanes) -> u64 {
    if values.iter().filter(|value| value.is_nan()).count() == 0 {
        return !0;
    }
    values.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(!value.is_nan()) << bit)
}
