//! Averages over a finite window: each value depends on its window alone.

use super::average_kinds::AverageKind;
use super::bar_columns::magnitude;
use super::definition::{Agreement, Argument, CLOSE, Definition};
use super::exact_ratio::ratio;
use super::input::{Arguments, Input, Run, per_run_single};
use super::moving_mean::{self, MovingMean, running_sums};
use super::smoothed_averages::of_kind;
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
        let values = per_run_single(&input.source, |run| simple_average(run, period));
        // Quotients of integers are finite.
        vec![if input.source.exact.is_some() { input.finite_level(values) } else { input.level(values) }]
    },
    flow: Some(|source, start, arguments| Some(Box::new(moving_mean::flow(source, start, arguments.count(0))?))),
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
    arguments: &[Argument::period("period", 20.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "HMA" },
    look_back: |arguments| of_kind(AverageKind::Hull, arguments).look_back(),
    calculation: |input, arguments| {
        let average = of_kind(AverageKind::Hull, arguments);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..Definition::ROW
};

pub(super) const VWMA: Definition = Definition {
    name: "vwma",
    summary: "Volume-weighted moving average of the last `period` values; undefined while they carry no volume.",
    source: CLOSE,
    arguments: &[Argument::period("period", 20.0, 1.0)],
    agreement: Agreement::DiffersFromTaLib { function: "VWMA", why: "same values; over 20 bars" },
    needs_volume: true,
    look_back: full_window,
    calculation: |input, arguments| vec![input.level(volume_weighted(input, arguments))],
    ..Definition::ROW
};

pub(super) const TALIB_VWMA: Definition = Definition {
    name: "talib.VWMA",
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "VWMA" },
    calculation: |input, arguments| {
        // One bar is its own average, with volume or without.
        let identity = || input.level(input.source.values.clone());
        vec![if arguments.count(0) == 1 { identity() } else { input.level(volume_weighted(input, arguments)) }]
    },
    ..VWMA
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
    let Some(mut mean) = MovingMean::of(magnitude(counts), per_unit, period) else {
        let denominator = period as i128 * i128::from(per_unit);
        return after_look_back(look_back, length, integer_sums(counts, period).map(|sum| ratio(sum, denominator)));
    };
    let mut column = vec![0.0; length];
    mean.fill(&running_sums(counts), &mut column);
    column
}

pub(super) fn weighted_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let (look_back, length) = (period.saturating_sub(1), run.values.len());
    let weights_total = (period * (period + 1) / 2) as i128;
    let Some((counts, per_unit)) = run.exact else {
        return after_look_back(look_back, length, linear_means(run.values, period));
    };
    let denominator = weights_total * i128::from(per_unit);
    after_look_back(look_back, length, integer_linear_sums(counts, period).map(|(_, sum)| ratio(sum, denominator)))
}

/// Linearly weighted mean of each window of floats.
pub(super) fn linear_means(values: &[f64], period: usize) -> Vec<f64> {
    let weights: Vec<f64> = (1..=period).map(|weight| weight as f64).collect();
    let total = (period * (period + 1) / 2) as f64;
    let mut sums = weighted_sums(values, &weights);
    sums.iter_mut().for_each(|sum| *sum /= total);
    sums
}

/// Alan Hull, 2005 (alanhull.com/hull-moving-average), fractions rounded down.
pub(super) fn hull_average(run: &Run<'_>, period: usize) -> Vec<f64> {
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
