//! Numbers and conditions as phrases.

use super::plural;
use crate::amounts::Bound;
use crate::rules::{
    Amount, Anchor, CalendarValue, Condition, ConditionId, FrameId, Number, NumberId, Operands, Period, PeriodPrice,
    PositionValue, Row, Series, SessionValue,
};
use crate::syntax::{CompareOperator, Direction};
use crate::value::ParameterValue;
use market::SessionKind;

/// Phrases with the values of one combination.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub(super) bound: Bound<'a>,
}

impl Speaker<'_> {
    /// The value at a place as a person writes it.
    pub(super) fn amount(&self, amount: Amount) -> String {
        let value = match amount {
            Amount::Place(place) => {
                self.bound.rules.place_parameters.get(place).and_then(|parameter| self.bound.values.get(*parameter))
            }
            Amount::Fixed(_) => None,
        };
        value.map_or_else(|| self.bound.number(amount).to_string(), ToString::to_string)
    }

    pub(super) fn number(&self, id: NumberId) -> String {
        let Some(node) = self.bound.rules.numbers.get(id) else { return String::new() };
        match &node.number {
            Number::Amount(amount) => self.amount(*amount),
            Number::Tick => "tick".to_owned(),
            Number::Series { frame, series } => format!("{}{}", series_name(*series), self.on_frame(*frame)),
            Number::Indicator { frame, definition, operands, arguments, output } => {
                self.indicator(*frame, *definition, *operands, arguments, *output)
            }
            Number::Session { frame, value, session } => {
                let other = match session {
                    _ if *session == self.bound.rules.session => "",
                    SessionKind::Regular => " (regular session)",
                    SessionKind::Full => " (full session)",
                };
                format!("{}{other}{}", self.session_value(*value), self.on_frame(*frame))
            }
            Number::Calendar { value: CalendarValue::DaysToRoll, .. } => "trading days to the roll".to_owned(),
            Number::Calendar { value: CalendarValue::DaysToExpiration, .. } => "trading days to expiration".to_owned(),
            Number::Position(PositionValue::EntryPrice) => "the entry price".to_owned(),
            Number::Position(PositionValue::BarsInTrade) => "bars in the trade".to_owned(),
            Number::Position(PositionValue::OpenProfit) => "the open profit".to_owned(),
            Number::Arithmetic { operator, left, right } => {
                format!(
                    "{} {} {}",
                    self.part(*left),
                    operator.symbol().replace('*', "×").replace('-', "−").replace('/', "÷"),
                    self.part(*right)
                )
            }
            Number::Negate(base) => format!("−{}", self.part(*base)),
            Number::Shift { base, bars } => match self.bound.count(*bars) {
                0 => self.number(*base),
                1 => format!("{} one bar before", self.number(*base)),
                bars => format!("{} {bars} bars before", self.number(*base)),
            },
        }
    }

    /// An operand of an arithmetic, in parentheses when it is one itself.
    fn part(&self, id: NumberId) -> String {
        let text = self.number(id);
        let joined = self
            .bound
            .rules
            .numbers
            .get(id)
            .is_some_and(|node| matches!(node.number, Number::Arithmetic { .. } | Number::Shift { .. }));
        if joined { format!("({text})") } else { text }
    }

    fn indicator(
        &self,
        frame: FrameId,
        Row(definition): Row,
        operands: Operands,
        arguments: &[Amount],
        output: usize,
    ) -> String {
        let numbers: Vec<String> = arguments.iter().map(|amount| self.amount(*amount)).collect();
        let mut text = definition.name.to_uppercase().replace('_', " ");
        if !numbers.is_empty() {
            text = format!("{text}({})", numbers.join(", "));
        }
        if definition.outputs.len() > 1 {
            text = format!("{text} {}", definition.outputs.get(output).copied().unwrap_or_default());
        }
        let parts: Vec<String> = operands.iter().map(|operand| self.part(operand)).collect();
        if parts.is_empty() {
            return format!("{text}{}", self.on_frame(frame));
        }
        format!("{text} of {}", parts.join(" and "))
    }

    /// ` on 1h bars of NQ`, or nothing for the strategy's own.
    fn on_frame(&self, frame: FrameId) -> String {
        let rules = self.bound.rules;
        let (Some(own), Some(frame)) = (rules.frames.first(), rules.frames.get(frame)) else { return String::new() };
        let bars =
            if frame.timeframe == own.timeframe { String::new() } else { format!(" on {} bars", frame.timeframe) };
        let symbol = rules
            .symbols
            .get(frame.symbol)
            .filter(|_| frame.symbol > 0)
            .map_or_else(String::new, |read| format!(" of {}", read.instrument.symbol));
        format!("{bars}{symbol}")
    }

    fn session_value(&self, value: SessionValue) -> String {
        let of_opening = |side: &str, minutes| format!("the {side} of the first {} minutes", self.amount(minutes));
        match value {
            SessionValue::Open => "the session's open".to_owned(),
            SessionValue::High => "the session's high so far".to_owned(),
            SessionValue::Low => "the session's low so far".to_owned(),
            SessionValue::Previous(period, price) => {
                let price = match price {
                    PeriodPrice::Open => "open",
                    PeriodPrice::High => "high",
                    PeriodPrice::Low => "low",
                    PeriodPrice::Close => "close",
                };
                format!("the previous {}'s {price}", period_name(period))
            }
            SessionValue::Pivot(period, line) => {
                format!("{} of the previous {}'s pivots", line.name().to_uppercase(), period_name(period))
            }
            SessionValue::GapPoints => "the gap from the previous close to the session's open".to_owned(),
            SessionValue::GapPercent => "the opening gap in percent of the previous close".to_owned(),
            SessionValue::OpeningHigh(minutes) => of_opening("high", minutes),
            SessionValue::OpeningLow(minutes) => of_opening("low", minutes),
            SessionValue::MinutesSinceOpen => "minutes since the open".to_owned(),
            SessionValue::Vwap(Anchor::Period(Period::Day)) => "VWAP".to_owned(),
            SessionValue::Vwap(Anchor::Period(period)) => format!("VWAP of the {}", period_name(period)),
            SessionValue::Vwap(Anchor::Clock(minute)) => format!("VWAP since {}", ParameterValue::TimeOfDay(minute)),
        }
    }

    pub(super) fn condition(&self, id: ConditionId) -> String {
        let Some(node) = self.bound.rules.conditions.get(id) else { return String::new() };
        match &node.condition {
            Condition::Compare { operator, left, right } => {
                let word = match operator {
                    CompareOperator::Less => "is below",
                    CompareOperator::LessOrEqual => "is at or below",
                    CompareOperator::Greater => "is above",
                    CompareOperator::GreaterOrEqual => "is at or above",
                    CompareOperator::Equal => "equals",
                    CompareOperator::NotEqual => "differs from",
                };
                format!("{} {word} {}", self.number(*left), self.number(*right))
            }
            Condition::Cross { direction, left, right } => {
                let word = if *direction == Direction::Up { "above" } else { "below" };
                format!("{} crosses {word} {}", self.number(*left), self.number(*right))
            }
            Condition::Trend { direction, base, bars } => {
                let word = if *direction == Direction::Up { "rising" } else { "falling" };
                let bars = self.bound.count(*bars);
                let steps = if bars > 1 { format!(" for {bars} bars in a row") } else { String::new() };
                format!("{} is {word}{steps}", self.number(*base))
            }
            Condition::And(left, right) => format!("{} and {}", self.clause(*left), self.clause(*right)),
            Condition::Or(left, right) => format!("{} or {}", self.clause(*left), self.clause(*right)),
            Condition::Not(base) => format!("it is not the case that {}", self.clause(*base)),
            Condition::For { base, bars } => {
                let bars = self.bound.count(*bars);
                format!("{} for {bars} bar{} in a row", self.clause(*base), plural(bars))
            }
            Condition::Within { base, bars } => {
                let bars = self.bound.count(*bars);
                format!("{} at least once in the last {bars} bar{}", self.clause(*base), plural(bars))
            }
            Condition::Shift { base, bars } => {
                let bars = self.bound.count(*bars);
                format!("{} {bars} bar{} ago", self.clause(*base), plural(bars))
            }
        }
    }

    /// A part of a condition, in parentheses where it would be misread.
    fn clause(&self, id: ConditionId) -> String {
        let text = self.condition(id);
        match self.bound.rules.conditions.get(id).map(|node| &node.condition) {
            Some(Condition::Or(..)) => format!("({text})"),
            Some(
                Condition::Compare { .. }
                | Condition::Cross { .. }
                | Condition::Trend { .. }
                | Condition::And(..)
                | Condition::Not(_)
                | Condition::For { .. }
                | Condition::Within { .. }
                | Condition::Shift { .. },
            )
            | None => text,
        }
    }
}

fn period_name(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
    }
}

fn series_name(series: Series) -> &'static str {
    Series::ALL.iter().find(|(_, known)| *known == series).map_or("", |(name, _)| name)
}
