//! Conditions of one combination as three-valued words over the decision bars.

use super::cache::Kept;
use super::numbers::{Computed, Evaluator};
use super::truth::{Operand, Truth};
use crate::rules::{Amount, Condition, ConditionId, NumberId};
use crate::syntax::{CompareOperator, Direction};
use engine::plan::Mask;
use std::sync::Arc;

impl Computed {
    fn operand(&self) -> Operand<'_> {
        match self {
            Self::Scalar(value) => Operand::Scalar(*value),
            Self::Column(column) => Operand::Column(&column.values),
        }
    }
}

impl Evaluator<'_> {
    /// The condition at every decision bar. Conditions of the open position are not for this: they are unknown here.
    pub(super) fn truth(&self, id: ConditionId) -> Arc<Truth> {
        let Some(node) = self.bound.rules.conditions.get(id) else { return Arc::new(Truth::from_bars(0, |_| None)) };
        self.kept_truth(self.condition_key_of(id), || self.compute(&node.condition))
    }

    fn kept_truth(&self, key: &str, compute: impl FnOnce() -> Truth) -> Arc<Truth> {
        match self.kept(key, || Kept::Truth(Arc::new(compute()))) {
            Kept::Truth(truth) => truth,
            Kept::Columns(_) | Kept::Column(_) | Kept::Levels(_) | Kept::Mask(_) | Kept::Flatten(_) => {
                Arc::new(Truth::from_bars(0, |_| None))
            }
        }
    }

    /// Where a condition is true.
    pub(super) fn mask(&self, id: ConditionId) -> Arc<Mask> {
        let key = format!("{} mask", self.condition_key_of(id));
        match self.kept(&key, || Kept::Mask(Arc::new(self.truth(id).mask()))) {
            Kept::Mask(mask) => mask,
            Kept::Columns(_) | Kept::Column(_) | Kept::Levels(_) | Kept::Truth(_) | Kept::Flatten(_) => {
                Arc::new(Mask::default())
            }
        }
    }

    fn compute(&self, condition: &Condition) -> Truth {
        let count = |bars: &Amount| self.bound.count(*bars).max(1);
        match condition {
            Condition::Compare { operator, left, right } => self.compare(*operator, *left, *right),
            Condition::Cross { direction, left, right } => {
                let beyond = match direction {
                    Direction::Up => CompareOperator::Greater,
                    Direction::Down => CompareOperator::Less,
                };
                let key = format!("{}{}{}", self.key_of(*left), beyond.symbol(), self.key_of(*right));
                self.kept_truth(&key, || self.compare(beyond, *left, *right)).crossing()
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

    fn compare(&self, operator: CompareOperator, left: NumberId, right: NumberId) -> Truth {
        let (left, right) = (self.at_decisions(left), self.at_decisions(right));
        compare(operator, left.operand(), right.operand(), self.study.decisions().len())
    }

    /// Each of the last `bars` steps of the operand's own bars strict; as visible at decision bars.
    fn trend(&self, direction: Direction, base: NumberId, bars: usize) -> Truth {
        let Computed::Column(column) = self.number(base, 0) else {
            return Truth::from_bars(self.study.decisions().len(), |_| None);
        };
        let mut before = vec![f64::NAN; column.values.len().min(1)];
        before.extend_from_slice(column.values.get(..column.values.len().saturating_sub(1)).unwrap_or_default());
        let operator = match direction {
            Direction::Up => CompareOperator::Greater,
            Direction::Down => CompareOperator::Less,
        };
        let steps = compare(operator, Operand::Column(&column.values), Operand::Column(&before), column.values.len())
            .for_bars(bars);
        let frame = self.bound.rules.numbers.get(base).and_then(|node| node.frame).filter(|frame| *frame > 0);
        match frame.and_then(|frame| self.frame(frame)) {
            Some(frame) => steps.visible(&frame.visible),
            None => steps,
        }
    }
}

fn compare(operator: CompareOperator, left: Operand<'_>, right: Operand<'_>, len: usize) -> Truth {
    match operator {
        CompareOperator::Less => Truth::compare(left, right, len, |a, b| (a < b, a >= b)),
        CompareOperator::LessOrEqual => Truth::compare(left, right, len, |a, b| (a <= b, a > b)),
        CompareOperator::Greater => Truth::compare(left, right, len, |a, b| (a > b, a <= b)),
        CompareOperator::GreaterOrEqual => Truth::compare(left, right, len, |a, b| (a >= b, a < b)),
        CompareOperator::Equal => Truth::compare(left, right, len, |a, b| (a == b, differs(a, b))),
        CompareOperator::NotEqual => Truth::compare(left, right, len, |a, b| (differs(a, b), a == b)),
    }
}

/// Unequal and both defined: an undefined number differs from nothing.
#[inline]
fn differs(a: f64, b: f64) -> bool {
    a.partial_cmp(&b).is_some_and(std::cmp::Ordering::is_ne)
}

/// One comparison of two numbers; unknown when either is undefined.
pub(super) fn compare_at(operator: CompareOperator, a: f64, b: f64) -> Option<bool> {
    compare(operator, Operand::Scalar(a), Operand::Scalar(b), 1).at(0)
}
