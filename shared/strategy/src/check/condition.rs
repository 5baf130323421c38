//! Trees that must be conditions: joined, compared, crossed, over several bars.

use super::Checker;
use super::expression::{Scope, Site};
use super::names::stem;
use super::place::Demand;
use crate::limits;
use crate::rules::{Amount, Condition, ConditionId, Number, NumberId, PositionValue};
use crate::syntax::{Direction, Expression, Kind, Span};

impl Checker<'_> {
    /// Resolves a tree that must be a condition.
    pub(super) fn condition(&mut self, site: Site<'_>, scope: Scope, tree: &Expression) -> Option<ConditionId> {
        match &tree.kind {
            Kind::And(left, right) | Kind::Or(left, right) => {
                let (a, b) = (self.condition(site, scope, left), self.condition(site, scope, right));
                let (a, b) = (a?, b?);
                let positional = self.condition_positional(a) || self.condition_positional(b);
                let joined =
                    if matches!(tree.kind, Kind::And(..)) { Condition::And(a, b) } else { Condition::Or(a, b) };
                Some(self.push_condition(joined, positional))
            }
            Kind::Not(base) => {
                let base = self.condition(site, scope, base)?;
                let positional = self.condition_positional(base);
                Some(self.push_condition(Condition::Not(base), positional))
            }
            Kind::Compare { operator, left, right } => {
                let (left, right) = self.compared(site, scope, tree, left, right)?;
                let positional = self.is_positional(left) || self.is_positional(right);
                Some(self.push_condition(Condition::Compare { operator: *operator, left, right }, positional))
            }
            Kind::Cross { direction, left, right } => {
                let (left, right) = self.compared(site, scope, tree, left, right)?;
                self.check_crossable(site, tree.span, left)?;
                self.check_crossable(site, tree.span, right)?;
                let positional = self.is_positional(left) || self.is_positional(right);
                Some(self.push_condition(Condition::Cross { direction: *direction, left, right }, positional))
            }
            Kind::Trend { direction, base, bars } => self.trend(site, scope, tree, *direction, base, bars.as_deref()),
            Kind::For { base, bars } | Kind::Within { base, bars } => {
                let lasting = matches!(tree.kind, Kind::For { .. });
                self.over_bars(site, scope, tree, base, bars, lasting)
            }
            Kind::Shift { base, bars } => {
                let id = self.condition(site, scope, base)?;
                let bars = self.look_back(site, bars)?;
                self.refuse_positional(site, tree.span, id, "x[n]")?;
                Some(self.push_condition(Condition::Shift { base: id, bars }, false))
            }
            Kind::Of { base, symbol } => {
                let symbol = self.symbol(site, tree.span, symbol)?;
                self.condition(site, Scope { symbol, ..scope }, base)
            }
            Kind::Number(_)
            | Kind::Parameter(_)
            | Kind::Text(_)
            | Kind::Name(_)
            | Kind::Call { .. }
            | Kind::Field { .. }
            | Kind::Negate(_)
            | Kind::Arithmetic { .. } => {
                if self.number(site, scope, tree).is_some() {
                    return self.refuse(
                        site,
                        tree.span,
                        "wrong_type",
                        "this is a number, but a rule needs a condition",
                        "Compare it with something, for example `rsi(14) > 70`.",
                    );
                }
                None
            }
        }
    }

    fn refuse_positional(&mut self, site: Site<'_>, span: Span, id: ConditionId, what: &str) -> Option<()> {
        if self.condition_positional(id) {
            return self.refuse(
                site,
                span,
                "unsupported",
                format!("`{what}` cannot look back on values of the open position"),
                "Use them in plain comparisons, joined by and/or/not.",
            );
        }
        Some(())
    }

    /// A crossing may involve the entry price, which does not move, but no other value of the position.
    fn check_crossable(&mut self, site: Site<'_>, span: Span, id: NumberId) -> Option<()> {
        if !self.is_positional(id) || !self.mentions_moving_position(id) {
            return Some(());
        }
        self.refuse(
            site,
            span,
            "unsupported",
            "a value of the open position other than entry_price cannot cross",
            "Compare it: `bars_in_trade >= 10`.",
        )
    }

    fn mentions_moving_position(&self, id: NumberId) -> bool {
        match self.numbers.get(id).map(|node| &node.number) {
            Some(Number::Position(value)) => *value != PositionValue::EntryPrice,
            Some(Number::Arithmetic { left, right, .. }) => {
                self.mentions_moving_position(*left) || self.mentions_moving_position(*right)
            }
            Some(Number::Negate(base)) => self.mentions_moving_position(*base),
            Some(
                Number::Amount(_)
                | Number::Tick
                | Number::Series { .. }
                | Number::Indicator { .. }
                | Number::Session { .. }
                | Number::Calendar { .. }
                | Number::Shift { .. },
            )
            | None => false,
        }
    }

    fn trend(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        direction: Direction,
        base: &Expression,
        bars: Option<&Expression>,
    ) -> Option<ConditionId> {
        let word = if direction == Direction::Up { "rising" } else { "falling" };
        let number = self.number(site, scope, base)?;
        if self.is_positional(number) || self.frame_of(number).is_none() {
            return self.refuse(
                site,
                tree.span,
                "wrong_type",
                format!("`{word}` needs a value that changes from bar to bar"),
                "For example `ema(close, 50) rising 3`.",
            );
        }
        let bars = match bars {
            None => Amount::Fixed(1.0),
            Some(bars) => self.bars(site, tree, bars, &format!("{}_{word}_bars", stem(base)))?,
        };
        Some(self.push_condition(Condition::Trend { direction, base: number, bars }, false))
    }

    fn over_bars(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        base: &Expression,
        bars: &Expression,
        lasting: bool,
    ) -> Option<ConditionId> {
        let (word, role) = if lasting { ("for n bars", "for_bars") } else { ("within n bars", "within_bars") };
        let id = self.condition(site, scope, base)?;
        let bars = self.bars(site, tree, bars, &format!("{}_{role}", stem(base)))?;
        self.refuse_positional(site, tree.span, id, word)?;
        let condition = if lasting { Condition::For { base: id, bars } } else { Condition::Within { base: id, bars } };
        Some(self.push_condition(condition, false))
    }

    fn bars(&mut self, site: Site<'_>, call: &Expression, bars: &Expression, role: &str) -> Option<Amount> {
        self.argument(site, call, bars, Demand::integer(role, 1, limits::LOOK_BACK_BARS, site.category))
    }
}
