//! Indicator calls: operand, numbers with their bounds, output, and the place of every number.

use super::Checker;
use super::expression::{Scope, Site};
use super::names::timeframe_stem;
use super::place::Demand;
use crate::diagnostic::suggestion;
use crate::indicators::{ArgumentKind, Definition, SourceKind};
use crate::limits;
use crate::rules::{Amount, FrameId, Number, NumberId, Operands, Row, Series};
use crate::syntax::{Expression, Kind};
use crate::value::{ParameterKind, decimal_to_f64};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

impl Checker<'_> {
    /// `name(series, numbers…)` with the output chosen by `field`.
    pub(super) fn indicator(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        (definition, name): (&'static Definition, &str),
        arguments: &[Expression],
        field: Option<&str>,
    ) -> Option<NumberId> {
        if !self.counts_indicator(site, tree) {
            return None;
        }
        let output = self.output(site, tree, definition, field)?;
        let sorted = self.sorted(site, tree, name, arguments)?;
        if sorted.session.is_some() {
            return self.refuse(
                site,
                tree.span,
                "arguments",
                format!("{name} does not take a session"),
                "Only session.*, previous_day.*, opening_range, minutes_since_open and vwap do.",
            );
        }
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        let mut numbers = sorted.plain.as_slice();
        let (operands, frame) = match definition.source {
            SourceKind::Bars => (Operands::default(), self.frame(inner)),
            SourceKind::Series { default } => {
                let (source, frame) = self.source(site, inner, tree, operand(&mut numbers), default)?;
                (Operands { first: Some(source), second: None }, frame)
            }
            SourceKind::Pair { first, second } => {
                let operands = (operand(&mut numbers), operand(&mut numbers));
                self.two_sources(site, inner, tree, operands, (definition, first, second))?
            }
        };
        let call_name = timeframe_stem(&name.replace("talib.", ""), arguments);
        let arguments = self.numeric_arguments(site, tree, definition, &call_name, numbers)?;
        Some(self.push_number(
            Number::Indicator { frame, definition: Row(definition), operands, arguments, output },
            Some(frame),
            false,
        ))
    }

    fn counts_indicator(&mut self, site: Site<'_>, tree: &Expression) -> bool {
        let used = self.numbers.iter().filter(|node| matches!(node.number, Number::Indicator { .. })).count();
        if used < limits::INDICATORS {
            return true;
        }
        self.refuse::<()>(
            site,
            tree.span,
            "limit",
            format!("a strategy has at most {} indicator calls", limits::INDICATORS),
            "Remove some.",
        )
        .is_some()
    }

    fn output(
        &mut self,
        site: Site<'_>,
        tree: &Expression,
        definition: &Definition,
        field: Option<&str>,
    ) -> Option<usize> {
        let Some(field) = field else { return Some(0) };
        let found = definition.outputs.iter().position(|output| *output == field);
        if found.is_none() {
            return self.refuse(
                site,
                tree.span,
                "unknown_name",
                format!("{} has no output `{field}`", definition.name),
                suggestion(field, definition.outputs),
            );
        }
        found
    }

    fn source(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        operand: Option<&Expression>,
        default: &str,
    ) -> Option<(NumberId, FrameId)> {
        let Some(operand) = operand else {
            let frame = self.frame(scope);
            let series = Series::named(default).unwrap_or(Series::Close);
            return Some((self.push_number(Number::Series { frame, series }, Some(frame), false), frame));
        };
        let number = self.number(site, scope, operand)?;
        if self.is_positional(number) {
            return self.refuse(
                site,
                operand.span,
                "unsupported",
                "an indicator cannot be computed from values of the open position",
                "",
            );
        }
        match self.frame_of(number) {
            Some(frame) => Some((number, frame)),
            None => self.refuse(
                site,
                tree.span,
                "wrong_type",
                "an indicator's operand must be a series of the bars",
                "For example sma(close, 20).",
            ),
        }
    }

    /// Both operands of a call that reads two series, on the same bars.
    fn two_sources(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        operands: (Option<&Expression>, Option<&Expression>),
        (definition, first, second): (&Definition, &str, Option<&str>),
    ) -> Option<(Operands, FrameId)> {
        if operands.1.is_none() && second.is_none() {
            return self.refuse(
                site,
                tree.span,
                "arguments",
                format!("{} needs two series: what to average, and the period of each bar", definition.name),
                format!("Write {}.", signature(definition)),
            );
        }
        let (first, frame) = self.source(site, scope, tree, operands.0, first)?;
        let (second, second_frame) = self.source(site, scope, tree, operands.1, second.unwrap_or_default())?;
        if frame != second_frame {
            return self.refuse(
                site,
                tree.span,
                "timeframe",
                "one call mixes two timeframes or symbols",
                "Give both series of the call the same, for example correl(high('1h'), low('1h'), 30).",
            );
        }
        Some((Operands { first: Some(first), second: Some(second) }, frame))
    }

    fn numeric_arguments(
        &mut self,
        site: Site<'_>,
        tree: &Expression,
        definition: &Definition,
        call_name: &str,
        given: &[&Expression],
    ) -> Option<Vec<Amount>> {
        if given.len() > definition.arguments.len() {
            return self.refuse(
                site,
                tree.span,
                "arguments",
                format!(
                    "{} takes at most {} numbers, not {}",
                    definition.name,
                    definition.arguments.len(),
                    given.len()
                ),
                format!("Write {}.", signature(definition)),
            );
        }
        let mut amounts = Vec::new();
        for (position, argument) in definition.arguments.iter().enumerate() {
            let amount = match (given.get(position), argument.default) {
                (Some(node), _) => {
                    let demand = Demand {
                        kind: if argument.kind == ArgumentKind::Integer {
                            ParameterKind::Integer
                        } else {
                            ParameterKind::Decimal
                        },
                        least: Decimal::from_f64(argument.min),
                        most: Decimal::from_f64(argument.max),
                        role: format!("{call_name}_{}", argument.name),
                        category: site.category,
                    };
                    self.argument(site, tree, node, demand)
                }
                (None, Some(default)) => {
                    self.assume(format!(
                        "{}: {} {} (default).",
                        definition.name,
                        argument.name,
                        Decimal::from_f64(default).map_or(f64::NAN, decimal_to_f64)
                    ));
                    Some(Amount::Fixed(default))
                }
                (None, None) => self.refuse(
                    site,
                    tree.span,
                    "arguments",
                    format!("{} needs its {}", definition.name, argument.name),
                    format!("Write {}.", signature(definition)),
                ),
            };
            amounts.push(amount?);
        }
        Some(amounts)
    }
}

/// Takes the leading operand off the arguments, when it is no plain number.
fn operand<'e>(arguments: &mut &[&'e Expression]) -> Option<&'e Expression> {
    let (first, rest) = arguments.split_first()?;
    if matches!(first.kind, Kind::Number(_) | Kind::Parameter(_)) {
        return None;
    }
    *arguments = rest;
    Some(first)
}

/// How a call is written: `sma(series, period)`, `macd(series = close, fast = 12, …)`.
pub(crate) fn signature(definition: &Definition) -> String {
    let mut parts = Vec::new();
    match definition.source {
        SourceKind::Series { default } => parts.push(format!("series = {default}")),
        SourceKind::Pair { first, second: Some(second) } => parts.push(format!("first = {first}, second = {second}")),
        SourceKind::Pair { first, second: None } => parts.push(format!("series = {first}, periods")),
        SourceKind::Bars => {}
    }
    for argument in definition.arguments {
        parts.push(
            argument
                .default
                .map_or_else(|| argument.name.to_owned(), |default| format!("{} = {default}", argument.name)),
        );
    }
    let outputs =
        if definition.outputs.len() > 1 { format!(" → .{}", definition.outputs.join(" .")) } else { String::new() };
    format!("{}({}){outputs}", definition.name, parts.join(", "))
}
