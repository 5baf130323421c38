//! What a calculation is handed: the source series or the bars, the arguments, and runs of defined values.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Argument, SourceKind};
use std::borrow::Cow;

/// The numeric arguments of one call, completed by defaults and kept within bounds.
pub(super) struct Arguments<'a> {
    declared: &'static [Argument],
    given: &'a [f64],
}

impl<'a> Arguments<'a> {
    pub(super) const fn new(declared: &'static [Argument], given: &'a [f64]) -> Self {
        Self { declared, given }
    }

    /// The argument at `position`; the nearest bound when it lies outside.
    pub(super) fn number(&self, position: usize) -> f64 {
        let Some(argument) = self.declared.get(position) else { return 0.0 };
        let given = self.given.get(position).copied().filter(|value| !value.is_nan());
        given.or(argument.default).unwrap_or(argument.min).clamp(argument.min, argument.max)
    }

    /// The whole number at `position`.
    pub(super) fn count(&self, position: usize) -> usize {
        self.number(position) as usize
    }

    /// The default of the argument at `position`, as a whole number.
    pub(super) fn default_count(&self, position: usize) -> usize {
        self.declared.get(position).and_then(|argument| argument.default).unwrap_or(0.0) as usize
    }
}

/// The data of one call.
pub(super) struct Input<'a> {
    /// The series operand; empty for indicators over bars.
    pub(super) source: Cow<'a, Column>,
    /// The second series operand; empty where there is only one.
    pub(super) second: Cow<'a, Column>,
    /// The bars.
    pub(super) bars: &'a BarColumns<'a>,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        kind: SourceKind,
        sources: (Option<&'a Column>, Option<&'a Column>),
        bars: &'a BarColumns<'a>,
    ) -> Self {
        let named = |given: Option<&'a Column>, default| {
            given.map_or_else(|| Cow::Owned(default_series(default, bars)), Cow::Borrowed)
        };
        let none = || Cow::Owned(Column::computed(Vec::new()));
        let (source, second) = match kind {
            SourceKind::Series { default } => (named(sources.0, default), none()),
            SourceKind::Pair { first, second } => {
                (named(sources.0, first), named(sources.1, second.unwrap_or_default()))
            }
            SourceKind::Bars => (none(), none()),
        };
        Self { source, second, bars }
    }

    /// What was added to the raw prices of a bar, in quoted units; 0 where the source is no price.
    pub(super) fn price_offset(&self, bar: usize) -> f64 {
        if self.source.is_price { self.bars.raw_offset(bar) } else { 0.0 }
    }

    /// A computed output in the units of the source: a price level when the source is one.
    pub(super) fn level(&self, values: Vec<f64>) -> Column {
        Column { is_price: self.source.is_price, ..Column::computed(values) }
    }

    /// The same of values known to be finite or undefined.
    pub(super) fn finite_level(&self, values: Vec<f64>) -> Column {
        Column { values, exact: None, is_price: self.source.is_price }
    }
}

fn default_series(name: &str, bars: &BarColumns<'_>) -> Column {
    let counts = match name {
        "high" => bars.high,
        "low" => bars.low,
        _ => bars.close,
    };
    Column::prices(counts, bars.price_scale)
}

/// Consecutive defined values of a source.
pub(super) struct Run<'a> {
    /// Index of the first value in the source.
    pub(super) start: usize,
    /// The values, all finite.
    pub(super) values: &'a [f64],
    /// The same values as integers over a common denominator, where the source has them.
    pub(super) exact: Option<(&'a [i64], i64)>,
}

impl<'a> Run<'a> {
    /// The run without its first `skip` values.
    pub(super) fn after(&self, skip: usize) -> Run<'a> {
        let exact = self.exact.map(|(counts, per_unit)| (counts.get(skip..).unwrap_or_default(), per_unit));
        Run { start: self.start + skip, values: self.values.get(skip..).unwrap_or_default(), exact }
    }
}

/// Applies `calculate` to every run of defined values. It returns `outputs` vectors as long as the run (`NaN` where
/// undefined); between runs everything is undefined.
pub(super) fn per_run(source: &Column, outputs: usize, calculate: impl Fn(&Run<'_>) -> Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let length = source.values.len();
    let runs = defined_runs(source);
    if let [run] = runs.as_slice()
        && run.values.len() == length
    {
        return calculate(run);
    }
    let mut columns = vec![vec![f64::NAN; length]; outputs];
    for run in &runs {
        for (column, values) in columns.iter_mut().zip(calculate(run)) {
            if let Some(place) = column.get_mut(run.start..run.start + values.len()) {
                place.copy_from_slice(&values);
            }
        }
    }
    columns
}

/// Applies `calculate` to every run in which both operands are defined: their values, oldest first, as floats.
pub(super) fn per_joint_run(input: &Input<'_>, calculate: impl Fn(&Run<'_>, &[f64]) -> Vec<f64>) -> Vec<f64> {
    let both = input.source.values.iter().zip(&input.second.values);
    let joint = both.map(|(first, second)| if second.is_finite() { *first } else { f64::NAN }).collect();
    per_run_single(&Column::computed(joint), |run| {
        let end = run.start + run.values.len();
        calculate(run, input.second.values.get(run.start..end).unwrap_or_default())
    })
}

/// [`per_run`] with one output.
pub(super) fn per_run_single(source: &Column, calculate: impl Fn(&Run<'_>) -> Vec<f64>) -> Vec<f64> {
    per_run(source, 1, |run| vec![calculate(run)]).pop().unwrap_or_default()
}

fn defined_runs(source: &Column) -> Vec<Run<'_>> {
    if let Some(exact) = &source.exact {
        let start = exact.first.min(source.values.len());
        let (values, counts) = (source.values.get(start..), exact.counts.get(start..));
        if let (Some(values), Some(counts)) = (values, counts)
            && values.len() == counts.len()
            && exact.per_unit > 0
        {
            return vec![Run { start, values, exact: Some((counts, exact.per_unit)) }];
        }
    }
    let mut runs = Vec::new();
    let mut start = 0;
    for values in source.values.split(|value| !value.is_finite()) {
        if !values.is_empty() {
            runs.push(Run { start, values, exact: None });
        }
        start += values.len() + 1;
    }
    runs
}
