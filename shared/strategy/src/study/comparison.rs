//! How two numbers lie to each other at every decision bar, 64 bars to a word.

use super::bounds::{Bounds, WORD, WordBounds};
use super::lanes::{self, Lanes};
use super::truth::Truth;
use crate::indicators::Column;
use crate::syntax::CompareOperator;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::ops::Range;
use std::sync::Arc;

/// Words compared before the next pair has its turn: their columns' part fits the second-level cache.
const WORDS_AT_ONCE: usize = 256;

/// A number at every decision bar.
#[derive(Clone)]
pub(super) enum Seen {
    /// The same at every bar.
    Scalar(f64),
    /// One value per bar.
    Column(Arc<Column>, Arc<Bounds>),
}

/// Where one number is greater and where it is less than another; neither where they are equal or one is undefined.
#[derive(Debug, Default)]
pub(super) struct Order {
    greater: Vec<u64>,
    less: Vec<u64>,
    ordered: Vec<u64>,
}

/// The orders of all pairs over `len` bars, computed side by side so that columns in several pairs are read once.
pub(super) fn orders(pairs: &[(Seen, Seen)], len: usize) -> Vec<Order> {
    let words = len.div_ceil(WORD);
    let mut orders: Vec<Order> = pairs.iter().map(|_| Order::with_capacity(words)).collect();
    for start in (0..words).step_by(WORDS_AT_ONCE) {
        for ((left, right), order) in pairs.iter().zip(&mut orders) {
            order.extend(left, right, start..(start + WORDS_AT_ONCE).min(words));
        }
    }
    orders
}

/// One comparison of two numbers; unknown when either is undefined.
pub(super) fn compare_at(operator: CompareOperator, left: f64, right: f64) -> Option<bool> {
    let ordering = left.partial_cmp(&right)?;
    Some(match operator {
        CompareOperator::Less => ordering == Less,
        CompareOperator::LessOrEqual => ordering != Greater,
        CompareOperator::Greater => ordering == Greater,
        CompareOperator::GreaterOrEqual => ordering != Less,
        CompareOperator::Equal => ordering == Equal,
        CompareOperator::NotEqual => ordering != Equal,
    })
}

impl Order {
    fn with_capacity(words: usize) -> Self {
        let room = || Vec::with_capacity(words);
        Self { greater: room(), less: room(), ordered: room() }
    }

    /// `left operator right` at `len` bars.
    pub(super) fn truth(&self, operator: CompareOperator, len: usize) -> Truth {
        let but = |words: &[u64]| self.ordered.iter().zip(words).map(|(ordered, word)| ordered & !word).collect();
        match operator {
            CompareOperator::Greater => Truth::from_words(self.greater.clone(), but(&self.greater), len),
            CompareOperator::Less => Truth::from_words(self.less.clone(), but(&self.less), len),
            CompareOperator::GreaterOrEqual => Truth::from_words(but(&self.less), self.less.clone(), len),
            CompareOperator::LessOrEqual => Truth::from_words(but(&self.greater), self.greater.clone(), len),
            CompareOperator::NotEqual => {
                let differ: Vec<u64> =
                    self.greater.iter().zip(&self.less).map(|(greater, less)| greater | less).collect();
                let equal = but(&differ);
                Truth::from_words(differ, equal, len)
            }
            CompareOperator::Equal => self.truth(CompareOperator::NotEqual, len).negated(),
        }
    }

    fn extend(&mut self, left: &Seen, right: &Seen, words: Range<usize>) {
        for word in words {
            let (left_bounds, right_bounds) = (left.bounds(word), right.bounds(word));
            let ordered = left_bounds.defined & right_bounds.defined;
            let (greater, less) = if left_bounds.lowest > right_bounds.highest {
                (ordered, 0)
            } else if left_bounds.highest < right_bounds.lowest {
                (0, ordered)
            } else {
                order_of_word(left, right, word, ordered)
            };
            self.greater.push(greater);
            self.less.push(less);
            self.ordered.push(ordered);
        }
    }
}

/// Bars of a word where `left` is greater, and where it is less.
fn order_of_word(left: &Seen, right: &Seen, word: usize, ordered: u64) -> (u64, u64) {
    let (mut left_room, mut right_room) = ([0.0; WORD], [0.0; WORD]);
    let (left_lanes, right_lanes) = (left.lanes(word, &mut left_room), right.lanes(word, &mut right_room));
    let (mut greater, mut less) = lanes::order(left_lanes, right_lanes);
    // Equal when rounded: only the values themselves tell.
    let mut open = ordered & !(greater | less);
    while open != 0 {
        let bit = open & open.wrapping_neg();
        let bar = word * WORD + open.trailing_zeros() as usize;
        match left.value(bar).partial_cmp(&right.value(bar)) {
            Some(Greater) => greater |= bit,
            Some(Less) => less |= bit,
            Some(Equal) | None => {}
        }
        open ^= bit;
    }
    (greater, less)
}

impl Seen {
    #[inline]
    fn bounds(&self, word: usize) -> WordBounds {
        match self {
            Self::Scalar(value) => WordBounds::of_scalar(*value),
            Self::Column(_, bounds) => bounds.word(word),
        }
    }

    #[inline]
    fn value(&self, bar: usize) -> f64 {
        match self {
            Self::Scalar(value) => *value,
            Self::Column(column, _) => column.values.get(bar).copied().unwrap_or(f64::NAN),
        }
    }

    /// Rounded values of word `word`, in `room` where they do not lie side by side already.
    #[inline]
    fn lanes<'a>(&'a self, word: usize, room: &'a mut Lanes) -> &'a Lanes {
        match self {
            Self::Scalar(value) => *room = [*value as f32; WORD],
            Self::Column(_, bounds) => {
                let values = bounds.rounded().get(word * WORD..).unwrap_or_default();
                if let Some(lanes) = values.first_chunk() {
                    return lanes;
                }
                *room = [f32::NAN; WORD];
                room.iter_mut().zip(values).for_each(|(lane, value)| *lane = *value);
            }
        }
        room
    }
}
