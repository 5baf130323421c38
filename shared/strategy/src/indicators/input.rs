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
}

/// The data of one call.
pub(super) struct Input<'a> {
    /// The series operand; empty for indicators over bars.
    pub(super) source: Cow<'a, Column>,
    /// The bars.
    pub(super) bars: &'a BarColumns<'a>,
}

impl<'a> Input<'a> {
    pub(super) fn new(kind: SourceKind, source: Option<&'a Column>, bars: &'a BarColumns<'a>) -> Self {
        let source = match (kind, source) {
            (SourceKind::Series { .. }, Some(column)) => Cow::Borrowed(column),
            (SourceKind::Series { default }, None) => Cow::Owned(default_series(default, bars)),
            (SourceKind::Bars, _) => Cow::Owned(Column::computed(Vec::new())),
        };
        Self { source, bars }
    }

    /// A computed output in the units of the source: a price level when the source is one.
    pub(super) fn level(&self, values: Vec<f64>) -> Column {
        Column { is_price: self.source.is_price, ..Column::computed(values) }
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
