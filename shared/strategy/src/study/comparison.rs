//! How two numbers lie to each other at every decision bar, 64 bars to a word.

use super::bounds::WORD;
use super::cache::Keep;
use super::seen::{Part, Seen};
use super::{lanes, truth::Truth};
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Words compared before the next pair has its turn: their numbers' part fits the second-level cache.
const WORDS_AT_ONCE: usize = 64;

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

/// Where one number is greater and where it is less than another; neither where they are equal or one is undefined.
pub(super) struct Order {
    len: usize,
    /// Where both are defined.
    ordered: Vec<u64>,
    greater: Vec<u64>,
    less: Vec<u64>,
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
    let words = len.div_ceil(WORD);
    for start in (0..words).step_by(WORDS_AT_ONCE) {
        let part = start..(start + WORDS_AT_ONCE).min(words);
        numbers.iter_mut().for_each(|number| number.advance(part.start * WORD..(part.end * WORD).min(len)));
        let parts: Vec<Part<'_>> = numbers.iter().map(|number| number.part(part.clone())).collect();
        for (_, (left, right), relating) in &mut relating {
            if let (Some(left), Some(right)) = (parts.get(*left), parts.get(*right)) {
                relating.extend((0..part.len()).map(|word| OrderWord::of(left, right, word)));
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

impl Order {
    /// That of one pair over `len` bars.
    pub(super) fn of(left: &Seen, right: &Seen, len: usize) -> Self {
        let mut order = Self::before(len);
        words_of(left, right, len).for_each(|word| order.push(&word));
        order
    }

    fn before(len: usize) -> Self {
        let room = || Vec::with_capacity(len.div_ceil(WORD));
        Self { len, ordered: room(), greater: room(), less: room() }
    }

    #[inline]
    fn push(&mut self, word: &OrderWord) {
        self.ordered.push(word.ordered);
        self.greater.push(word.greater);
        self.less.push(word.less);
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
}

impl Crossings {
    /// Those of one pair over `len` bars.
    pub(super) fn of(left: &Seen, right: &Seen, len: usize) -> Self {
        let mut crossing = Crossing::before(len);
        crossing.extend(words_of(left, right, len));
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
    fn extend(&mut self, words: impl Iterator<Item = OrderWord>) {
        let mut before = self.behind;
        self.words.extend(words.map(|word| {
            let behind = (word.ordered & !word.greater, word.ordered & !word.less);
            let on_bar_before = |now: u64, last: u64| now << 1 | last >> (WORD - 1);
            let up = word.greater & on_bar_before(behind.0, before.0);
            let down = word.less & on_bar_before(behind.1, before.1);
            before = behind;
            (up, down)
        }));
        self.behind = before;
    }

    fn finish(self, len: usize) -> Crossings {
        let mask = |words| Arc::new(Mask::from_words(words, len));
        Crossings { up: mask(self.words.0), down: mask(self.words.1) }
    }
}

/// A relation in the making.
struct Relating {
    order: Option<Order>,
    crossing: Option<Crossing>,
}

impl Relating {
    fn before(readings: Readings, len: usize) -> Self {
        Self {
            order: readings.order.then(|| Order::before(len)),
            crossing: readings.crossings.then(|| Crossing::before(len)),
        }
    }

    /// Adds the next words.
    fn extend(&mut self, words: impl Iterator<Item = OrderWord>) {
        match (&mut self.order, &mut self.crossing) {
            (None, None) => {}
            (Some(order), None) => words.for_each(|word| order.push(&word)),
            (None, Some(crossing)) => crossing.extend(words),
            (Some(order), Some(crossing)) => crossing.extend(words.inspect(|word| order.push(word))),
        }
    }

    fn finish(self, len: usize) -> Relation {
        Relation { order: self.order, crossings: self.crossing.map(|crossing| crossing.finish(len)) }
    }
}

/// One word of an order.
struct OrderWord {
    ordered: u64,
    greater: u64,
    less: u64,
}

impl OrderWord {
    #[inline]
    fn of(left: &Part<'_>, right: &Part<'_>, word: usize) -> Self {
        let (ours, theirs) = (left.bounds(word), right.bounds(word));
        let ordered = ours.defined & theirs.defined;
        let (greater, less) = if ours.lowest > theirs.highest {
            (ordered, 0)
        } else if ours.highest < theirs.lowest {
            (0, ordered)
        } else {
            order_of_word(left, right, word)
        };
        Self { ordered, greater, less }
    }
}

/// All words of one pair over `len` bars.
fn words_of(left: &Seen, right: &Seen, len: usize) -> impl Iterator<Item = OrderWord> {
    let words = 0..len.div_ceil(WORD);
    let (left, right) = (left.part(words.clone()), right.part(words.clone()));
    words.map(move |word| OrderWord::of(&left, &right, word))
}

/// Bars of a word where `left` is greater, and where it is less.
fn order_of_word(left: &Part<'_>, right: &Part<'_>, word: usize) -> (u64, u64) {
    match (left.lanes(word), right.lanes(word)) {
        (Some(left), Some(right)) => lanes::order(left, right),
        (_, _) => lanes::order(&left.laid_out(word), &right.laid_out(word)),
    }
}
