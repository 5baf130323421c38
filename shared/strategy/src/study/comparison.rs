//! How two numbers lie to each other at every decision bar, 64 bars to a word.

use super::bounds::WORD;
use super::seen::{Part, Seen};
use super::{lanes, truth::Truth};
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::{BTreeMap, BTreeSet};

/// Words compared before the next pair has its turn: their numbers' part fits the second-level cache.
const WORDS_AT_ONCE: usize = 64;

/// Keys of two numbers that are compared.
pub(super) type Pair = (String, String);

/// Where one number is greater and where it is less than another; neither where they are equal or one is undefined.
pub(super) struct Order {
    len: usize,
    /// Where both are defined.
    ordered: Vec<u64>,
    greater: Vec<u64>,
    less: Vec<u64>,
}

/// The orders of all `pairs` of `numbers` over `len` bars, computed side by side, so that a number in several pairs is computed
/// or read once.
pub(super) fn orders(numbers: BTreeMap<String, Seen>, pairs: BTreeSet<Pair>, len: usize) -> BTreeMap<Pair, Order> {
    let (keys, mut numbers): (Vec<String>, Vec<Seen>) = numbers.into_iter().unzip();
    let place = |key: &String| keys.binary_search(key).ok();
    let placed = pairs.into_iter().filter_map(|pair| {
        let places = (place(&pair.0)?, place(&pair.1)?);
        Some((pair, places, Order::before(len)))
    });
    let mut orders: Vec<_> = placed.collect();
    let words = len.div_ceil(WORD);
    for start in (0..words).step_by(WORDS_AT_ONCE) {
        let part = start..(start + WORDS_AT_ONCE).min(words);
        numbers.iter_mut().for_each(|number| number.advance(part.start * WORD..(part.end * WORD).min(len)));
        let parts: Vec<Part<'_>> = numbers.iter().map(|number| number.part(part.clone())).collect();
        for (_, (left, right), order) in &mut orders {
            if let (Some(left), Some(right)) = (parts.get(*left), parts.get(*right)) {
                order.extend(left, right, part.len());
            }
        }
    }
    orders.into_iter().map(|(pair, _, order)| (pair, order)).collect()
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
    pub(super) fn of(left: &Seen, right: &Seen, len: usize) -> Self {
        let words = len.div_ceil(WORD);
        let mut order = Self::before(len);
        order.extend(&left.part(0..words), &right.part(0..words), words);
        order
    }

    fn before(len: usize) -> Self {
        let room = || Vec::with_capacity(len.div_ceil(WORD));
        Self { len, ordered: room(), greater: room(), less: room() }
    }

    /// `left operator right`.
    pub(super) fn truth(&self, operator: CompareOperator) -> Truth {
        let but = |words: &[u64]| -> Vec<u64> {
            self.ordered.iter().zip(words).map(|(ordered, bits)| ordered & !bits).collect()
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
        let crossed = self.ordered.iter().zip(beyond).map(|(ordered, beyond)| {
            let not_beyond = ordered & !beyond;
            let crossed = beyond & (not_beyond << 1 | before >> (WORD - 1));
            before = not_beyond;
            crossed
        });
        Mask::from_words(crossed.collect(), self.len)
    }

    /// Adds the order of parts of `words` words.
    fn extend(&mut self, left: &Part<'_>, right: &Part<'_>, words: usize) {
        let from = self.ordered.len();
        for bits in [&mut self.ordered, &mut self.greater, &mut self.less] {
            bits.resize(from + words, 0);
        }
        let places = self.greater.iter_mut().zip(&mut self.less).skip(from);
        for (word, (ordered, (greater, less))) in self.ordered.iter_mut().skip(from).zip(places).enumerate() {
            let (ours, theirs) = (left.bounds(word), right.bounds(word));
            *ordered = ours.defined & theirs.defined;
            (*greater, *less) = if ours.lowest > theirs.highest {
                (*ordered, 0)
            } else if ours.highest < theirs.lowest {
                (0, *ordered)
            } else {
                order_of_word(left, right, word)
            };
        }
    }
}

/// Bars of a word where `left` is greater, and where it is less.
fn order_of_word(left: &Part<'_>, right: &Part<'_>, word: usize) -> (u64, u64) {
    match (left.lanes(word), right.lanes(word)) {
        (Some(left), Some(right)) => lanes::order(left, right),
        (_, _) => lanes::order(&left.laid_out(word), &right.laid_out(word)),
    }
}
