//! How two numbers lie to each other at every decision bar, 64 bars to a word.

use super::cache::Keep;
use super::lanes::WORD;
use super::order::{self, Order, OrderWords, parts};
use super::seen::{Part, Seen};
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Keys of two numbers that are compared.
pub(super) type Pair = (String, String);

/// What rules read of a pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Readings {
    /// A comparison of the two.
    pub(super) order: bool,
    /// A crossing of the two.
    pub(super) crossings: bool,
}

impl Readings {
    pub(super) const ORDER: Self = Self { order: true, crossings: false };
    pub(super) const CROSSINGS: Self = Self { order: false, crossings: true };

    /// Masks of a relation of which this is read.
    pub(super) const fn masks(self) -> usize {
        /// Where both are defined, greater, less.
        const ORDER: usize = 3;
        /// Up and down.
        const CROSSINGS: usize = 2;
        (if self.order { ORDER } else { 0 }) + (if self.crossings { CROSSINGS } else { 0 })
    }

    /// What is read here or there.
    pub(super) const fn add(&mut self, other: Self) {
        self.order |= other.order;
        self.crossings |= other.crossings;
    }
}

/// How two numbers lie to each other, as far as rules read it.
pub(super) struct Relation {
    /// Set where a comparison is read.
    pub(super) order: Option<Order>,
    /// Set where a crossing is read.
    pub(super) crossings: Option<Crossings>,
}

/// Where one number crosses another: strictly beyond now, at or behind it on the bar before.
pub(super) struct Crossings {
    up: Arc<Mask>,
    down: Arc<Mask>,
}

/// The relations of all `pairs` of `numbers` over `len` bars, computed side by side, so that a number in several pairs is
/// computed or read once.
pub(super) fn relations(
    numbers: BTreeMap<String, Seen>,
    pairs: BTreeMap<Pair, Readings>,
    len: usize,
) -> BTreeMap<Pair, Relation> {
    let (keys, mut numbers): (Vec<String>, Vec<Seen>) = numbers.into_iter().unzip();
    let place = |key: &String| keys.binary_search(key).ok();
    let placed = pairs.into_iter().filter_map(|(pair, readings)| {
        let places = (place(&pair.0)?, place(&pair.1)?);
        Some((pair, places, Relating::before(readings, len)))
    });
    let mut relating: Vec<_> = placed.collect();
    let mut order = OrderWords::default();
    for words in parts(len) {
        numbers.iter_mut().for_each(|number| number.advance(words.start * WORD..(words.end * WORD).min(len)));
        let parts: Vec<Part<'_>> = numbers.iter().map(|number| number.part(words.clone())).collect();
        for (_, (left, right), relating) in &mut relating {
            if let (Some(left), Some(right)) = (parts.get(*left), parts.get(*right)) {
                order.become_of(left, right);
                relating.extend(&order);
            }
        }
    }
    relating.into_iter().map(|(pair, _, relating)| (pair, relating.finish(len))).collect()
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

impl Crossings {
    /// Those of one pair over `len` bars.
    pub(super) fn of(left: &Seen, right: &Seen, len: usize) -> Self {
        let mut crossing = Crossing::before(len);
        order::each_part(left, right, len, |words| crossing.extend(words));
        crossing.finish(len)
    }

    /// Where `left` crosses `right`.
    pub(super) const fn get(&self, direction: Direction) -> &Arc<Mask> {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }
}

impl Keep for Crossings {
    fn bytes(&self) -> usize {
        self.up.bytes() + self.down.bytes()
    }
}

/// Crossings in the making, word by word.
struct Crossing {
    /// Up and down.
    words: (Vec<u64>, Vec<u64>),
    /// Where the word before is at or behind, for a crossing up and for one down.
    behind: (u64, u64),
}

impl Crossing {
    fn before(len: usize) -> Self {
        let room = || Vec::with_capacity(len.div_ceil(WORD));
        Self { words: (room(), room()), behind: (0, 0) }
    }

    /// Adds the next words.
    fn extend(&mut self, order: &OrderWords) {
        let crossed = |beyond: &[u64], into: &mut Vec<u64>, behind: &mut u64| {
            into.extend(beyond.iter().zip(&order.ordered).map(|(beyond, ordered)| {
                let before = *behind;
                *behind = ordered & !beyond;
                beyond & (*behind << 1 | before >> (WORD - 1))
            }));
        };
        crossed(&order.greater, &mut self.words.0, &mut self.behind.0);
        crossed(&order.less, &mut self.words.1, &mut self.behind.1);
    }

    fn finish(self, len: usize) -> Crossings {
        let mask = |words| Arc::new(Mask::from_words(words, len));
        Crossings { up: mask(self.words.0), down: mask(self.words.1) }
    }
}

/// A relation in the making.
struct Relating {
    order: Option<OrderWords>,
    crossing: Option<Crossing>,
}

impl Relating {
    fn before(readings: Readings, len: usize) -> Self {
        Self {
            order: readings.order.then(|| OrderWords::before(len)),
            crossing: readings.crossings.then(|| Crossing::before(len)),
        }
    }

    /// Adds the next words.
    fn extend(&mut self, words: &OrderWords) {
        if let Some(order) = &mut self.order {
            order.append(words);
        }
        if let Some(crossing) = &mut self.crossing {
            crossing.extend(words);
        }
    }

    fn finish(self, len: usize) -> Relation {
        Relation {
            order: self.order.map(|words| words.finish(len)),
            crossings: self.crossing.map(|crossing| crossing.finish(len)),
        }
    }
}
