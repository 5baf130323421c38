//! Calls: series of a timeframe, session values, indicators. Timeframes, symbols and sessions are resolved here.

use super::Checker;
use super::expression::{Scope, Site};
use super::names::timeframe_stem;
use super::place::Demand;
use crate::diagnostic::suggestion;
use crate::indicators::{self, ArgumentKind, Definition, SourceKind};
use crate::limits;
use crate::rules::{Amount, CalendarValue, Frame, FrameId, Number, NumberId, Row, Series, SessionValue, SymbolRead};
use crate::syntax::{Expression, Kind, Span};
use crate::value::{ParameterKind, decimal_to_f64};
use market::{AssetClass, SessionKind, Timeframe};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// Longest opening range, in minutes: a day.
const OPENING_RANGE_MINUTES: u32 = 1_440;

/// Names that are not indicators but may be called or named.
const SESSION_NAMES: [&str; 3] = ["session", "previous_day", "opening_range"];
const PLAIN_NAMES: [&str; 7] =
    ["tick", "minutes_since_open", "days_to_roll", "days_to_expiration", "entry_price", "bars_in_trade", "open_profit"];

/// What other tools call things, and how they are written here.
const FOREIGN_NAMES: &[(&str, &str)] = &[
    ("crossover", "Write `a crosses above b`."),
    ("crossunder", "Write `a crosses below b`."),
    ("cross", "Write `a crosses above b` or `a crosses below b`."),
    ("ta", "Write the indicator's bare name, for example `rsi(14)`."),
    ("price", "Write `close` (or open, high, low)."),
    ("last", "Write `close`."),
    ("bb", "Write `bbands(close, 20).upper`."),
    ("bollinger", "Write `bbands(close, 20).upper`."),
    ("max", "Write `highest(high, 20)` for an extreme over bars."),
    ("min", "Write `lowest(low, 20)` for an extreme over bars."),
    ("stdev", "Write `stddev(close, 20)`."),
    ("prev_close", "Write `close[1]`, or `previous_day.close`."),
    ("prior_day", "Write `previous_day.high`, `.low` or `.close`."),
    ("yesterday", "Write `previous_day.high`, `.low` or `.close`."),
    ("hour", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}."),
    ("minute", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}, or use minutes_since_open."),
    ("time", "Clock times are filters: \"filters\": {\"windows\": [\"09:30-11:00\"]}."),
    ("weekday", "Weekdays are a filter: \"filters\": {\"weekdays\": [\"mon\", \"tue\"]}."),
    ("true", "Write a condition that holds, for example `close > 0`."),
    ("false", "Leave the rule out instead."),
    ("abs", "There is no abs: compare both sides, for example `x > 5 or x < -5`."),
];

/// Arguments of a call, sorted: operands and numbers, a timeframe, a session.
struct Sorted<'e> {
    plain: Vec<&'e Expression>,
    timeframe: Option<Timeframe>,
    session: Option<SessionKind>,
}

impl Checker<'_> {
    /// The frame of a scope.
    pub(super) fn frame(&mut self, scope: Scope) -> FrameId {
        let frame = Frame { symbol: scope.symbol, timeframe: scope.timeframe };
        self.frames.iter().position(|known| *known == frame).unwrap_or_else(|| {
            self.frames.push(frame);
            self.frames.len() - 1
        })
    }

    /// The symbol after `of`.
    pub(super) fn symbol(&mut self, site: Site<'_>, span: Span, text: &str) -> Option<usize> {
        let known = |read: &SymbolRead| read.instrument.symbol.eq_ignore_ascii_case(text);
        if let Some(index) = self.symbols.iter().position(known) {
            return Some(index);
        }
        if text.chars().count() > limits::SYMBOL_CHARACTERS {
            return self.refuse(site, span, "limit", format!("a symbol has at most {} characters", limits::SYMBOL_CHARACTERS), "");
        }
        let Some(instrument) = self.catalogue.get_or_default(text, None) else {
            return self.refuse(site, span, "unknown_symbol", format!("`{text}` is not a known symbol"), "list_instruments shows the symbols.");
        };
        if self.symbols.len() >= limits::SYMBOLS {
            return self.refuse(site, span, "limit", format!("a strategy reads at most {} symbols", limits::SYMBOLS), "Remove one.");
        }
        self.symbols.push(SymbolRead { instrument });
        Some(self.symbols.len() - 1)
    }

    fn sorted<'e>(&mut self, site: Site<'_>, tree: &Expression, name: &str, arguments: &'e [Expression]) -> Option<Sorted<'e>> {
        let mut sorted = Sorted { plain: Vec::new(), timeframe: None, session: None };
        for argument in arguments {
            let Kind::Text(text) = &argument.kind else {
                sorted.plain.push(argument);
                continue;
            };
            let session = match text.as_str() {
                "regular" => Some(SessionKind::Regular),
                "full" => Some(SessionKind::Full),
                _ => None,
            };
            if session.is_some() {
                sorted.session = session;
            } else if let Some(timeframe) = Timeframe::parse(text) {
                if sorted.timeframe.is_some_and(|first| first != timeframe) {
                    return self.refuse(site, tree.span, "timeframe", format!("{name} is given two timeframes"), "Keep one.");
                }
                sorted.timeframe = Some(timeframe);
            } else {
                let labels: Vec<&str> = Timeframe::ALL.iter().map(|timeframe| timeframe.label()).collect();
                return self.refuse(site, argument.span, "timeframe", format!("'{text}' is neither a timeframe nor a session"), format!("Timeframes: {}. Sessions: regular, full.", labels.join(" ")));
            }
        }
        Some(sorted)
    }

    /// The scope inside a call that names a timeframe.
    fn inner_scope(&mut self, site: Site<'_>, tree: &Expression, scope: Scope, timeframe: Option<Timeframe>) -> Option<Scope> {
        let Some(timeframe) = timeframe else { return Some(Scope { inside_call: true, ..scope }) };
        if timeframe < self.timeframe {
            let own = self.timeframe.label();
            return self.refuse(site, tree.span, "timeframe", format!("'{timeframe}' is finer than the strategy's timeframe {own}"), format!("Use {own} or a coarser one, or make the strategy's timeframe {timeframe}."));
        }
        if scope.inside_call && scope.timeframe != self.timeframe && scope.timeframe != timeframe {
            return self.refuse(site, tree.span, "timeframe", "one call mixes two timeframes", "Give every operand of the call the same one.");
        }
        Some(Scope { timeframe, inside_call: true, ..scope })
    }

    /// `name(arguments)` or a bare `name`, with the output chosen by `field`.
    pub(super) fn call(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, name: &str, arguments: &[Expression], field: Option<&str>) -> Option<NumberId> {
        if let Some(series) = Series::named(name) {
            return self.series_call(site, scope, tree, name, series, arguments);
        }
        if SESSION_NAMES.contains(&name) {
            return self.session_value(site, scope, tree, name, arguments, field);
        }
        match name {
            "minutes_since_open" | "vwap" => return self.session_number(site, scope, tree, name, arguments),
            "days_to_roll" => return self.calendar_value(site, scope, tree, CalendarValue::DaysToRoll),
            "days_to_expiration" => return self.calendar_value(site, scope, tree, CalendarValue::DaysToExpiration),
            _ => {}
        }
        let found = match name.strip_prefix("talib.") {
            Some(function) => indicators::find_talib(&function.to_ascii_uppercase()),
            None => indicators::find(name),
        };
        match found {
            Some(definition) => self.indicator(site, scope, tree, (definition, name), arguments, field),
            None => self.unknown_name(site, tree, name),
        }
    }

    fn unknown_name<T>(&mut self, site: Site<'_>, tree: &Expression, name: &str) -> Option<T> {
        if let Some((_, help)) = FOREIGN_NAMES.iter().find(|(foreign, _)| *foreign == name) {
            return self.refuse(site, tree.span, "unknown_name", format!("`{name}` is not part of the language"), *help);
        }
        if let Some(function) = name.strip_prefix("talib.") {
            let known: Vec<&str> = indicators::talib_names().collect();
            return self.refuse(site, tree.span, "unknown_name", format!("TA-Lib's `{}` is not available here", function.to_ascii_uppercase()), suggestion(function, &known));
        }
        let mut known: Vec<&str> = Series::ALL.iter().map(|(name, _)| *name).collect();
        known.extend(SESSION_NAMES);
        known.extend(PLAIN_NAMES);
        known.extend(indicators::table().iter().map(|row| row.name));
        let declared: Vec<String> = self.declared.iter().map(|declared| declared.key.clone()).collect();
        let help = if declared.iter().any(|key| key == name) { format!("Parameters are written with a dollar sign: ${name}.") } else { suggestion(name, &known) };
        self.refuse(site, tree.span, "unknown_name", format!("there is no value or indicator named `{name}`"), help)
    }

    fn series_call(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, name: &str, series: Series, arguments: &[Expression]) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        if !sorted.plain.is_empty() || sorted.session.is_some() {
            return self.refuse(site, tree.span, "arguments", format!("{name} takes only a timeframe"), format!("Write {name}('1h'); a bar before is {name}[1]."));
        }
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        let frame = self.frame(inner);
        Some(self.push_number(Number::Series { frame, series }, Some(frame), false))
    }

    /// `session.high`, `previous_day.close`, `opening_range(30).low`.
    fn session_value(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, name: &str, arguments: &[Expression], field: Option<&str>) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        let mut plain = sorted.plain.iter();
        let minutes = match (name, plain.next()) {
            ("opening_range", Some(minutes)) => {
                let demand = Demand::integer("opening_range_minutes", 1, OPENING_RANGE_MINUTES, site.category);
                self.argument(site, tree, minutes, demand)?
            }
            ("opening_range", None) => return self.refuse(site, tree.span, "arguments", "opening_range needs its minutes", "For example opening_range(30).high."),
            (_, None) => Amount::Fixed(0.0),
            (_, Some(extra)) => return self.refuse(site, extra.span, "arguments", format!("{name} takes no number"), format!("Write {name}.high or {name}('regular').high.")),
        };
        let value = match (name, field) {
            ("session", Some("open")) => SessionValue::Open,
            ("session", Some("high")) => SessionValue::High,
            ("session", Some("low")) => SessionValue::Low,
            ("previous_day", Some("high")) => SessionValue::PreviousHigh,
            ("previous_day", Some("low")) => SessionValue::PreviousLow,
            ("previous_day", Some("close")) => SessionValue::PreviousClose,
            ("opening_range", Some("high")) => SessionValue::OpeningHigh(minutes),
            ("opening_range", Some("low")) => SessionValue::OpeningLow(minutes),
            _ => {
                let fields = match name {
                    "session" => "session.open, session.high, session.low",
                    "previous_day" => "previous_day.high, previous_day.low, previous_day.close",
                    _ => "opening_range(30).high, opening_range(30).low",
                };
                return self.refuse(site, tree.span, "unknown_name", format!("{name} has no such value"), format!("Known: {fields}."));
            }
        };
        self.session_node(site, scope, tree, value, &sorted)
    }

    /// `minutes_since_open` and `vwap`.
    fn session_number(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, name: &str, arguments: &[Expression]) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        if let Some(extra) = sorted.plain.first() {
            return self.refuse(site, extra.span, "arguments", format!("{name} takes no number"), format!("Write {name} or {name}('regular')."));
        }
        let value = if name == "vwap" { SessionValue::Vwap } else { SessionValue::MinutesSinceOpen };
        self.session_node(site, scope, tree, value, &sorted)
    }

    fn session_node(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, value: SessionValue, sorted: &Sorted<'_>) -> Option<NumberId> {
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        if inner.timeframe == Timeframe::W1 {
            return self.refuse(site, tree.span, "timeframe", "values of a day's session do not exist on weekly bars", "Use '1d' or finer.");
        }
        let frame = self.frame(inner);
        let session = sorted.session.unwrap_or(self.session);
        Some(self.push_number(Number::Session { frame, value, session }, Some(frame), false))
    }

    fn calendar_value(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, value: CalendarValue) -> Option<NumberId> {
        let future = self.symbols.get(scope.symbol).is_some_and(|read| read.instrument.asset_class == AssetClass::Future);
        if !future {
            return self.refuse(site, tree.span, "unsupported", "only futures roll and expire", "Remove this condition.");
        }
        let frame = self.frame(scope);
        Some(self.push_number(Number::Calendar { frame, value }, Some(frame), false))
    }

    /// `base.field`: an output of an indicator or a value of a session.
    pub(super) fn field(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, base: &Expression, field: &str) -> Option<NumberId> {
        match &base.kind {
            Kind::Name(name) => self.call(site, scope, tree, name, &[], Some(field)),
            Kind::Call { name, arguments } => self.call(site, scope, tree, name, arguments, Some(field)),
            _ => self.refuse(site, tree.span, "unknown_name", format!("nothing here has a value named `{field}`"), "For example macd(close).signal or session.high; a look-back comes last: macd(close).signal[1]."),
        }
    }

    fn indicator(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, (definition, name): (&'static Definition, &str), arguments: &[Expression], field: Option<&str>) -> Option<NumberId> {
        if !self.counts_indicator(site, tree) {
            return None;
        }
        let output = self.output(site, tree, definition, field)?;
        let sorted = self.sorted(site, tree, name, arguments)?;
        if sorted.session.is_some() {
            return self.refuse(site, tree.span, "arguments", format!("{name} does not take a session"), "Only session.*, previous_day.*, opening_range, minutes_since_open and vwap do.");
        }
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        let mut numbers = sorted.plain.as_slice();
        let (source, frame) = match definition.source {
            SourceKind::Bars => (None, self.frame(inner)),
            SourceKind::Series { default } => {
                let operand = numbers.first().filter(|first| !matches!(first.kind, Kind::Number(_) | Kind::Parameter(_)));
                numbers = if operand.is_some() { numbers.get(1..).unwrap_or_default() } else { numbers };
                let (source, frame) = self.source(site, inner, tree, operand.copied(), default)?;
                (Some(source), frame)
            }
        };
        let call_name = timeframe_stem(&name.replace("talib.", ""), arguments);
        let arguments = self.numeric_arguments(site, tree, definition, &call_name, numbers)?;
        Some(self.push_number(Number::Indicator { frame, definition: Row(definition), source, arguments, output }, Some(frame), false))
    }

    fn counts_indicator(&mut self, site: Site<'_>, tree: &Expression) -> bool {
        let used = self.numbers.iter().filter(|node| matches!(node.number, Number::Indicator { .. })).count();
        if used < limits::INDICATORS {
            return true;
        }
        self.refuse::<()>(site, tree.span, "limit", format!("a strategy has at most {} indicator calls", limits::INDICATORS), "Remove some; identical calls count once.").is_some()
    }

    fn output(&mut self, site: Site<'_>, tree: &Expression, definition: &Definition, field: Option<&str>) -> Option<usize> {
        let Some(field) = field else { return Some(0) };
        let found = definition.outputs.iter().position(|output| *output == field);
        if found.is_none() {
            return self.refuse(site, tree.span, "unknown_name", format!("{} has no output `{field}`", definition.name), suggestion(field, definition.outputs));
        }
        found
    }

    fn source(&mut self, site: Site<'_>, scope: Scope, tree: &Expression, operand: Option<&Expression>, default: &str) -> Option<(NumberId, FrameId)> {
        let Some(operand) = operand else {
            let frame = self.frame(scope);
            let series = Series::named(default).unwrap_or(Series::Close);
            return Some((self.push_number(Number::Series { frame, series }, Some(frame), false), frame));
        };
        let number = self.number(site, scope, operand)?;
        if self.is_positional(number) {
            return self.refuse(site, operand.span, "unsupported", "an indicator cannot be computed from values of the open position", "");
        }
        match self.frame_of(number) {
            Some(frame) => Some((number, frame)),
            None => self.refuse(site, tree.span, "wrong_type", "an indicator's operand must be a series of the bars", "For example sma(close, 20)."),
        }
    }

    fn numeric_arguments(&mut self, site: Site<'_>, tree: &Expression, definition: &Definition, call_name: &str, given: &[&Expression]) -> Option<Vec<Amount>> {
        if given.len() > definition.arguments.len() {
            return self.refuse(site, tree.span, "arguments", format!("{} takes at most {} numbers, not {}", definition.name, definition.arguments.len(), given.len()), format!("Write {}.", signature(definition)));
        }
        let mut amounts = Vec::new();
        for (position, argument) in definition.arguments.iter().enumerate() {
            let amount = match (given.get(position), argument.default) {
                (Some(node), _) => {
                    let demand = Demand {
                        kind: if argument.kind == ArgumentKind::Integer { ParameterKind::Integer } else { ParameterKind::Decimal },
                        least: Decimal::from_f64(argument.min),
                        most: Decimal::from_f64(argument.max),
                        role: format!("{call_name}_{}", argument.name),
                        category: site.category,
                    };
                    self.argument(site, tree, node, demand)
                }
                (None, Some(default)) => {
                    self.assume(format!("{}: {} {} (default).", definition.name, argument.name, Decimal::from_f64(default).map_or(f64::NAN, decimal_to_f64)));
                    Some(Amount::Fixed(default))
                }
                (None, None) => self.refuse(site, tree.span, "arguments", format!("{} needs its {}", definition.name, argument.name), format!("Write {}.", signature(definition))),
            };
            amounts.push(amount?);
        }
        Some(amounts)
    }
}

/// How a call is written: `sma(series, period)`, `macd(series = close, fast = 12, …)`.
pub(crate) fn signature(definition: &Definition) -> String {
    let mut parts = Vec::new();
    if let SourceKind::Series { default } = definition.source {
        parts.push(format!("series = {default}"));
    }
    for argument in definition.arguments {
        parts.push(argument.default.map_or_else(|| argument.name.to_owned(), |default| format!("{} = {default}", argument.name)));
    }
    let outputs = if definition.outputs.len() > 1 { format!(" → .{}", definition.outputs.join(" .")) } else { String::new() };
    format!("{}({}){outputs}", definition.name, parts.join(", "))
}
