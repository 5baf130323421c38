//! Calls: series of a timeframe, session values, indicators. Timeframes, symbols and sessions are resolved here.

use super::expression::{Scope, Site};
use super::place::Demand;
use super::{Checker, unknown};
use crate::indicators;
use crate::limits;
use crate::rules::{
    Amount, Anchor, CalendarValue, Frame, FrameId, Number, NumberId, Period, PeriodPrice, PivotLine, Series,
    SessionValue, SymbolRead,
};
use crate::syntax::{Expression, Kind, Span};
use crate::value::{DAY_MINUTES, parse_time};
use market::{AssetClass, SessionKind, Timeframe};

/// Longest opening range, in minutes: a day.
const OPENING_RANGE_MINUTES: u32 = 1_440;

/// What else some calls take in quotes.
const ANCHORS: &str = " Periods: day, week, month. Times: HH:MM.";

/// Arguments of a call, sorted: operands and numbers, a timeframe, a session.
pub(super) struct Sorted<'e> {
    pub(super) plain: Vec<&'e Expression>,
    pub(super) timeframe: Option<Timeframe>,
    pub(super) session: Option<SessionKind>,
    /// `'week'`, `'month'` or a time of day.
    pub(super) anchor: Option<Anchor>,
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
            return self.refuse(
                site,
                span,
                "limit",
                format!("a symbol has at most {} characters", limits::SYMBOL_CHARACTERS),
                "",
            );
        }
        let Some(instrument) = self.catalogue.get_or_default(text, None) else {
            return self.refuse(
                site,
                span,
                "unknown_symbol",
                format!("`{text}` is not a known symbol"),
                "list_instruments shows the symbols.",
            );
        };
        if self.symbols.len() >= limits::SYMBOLS {
            return self.refuse(
                site,
                span,
                "limit",
                format!("a strategy reads at most {} symbols", limits::SYMBOLS),
                "Remove one.",
            );
        }
        self.symbols.push(SymbolRead { instrument });
        Some(self.symbols.len() - 1)
    }

    pub(super) fn sorted<'e>(
        &mut self,
        site: Site<'_>,
        tree: &Expression,
        name: &str,
        arguments: &'e [Expression],
    ) -> Option<Sorted<'e>> {
        let mut sorted = Sorted { plain: Vec::new(), timeframe: None, session: None, anchor: None };
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
            let anchor = anchor(text).filter(|_| unknown::ANCHORED_NAMES.contains(&name));
            if session.is_some() {
                sorted.session = session;
            } else if anchor.is_some() {
                sorted.anchor = anchor;
            } else if let Some(timeframe) = Timeframe::parse(text) {
                if sorted.timeframe.is_some_and(|first| first != timeframe) {
                    return self.refuse(
                        site,
                        tree.span,
                        "timeframe",
                        format!("{name} is given two timeframes"),
                        "Keep one.",
                    );
                }
                sorted.timeframe = Some(timeframe);
            } else {
                let labels: Vec<&str> = Timeframe::ALL.iter().map(|timeframe| timeframe.label()).collect();
                let anchors = if unknown::ANCHORED_NAMES.contains(&name) { ANCHORS } else { "" };
                return self.refuse(
                    site,
                    argument.span,
                    "timeframe",
                    format!("'{text}' is neither a timeframe nor a session"),
                    format!("Timeframes: {}. Sessions: regular, full.{anchors}", labels.join(" ")),
                );
            }
        }
        Some(sorted)
    }

    /// The scope inside a call that names a timeframe.
    pub(super) fn inner_scope(
        &mut self,
        site: Site<'_>,
        tree: &Expression,
        scope: Scope,
        timeframe: Option<Timeframe>,
    ) -> Option<Scope> {
        let Some(timeframe) = timeframe else { return Some(Scope { inside_call: true, ..scope }) };
        if timeframe < self.timeframe {
            let own = self.timeframe.label();
            return self.refuse(
                site,
                tree.span,
                "timeframe",
                format!("'{timeframe}' is finer than the strategy's timeframe {own}"),
                format!("Use {own} or a coarser one, or make the strategy's timeframe {timeframe}."),
            );
        }
        if scope.inside_call && scope.timeframe != self.timeframe && scope.timeframe != timeframe {
            return self.refuse(
                site,
                tree.span,
                "timeframe",
                "one call mixes two timeframes",
                "Give every operand of the call the same one.",
            );
        }
        Some(Scope { timeframe, inside_call: true, ..scope })
    }

    /// `name(arguments)` or a bare `name`, with the output chosen by `field`.
    pub(super) fn call(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        name: &str,
        arguments: &[Expression],
        field: Option<&str>,
    ) -> Option<NumberId> {
        if let Some(series) = Series::named(name) {
            return self.series_call(site, scope, tree, name, series, arguments);
        }
        if unknown::SESSION_NAMES.contains(&name) {
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

    fn series_call(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        name: &str,
        series: Series,
        arguments: &[Expression],
    ) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        if !sorted.plain.is_empty() || sorted.session.is_some() {
            return self.refuse(
                site,
                tree.span,
                "arguments",
                format!("{name} takes only a timeframe"),
                format!("Write {name}('1h'); a bar before is {name}[1]."),
            );
        }
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        let frame = self.frame(inner);
        Some(self.push_number(Number::Series { frame, series }, Some(frame), false))
    }

    /// `session.high`, `previous_day.close`, `opening_range(30).low`.
    fn session_value(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        name: &str,
        arguments: &[Expression],
        field: Option<&str>,
    ) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        let mut plain = sorted.plain.iter();
        let minutes = match (name, plain.next()) {
            ("opening_range", Some(minutes)) => {
                let demand = Demand::integer("opening_range_minutes", 1, OPENING_RANGE_MINUTES, site.category);
                self.argument(site, tree, minutes, demand)?
            }
            ("opening_range", None) => {
                return self.refuse(
                    site,
                    tree.span,
                    "arguments",
                    "opening_range needs its minutes",
                    "For example opening_range(30).high.",
                );
            }
            (_, None) => Amount::Fixed(0.0),
            (_, Some(extra)) => {
                return self.refuse(
                    site,
                    extra.span,
                    "arguments",
                    format!("{name} takes no number"),
                    format!("Write {name}.high or {name}('regular').high."),
                );
            }
        };
        let period = match sorted.anchor {
            None => Period::Day,
            Some(Anchor::Period(period)) => period,
            Some(Anchor::Clock(_)) => {
                let help = format!("Write {name}, {name}('week') or {name}('month').");
                return self.refuse(site, tree.span, "arguments", format!("{name} takes no time of day"), help);
            }
        };
        let Some(value) = session_value(name, field, minutes, period) else {
            let fields = match name {
                "session" => "session.open, session.high, session.low",
                "previous_day" | "previous_week" | "previous_month" => "open, high, low and close after the dot",
                "pivots" => "pivots.pivot, pivots.r1, .r2, .r3, .s1, .s2, .s3",
                "gap" => "gap (in points) and gap.percent",
                _ => "opening_range(30).high, opening_range(30).low",
            };
            let message = format!("{name} has no such value");
            return self.refuse(site, tree.span, "unknown_name", message, format!("Known: {fields}."));
        };
        self.session_node(site, scope, tree, value, &sorted)
    }

    /// `minutes_since_open` and `vwap`.
    fn session_number(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        name: &str,
        arguments: &[Expression],
    ) -> Option<NumberId> {
        let sorted = self.sorted(site, tree, name, arguments)?;
        if let Some(extra) = sorted.plain.first() {
            return self.refuse(
                site,
                extra.span,
                "arguments",
                format!("{name} takes no number"),
                format!("Write {name} or {name}('regular')."),
            );
        }
        let anchor = sorted.anchor.unwrap_or(Anchor::Period(Period::Day));
        let value = if name == "vwap" { SessionValue::Vwap(anchor) } else { SessionValue::MinutesSinceOpen };
        self.session_node(site, scope, tree, value, &sorted)
    }

    fn session_node(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        value: SessionValue,
        sorted: &Sorted<'_>,
    ) -> Option<NumberId> {
        let inner = self.inner_scope(site, tree, scope, sorted.timeframe)?;
        if inner.timeframe == Timeframe::W1 {
            return self.refuse(
                site,
                tree.span,
                "timeframe",
                "values of a day's session do not exist on weekly bars",
                "Use '1d' or finer.",
            );
        }
        let frame = self.frame(inner);
        let session = sorted.session.unwrap_or(self.session);
        Some(self.push_number(Number::Session { frame, value, session }, Some(frame), false))
    }

    fn calendar_value(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        value: CalendarValue,
    ) -> Option<NumberId> {
        let future =
            self.symbols.get(scope.symbol).is_some_and(|read| read.instrument.asset_class == AssetClass::Future);
        if !future {
            return self.refuse(
                site,
                tree.span,
                "unsupported",
                "only futures roll and expire",
                "Remove this condition.",
            );
        }
        let frame = self.frame(scope);
        Some(self.push_number(Number::Calendar { frame, value }, Some(frame), false))
    }

    /// `base.field`: an output of an indicator or a value of a session.
    pub(super) fn field(
        &mut self,
        site: Site<'_>,
        scope: Scope,
        tree: &Expression,
        base: &Expression,
        field: &str,
    ) -> Option<NumberId> {
        if let Kind::Name(name) = &base.kind {
            return self.call(site, scope, tree, name, &[], Some(field));
        }
        if let Kind::Call { name, arguments } = &base.kind {
            return self.call(site, scope, tree, name, arguments, Some(field));
        }
        self.refuse(
            site,
            tree.span,
            "unknown_name",
            format!("nothing here has a value named `{field}`"),
            "For example macd(close).signal or session.high; a look-back comes last: macd(close).signal[1].",
        )
    }
}

/// A period or a time of day that something starts with.
fn anchor(text: &str) -> Option<Anchor> {
    match text {
        "day" => Some(Anchor::Period(Period::Day)),
        "week" => Some(Anchor::Period(Period::Week)),
        "month" => Some(Anchor::Period(Period::Month)),
        _ => parse_time(text).filter(|minute| *minute < DAY_MINUTES).map(Anchor::Clock),
    }
}

/// The value `name.field`, if there is one.
fn session_value(name: &str, field: Option<&str>, minutes: Amount, period: Period) -> Option<SessionValue> {
    let previous = |period| {
        let price = match field {
            Some("open") => Some(PeriodPrice::Open),
            Some("high") => Some(PeriodPrice::High),
            Some("low") => Some(PeriodPrice::Low),
            Some("close") => Some(PeriodPrice::Close),
            Some(_) | None => None,
        };
        price.map(|price| SessionValue::Previous(period, price))
    };
    match (name, field) {
        ("session", Some("open")) => Some(SessionValue::Open),
        ("session", Some("high")) => Some(SessionValue::High),
        ("session", Some("low")) => Some(SessionValue::Low),
        ("previous_day", _) => previous(Period::Day),
        ("previous_week", _) => previous(Period::Week),
        ("previous_month", _) => previous(Period::Month),
        ("pivots", Some(field)) => {
            let line = PivotLine::ALL.iter().find(|(name, _)| *name == field);
            line.map(|(_, line)| SessionValue::Pivot(period, *line))
        }
        ("gap", None | Some("points")) => Some(SessionValue::GapPoints),
        ("gap", Some("percent")) => Some(SessionValue::GapPercent),
        ("opening_range", Some("high")) => Some(SessionValue::OpeningHigh(minutes)),
        ("opening_range", Some("low")) => Some(SessionValue::OpeningLow(minutes)),
        _ => None,
    }
}
