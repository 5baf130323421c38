//! Numbers of one combination: constants, or columns on the bars of their frame, computed once and kept.

use super::cache::Keep;
use super::columns::{from_start, padded, seen, series_column, shifted};
use super::conditions::Relations;
use super::error::RunError;
use super::sources::FrameBars;
use super::{Study, sessions};
use crate::amounts::Bound;
use crate::indicators::{Column, Flow, WarmUp};
use crate::rules::{CalendarValue, Condition, FrameId, Number, NumberId, Operands, Period, Row, SessionValue};
use crate::syntax::ArithmeticOperator;
use crate::value::decimal_to_f64;
use market::{ContractCalendar, Timeframe, TradingDate};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

/// A number of one combination.
#[derive(Clone)]
pub(super) enum Computed {
    /// The same at every bar.
    Scalar(f64),
    /// One value per bar of its frame.
    Column(Arc<Column>),
}

/// Evaluates the rules for one combination.
pub(super) struct Evaluator<'a> {
    pub(super) study: &'a Study,
    pub(super) bound: Bound<'a>,
    number_keys: Vec<String>,
    pub(super) condition_keys: Vec<String>,
    /// Conditions that several of the combinations at hand have; `None` when there is only this one.
    pub(super) repeated: Option<Arc<BTreeSet<String>>>,
    /// Relations computed for all of them together.
    pub(super) relations: Option<Arc<Relations>>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator of `bound`; checks that the history before the window suffices.
    pub(super) fn new(study: &'a Study, bound: Bound<'a>) -> Result<Self, RunError> {
        let evaluator = Self::unchecked(study, bound);
        evaluator.check_history()?;
        Ok(evaluator)
    }

    /// An evaluator of `bound`, whatever history that needs.
    pub(super) fn unchecked(study: &'a Study, bound: Bound<'a>) -> Self {
        let mut evaluator =
            Self { study, bound, number_keys: Vec::new(), condition_keys: Vec::new(), repeated: None, relations: None };
        for node in &bound.rules.numbers {
            let key = evaluator.number_key(&node.number);
            evaluator.number_keys.push(key);
        }
        for node in &bound.rules.conditions {
            let key = evaluator.condition_key(&node.condition);
            evaluator.condition_keys.push(key);
        }
        evaluator
    }

    /// True when what is computed under this condition's key may be wanted again.
    pub(super) fn is_repeated(&self, key: &str) -> bool {
        self.repeated.as_ref().is_none_or(|repeated| repeated.contains(key))
    }

    pub(super) fn key_of(&self, id: NumberId) -> &str {
        self.number_keys.get(id).map_or("", String::as_str)
    }

    pub(super) fn condition_key_of(&self, id: usize) -> &str {
        self.condition_keys.get(id).map_or("", String::as_str)
    }

    /// What a number is with its values filled in: equal keys are equal columns.
    fn number_key(&self, number: &Number) -> String {
        let values = |amounts: &[crate::rules::Amount]| {
            amounts.iter().map(|amount| self.bound.number(*amount).to_string()).collect::<Vec<_>>().join(",")
        };
        match number {
            Number::Amount(amount) => self.bound.number(*amount).to_string(),
            Number::Tick => "tick".to_owned(),
            Number::Series { frame, series } => format!("{series:?}@{frame}"),
            Number::Indicator { frame, definition: Row(row), operands, arguments, output } => {
                let operands = self.operand_keys(*operands);
                format!("{}/{:?}({operands};{})@{frame}.{output}", row.name, row.agreement, values(arguments))
            }
            Number::Session { frame, value, session } => {
                let value = match value {
                    SessionValue::OpeningHigh(minutes) => format!("opening high {}", self.bound.number(*minutes)),
                    SessionValue::OpeningLow(minutes) => format!("opening low {}", self.bound.number(*minutes)),
                    SessionValue::Open
                    | SessionValue::High
                    | SessionValue::Low
                    | SessionValue::Previous(..)
                    | SessionValue::Pivot(..)
                    | SessionValue::GapPoints
                    | SessionValue::GapPercent
                    | SessionValue::MinutesSinceOpen
                    | SessionValue::Vwap(_) => format!("{value:?}"),
                };
                format!("{value} {session:?}@{frame}")
            }
            Number::Calendar { frame, value } => format!("{value:?}@{frame}"),
            Number::Position(value) => format!("{value:?}"),
            Number::Arithmetic { operator, left, right } => {
                format!("({}{}{})", self.key_of(*left), operator.symbol(), self.key_of(*right))
            }
            Number::Negate(base) => format!("-({})", self.key_of(*base)),
            Number::Shift { base, bars } => format!("({})[{}]", self.key_of(*base), self.bound.number(*bars)),
        }
    }

    /// The keys of an indicator's operands.
    fn operand_keys(&self, operands: Operands) -> String {
        operands.iter().map(|operand| self.key_of(operand)).collect::<Vec<_>>().join(",")
    }

    fn condition_key(&self, condition: &Condition) -> String {
        match condition {
            Condition::Compare { operator, left, right } => {
                format!("{}{}{}", self.key_of(*left), operator.symbol(), self.key_of(*right))
            }
            Condition::Cross { direction, left, right } => {
                format!("{}×{direction:?}{}", self.key_of(*left), self.key_of(*right))
            }
            Condition::Trend { direction, base, bars } => {
                format!("{}{direction:?}{}", self.key_of(*base), self.bound.number(*bars))
            }
            Condition::And(left, right) => {
                format!("({})&({})", self.condition_key_of(*left), self.condition_key_of(*right))
            }
            Condition::Or(left, right) => {
                format!("({})|({})", self.condition_key_of(*left), self.condition_key_of(*right))
            }
            Condition::Not(base) => format!("!({})", self.condition_key_of(*base)),
            Condition::For { base, bars } => {
                format!("({})for{}", self.condition_key_of(*base), self.bound.number(*bars))
            }
            Condition::Within { base, bars } => {
                format!("({})within{}", self.condition_key_of(*base), self.bound.number(*bars))
            }
            Condition::Shift { base, bars } => {
                format!("({})[{}]", self.condition_key_of(*base), self.bound.number(*bars))
            }
        }
    }

    /// Every frame must hold the bars its calls warm up on, unless the lake has no more.
    fn check_history(&self) -> Result<(), RunError> {
        if self.study.history_complete {
            return Ok(());
        }
        let rules = self.bound.rules;
        let own = rules.frames.first().map_or(1, |frame| frame.timeframe.minutes() as usize);
        let before_minutes = self.bound.bars_before().saturating_mul(own);
        for (id, node) in rules.numbers.iter().enumerate() {
            self.check_days(&node.number)?;
            let Some(frame_id) = node.frame else { continue };
            let (Some(frame), Some(bars)) = (rules.frames.get(frame_id), self.study.sources.frames.get(frame_id))
            else {
                continue;
            };
            // Bars of this frame behind the strategy bars that conditions look back on; one to spare on other frames.
            let before = before_minutes.div_ceil(frame.timeframe.minutes() as usize) + usize::from(frame_id > 0);
            let wanted = self.bound.reach(id) + before;
            if bars.first < wanted {
                let symbol =
                    rules.symbols.get(frame.symbol).map_or_else(String::new, |read| read.instrument.symbol.clone());
                return Err(RunError::MoreHistory {
                    symbol,
                    timeframe: frame.timeframe.label(),
                    wanted,
                    have: bars.first,
                });
            }
        }
        Ok(())
    }

    /// A value of a week or month needs the whole one before: fewer days would be another value.
    fn check_days(&self, number: &Number) -> Result<(), RunError> {
        let Number::Session { frame, value, session } = number else { return Ok(()) };
        let rules = self.bound.rules;
        let read = rules.frames.get(*frame).and_then(|frame| {
            Some((rules.symbols.get(frame.symbol)?, self.study.sources.tape_of(frame.symbol, *session)?))
        });
        let Some((symbol, tape)) = read else { return Ok(()) };
        let wanted = value.period().days_before() as usize;
        let have = tape.days.partition_point(|day| day.date < self.study.from);
        if value.period() == Period::Day || have >= wanted {
            return Ok(());
        }
        let symbol = symbol.instrument.symbol.clone();
        Err(RunError::MoreHistory { symbol, timeframe: Timeframe::D1.label(), wanted, have })
    }

    /// What is kept under `key`, or computed by `compute` and kept, once for all threads. Keys of different kinds of things
    /// differ, and what is computed wants nothing under its own key.
    pub(super) fn kept<T: Keep>(&self, key: &str, compute: impl FnOnce() -> T) -> Arc<T> {
        let cache = || self.study.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = {
            let mut cache = cache();
            if let Some(found) = cache.get(key) {
                return found;
            }
            cache.begin(key)
        };
        let computed = Arc::clone(begun.get_or_init(|| Arc::new(compute())));
        cache().put(key, &computed);
        computed
    }

    pub(super) fn frame(&self, frame: FrameId) -> Option<&'a FrameBars> {
        self.study.sources.frames.get(frame)
    }

    /// A number on its own frame's bars. `extra` is how many bars before the window its calls must be defined (the
    /// warm-up of the call around it).
    pub(super) fn number(&self, id: NumberId, extra: usize) -> Computed {
        let Some(node) = self.bound.rules.numbers.get(id) else { return Computed::Scalar(f64::NAN) };
        let key = format!("{} +{extra}", self.key_of(id));
        let column = |compute: &dyn Fn(&FrameBars) -> Column| {
            let Some(frame) = node.frame.and_then(|frame| self.frame(frame)) else { return Computed::Scalar(f64::NAN) };
            Computed::Column(self.kept(&key, || compute(frame)))
        };
        match &node.number {
            Number::Amount(amount) => Computed::Scalar(self.bound.number(*amount)),
            Number::Tick => Computed::Scalar(decimal_to_f64(self.study.sources.instrument.tick_size)),
            Number::Position(_) => Computed::Scalar(f64::NAN),
            Number::Series { frame, series } => {
                let Some(bars) = self.frame(*frame) else { return Computed::Scalar(f64::NAN) };
                Computed::Column(self.kept(self.key_of(id), || series_column(*series, bars)))
            }
            Number::Session { frame, value, session } => {
                let Some(bars) = self.frame(*frame) else { return Computed::Scalar(f64::NAN) };
                Computed::Column(self.kept(self.key_of(id), || sessions::column(self, *frame, bars, *value, *session)))
            }
            Number::Calendar { frame, value } => {
                let Some(bars) = self.frame(*frame) else { return Computed::Scalar(f64::NAN) };
                Computed::Column(self.kept(self.key_of(id), || self.calendar_column(*frame, bars, *value)))
            }
            Number::Indicator { definition, operands, arguments, output, .. } => {
                self.indicator(*definition, *operands, &self.bound.arguments(arguments), *output, extra, node.frame)
            }
            Number::Negate(base) => match self.number(*base, extra) {
                Computed::Scalar(value) => Computed::Scalar(-value),
                Computed::Column(base) => {
                    column(&|_| Column::computed(base.values.iter().map(|value| -value).collect()))
                }
            },
            Number::Shift { base, bars } => match self.number(*base, extra) {
                Computed::Scalar(value) => Computed::Scalar(value),
                Computed::Column(base) => column(&|_| shifted(&base, self.bound.count(*bars))),
            },
            Number::Arithmetic { operator, left, right } => {
                self.arithmetic(&key, node.frame, *operator, (*left, *right), extra)
            }
        }
    }

    fn arithmetic(
        &self,
        key: &str,
        frame: Option<FrameId>,
        operator: ArithmeticOperator,
        (left, right): (NumberId, NumberId),
        extra: usize,
    ) -> Computed {
        // Operands on different bars meet on the strategy's bars, those of one frame on their own.
        let mixed = [left, right].iter().any(|id| {
            self.bound.rules.numbers.get(*id).and_then(|node| node.frame).is_some_and(|own| Some(own) != frame)
        });
        let operand = |id| if mixed { self.at_decisions(id) } else { self.number(id, extra) };
        let calculate = |a: f64, b: f64| calculate(operator, a, b);
        match (operand(left), operand(right)) {
            (Computed::Scalar(a), Computed::Scalar(b)) => Computed::Scalar(calculate(a, b)),
            (Computed::Column(a), Computed::Scalar(b)) => Computed::Column(
                self.kept(key, || Column::computed(a.values.iter().map(|a| calculate(*a, b)).collect())),
            ),
            (Computed::Scalar(a), Computed::Column(b)) => Computed::Column(
                self.kept(key, || Column::computed(b.values.iter().map(|b| calculate(a, *b)).collect())),
            ),
            (Computed::Column(a), Computed::Column(b)) => Computed::Column(self.kept(key, || {
                Column::computed(a.values.iter().zip(&b.values).map(|(a, b)| calculate(*a, *b)).collect())
            })),
        }
    }

    /// A number as visible at every decision bar.
    pub(super) fn at_decisions(&self, id: NumberId) -> Computed {
        let own = self.number(id, 0);
        let frame = self.bound.rules.numbers.get(id).and_then(|node| node.frame).filter(|frame| *frame > 0);
        let (Computed::Column(column), Some(frame)) = (&own, frame.and_then(|frame| self.frame(frame))) else {
            return own;
        };
        let key = format!("{} visible", self.key_of(id));
        Computed::Column(self.kept(&key, || Column::computed(seen(&column.values, &frame.visible))))
    }

    /// A number at every decision bar as the engine reads levels.
    pub(super) fn levels(&self, id: NumberId) -> Arc<[f64]> {
        let key = format!("{} levels", self.key_of(id));
        let count = self.study.decisions().len();
        let levels: Arc<Arc<[f64]>> = self.kept(&key, || match self.at_decisions(id) {
            Computed::Scalar(value) => vec![value; count].into(),
            Computed::Column(column) => column.values.as_slice().into(),
        });
        Arc::clone(&levels)
    }

    /// One output of an indicator call, computed from exactly its warm-up before the window (and `extra` bars more).
    fn indicator(
        &self,
        Row(definition): Row,
        operands: Operands,
        arguments: &[f64],
        output: usize,
        extra: usize,
        frame: Option<FrameId>,
    ) -> Computed {
        let Some((frame_id, bars)) = frame.and_then(|frame| Some((frame, self.frame(frame)?))) else {
            return Computed::Scalar(f64::NAN);
        };
        let operand_keys = self.operand_keys(operands);
        let key =
            format!("{}/{:?}({operand_keys};{arguments:?})@{frame_id} +{extra}", definition.name, definition.agreement);
        let outputs: Arc<Vec<Arc<Column>>> = self.kept(&key, || {
            let (start, reach) = match definition.warm_up(arguments) {
                WarmUp::Bars(warm_up) => (bars.first.saturating_sub(warm_up + extra), warm_up + extra),
                WarmUp::FromWindow => (bars.first, 0),
            };
            let operand = |source: NumberId| match self.number(source, reach + self.bound.look_back(source)) {
                Computed::Column(column) if start == 0 => Some(column),
                Computed::Column(column) => Some(Arc::new(from_start(&column, start))),
                Computed::Scalar(_) => None,
            };
            let (first, second) = (operands.first.and_then(operand), operands.second.and_then(operand));
            let outputs =
                definition.compute_pair((first.as_deref(), second.as_deref()), &bars.columns(start), arguments);
            outputs.into_iter().map(|column| Arc::new(padded(column, start))).collect()
        });
        outputs.get(output).map_or(Computed::Scalar(f64::NAN), |column| Computed::Column(Arc::clone(column)))
    }

    /// An indicator of a series on the strategy's own bars, to be computed a part at a time; with the series. `None` for what is
    /// only computed whole.
    pub(super) fn flow(&self, id: NumberId) -> Option<(Arc<Column>, Box<dyn Flow>)> {
        let Number::Indicator { frame: 0, definition: Row(definition), operands, arguments, output: 0 } =
            &self.bound.rules.numbers.get(id)?.number
        else {
            return None;
        };
        let source = operands.first.filter(|_| operands.second.is_none())?;
        if !matches!(self.bound.rules.numbers.get(source)?.number, Number::Series { .. }) {
            return None;
        }
        let arguments = self.bound.arguments(arguments);
        let first = self.frame(0)?.first;
        let start = match definition.warm_up(&arguments) {
            WarmUp::Bars(warm_up) => first.saturating_sub(warm_up),
            WarmUp::FromWindow => first,
        };
        let Computed::Column(source) = self.number(source, 0) else { return None };
        let flow = definition.flow(&source, start, &arguments)?;
        Some((source, flow))
    }

    /// Days to the contract calendar's dates, per bar; computed once per trading date.
    fn calendar_column(&self, frame: FrameId, bars: &FrameBars, value: CalendarValue) -> Column {
        let rules = self.bound.rules;
        let read = rules.frames.get(frame).and_then(|frame| {
            Some((rules.symbols.get(frame.symbol)?, self.study.sources.tape_of(frame.symbol, rules.session)?))
        });
        let Some((symbol, tape)) = read else { return Column::computed(Vec::new()) };
        let contracts = ContractCalendar::of(&symbol.instrument).ok().flatten();
        let mut known: BTreeMap<TradingDate, f64> = BTreeMap::new();
        let day = |date: TradingDate| {
            let days = contracts.as_ref().and_then(|contracts| match value {
                CalendarValue::DaysToRoll => contracts.days_to_roll(date),
                CalendarValue::DaysToExpiration => contracts.days_to_expiration(date),
            });
            days.map_or(f64::NAN, f64::from)
        };
        let values = bars.bars.day.iter().map(|index| {
            tape.days
                .get(*index as usize)
                .map_or(f64::NAN, |trading| *known.entry(trading.date).or_insert_with(|| day(trading.date)))
        });
        Column::computed(values.collect())
    }
}

pub(super) fn calculate(operator: ArithmeticOperator, a: f64, b: f64) -> f64 {
    match operator {
        ArithmeticOperator::Add => a + b,
        ArithmeticOperator::Subtract => a - b,
        ArithmeticOperator::Multiply => a * b,
        ArithmeticOperator::Divide => a / b,
    }
}
