//! Exponential averages and what is chained from them.

use super::definition::{Agreement, Argument, CLOSE, Definition, Reach};
use super::input::{Run, per_run_single};
use super::window_averages::full_window;

/// Bars per period after which the seed weighs about `e^-20`.
pub(super) const EXPONENTIAL_BARS_PER_PERIOD: usize = 10;

/// Factors of the chained averages of the double and the triple exponential average.
pub(super) const DOUBLE_FACTORS: [f64; 2] = [2.0, -1.0];
pub(super) const TRIPLE_FACTORS: [f64; 3] = [3.0, -3.0, 1.0];

pub(super) const EMA: Definition = Definition {
    name: "ema",
    summary: "Exponential moving average, smoothing 2 / (period + 1), seeded with the mean of the first `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "EMA" },
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0)),
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| exponential_average(run.values, 0, period)))]
    },
    ..Definition::ROW
};

pub(super) const DEMA: Definition = Definition {
    name: "dema",
    summary: "Double exponential moving average: 2 × ema − ema of ema.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "DEMA" },
    reach: Reach::Recursion(|arguments| 2 * EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0)),
    look_back: |arguments| 2 * full_window(arguments),
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| combined(run, period, &DOUBLE_FACTORS)))]
    },
    ..Definition::ROW
};

pub(super) const TEMA: Definition = Definition {
    name: "tema",
    summary: "Triple exponential moving average: 3 × ema − 3 × ema of ema + ema of ema of ema.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "TEMA" },
    reach: Reach::Recursion(|arguments| 3 * EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0)),
    look_back: |arguments| 3 * full_window(arguments),
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| combined(run, period, &TRIPLE_FACTORS)))]
    },
    ..Definition::ROW
};

pub(super) const T3: Definition = Definition {
    name: "t3",
    summary: "Tillson's T3: six chained exponential averages combined by the volume factor.",
    source: CLOSE,
    arguments: &[Argument::period("period", 5.0, 1.0), Argument::factor("volume_factor", 0.7, 0.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "T3" },
    reach: Reach::Recursion(|arguments| 6 * EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0)),
    look_back: |arguments| 6 * full_window(arguments),
    calculation: |input, arguments| {
        let (period, factors) = (arguments.count(0), tillson_factors(arguments.number(1)));
        vec![input.level(per_run_single(&input.source, |run| combined(run, period, &factors)))]
    },
    ..Definition::ROW
};

/// `e = e + (x − e) × 2 / (period + 1)`; the first value is the mean of the first `period` values after the `undefined`
/// leading ones.
pub(super) fn exponential_average(values: &[f64], undefined: usize, period: usize) -> Vec<f64> {
    exponential_smoothing(values, undefined, period, 2.0 / (period as f64 + 1.0))
}

/// [`exponential_average`] with a smoothing that does not follow from its period.
pub(super) fn exponential_smoothing(values: &[f64], undefined: usize, period: usize, smoothing: f64) -> Vec<f64> {
    let mut column = vec![f64::NAN; values.len()];
    let defined = values.get(undefined..).unwrap_or_default();
    if period == 0 || defined.len() < period {
        return column;
    }
    let (seed, rest) = defined.split_at(period);
    let mut average = seed.iter().sum::<f64>() / period as f64;
    let mut places = column.iter_mut().skip(undefined + period - 1);
    if let Some(place) = places.next() {
        *place = average;
    }
    for (place, value) in places.zip(rest) {
        average += (value - average) * smoothing;
        *place = average;
    }
    column
}

/// Σ `factors[k]` × (k + 1)-fold exponential average; undefined until the deepest is defined.
pub(super) fn combined(run: &Run<'_>, period: usize, factors: &[f64]) -> Vec<f64> {
    let mut total = vec![0.0; run.values.len()];
    let mut average = run.values.to_vec();
    for (depth, factor) in factors.iter().enumerate() {
        average = exponential_average(&average, depth * period.saturating_sub(1), period);
        if *factor != 0.0 {
            total.iter_mut().zip(&average).for_each(|(total, value)| *total += factor * value);
        }
    }
    let undefined = factors.len() * period.saturating_sub(1);
    total.iter_mut().take(undefined).for_each(|total| *total = f64::NAN);
    total
}

/// Factors of the six averages (Tim Tillson, "Smoothing techniques for more accurate signals", 1998).
pub(super) fn tillson_factors(volume_factor: f64) -> [f64; 6] {
    let square = volume_factor * volume_factor;
    let cube = square * volume_factor;
    let third = 1.0 + 3.0 * volume_factor + cube + 3.0 * square;
    let fourth = -6.0 * square - 3.0 * (volume_factor + cube);
    [0.0, 0.0, third, fourth, 3.0 * (square + cube), -cube]
}
