//! Ranges and deviations.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, MAXIMUM_WIDTH, Reach};
use super::input::per_run_single;
use super::momentum::{WILDER_BARS_PER_PERIOD, first_argument, percent};
use super::smoothed_averages::wilder_average;
use super::standard_deviation::standard_deviation;
use super::window_averages::full_window;
use super::window_sums::after_look_back;

pub(super) const TRUE_RANGE: Definition = Definition {
    name: "true_range",
    summary: "True range: from the lower of low and previous close to the higher of high and previous close.",
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "TRANGE" },
    look_back: |_| 1,
    calculation: |input, _| {
        let counts = std::iter::once(0).chain(range_counts(input.bars)).take(input.bars.len()).collect();
        vec![Column::exact(counts, input.bars.price_scale.per_unit(), 1)]
    },
    ..Definition::ROW
};

pub(super) const ATR: Definition = Definition {
    name: "atr",
    summary: "Average true range: Wilder's average over `period` bars.",
    arguments: &[Argument::period("period", 14.0, 1.0)],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "ATR" },
    reach: Reach::Recursion(|arguments| WILDER_BARS_PER_PERIOD * arguments.count(0)),
    look_back: first_argument,
    calculation: |input, arguments| vec![Column::computed(average_true_range(input.bars, arguments.count(0)))],
    ..Definition::ROW
};

pub(super) const NATR: Definition = Definition {
    name: "natr",
    summary: "Normalised average true range: atr in percent of the close (of the raw close on adjusted futures).",
    // TA-Lib does not normalise over one bar.
    arguments: &[Argument::period("period", 14.0, 2.0)],
    agreement: Agreement::EqualsTaLib { function: "NATR" },
    calculation: |input, arguments| {
        let ranges = average_true_range(input.bars, arguments.count(0));
        let closes = input.bars.close.iter().map(|close| input.bars.price_scale.to_f64(*close)).enumerate();
        let values =
            ranges.iter().zip(closes).map(|(range, (bar, close))| percent(*range, close - input.bars.raw_offset(bar)));
        vec![Column::computed(values.collect())]
    },
    ..ATR
};

pub(super) const STDDEV: Definition = Definition {
    name: "stddev",
    summary: "Population standard deviation of the last `period` values, times `deviations`.",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 5.0, 2.0),
        Argument::factor("deviations", 1.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
    ],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "STDDEV" },
    look_back: full_window,
    calculation: |input, arguments| {
        let (period, deviations) = (arguments.count(0), arguments.number(1));
        let mut values = per_run_single(&input.source, |run| standard_deviation(run, period));
        values.iter_mut().for_each(|value| *value *= deviations);
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

/// True ranges from the second bar on, in price counts.
pub(super) fn range_counts(bars: &BarColumns<'_>) -> impl Iterator<Item = i64> {
    let edges = bars.high.iter().zip(bars.low).skip(1);
    edges.zip(bars.close).map(|((high, low), before)| high.max(before).saturating_sub(*low.min(before)))
}

/// True ranges from the second bar on, in quoted units.
pub(super) fn true_ranges(bars: &BarColumns<'_>) -> impl Iterator<Item = f64> {
    let per_unit = bars.price_scale.per_unit() as f64;
    range_counts(bars).map(move |count| count as f64 / per_unit)
}

/// J. Welles Wilder, 1978: his average of the true ranges.
pub(super) fn average_true_range(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    average_true_range_from(bars, period, 0)
}

/// The same without the first `skip` ranges.
pub(super) fn average_true_range_from(bars: &BarColumns<'_>, period: usize, skip: usize) -> Vec<f64> {
    let ranges: Vec<f64> = true_ranges(bars).skip(skip).collect();
    after_look_back(1 + skip, bars.len(), wilder_average(&ranges, period))
}
