//! Exit conditions that look at the open position: everything else in them is computed beforehand.

use super::comparison::compare_at;
use super::numbers::{Computed, Evaluator, calculate};
use super::truth::Truth;
use crate::indicators::Column;
use crate::rules::{Condition, ConditionId, Number, NumberId, PositionValue};
use crate::syntax::{ArithmeticOperator, CompareOperator, Direction};
use engine::plan::{ExitSignal, PositionCondition, PositionView};
use std::sync::Arc;

/// A condition with its fixed parts computed.
enum Live {
    Fixed(Arc<Truth>),
    Compare(CompareOperator, LiveNumber, LiveNumber),
    Cross(Direction, LiveNumber, LiveNumber),
    And(Box<Live>, Box<Live>),
    Or(Box<Live>, Box<Live>),
    Not(Box<Live>),
}

enum LiveNumber {
    Scalar(f64),
    Column(Arc<Column>),
    Position(PositionValue),
    Negate(Box<LiveNumber>),
    Arithmetic(ArithmeticOperator, Box<LiveNumber>, Box<LiveNumber>),
}

impl PositionCondition for Live {
    fn holds(&self, decision: usize, position: &PositionView) -> bool {
        self.value(decision, position) == Some(true)
    }
}

impl Evaluator<'_> {
    /// A rule exit: a mask, or a condition of the open position.
    pub(super) fn exit_signal(&self, id: ConditionId) -> ExitSignal {
        if self.bound.rules.conditions.get(id).is_some_and(|node| node.positional) {
            return ExitSignal::Position(Arc::new(self.live(id)));
        }
        ExitSignal::Mask(self.mask(id))
    }

    fn live(&self, id: ConditionId) -> Live {
        let Some(node) = self.bound.rules.conditions.get(id).filter(|node| node.positional) else {
            return Live::Fixed(self.truth(id));
        };
        match &node.condition {
            Condition::Compare { operator, left, right } => {
                Live::Compare(*operator, self.live_number(*left), self.live_number(*right))
            }
            Condition::Cross { direction, left, right } => {
                Live::Cross(*direction, self.live_number(*left), self.live_number(*right))
            }
            Condition::And(left, right) => Live::And(Box::new(self.live(*left)), Box::new(self.live(*right))),
            Condition::Or(left, right) => Live::Or(Box::new(self.live(*left)), Box::new(self.live(*right))),
            Condition::Not(base) => Live::Not(Box::new(self.live(*base))),
            Condition::Trend { .. } | Condition::For { .. } | Condition::Within { .. } | Condition::Shift { .. } => {
                Live::Fixed(self.truth(id))
            }
        }
    }

    fn live_number(&self, id: NumberId) -> LiveNumber {
        let Some(node) = self.bound.rules.numbers.get(id) else { return LiveNumber::Scalar(f64::NAN) };
        match &node.number {
            Number::Position(value) => LiveNumber::Position(*value),
            Number::Negate(base) if node.positional => LiveNumber::Negate(Box::new(self.live_number(*base))),
            Number::Arithmetic { operator, left, right } if node.positional => {
                LiveNumber::Arithmetic(*operator, Box::new(self.live_number(*left)), Box::new(self.live_number(*right)))
            }
            Number::Amount(_)
            | Number::Tick
            | Number::Series { .. }
            | Number::Indicator { .. }
            | Number::Session { .. }
            | Number::Calendar { .. }
            | Number::Shift { .. }
            | Number::Negate(_)
            | Number::Arithmetic { .. } => match self.at_decisions(id) {
                Computed::Scalar(value) => LiveNumber::Scalar(value),
                Computed::Column(column) => LiveNumber::Column(column),
            },
        }
    }
}

impl Live {
    fn value(&self, decision: usize, position: &PositionView) -> Option<bool> {
        match self {
            Self::Fixed(truth) => truth.at(decision),
            Self::Compare(operator, left, right) => {
                compare_at(*operator, left.value(decision, position), right.value(decision, position))
            }
            Self::Cross(direction, left, right) => Some(crossed(*direction, left, right, decision, position)),
            Self::And(left, right) => match (left.value(decision, position), right.value(decision, position)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                (None, _) | (_, None) => None,
            },
            Self::Or(left, right) => match (left.value(decision, position), right.value(decision, position)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                (None, _) | (_, None) => None,
            },
            Self::Not(base) => base.value(decision, position).map(|value| !value),
        }
    }
}

/// A crossing with the entry price, which is the same on the bar before.
fn crossed(
    direction: Direction,
    left: &LiveNumber,
    right: &LiveNumber,
    decision: usize,
    position: &PositionView,
) -> bool {
    let Some(before) = decision.checked_sub(1) else { return false };
    let operator = match direction {
        Direction::Up => CompareOperator::Greater,
        Direction::Down => CompareOperator::Less,
    };
    let at = |bar| compare_at(operator, left.value(bar, position), right.value(bar, position));
    at(decision) == Some(true) && at(before) == Some(false)
}

impl LiveNumber {
    fn value(&self, decision: usize, position: &PositionView) -> f64 {
        match self {
            Self::Scalar(value) => *value,
            Self::Column(column) => column.values.get(decision).copied().unwrap_or(f64::NAN),
            Self::Position(PositionValue::EntryPrice) => position.entry_price,
            Self::Position(PositionValue::BarsInTrade) => f64::from(position.bars_in_trade),
            Self::Position(PositionValue::OpenProfit) => position.open_profit,
            Self::Negate(base) => -base.value(decision, position),
            Self::Arithmetic(operator, left, right) => {
                let value = calculate(*operator, left.value(decision, position), right.value(decision, position));
                if value.is_finite() { value } else { f64::NAN }
            }
        }
    }
}
