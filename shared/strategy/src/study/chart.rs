//! What a person sees of a run beside its trades: the bars its rules ran on, and the lines they compare.

use super::Study;
use super::error::RunError;
use super::numbers::{Computed, Evaluator};
use crate::rules::{Number, NumberId, Rules, SessionValue};
use crate::value::ParameterValue;
use crate::words::number_in_words;
use market::TimeframeBars;
use std::collections::BTreeSet;
use std::ops::Range;

/// Lines of a chart at most: more cannot be told apart.
const LINES_MAX: usize = 8;

/// The bars of a run and what its rules compute on them. Columns are of one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// Start of each bar, microseconds UTC.
    pub ts: Vec<i64>,
    /// First price, adjusted for rolls as the rules see it.
    pub open: Vec<f64>,
    /// Highest price.
    pub high: Vec<f64>,
    /// Lowest price.
    pub low: Vec<f64>,
    /// Last price.
    pub close: Vec<f64>,
    /// Indicators and session levels, in the order of the rules.
    pub lines: Vec<ChartLine>,
}

/// One indicator or level, as known at the end of each bar.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartLine {
    /// What it is, in words.
    pub label: String,
    /// The indicator it is an output of; lines of one group share an axis.
    pub group: String,
    /// True when it lies on the price's axis.
    pub on_price: bool,
    /// Values; not a number where undefined.
    pub values: Vec<f64>,
}

impl Study {
    /// The bars of the window and the lines of one combination.
    ///
    /// # Errors
    /// [`RunError`] for this combination.
    pub fn chart(&self, values: &[ParameterValue]) -> Result<Chart, RunError> {
        let values = self.strategy.conform(values).map_err(RunError::Parameter)?;
        let evaluator = Evaluator::new(self, self.bound(&values))?;
        let bars = self.decisions();
        let shown = self.bars_of_window(bars);
        let scale = self.tape().price_scale;
        let price = |counts: &[i64]| {
            counts.get(shown.clone()).unwrap_or_default().iter().map(|count| scale.to_f64(*count)).collect()
        };
        Ok(Chart {
            ts: bars.starts_at.get(shown.clone()).unwrap_or_default().to_vec(),
            open: price(&bars.open),
            high: price(&bars.high),
            low: price(&bars.low),
            close: price(&bars.close),
            lines: lines(&evaluator, &shown),
        })
    }

    fn bars_of_window(&self, bars: &TimeframeBars) -> Range<usize> {
        let (first, end) = self.window();
        bars.last.partition_point(|last| *last < first)..bars.first.partition_point(|start| *start < end)
    }
}

fn lines(evaluator: &Evaluator<'_>, shown: &Range<usize>) -> Vec<ChartLine> {
    let mut known = BTreeSet::new();
    let mut lines = Vec::new();
    for id in worth_showing(evaluator.bound.rules) {
        if lines.len() == LINES_MAX || !known.insert(evaluator.key_of(id).to_owned()) {
            continue;
        }
        let own_axis = match evaluator.number(id, 0) {
            Computed::Column(column) => !column.is_price,
            Computed::Scalar(_) => continue,
        };
        let Computed::Column(column) = evaluator.at_decisions(id) else { continue };
        lines.push(ChartLine {
            label: number_in_words(evaluator.bound, id),
            group: group(evaluator.bound.rules, id),
            on_price: !own_axis,
            values: column.values.get(shown.clone()).unwrap_or_default().to_vec(),
        });
    }
    lines
}

/// Indicators and prices of a session that are not merely what another indicator is computed from.
fn worth_showing(rules: &Rules) -> Vec<NumberId> {
    let inner: BTreeSet<NumberId> = rules
        .numbers
        .iter()
        .filter_map(|node| if let Number::Indicator { operands, .. } = &node.number { Some(*operands) } else { None })
        .flat_map(|operands| operands.iter().collect::<Vec<_>>())
        .collect();
    let is_line = |number: &Number| match number {
        Number::Indicator { .. } => true,
        Number::Session { value, .. } => match value {
            SessionValue::GapPoints | SessionValue::GapPercent | SessionValue::MinutesSinceOpen => false,
            SessionValue::Open
            | SessionValue::High
            | SessionValue::Low
            | SessionValue::Previous(..)
            | SessionValue::Pivot(..)
            | SessionValue::OpeningHigh(_)
            | SessionValue::OpeningLow(_)
            | SessionValue::Vwap(_) => true,
        },
        Number::Amount(_)
        | Number::Tick
        | Number::Series { .. }
        | Number::Calendar { .. }
        | Number::Position(_)
        | Number::Arithmetic { .. }
        | Number::Negate(_)
        | Number::Shift { .. } => false,
    };
    let nodes = rules.numbers.iter().enumerate();
    nodes.filter(|(id, node)| is_line(&node.number) && !inner.contains(id)).map(|(id, _)| id).collect()
}

fn group(rules: &Rules, id: NumberId) -> String {
    match rules.numbers.get(id).map(|node| &node.number) {
        Some(Number::Indicator { definition, .. }) => definition.0.name.to_owned(),
        _ => "session".to_owned(),
    }
}
