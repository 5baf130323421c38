//! Averages over a finite window: each value depends on its window alone.

use super::definition::{Agreement, Argument, CLOSE, Definition, Family};
use super::exact_ratio::ratio;
use super::input::{Arguments, Input, Run, per_run_single};
use super::window_sums::{after_look_back, float_means, integer_linear_sums, integer_sums, weighted_sums, wide_sums};

pub(super) const SMA: Definition = Definition {
    name: "sma",
    summary: "Simple moving average: the mean of the last `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "SMA" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| simple_average(run, period)))]
    },
    ..Definition::ROW
};

pub(super) const WMA: Definition = Definition {
    name: "wma",
    summary: "Weighted moving average: the newest of the last `period` values weighs `period`, the oldest 1.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "WMA" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| weighted_average(run, period)))]
    },
    ..Definition::ROW
};

pub(super) const HMA: Definition = Definition {
    name: "hma",
    summary: "Hull moving average: wma over √period of 2 × wma(period / 2) − wma(period), both rounded down.",
    source: CLOSE,
    arguments: &[Argument::period("period", 20.0, 2.0)],
    agreement: Agreement::OurOwn {
        source: "Alan Hull, 2005 (alanhull.com/hull-moving-average), fractions rounded down",
    },
    look_back: |arguments| full_window(arguments) + arguments.count(0).isqrt() - 1,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| hull_average(run, period)))]
    },
    ..Definition::ROW
};

pub(super) const VWMA: Definition = Definition {
    name: "vwma",
    summary: "Volume-weighted moving average of the last `period` values; undefined while they carry no volume.",
    source: CLOSE,
    arguments: &[Argument::period("period", 20.0, 1.0)],
    agreement: Agreement::OurOwn {
        source: "Σ(value × volume) ÷ Σ volume over the window, as TradingView's ta.vwma"
    },
    needs_volume: true,
    look_back: full_window,
    calculation: |input, arguments| vec![input.level(volume_weighted(input, arguments))],
    ..Definition::ROW
};

pub(super) const LINREG: Definition = Definition {
    name: "linreg",
    summary: "Linear regression: the end point of the least-squares line through the last `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Statistics,
    agreement: Agreement::EqualsTaLib { function: "LINEARREG" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![input.level(per_run_single(&input.source, |run| regression_end(run, period)))]
    },
    ..Definition::ROW
};

/// Look-back of one window of the first argument's length.
pub(super) fn full_window(arguments: &Arguments<'_>) -> usize {
    arguments.count(0).saturating_sub(1)
}

/// Mean of each window of `period` values.
pub(super) fn simple_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let Some((counts, per_unit)) = run.exact else {
        return after_look_back(look_back, length, float_means(run.values, period));
    };
    let denominator = period as i128 * i128::from(per_unit);
    after_look_back(look_back, length, integer_sums(counts, period).map(|sum| ratio(sum, denominator)))
}

fn weighted_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let weights_total = (period * (period + 1) / 2) as i128;
    let Some((counts, per_unit)) = run.exact else {
        return after_look_back(look_back, length, linear_means(run.values, period));
    };
    let denominator = weights_total * i128::from(per_unit);
    after_look_back(look_back, length, integer_linear_sums(counts, period).map(|(_, sum)| ratio(sum, denominator)))
}

/// Linearly weighted mean of each window of floats.
fn linear_means(values: &[f64], period: usize) -> Vec<f64> {
    let weights: Vec<f64> = (1..=period).map(|weight| weight as f64).collect();
    let total = (period * (period + 1) / 2) as f64;
    let mut sums = weighted_sums(values, &weights);
    sums.iter_mut().for_each(|sum| *sum /= total);
    sums
}

fn hull_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (half, smoothing) = (period / 2, period.isqrt());
    let (fast, slow) = (weighted_average(run, half), weighted_average(run, period));
    let raw: Vec<f64> = fast.iter().zip(&slow).skip(period - 1).map(|(fast, slow)| 2.0 * fast - slow).collect();
    after_look_back(period + smoothing - 2, run.values.len(), linear_means(&raw, smoothing))
}

fn volume_weighted(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let period = arguments.count(0);
    per_run_single(&input.source, |run| {
        let volume = input.bars.volume.get(run.start..run.start + run.values.len()).unwrap_or_default();
        let volumes = integer_sums(volume, period);
        let (look_back, length) = (period.saturating_sub(1), run.values.len());
        if let Some((counts, per_unit)) = run.exact {
            let products = counts.iter().zip(volume).map(|(count, volume)| i128::from(*count) * i128::from(*volume));
            let means = wide_sums(products, period).zip(volumes);
            let means = means.map(|(product, volume)| ratio(product, volume * i128::from(per_unit)));
            return after_look_back(look_back, length, means);
        }
        let products: Vec<f64> = run.values.iter().zip(volume).map(|(value, volume)| value * *volume as f64).collect();
        let sums = weighted_sums(&products, &vec![1.0; period]);
        let means =
            sums.iter().zip(volumes).map(|(sum, volume)| if volume == 0 { f64::NAN } else { sum / volume as f64 });
        after_look_back(look_back, length, means)
    })
}

/// The least-squares line at the newest value is `3 × wma − 2 × sma`.
///
/// With Σ the sum and Λ the linearly weighted sum of n values: `(6Λ − 2(n + 1)Σ) ÷ n(n + 1)`.
fn regression_end(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let Some((counts, per_unit)) = run.exact else {
        let total = (period * (period + 1)) as f64;
        let weights: Vec<f64> = (1..=period).map(|weight| (6 * weight) as f64 - (2 * (period + 1)) as f64).collect();
        let sums = weighted_sums(run.values, &weights);
        return after_look_back(look_back, length, sums.into_iter().map(|sum| sum / total));
    };
    let (size, next) = (period as i128, period as i128 + 1);
    let denominator = size * next * i128::from(per_unit);
    let ends =
        integer_linear_sums(counts, period).map(|(sum, weighted)| ratio(6 * weighted - 2 * next * sum, denominator));
    after_look_back(look_back, length, ends)
}
