//! Conditions over parameters alone (`where` of a sweep): which combinations of a grid are meant.

use crate::diagnostic::{Diagnostic, suggestion};
use crate::strategy::Strategy;
use crate::syntax::{ArithmeticOperator, CompareOperator, Expression, Kind, parse};
use crate::value::ParameterValue;
use rust_decimal::Decimal;

/// A checked `where`: `$fast < $slow and $stop * 2 <= $target`. Arithmetic is exact decimal arithmetic.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterConstraint {
    tree: Truth,
}

#[derive(Debug, Clone, PartialEq)]
enum Truth {
    Compare(CompareOperator, Term, Term),
    And(Box<Truth>, Box<Truth>),
    Or(Box<Truth>, Box<Truth>),
    Not(Box<Truth>),
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Number(Decimal),
    Parameter(usize),
    Negate(Box<Term>),
    Arithmetic(ArithmeticOperator, Box<Term>, Box<Term>),
}

/// Where constraints are reported.
const PATH: &str = "/where";

struct Reader<'a> {
    text: &'a str,
    strategy: &'a Strategy,
}

impl ParameterConstraint {
    /// Reads `text` against the parameters of `strategy`; a time of day counts as minutes after midnight.
    ///
    /// # Errors
    /// The first problem with its place.
    pub fn parse(text: &str, strategy: &Strategy) -> Result<Self, Diagnostic> {
        let tree = parse(text).map_err(|error| {
            let mut diagnostic = Diagnostic::new(error.code, PATH, error.message).at(text, error.span);
            diagnostic.help = error.help;
            diagnostic
        })?;
        Reader { text, strategy }.truth(&tree).map(|tree| Self { tree })
    }

    /// True when the combination `values` (in parameter order) is meant; arithmetic that cannot be done is not.
    #[must_use]
    pub fn holds(&self, values: &[ParameterValue]) -> bool {
        self.tree.value(values).unwrap_or(false)
    }
}

impl Reader<'_> {
    fn refuse(&self, tree: &Expression, message: &str) -> Diagnostic {
        Diagnostic::new("wrong_type", PATH, message)
            .at(self.text, tree.span)
            .help("Compare parameters and numbers, for example `$fast < $slow`.")
    }

    fn truth(&self, tree: &Expression) -> Result<Truth, Diagnostic> {
        Ok(match &tree.kind {
            Kind::And(left, right) => Truth::And(Box::new(self.truth(left)?), Box::new(self.truth(right)?)),
            Kind::Or(left, right) => Truth::Or(Box::new(self.truth(left)?), Box::new(self.truth(right)?)),
            Kind::Not(base) => Truth::Not(Box::new(self.truth(base)?)),
            Kind::Compare { operator, left, right } => Truth::Compare(*operator, self.term(left)?, self.term(right)?),
            Kind::Number(_)
            | Kind::Parameter(_)
            | Kind::Text(_)
            | Kind::Name(_)
            | Kind::Call { .. }
            | Kind::Field { .. }
            | Kind::Shift { .. }
            | Kind::Of { .. }
            | Kind::Negate(_)
            | Kind::Arithmetic { .. }
            | Kind::Cross { .. }
            | Kind::Trend { .. }
            | Kind::For { .. }
            | Kind::Within { .. } => return Err(self.refuse(tree, "`where` needs comparisons of parameters here")),
        })
    }

    fn term(&self, tree: &Expression) -> Result<Term, Diagnostic> {
        Ok(match &tree.kind {
            Kind::Number(value) => Term::Number(*value),
            Kind::Negate(base) => Term::Negate(Box::new(self.term(base)?)),
            Kind::Arithmetic { operator, left, right } => {
                Term::Arithmetic(*operator, Box::new(self.term(left)?), Box::new(self.term(right)?))
            }
            Kind::Parameter(key) => {
                let parameters = self.strategy.parameters();
                let known: Vec<&str> = parameters.iter().map(|parameter| parameter.key.as_str()).collect();
                let index = known.iter().position(|known| known == key);
                Term::Parameter(index.ok_or_else(|| {
                    Diagnostic::new("unknown_parameter", PATH, format!("this strategy has no parameter \"{key}\""))
                        .at(self.text, tree.span)
                        .help(suggestion(key, &known))
                })?)
            }
            Kind::Text(_)
            | Kind::Name(_)
            | Kind::Call { .. }
            | Kind::Field { .. }
            | Kind::Shift { .. }
            | Kind::Of { .. }
            | Kind::Not(_)
            | Kind::Compare { .. }
            | Kind::Cross { .. }
            | Kind::Trend { .. }
            | Kind::And(..)
            | Kind::Or(..)
            | Kind::For { .. }
            | Kind::Within { .. } => return Err(self.refuse(tree, "`where` knows only parameters and numbers")),
        })
    }
}

impl Truth {
    fn value(&self, values: &[ParameterValue]) -> Option<bool> {
        Some(match self {
            Self::And(left, right) => left.value(values)? && right.value(values)?,
            Self::Or(left, right) => left.value(values)? || right.value(values)?,
            Self::Not(base) => !base.value(values)?,
            Self::Compare(operator, left, right) => {
                let order = left.value(values)?.cmp(&right.value(values)?);
                match operator {
                    CompareOperator::Less => order.is_lt(),
                    CompareOperator::LessOrEqual => order.is_le(),
                    CompareOperator::Greater => order.is_gt(),
                    CompareOperator::GreaterOrEqual => order.is_ge(),
                    CompareOperator::Equal => order.is_eq(),
                    CompareOperator::NotEqual => order.is_ne(),
                }
            }
        })
    }
}

impl Term {
    fn value(&self, values: &[ParameterValue]) -> Option<Decimal> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Parameter(index) => values.get(*index).map(ParameterValue::to_decimal),
            Self::Negate(base) => base.value(values).map(|value| -value),
            Self::Arithmetic(operator, left, right) => {
                let (left, right) = (left.value(values)?, right.value(values)?);
                match operator {
                    ArithmeticOperator::Add => left.checked_add(right),
                    ArithmeticOperator::Subtract => left.checked_sub(right),
                    ArithmeticOperator::Multiply => left.checked_mul(right),
                    ArithmeticOperator::Divide => left.checked_div(right),
                }
            }
        }
    }
}
