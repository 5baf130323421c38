//! The two sides of a comparison or crossing: thresholds are lifted, and comparisons that can never hold are refused.

use super::Checker;
use super::expression::{Scope, Site};
use super::names::stem;
use super::place::{Demand, Written};
use crate::rules::{Number, NumberId, Series, SessionValue};
use crate::syntax::{CompareOperator, Direction, Expression, Kind};
use crate::value::ParameterValue;

/// The largest or smallest a value can be: an extreme that includes the bar being evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// At least as high as the series.
    AtLeast(Series),
    /// At most as low as the series.
    AtMost(Series),
}

impl Checker<'_> {
    /// Both sides of `tree`, a comparison or a crossing.
    pub(super) fn compared(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        left: &Expression,
        right: &Expression,
    ) -> Option<(NumberId, NumberId)> {
        if matches!((&left.kind, &right.kind), (Kind::Number(_), Kind::Number(_))) {
            return self.refuse(
                site,
                tree.span,
                "wrong_type",
                "both sides are plain numbers",
                "Compare a value of the bars with a number, for example `rsi(14) > 70`.",
            );
        }
        let a = self.side(site, scope, tree, left, right, false);
        let b = self.side(site, scope, tree, right, left, true);
        let (a, b) = (a?, b?);
        let constant = |checker: &Self, id| checker.frame_of(id).is_none() && !checker.is_positional(id);
        if constant(self, a) && constant(self, b) {
            return self.refuse(
                site,
                tree.span,
                "wrong_type",
                "neither side changes from bar to bar",
                "Compare a value of the bars, for example `close > $level`.",
            );
        }
        self.refuse_impossible(site, tree, (a, left), (b, right))?;
        Some((a, b))
    }

    fn side(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        side: &Expression,
        other: &Expression,
        is_right: bool,
    ) -> Option<NumberId> {
        let Kind::Number(value) = side.kind else { return self.number(site, scope, side) };
        let word = threshold_word(tree, is_right);
        let demand = Demand::decimal(&format!("{}_{word}", stem(other)), site.category);
        let amount = self.lifted(site, tree, side.span, demand, Written::Literal(ParameterValue::Decimal(value)));
        Some(self.push_number(Number::Amount(amount), None, false))
    }

    fn refuse_impossible(
        &mut self,
        site: Site<'_>,
        tree: &Expression,
        (a, left): (NumberId, &Expression),
        (b, right): (NumberId, &Expression),
    ) -> Option<()> {
        let Some(strictly) = strict_direction(tree) else { return Some(()) };
        let (greater, less) = match strictly {
            Direction::Up => (a, b),
            Direction::Down => (b, a),
        };
        let impossible = self
            .bounds(less)
            .is_some_and(|bound| matches!(bound, Bound::AtLeast(top) if self.is_within(greater, less, top, true)))
            || self.bounds(greater).is_some_and(
                |bound| matches!(bound, Bound::AtMost(bottom) if self.is_within(less, greater, bottom, false)),
            );
        if !impossible {
            return Some(());
        }
        let span = if self.bounds(b).is_some() { right.span } else { left.span };
        let text: String = site.text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect();
        self.refuse(
            site,
            tree.span,
            "never_holds",
            format!("this can never hold: `{text}` includes the bar being evaluated"),
            format!("Compare with the bar before: `{text}[1]`."),
        )
    }

    /// The extreme a value is, if it includes the current bar.
    fn bounds(&self, id: NumberId) -> Option<Bound> {
        let number = &self.numbers.get(id)?.number;
        if let Number::Session { value, .. } = number {
            return match value {
                SessionValue::High => Some(Bound::AtLeast(Series::High)),
                SessionValue::Low => Some(Bound::AtMost(Series::Low)),
                SessionValue::Open
                | SessionValue::Previous(..)
                | SessionValue::Pivot(..)
                | SessionValue::GapPoints
                | SessionValue::GapPercent
                | SessionValue::OpeningHigh(_)
                | SessionValue::OpeningLow(_)
                | SessionValue::MinutesSinceOpen
                | SessionValue::Vwap(_) => None,
            };
        }
        let Number::Indicator { definition, operands, output, .. } = number else { return None };
        if !definition.0.includes_current_extreme {
            return None;
        }
        let series = operands.first.and_then(|source| self.series_of(source));
        match (definition.0.name, definition.0.outputs.get(*output).copied()) {
            ("highest", _) => series.map(Bound::AtLeast),
            ("lowest", _) => series.map(Bound::AtMost),
            (_, Some("upper")) => Some(Bound::AtLeast(Series::High)),
            (_, Some("lower")) => Some(Bound::AtMost(Series::Low)),
            _ => None,
        }
    }

    fn series_of(&self, id: NumberId) -> Option<Series> {
        let Number::Series { series, .. } = self.numbers.get(id)?.number else { return None };
        Some(series)
    }

    /// True when `id` is a series of the same bars that never exceeds `extreme` upwards (or downwards).
    fn is_within(&self, id: NumberId, bound: NumberId, extreme: Series, upwards: bool) -> bool {
        let Some(Number::Series { series, .. }) = self.numbers.get(id).map(|node| &node.number) else { return false };
        let session_differs = matches!(self.numbers.get(bound).map(|node| &node.number), Some(Number::Session { session, .. }) if *session != self.session);
        if self.frame_of(id) != self.frame_of(bound) || session_differs {
            return false;
        }
        *series == extreme || (series.is_price() && extreme == if upwards { Series::High } else { Series::Low })
    }
}

/// The direction of a strict comparison or a crossing; `None` for comparisons that equality satisfies.
fn strict_direction(tree: &Expression) -> Option<Direction> {
    if let Kind::Cross { direction, .. } = tree.kind {
        return Some(direction);
    }
    let Kind::Compare { operator, .. } = tree.kind else { return None };
    match operator {
        CompareOperator::Greater => Some(Direction::Up),
        CompareOperator::Less => Some(Direction::Down),
        CompareOperator::LessOrEqual
        | CompareOperator::GreaterOrEqual
        | CompareOperator::Equal
        | CompareOperator::NotEqual => None,
    }
}

/// What a threshold does to the value it is compared with: the ending of its key.
fn threshold_word(tree: &Expression, is_right: bool) -> &'static str {
    if let Kind::Cross { direction, .. } = tree.kind {
        return match direction {
            Direction::Up => "crosses_above",
            Direction::Down => "crosses_below",
        };
    }
    let Kind::Compare { operator, .. } = tree.kind else { return "threshold" };
    match if is_right { operator } else { operator.mirrored() } {
        CompareOperator::Greater | CompareOperator::GreaterOrEqual => "above",
        CompareOperator::Less | CompareOperator::LessOrEqual => "below",
        CompareOperator::Equal => "equals",
        CompareOperator::NotEqual => "differs_from",
    }
}
