//! The least-squares line through a moving window, and what is read from it.
//!
//! With Σ the sum and Λ the linearly weighted sum (oldest 1) of n values, every reading is `(a·Λ + b·Σ) ÷ d`: window sums
//! are integers where the values are.

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, CLOSE, Definition, Family};
use super::exact_ratio::ratio;
use super::input::{Arguments, Input, Run, per_run_single};
use super::momentum::first_argument;
use super::window_averages::full_window;
use super::window_sums::{after_look_back, integer_linear_sums, weighted_sums};

pub(super) const LINREG: Definition = Definition {
    name: "linreg",
    summary: "Linear regression: the end point of the least-squares line through the last `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "LINEARREG" },
    look_back: full_window,
    calculation: |input, arguments| vec![input.level(read(input, arguments, end_point))],
    ..Definition::ROW
};

pub(super) const SLOPE: Definition = Definition {
    name: "linearreg_slope",
    summary: "Slope per bar of the least-squares line through the last `period` values.",
    agreement: Agreement::EqualsTaLib { function: "LINEARREG_SLOPE" },
    calculation: |input, arguments| vec![Column::computed(read(input, arguments, slope))],
    ..LINREG
};

pub(super) const ANGLE: Definition = Definition {
    name: "linearreg_angle",
    summary: "Angle in degrees of the least-squares line: the arc tangent of its slope per bar.",
    agreement: Agreement::EqualsTaLib { function: "LINEARREG_ANGLE" },
    calculation: |input, arguments| {
        let mut angles = read(input, arguments, slope);
        angles.iter_mut().for_each(|slope| *slope = libm::atan(*slope).to_degrees());
        vec![Column::computed(angles)]
    },
    ..LINREG
};

pub(super) const INTERCEPT: Definition = Definition {
    name: "linearreg_intercept",
    summary: "Start of the least-squares line: its value at the oldest of the last `period` bars.",
    agreement: Agreement::EqualsTaLib { function: "LINEARREG_INTERCEPT" },
    calculation: |input, arguments| vec![input.level(read(input, arguments, start_point))],
    ..LINREG
};

pub(super) const TSF: Definition = Definition {
    name: "tsf",
    summary: "Time series forecast: the least-squares line one bar ahead.",
    agreement: Agreement::EqualsTaLib { function: "TSF" },
    calculation: |input, arguments| vec![input.level(read(input, arguments, forecast))],
    ..LINREG
};

pub(super) const FOSC: Definition = Definition {
    name: "fosc",
    summary: "Forecast oscillator: how far the value lies above the forecast of the bar before, in percent of the value.",
    arguments: &[Argument::period("period", 5.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "FOSC" },
    look_back: first_argument,
    calculation: |input, arguments| vec![Column::computed(forecast_oscillator(input, arguments))],
    ..LINREG
};

/// `(a·Λ + b·Σ) ÷ d`.
struct Reading {
    a: i128,
    b: i128,
    d: i128,
}

const fn end_point(n: i128) -> Reading {
    Reading { a: 6, b: -2 * (n + 1), d: n * (n + 1) }
}

const fn start_point(n: i128) -> Reading {
    Reading { a: -6, b: 4 * (n + 1), d: n * (n + 1) }
}

const fn slope(n: i128) -> Reading {
    Reading { a: 12, b: -6 * (n + 1), d: n * (n * n - 1) }
}

const fn forecast(n: i128) -> Reading {
    Reading { a: 6, b: -2 * (n + 2), d: n * (n - 1) }
}

fn read(input: &Input<'_>, arguments: &Arguments<'_>, reading: fn(i128) -> Reading) -> Vec<f64> {
    let period = arguments.count(0);
    per_run_single(&input.source, |run| regression(run, period, &reading(period as i128)))
}

fn regression(run: &Run<'_>, period: usize, reading: &Reading) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let Some((counts, per_unit)) = run.exact else {
        let total = reading.d as f64;
        let weights: Vec<f64> = (1..=period as i128).map(|weight| (reading.a * weight + reading.b) as f64).collect();
        let sums = weighted_sums(run.values, &weights);
        return after_look_back(look_back, length, sums.into_iter().map(|sum| sum / total));
    };
    let denominator = reading.d * i128::from(per_unit);
    let values = integer_linear_sums(counts, period)
        .map(|(sum, weighted)| ratio(reading.a * weighted + reading.b * sum, denominator));
    after_look_back(look_back, length, values)
}

/// Tushar Chande and Stanley Kroll, 1994; 0 where the value is 0. The base is the raw price on adjusted futures.
fn forecast_oscillator(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let forecasts = read(input, arguments, forecast);
    let values = input.source.values.iter().enumerate().skip(1);
    let oscillator = values.zip(&forecasts).map(|((bar, value), forecast)| {
        let base = value - input.price_offset(bar);
        if base == 0.0 && !forecast.is_nan() { 0.0 } else { 100.0 * (value - forecast) / base }
    });
    after_look_back(1, input.source.values.len(), oscillator)
}
