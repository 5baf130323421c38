//! Numbers as comparisons read them: whole, or computed a part at a time and let go.

use super::bounds::{Bounds, WORD, WordBounds};
use super::lanes::Lanes;
use crate::indicators::{Column, Flow};
use std::ops::Range;
use std::sync::Arc;

/// A number at every decision bar.
pub(super) enum Seen {
    /// The same at every bar.
    Scalar(f64),
    /// One value per bar.
    Column(Arc<Column>, Arc<Bounds>),
    /// One value per bar, a part at a time.
    Flowing(Flowing),
}

/// The part of a column that is compared now.
pub(super) struct Flowing {
    source: Arc<Column>,
    flow: Box<dyn Flow>,
    values: Vec<f64>,
    bounds: Bounds,
}

/// Words of a number.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// The same at every bar.
    Scalar(f64),
    /// One value per bar, with bounds per word.
    Values(&'a [f64], &'a [WordBounds]),
}

impl Flowing {
    /// Before its first bar.
    pub(super) fn new(source: Arc<Column>, flow: Box<dyn Flow>) -> Self {
        Self { source, flow, values: Vec::new(), bounds: Bounds::default() }
    }
}

impl Seen {
    /// Computes `bars`, which follow those before; nothing to do for what is whole.
    pub(super) fn advance(&mut self, bars: Range<usize>) {
        if let Self::Flowing(flowing) = self {
            flowing.values.resize(bars.len(), 0.0);
            flowing.flow.fill(&flowing.source, &mut flowing.values);
            flowing.bounds.become_of(&flowing.values);
        }
    }

    /// The words `words`: of what flows, those just computed.
    pub(super) fn part(&self, words: Range<usize>) -> Part<'_> {
        match self {
            Self::Scalar(value) => Part::Scalar(*value),
            Self::Column(column, bounds) => {
                let (bars, known) = (words.start * WORD..words.end * WORD, bounds.words());
                let values = column.values.get(bars.start..bars.end.min(column.values.len())).unwrap_or_default();
                Part::Values(values, known.get(words.start..words.end.min(known.len())).unwrap_or_default())
            }
            Self::Flowing(flowing) => Part::Values(&flowing.values, flowing.bounds.words()),
        }
    }
}

impl<'a> Part<'a> {
    /// Bounds of a word; nothing is defined past the end.
    #[inline]
    pub(super) fn bounds(&self, word: usize) -> WordBounds {
        match self {
            Self::Scalar(value) => WordBounds::of_scalar(*value),
            Self::Values(_, bounds) => bounds.get(word).copied().unwrap_or(WordBounds::NONE),
        }
    }

    /// Values of a word where they lie side by side.
    #[inline]
    pub(super) fn lanes(&self, word: usize) -> Option<&'a Lanes> {
        match self {
            Self::Scalar(_) => None,
            Self::Values(values, _) => values.get(word * WORD..)?.first_chunk(),
        }
    }

    /// The same of any number, undefined past its end.
    pub(super) fn laid_out(&self, word: usize) -> Lanes {
        match self {
            Self::Scalar(value) => [*value; WORD],
            Self::Values(values, _) => {
                let mut lanes = [f64::NAN; WORD];
                let values = values.get(word * WORD..).unwrap_or_default();
                lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane = *value);
                lanes
            }
        }
    }
}
