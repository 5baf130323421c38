//! Where one number is greater and where it is less than another, 64 bars to a word.

use super::lanes::{self, WORD};
use super::seen::{Part, Seen, WORDS_AT_ONCE};
use super::truth::Truth;
use crate::syntax::CompareOperator;
use std::ops::Range;

/// Where one number is greater and where it is less than another over all decision bars.
pub(super) struct Order {
    len: usize,
    words: OrderWords,
}

/// Consecutive words of an order: neither greater nor less where the two are equal or one is undefined.
#[derive(Default)]
pub(super) struct OrderWords {
    /// Where both are defined.
    pub(super) ordered: Vec<u64>,
    pub(super) greater: Vec<u64>,
    pub(super) less: Vec<u64>,
    /// Words whose rounded values do not tell.
    untold: Vec<usize>,
}

/// The words of `len` bars, in parts that are compared before the next pair has its turn.
pub(super) fn parts(len: usize) -> impl Iterator<Item = Range<usize>> {
    let words = len.div_ceil(WORD);
    (0..words).step_by(WORDS_AT_ONCE).map(move |start| start..(start + WORDS_AT_ONCE).min(words))
}

/// Hands out the order of two numbers that are whole, part by part.
pub(super) fn each_part(left: &Seen, right: &Seen, len: usize, mut take: impl FnMut(&OrderWords)) {
    let mut order = OrderWords::default();
    for words in parts(len) {
        order.become_of(&left.part(words.clone()), &right.part(words));
        take(&order);
    }
}

impl Order {
    /// That of one pair over `len` bars.
    pub(super) fn of(left: &Seen, right: &Seen, len: usize) -> Self {
        let mut words = OrderWords::before(len);
        each_part(left, right, len, |part| words.append(part));
        words.finish(len)
    }

    /// `left operator right`.
    pub(super) fn truth(&self, operator: CompareOperator) -> Truth {
        let but = |words: &[u64]| -> Vec<u64> {
            self.words.ordered.iter().zip(words).map(|(ordered, bits)| ordered & !bits).collect()
        };
        let truth = |yes, no| Truth::from_words(yes, no, self.len);
        match operator {
            CompareOperator::Greater => truth(self.words.greater.clone(), but(&self.words.greater)),
            CompareOperator::Less => truth(self.words.less.clone(), but(&self.words.less)),
            CompareOperator::GreaterOrEqual => truth(but(&self.words.less), self.words.less.clone()),
            CompareOperator::LessOrEqual => truth(but(&self.words.greater), self.words.greater.clone()),
            CompareOperator::NotEqual => {
                let either = self.words.greater.iter().zip(&self.words.less).map(|(greater, less)| greater | less);
                let differ: Vec<u64> = either.collect();
                let equal = but(&differ);
                truth(differ, equal)
            }
            CompareOperator::Equal => self.truth(CompareOperator::NotEqual).negated(),
        }
    }
}

impl OrderWords {
    /// Before the first of `len` bars.
    pub(super) fn before(len: usize) -> Self {
        let room = || Vec::with_capacity(len.div_ceil(WORD));
        Self { ordered: room(), greater: room(), less: room(), untold: Vec::new() }
    }

    /// Takes the place of other words.
    pub(super) fn become_of(&mut self, left: &Part<'_>, right: &Part<'_>) {
        self.ordered.clear();
        self.ordered.extend(left.defined.iter().zip(right.defined).map(|(left, right)| left & right));
        lanes::greater(left.rounded, right.rounded, &mut self.greater, &mut self.untold);
        self.less.clear();
        self.less.extend(self.ordered.iter().zip(&self.greater).map(|(ordered, greater)| ordered & !greater));
        for word in &self.untold {
            if let (Some(greater), Some(less)) = (self.greater.get_mut(*word), self.less.get_mut(*word)) {
                (*greater, *less) = lanes::order(&left.exactly(*word), &right.exactly(*word));
            }
        }
    }

    /// Adds the words that follow.
    pub(super) fn append(&mut self, next: &Self) {
        self.ordered.extend_from_slice(&next.ordered);
        self.greater.extend_from_slice(&next.greater);
        self.less.extend_from_slice(&next.less);
    }

    /// The order over `len` bars; none where a number has ended.
    pub(super) fn finish(mut self, len: usize) -> Order {
        let words = len.div_ceil(WORD);
        [&mut self.ordered, &mut self.greater, &mut self.less].into_iter().for_each(|bits| bits.resize(words, 0));
        Order { len, words: self }
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Seen};
    use crate::indicators::Column;
    use crate::study::comparison::compare_at;
    use crate::study::rounded::Rounded;
    use crate::syntax::CompareOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    use std::sync::Arc;

    /// Words say what comparing the values one by one says, where rounding tells them apart and where it does not.
    #[test]
    fn words_agree_with_single_comparisons() {
        const BARS: usize = 5_000;
        let kinds = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e300, 1e301];
        let value = |bar: usize, factor: usize| match bar * factor % 97 {
            kind if kind < kinds.len() && bar > BARS / 2 => kinds[kind],
            step => 5000.25 + (step % 5) as f64 * if bar.is_multiple_of(3) { 1e-9 } else { 0.25 },
        };
        let column = |factor| Column::computed((0..BARS).map(|bar| value(bar, factor)).collect());
        let seen = |column: &Column| Seen::Column(Arc::new(column.clone()), Arc::new(Rounded::of(&column.values)));
        let (left, right, scalar) = (column(31), column(53), 5000.25 + 1e-9);
        for (theirs, number) in [(right.values.clone(), seen(&right)), (vec![scalar; BARS], Seen::scalar(scalar))] {
            let order = Order::of(&seen(&left), &number, BARS);
            for operator in [Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual] {
                let truth = order.truth(operator);
                for (bar, (left, right)) in left.values.iter().zip(&theirs).enumerate() {
                    assert_eq!(truth.at(bar), compare_at(operator, *left, *right), "{left} {operator:?} {right}");
                }
            }
        }
    }
}
