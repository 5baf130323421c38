//! Numbers as comparisons read them: whole, or computed a part at a time and let go.

use super::lanes::{Lanes, RoundedLanes, WORD};
use super::rounded::Rounded;
use crate::indicators::{Column, Flow};
use std::ops::Range;
use std::sync::Arc;

/// Words compared before the next pair has its turn: their numbers' part fits the second-level cache.
pub(super) const WORDS_AT_ONCE: usize = 32;

/// A number at every decision bar.
pub(super) enum Seen {
    /// The same at every bar, with words of it.
    Scalar(f64, Rounded),
    /// One value per bar.
    Column(Arc<Column>, Arc<Rounded>),
    /// One value per bar, a part at a time.
    Flowing(Flowing),
}

/// The part of a column that is compared now.
pub(super) struct Flowing {
    source: Arc<Column>,
    flow: Box<dyn Flow>,
    values: Vec<f64>,
    rounded: Rounded,
}

/// Words of a number.
pub(super) struct Part<'a> {
    exact: Exactly<'a>,
    /// Which bars of each word are defined.
    pub(super) defined: &'a [u64],
    /// The rounded values of each word.
    pub(super) rounded: &'a [RoundedLanes],
}

/// The values themselves.
enum Exactly<'a> {
    Scalar(f64),
    Values(&'a [f64]),
}

impl Flowing {
    /// Before its first bar.
    pub(super) fn new(source: Arc<Column>, flow: Box<dyn Flow>) -> Self {
        Self { source, flow, values: Vec::new(), rounded: Rounded::default() }
    }
}

impl Seen {
    /// Computes `bars`, which follow those before; nothing to do for what is whole.
    pub(super) fn advance(&mut self, bars: Range<usize>) {
        if let Self::Flowing(flowing) = self {
            flowing.values.resize(bars.len(), 0.0);
            flowing.flow.fill(&flowing.source, &mut flowing.values);
            flowing.rounded.become_of(&flowing.values);
        }
    }

    /// A number that is the same at every bar.
    pub(super) fn scalar(value: f64) -> Self {
        Self::Scalar(value, Rounded::of_scalar(value, WORDS_AT_ONCE))
    }

    /// The words `words`, at most [`WORDS_AT_ONCE`]: of what flows, those just computed.
    pub(super) fn part(&self, words: Range<usize>) -> Part<'_> {
        match self {
            Self::Scalar(value, rounded) => Part::of(Exactly::Scalar(*value), rounded, 0..words.len()),
            Self::Column(column, rounded) => {
                let bars = words.start * WORD..(words.end * WORD).min(column.values.len());
                Part::of(Exactly::Values(column.values.get(bars).unwrap_or_default()), rounded, words)
            }
            Self::Flowing(flowing) => Part::of(Exactly::Values(&flowing.values), &flowing.rounded, 0..words.len()),
        }
    }
}

impl<'a> Part<'a> {
    fn of(exact: Exactly<'a>, rounded: &'a Rounded, words: Range<usize>) -> Self {
        let end = words.end.min(rounded.lanes().len());
        let (defined, lanes) = (rounded.defined(), rounded.lanes());
        Self {
            exact,
            defined: defined.get(words.start..end).unwrap_or_default(),
            rounded: lanes.get(words.start..end).unwrap_or_default(),
        }
    }

    /// The values of a word, undefined past the end.
    pub(super) fn exactly(&self, word: usize) -> Lanes {
        match self.exact {
            Exactly::Scalar(value) => [value; WORD],
            Exactly::Values(values) => {
                let mut lanes = [f64::NAN; WORD];
                let values = values.get(word * WORD..).unwrap_or_default();
                lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane = *value);
                lanes
            }
        }
    }
}
