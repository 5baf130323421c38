//! Conditions of one combination as three-valued words over the decision bars.

use super::cache::Keep;
use super::comparison::{Crossings, Pair, Readings, Relation};
use super::numbers::{Computed, Evaluator};
use super::order::Order;
use super::rounded::Rounded;
use super::seen::{Flowing, Seen};
use super::truth::Truth;
use crate::indicators::Column;
use crate::rules::{Amount, Condition, ConditionId, NumberId};
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Relations of pairs, by their keys.
pub(super) type Relations = BTreeMap<Pair, Relation>;

impl Evaluator<'_> {
    /// The condition at every decision bar. Conditions of the open position are not for this: they are unknown here.
    pub(super) fn truth(&self, id: ConditionId) -> Arc<Truth> {
        let Some(node) = self.bound.rules.conditions.get(id) else { return Arc::new(Truth::from_bars(0, |_| None)) };
        let key = self.condition_key_of(id);
        self.kept_if_repeated(key, key, || self.compute(&node.condition))
    }

    /// What is made of a condition, kept under `name` if another of the combinations at hand has the condition too.
    fn kept_if_repeated<T: Keep>(&self, condition_key: &str, name: &str, compute: impl FnOnce() -> T) -> Arc<T> {
        if self.is_repeated(condition_key) { self.kept(name, compute) } else { Arc::new(compute()) }
    }

    /// Where a condition is true.
    pub(super) fn mask(&self, id: ConditionId) -> Arc<Mask> {
        let key = self.condition_key_of(id);
        match self.bound.rules.conditions.get(id).map(|node| &node.condition) {
            Some(Condition::Cross { direction, left, right }) => self.crossing(*direction, [*left, *right]),
            Some(_) | None => self.kept_if_repeated(key, &format!("{key} mask"), || self.truth(id).mask()),
        }
    }

    fn compute(&self, condition: &Condition) -> Truth {
        let count = |bars: &Amount| self.bound.count(*bars).max(1);
        match condition {
            Condition::Compare { operator, left, right } => self.compared(*operator, [*left, *right]),
            Condition::Cross { direction, left, right } => {
                Truth::from_mask(&self.crossing(*direction, [*left, *right]))
            }
            Condition::Trend { direction, base, bars } => self.trend(*direction, *base, count(bars)),
            Condition::And(left, right) => self.truth(*left).and(&self.truth(*right)),
            Condition::Or(left, right) => self.truth(*left).or(&self.truth(*right)),
            Condition::Not(base) => self.truth(*base).negated(),
            Condition::For { base, bars } => self.truth(*base).for_bars(count(bars)),
            Condition::Within { base, bars } => self.truth(*base).within_bars(count(bars)),
            Condition::Shift { base, bars } => self.truth(*base).shifted(self.bound.count(*bars)),
        }
    }

    /// One comparison of two numbers.
    fn compared(&self, operator: CompareOperator, [left, right]: [NumberId; 2]) -> Truth {
        match self.known_relation([left, right]).and_then(|relation| relation.order.as_ref()) {
            Some(order) => order.truth(operator),
            None => Order::of(&self.seen(left), &self.seen(right), self.study.decisions().len()).truth(operator),
        }
    }

    /// One crossing of two numbers.
    fn crossing(&self, direction: Direction, [left, right]: [NumberId; 2]) -> Arc<Mask> {
        if let Some(crossings) = self.known_relation([left, right]).and_then(|relation| relation.crossings.as_ref()) {
            return Arc::clone(crossings.get(direction));
        }
        let key = format!("{}×{}", self.key_of(left), self.key_of(right));
        let crossings =
            self.kept(&key, || Crossings::of(&self.seen(left), &self.seen(right), self.study.decisions().len()));
        Arc::clone(crossings.get(direction))
    }

    /// The relation of two numbers that was computed for all combinations at hand.
    fn known_relation(&self, [left, right]: [NumberId; 2]) -> Option<&Relation> {
        self.relations.as_ref()?.get(&self.pair([left, right]))
    }

    /// Every pair of numbers the combination compares, and what it reads of it.
    pub(super) fn pairs(&self) -> BTreeMap<Pair, ([NumberId; 2], Readings)> {
        let mut pairs = BTreeMap::new();
        for node in &self.bound.rules.conditions {
            let (numbers, readings) = match node.condition {
                Condition::Compare { left, right, .. } => ([left, right], Readings::ORDER),
                Condition::Cross { left, right, .. } => ([left, right], Readings::CROSSINGS),
                Condition::Trend { .. }
                | Condition::And(..)
                | Condition::Or(..)
                | Condition::Not(_)
                | Condition::For { .. }
                | Condition::Within { .. }
                | Condition::Shift { .. } => continue,
            };
            pairs.entry(self.pair(numbers)).or_insert((numbers, Readings::default())).1.add(readings);
        }
        pairs
    }

    /// Masks over the decision bars that the combination keeps while it runs: of the pairs it compares, and of its rules that
    /// are more than one crossing.
    pub(super) fn masks(&self) -> usize {
        let rules = self.bound.rules;
        let entries = [&rules.entry_long, &rules.entry_short].into_iter().flatten().map(|entry| entry.when);
        let exits = [&rules.exit_long, &rules.exit_short].into_iter().filter_map(|exit| exit.signal);
        let composed = entries.chain(exits).filter(|id| {
            rules.conditions.get(*id).is_some_and(|node| !matches!(node.condition, Condition::Cross { .. }))
        });
        self.pairs().values().map(|(_, readings)| readings.masks()).sum::<usize>() + composed.count()
    }

    /// The keys of two numbers.
    fn pair(&self, [left, right]: [NumberId; 2]) -> Pair {
        (self.key_of(left).to_owned(), self.key_of(right).to_owned())
    }

    /// A number at every decision bar for comparisons that take it a part at a time, in order.
    pub(super) fn in_parts(&self, id: NumberId) -> Seen {
        self.flow(id).map_or_else(|| self.seen(id), |(source, flow)| Seen::Flowing(Flowing::new(source, flow)))
    }

    /// A number at every decision bar with its rounded values.
    fn seen(&self, id: NumberId) -> Seen {
        match self.at_decisions(id) {
            Computed::Scalar(value) => Seen::scalar(value),
            Computed::Column(column) => {
                let key = format!("{} rounded", self.key_of(id));
                let rounded = self.kept(&key, || Rounded::of(&column.values));
                Seen::Column(column, rounded)
            }
        }
    }

    /// Each of the last `bars` steps of the operand's own bars strict; as visible at decision bars.
    fn trend(&self, direction: Direction, base: NumberId, bars: usize) -> Truth {
        let Computed::Column(column) = self.number(base, 0) else {
            return Truth::from_bars(self.study.decisions().len(), |_| None);
        };
        let mut before = vec![f64::NAN; column.values.len().min(1)];
        before.extend_from_slice(column.values.get(..column.values.len().saturating_sub(1)).unwrap_or_default());
        let earlier = Seen::Column(Arc::new(Column::computed(before.clone())), Arc::new(Rounded::of(&before)));
        let now = Seen::Column(Arc::clone(&column), Arc::new(Rounded::of(&column.values)));
        let beyond = match direction {
            Direction::Up => CompareOperator::Greater,
            Direction::Down => CompareOperator::Less,
        };

        let steps = Order::of(&now, &earlier, column.values.len()).truth(beyond).for_bars(bars);
        let frame = self.bound.rules.numbers.get(base).and_then(|node| node.frame).filter(|frame| *frame > 0);
        match frame.and_then(|frame| self.frame(frame)) {
            Some(frame) => steps.visible(&frame.visible),
            None => steps,
        }
    }
}
