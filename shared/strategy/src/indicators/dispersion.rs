//! Spread of a window in other measures than its standard deviation, and where a value ranks in it.

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, ArgumentKind, CLOSE, Definition, Family, MAXIMUM_WIDTH};
use super::input::{Run, per_run_single};
use super::momentum::first_argument;
use super::oscillators::deviation_sums;
use super::standard_deviation::standard_deviation;
use super::window_averages::full_window;
use super::window_sums::{after_look_back, float_means, integer_sums, spread_sums};

pub(super) const VAR: Definition = Definition {
    name: "var",
    summary: "Population variance of the last `period` values; as in TA-Lib `deviations` changes nothing.",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 5.0, 1.0),
        Argument::factor("deviations", 1.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
    ],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "VAR" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let mut values = per_run_single(&input.source, |run| standard_deviation(run, period));
        values.iter_mut().for_each(|deviation| *deviation *= *deviation);
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

pub(super) const AVGDEV: Definition = Definition {
    name: "avgdev",
    summary: "Mean absolute distance of the last `period` values from their mean.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "AVGDEV" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| mean_distance(run, period)))]
    },
    ..Definition::ROW
};

pub(super) const PERCENTILE: Definition = Definition {
    name: "percentile",
    summary: "The value of the last `period` that `percentile` percent of them do not exceed (nearest rank).",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 30.0, 2.0),
        Argument { name: "percentile", kind: ArgumentKind::Decimal, default: Some(50.0), min: 0.0, max: 100.0 },
    ],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "PERCENTILE" },
    look_back: full_window,
    calculation: |input, arguments| {
        let (period, percentile) = (arguments.count(0), arguments.number(1));
        vec![input.level(per_run_single(&input.source, |run| nearest_rank(run, period, percentile)))]
    },
    ..Definition::ROW
};

pub(super) const PERCENTRANK: Definition = Definition {
    name: "percentrank",
    summary: "Share in percent of the `period` values before that lie below the current one.",
    source: CLOSE,
    arguments: &[Argument::period("period", 100.0, 2.0)],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "PERCENTRANK" },
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| percent_below(run, period)))]
    },
    ..Definition::ROW
};

/// With n values x, Σ their sum and D = Σ|n·x − Σ|: `D ÷ n²`.
fn mean_distance(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length, size) = (period.saturating_sub(1), run.values.len(), period as f64);
    let Some((counts, per_unit)) = run.exact else {
        let sums = spread_sums(run.values, &float_means(run.values, period), period, f64::abs);
        return after_look_back(look_back, length, sums.into_iter().map(|sum| sum / size));
    };
    let sums: Vec<i128> = integer_sums(counts, period).collect();
    let divisor = size * size * per_unit as f64;
    after_look_back(look_back, length, deviation_sums(counts, &sums, period).into_iter().map(|sum| sum / divisor))
}

/// The values of each window in ascending order, kept by taking one out and putting one in.
fn nearest_rank(run: &Run<'_>, period: usize, percentile: f64) -> Vec<f64> {
    let rank = (libm::ceil(percentile * period as f64 / 100.0) as usize).clamp(1, period);
    let mut sorted: Vec<f64> = run.values.iter().take(period - 1).copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let entering = run.values.iter().skip(period - 1);
    let values = entering.zip(run.values).filter_map(|(entering, leaving)| {
        let place = sorted.partition_point(|value| value.total_cmp(entering).is_lt());
        sorted.insert(place, *entering);
        let value = sorted.get(rank - 1).copied();
        let gone = sorted.partition_point(|value| value.total_cmp(leaving).is_lt());
        sorted.drain(gone..(gone + 1).min(sorted.len()));
        value
    });
    after_look_back(period - 1, run.values.len(), values)
}

fn percent_below(run: &Run<'_>, period: usize) -> Vec<f64> {
    let windows = run.values.windows(period).zip(run.values.iter().skip(period));
    let ranks = windows.map(|(before, now)| {
        let below = before.iter().filter(|value| *value < now).count();
        below as f64 / period as f64 * 100.0
    });
    after_look_back(period, run.values.len(), ranks)
}
