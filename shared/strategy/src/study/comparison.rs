//! How two numbers lie to each other at every decision bar, 64 bars to a word.

use super::bounds::{Bounds, WORD, WordBounds};
use super::lanes::{self, Lanes};
use super::truth::Truth;
use crate::indicators::Column;
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::ops::Range;
use std::sync::Arc;

/// Words compared before the next pair has its turn: their columns' part fits the second-level cache.
const WORDS_AT_ONCE: usize = 64;

/// A number at every decision bar.
#[derive(Clone)]
pub(super) enum Seen {
    /// The same at every bar.
    Scalar(f64),
    /// One value per bar.
    Column(Arc<Column>, Arc<Bounds>),
}

/// Where one number is greater and where it is less than another; neither where they are equal or one is undefined.
pub(super) struct Order {
    left: Seen,
    right: Seen,
    len: usize,
    greater: Vec<u64>,
    less: Vec<u64>,
}

/// The orders of all pairs over `len` bars, computed side by side so that columns in several pairs are read once.
pub(super) fn orders(pairs: Vec<(Seen, Seen)>, len: usize) -> Vec<Order> {
    let words = len.div_ceil(WORD);
    let mut orders: Vec<Order> = pairs.into_iter().map(|(left, right)| Order::before(left, right, len)).collect();
    for start in (0..words).step_by(WORDS_AT_ONCE) {
        for order in &mut orders {
            order.extend(start..(start + WORDS_AT_ONCE).min(words));
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
    /// The order of one pair over `len` bars.
    pub(super) fn of(left: Seen, right: Seen, len: usize) -> Self {
        let mut order = Self::before(left, right, len);
        order.extend(0..len.div_ceil(WORD));
        order
    }

    fn before(left: Seen, right: Seen, len: usize) -> Self {
        let room = || Vec::with_capacity(len.div_ceil(WORD));
        Self { left, right, len, greater: room(), less: room() }
    }

    /// `left operator right`.
    pub(super) fn truth(&self, operator: CompareOperator) -> Truth {
        let but = |words: &[u64]| -> Vec<u64> {
            words.iter().enumerate().map(|(word, bits)| self.ordered(word) & !bits).collect()
        };
        let truth = |yes, no| Truth::from_words(yes, no, self.len);
        match operator {
            CompareOperator::Greater => truth(self.greater.clone(), but(&self.greater)),
            CompareOperator::Less => truth(self.less.clone(), but(&self.less)),
            CompareOperator::GreaterOrEqual => truth(but(&self.less), self.less.clone()),
            CompareOperator::LessOrEqual => truth(but(&self.greater), self.greater.clone()),
            CompareOperator::NotEqual => {
                let either = self.greater.iter().zip(&self.less).map(|(greater, less)| greater | less);
                let differ: Vec<u64> = either.collect();
                let equal = but(&differ);
                truth(differ, equal)
            }
            CompareOperator::Equal => self.truth(CompareOperator::NotEqual).negated(),
        }
    }

    /// Where `left` crosses `right`: strictly beyond now, at or behind it on the bar before.
    pub(super) fn crossing(&self, direction: Direction) -> Mask {
        let beyond = match direction {
            Direction::Up => &self.greater,
            Direction::Down => &self.less,
        };
        let mut before = 0;
        let crossed = beyond.iter().enumerate().map(|(word, beyond)| {
            let not_beyond = self.ordered(word) & !beyond;
            let crossed = beyond & (not_beyond << 1 | before >> (WORD - 1));
            before = not_beyond;
            crossed
        });
        Mask::from_words(crossed.collect(), self.len)
    }

    /// Bars of a word where both are defined.
    fn ordered(&self, word: usize) -> u64 {
        self.left.bounds(word).defined & self.right.bounds(word).defined
    }

    fn extend(&mut self, words: Range<usize>) {
        for word in words {
            let (left, right) = (self.left.bounds(word), self.right.bounds(word));
            let ordered = left.defined & right.defined;
            let (greater, less) = if left.lowest > right.highest {
                (ordered, 0)
            } else if left.highest < right.lowest {
                (0, ordered)
            } else {
                order_of_word(&self.left, &self.right, word)
            };
            self.greater.push(greater);
            self.less.push(less);
        }
    }
}

/// Bars of a word where `left` is greater, and where it is less.
fn order_of_word(left: &Seen, right: &Seen, word: usize) -> (u64, u64) {
    match (left.lanes(word), right.lanes(word)) {
        (Some(left), Some(right)) => lanes::order(left, right),
        (_, _) => lanes::order(&left.laid_out(word), &right.laid_out(word)),
    }
}

impl Seen {
    #[inline]
    fn bounds(&self, word: usize) -> WordBounds {
        match self {
            Self::Scalar(value) => WordBounds::of_scalar(*value),
            Self::Column(_, bounds) => bounds.word(word),
        }
    }

    /// Values of word `word` where they lie side by side.
    #[inline]
    fn lanes(&self, word: usize) -> Option<&Lanes> {
        match self {
            Self::Scalar(_) => None,
            Self::Column(column, _) => column.values.get(word * WORD..)?.first_chunk(),
        }
    }

    /// The same of any number, undefined past its end.
    fn laid_out(&self, word: usize) -> Lanes {
        match self {
            Self::Scalar(value) => [*value; WORD],
            Self::Column(column, _) => {
                let mut lanes = [f64::NAN; WORD];
                let values = column.values.get(word * WORD..).unwrap_or_default();
                lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane = *value);
                lanes
            }
        }
    }
}
