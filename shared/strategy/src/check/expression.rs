//! Expression trees → numbers and conditions in the arenas: names, timeframes and symbols resolved, literals lifted.

use super::Checker;
use super::names::stem;
use super::place::{Demand, Place, Slot, Written};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::rules::{
    Amount, Condition, ConditionId, ConditionNode, FrameId, Number, NumberId, NumberNode, PositionValue, Series,
};
use crate::syntax::{ArithmeticOperator, Expression, Kind, Span, SyntaxError, parse, print};
use crate::value::ParameterValue;
use market::Timeframe;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

/// The expression being resolved.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) pointer: &'a str,
    pub(super) text: &'a str,
    pub(super) category: &'static str,
    /// Values of the open position are allowed.
    pub(super) positional: bool,
}

/// Whose bars an operand without its own timeframe or symbol is on.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) symbol: usize,
    pub(super) timeframe: Timeframe,
    /// Inside a call, where two timeframes are an error.
    pub(super) inside_call: bool,
}

impl Checker<'_> {
    /// The condition written at `pointer`.
    pub(super) fn condition_at(
        &mut self,
        value: &Value,
        pointer: &str,
        category: &'static str,
        positional: bool,
    ) -> Option<ConditionId> {
        let text = self.expression_text(value, pointer)?;
        let site = Site { pointer, text, category, positional };
        let tree = self.parsed(site)?;
        self.condition(site, self.strategy_scope(), &tree)
    }

    /// The number (a price) written at `pointer`.
    pub(super) fn number_at(&mut self, value: &Value, pointer: &str, category: &'static str) -> Option<NumberId> {
        let text = self.expression_text(value, pointer)?;
        let site = Site { pointer, text, category, positional: false };
        let tree = self.parsed(site)?;
        self.number(site, self.strategy_scope(), &tree)
    }

    const fn strategy_scope(&self) -> Scope {
        Scope { symbol: 0, timeframe: self.timeframe, inside_call: false }
    }

    fn expression_text<'v>(&mut self, value: &'v Value, pointer: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.problems.push(
                Diagnostic::new("wrong_type", pointer, "an expression must be text")
                    .quoting(&value.to_string())
                    .help("For example \"close > sma(close, 20)\"."),
            );
        }
        text
    }

    fn parsed(&mut self, site: Site<'_>) -> Option<Expression> {
        match parse(site.text) {
            Ok(tree) => Some(tree),
            Err(SyntaxError { code, span, message, help }) => {
                let mut diagnostic = Diagnostic::new(code, site.pointer, message).at(site.text, span);
                diagnostic.help = help;
                if diagnostic.excerpt.is_empty() {
                    diagnostic = diagnostic.at(
                        site.text,
                        Span { start: 0, end: site.text.chars().take(limits::EXCERPT_CHARACTERS).count() as u32 },
                    );
                    diagnostic.span = Some((span.start as usize, span.end as usize));
                }
                self.problems.push(diagnostic);
                None
            }
        }
    }

    /// Records a problem at a node and resolves it to nothing.
    pub(super) fn refuse<T>(
        &mut self,
        site: Site<'_>,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        let help: String = help.into();
        let mut diagnostic = Diagnostic::new(code, site.pointer, message).at(site.text, span);
        if !help.is_empty() {
            diagnostic = diagnostic.help(help);
        }
        self.problems.push(diagnostic);
        None
    }

    pub(super) fn push_number(&mut self, number: Number, frame: Option<FrameId>, positional: bool) -> NumberId {
        let node = NumberNode { number, frame, positional };
        self.numbers.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.numbers.push(node);
            self.numbers.len() - 1
        })
    }

    pub(super) fn push_condition(&mut self, condition: Condition, positional: bool) -> ConditionId {
        let node = ConditionNode { condition, positional };
        self.conditions.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.conditions.push(node);
            self.conditions.len() - 1
        })
    }

    pub(super) fn frame_of(&self, id: NumberId) -> Option<FrameId> {
        self.numbers.get(id).and_then(|node| node.frame)
    }

    pub(super) fn is_positional(&self, id: NumberId) -> bool {
        self.numbers.get(id).is_some_and(|node| node.positional)
    }

    pub(super) fn condition_positional(&self, id: ConditionId) -> bool {
        self.conditions.get(id).is_some_and(|node| node.positional)
    }

    /// The `n` of `x[n]`: never lifted, but it may be a parameter.
    pub(super) fn look_back(&mut self, site: Site<'_>, bars: &Expression) -> Option<Amount> {
        let Kind::Number(value) = &bars.kind else {
            let demand = Demand::integer("look_back", 0, limits::LOOK_BACK_BARS, site.category);
            return self.argument(site, bars, bars, demand);
        };
        match value.to_u32().filter(|count| value.is_integer() && *count <= limits::LOOK_BACK_BARS) {
            Some(count) => Some(Amount::Fixed(f64::from(count))),
            None => self.refuse(
                site,
                bars.span,
                "limit",
                format!("a look-back is a whole number of bars from 0 to {}", limits::LOOK_BACK_BARS),
                "`close[1]` is the bar before.",
            ),
        }
    }

    /// A number or `$key` at a place of `call` that demands one.
    pub(super) fn argument(
        &mut self,
        site: Site<'_>,
        call: &Expression,
        node: &Expression,
        demand: Demand,
    ) -> Option<Amount> {
        let written = if let Kind::Parameter(key) = &node.kind {
            Written::Key(key.clone())
        } else if let Kind::Number(value) = node.kind {
            match literal(value, &demand) {
                Ok(value) => Written::Literal(value),
                Err(message) => return self.refuse(site, node.span, "value_range", message, ""),
            }
        } else {
            let help = "Periods and bar counts cannot be computed.";
            return self.refuse(site, node.span, "wrong_type", "a plain number or `$key` must stand here", help);
        };
        Some(self.lifted(site, call, node.span, demand, written))
    }

    /// Records the place of `written` inside `call`.
    pub(super) fn lifted(
        &mut self,
        site: Site<'_>,
        call: &Expression,
        span: Span,
        demand: Demand,
        written: Written,
    ) -> Amount {
        let position = span.start - call.span.start.min(span.start);
        let shared = format!("{} @{}", print(call, &|key| format!("${key}")), demand.role);
        let matched = format!("{} @{}", print(call, &|key| self.declared_text(key)), demand.role);
        // Two numbers of one call with the same role (`x > 2 * 3`) are told apart by where they stand in it.
        let shared = if demand.role.ends_with("_factor") || demand.role.ends_with("_offset") {
            format!("{shared} {position}")
        } else {
            shared
        };
        self.place(Place {
            pointer: site.pointer.to_owned(),
            slot: Slot::Expression(span),
            demand,
            shared,
            matched,
            written,
        })
    }

    /// Resolves a tree that must be a number.
    pub(super) fn number(&mut self, site: Site<'_>, scope: Scope, tree: &Expression) -> Option<NumberId> {
        match &tree.kind {
            Kind::Number(value) => {
                Some(self.push_number(Number::Amount(Amount::Fixed(crate::value::decimal_to_f64(*value))), None, false))
            }
            Kind::Parameter(key) => {
                let amount =
                    self.lifted(site, tree, tree.span, Demand::decimal(key, site.category), Written::Key(key.clone()));
                Some(self.push_number(Number::Amount(amount), None, false))
            }
            Kind::Text(_) => self.refuse(
                site,
                tree.span,
                "wrong_type",
                "quoted text is a timeframe or session inside a call, not a number",
                "For example close('1h') or vwap('regular').",
            ),
            Kind::Name(name) => self.name(site, scope, tree, name),
            Kind::Call { name, arguments } => self.call(site, scope, tree, name, arguments, None),
            Kind::Field { base, field } => self.field(site, scope, tree, base, field),
            Kind::Shift { base, bars } => {
                let number = self.number(site, scope, base)?;
                let bars = self.look_back(site, bars)?;
                let Some(frame) = self.frame_of(number).filter(|_| !self.is_positional(number)) else {
                    return self.refuse(
                        site,
                        tree.span,
                        "wrong_type",
                        "`[n]` needs a value of the bars to look back on",
                        "For example close[1] or rsi(14)[2].",
                    );
                };
                Some(self.push_number(Number::Shift { base: number, bars }, Some(frame), false))
            }
            Kind::Of { base, symbol } => {
                let symbol = self.symbol(site, tree.span, symbol)?;
                self.number(site, Scope { symbol, ..scope }, base)
            }
            Kind::Negate(base) => {
                let number = self.number(site, scope, base)?;
                let (frame, positional) = (self.frame_of(number), self.is_positional(number));
                Some(self.push_number(Number::Negate(number), frame, positional))
            }
            Kind::Arithmetic { operator, left, right } => self.arithmetic(site, scope, tree, *operator, left, right),
            Kind::Not(_)
            | Kind::Compare { .. }
            | Kind::Cross { .. }
            | Kind::Trend { .. }
            | Kind::And(..)
            | Kind::Or(..)
            | Kind::For { .. }
            | Kind::Within { .. } => {
                self.refuse(site, tree.span, "wrong_type", "this is a condition, but a number must stand here", "")
            }
        }
    }

    fn name(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, name: &str) -> Option<NumberId> {
        if let Some(series) = Series::named(name) {
            let frame = self.frame(scope);
            return Some(self.push_number(Number::Series { frame, series }, Some(frame), false));
        }
        let position = match name {
            "tick" => return Some(self.push_number(Number::Tick, None, false)),
            "entry_price" => PositionValue::EntryPrice,
            "bars_in_trade" => PositionValue::BarsInTrade,
            "open_profit" => PositionValue::OpenProfit,
            _ => return self.call(site, scope, tree, name, &[], None),
        };
        if !site.positional {
            return self.refuse(
                site,
                tree.span,
                "unsupported",
                format!("`{name}` exists only while a position is open"),
                "Use it in exit.long or exit.short.",
            );
        }
        if scope.inside_call {
            return self.refuse(
                site,
                tree.span,
                "unsupported",
                format!("`{name}` cannot be an operand of a call"),
                "Use it in plain comparisons.",
            );
        }
        Some(self.push_number(Number::Position(position), None, true))
    }

    fn arithmetic(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        operator: ArithmeticOperator,
        left: &Expression,
        right: &Expression,
    ) -> Option<NumberId> {
        let a = self.term(site, scope, tree, operator, left, right);
        let b = self.term(site, scope, tree, operator, right, left);
        let (a, b) = (a?, b?);
        let positional = self.is_positional(a) || self.is_positional(b);
        let frame = self.joined_frame(site, scope, tree, a, b)?;
        Some(self.push_number(Number::Arithmetic { operator, left: a, right: b }, frame, positional))
    }

    /// The frame of a value made of two: their own when they share it, else the strategy's bars.
    fn joined_frame(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        a: NumberId,
        b: NumberId,
    ) -> Option<Option<FrameId>> {
        match (self.frame_of(a), self.frame_of(b)) {
            (None, other) | (other, None) => Some(other),
            (Some(one), Some(other)) if one == other => Some(Some(one)),
            (Some(_), Some(_)) if scope.inside_call => self.refuse(
                site,
                tree.span,
                "timeframe",
                "one call mixes two timeframes or symbols",
                "Give every operand of the call the same, for example ema(close('1h') - open('1h'), 20).",
            ),
            (Some(_), Some(_)) => Some(Some(0)),
        }
    }

    /// One side of an arithmetic; a literal worth tuning is lifted.
    fn term(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        operator: ArithmeticOperator,
        side: &Expression,
        other: &Expression,
    ) -> Option<NumberId> {
        let Kind::Number(value) = side.kind else { return self.number(site, scope, side) };
        if [0, 1, -1, 2, 100].iter().any(|constant| value == Decimal::from(*constant))
            || matches!(other.kind, Kind::Number(_))
        {
            return self.number(site, scope, side);
        }
        let role = match (operator, &other.kind) {
            (ArithmeticOperator::Multiply, Kind::Name(name)) if name == "tick" => "ticks".to_owned(),
            (ArithmeticOperator::Multiply | ArithmeticOperator::Divide, _) => format!("{}_factor", stem(other)),
            (ArithmeticOperator::Add | ArithmeticOperator::Subtract, _) => format!("{}_offset", stem(other)),
        };
        let amount = self.lifted(
            site,
            tree,
            side.span,
            Demand::decimal(&role, site.category),
            Written::Literal(ParameterValue::Decimal(value)),
        );
        Some(self.push_number(Number::Amount(amount), None, false))
    }
}

/// A literal as the kind its place demands.
pub(super) fn literal(value: Decimal, demand: &Demand) -> Result<ParameterValue, String> {
    let value = ParameterValue::parse(&crate::value::decimal_to_json(value), demand.kind)?;
    demand.refuses(&value).map_or(Ok(value), Err)
}
