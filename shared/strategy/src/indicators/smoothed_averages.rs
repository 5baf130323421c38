//! Averages derived from simple and exponential ones: triangular, without lag, Wilder's.

use super::average_kinds::{Average, AverageKind};
use super::definition::{Agreement, Argument, CLOSE, Definition, Reach};
use super::exponential::exponential_average;
use super::input::{Arguments, Run, per_run_single};
use super::window_averages::simple_average;
use super::window_sums::{after_look_back, float_means};

pub(super) const TRIMA: Definition = Definition {
    name: "trima",
    summary: "Triangular moving average: a simple average of a simple average, the middle of the window weighs most.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "TRIMA" },
    look_back: |arguments| of_kind(AverageKind::Triangular, arguments).look_back(),
    calculation: |input, arguments| {
        let average = of_kind(AverageKind::Triangular, arguments);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..Definition::ROW
};

pub(super) const ZLEMA: Definition = Definition {
    name: "zlema",
    summary: "Zero-lag exponential moving average: ema of 2 × value − the value (period − 1) / 2 bars ago.",
    agreement: Agreement::EqualsTaLib { function: "ZLEMA" },
    reach: Reach::Recursion(|arguments| of_kind(AverageKind::ZeroLag, arguments).reach()),
    look_back: |arguments| of_kind(AverageKind::ZeroLag, arguments).look_back(),
    calculation: |input, arguments| {
        let average = of_kind(AverageKind::ZeroLag, arguments);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..TRIMA
};

pub(super) const RMA: Definition = Definition {
    name: "rma",
    summary: "Wilder's smoothed moving average: (before × (period − 1) + value) ÷ period, seeded with a mean.",
    agreement: Agreement::EqualsTaLib { function: "RMA" },
    reach: Reach::Recursion(|arguments| of_kind(AverageKind::Wilder, arguments).reach()),
    look_back: |arguments| of_kind(AverageKind::Wilder, arguments).look_back(),
    calculation: |input, arguments| {
        let average = of_kind(AverageKind::Wilder, arguments);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..TRIMA
};

/// The average of this kind over the first argument.
pub(super) fn of_kind(kind: AverageKind, arguments: &Arguments<'_>) -> Average {
    Average { kind, period: arguments.count(0) }
}

/// Two simple averages whose windows add up to `period + 1`: as TA-Lib, the longer one of an even period is the outer.
pub(super) fn triangular_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let outer = period / 2 + 1;
    let inner = period + 1 - outer;
    let means = simple_average(run, inner);
    let defined = means.get(inner.saturating_sub(1)..).unwrap_or_default();
    after_look_back(period.saturating_sub(1), run.values.len(), float_means(defined, outer))
}

/// Ehlers and Way, "Zero lag (well, almost)", 2010, in the form with the lag taken off the values.
pub(super) fn zero_lag_average(values: &[f64], period: usize) -> Vec<f64> {
    let lag = period.saturating_sub(1) / 2;
    let ahead: Vec<f64> = values.iter().zip(values.iter().skip(lag)).map(|(before, now)| 2.0 * now - before).collect();
    after_look_back(lag, values.len(), exponential_average(&ahead, 0, period))
}

/// J. Welles Wilder, 1978. The first value is the mean of the first `period` values.
pub(super) fn wilder_average(values: &[f64], period: usize) -> Vec<f64> {
    let size = period as f64;
    let mut average = 0.0;
    let averages = values.iter().enumerate().filter_map(|(index, value)| {
        if index < period {
            average += value;
            if index + 1 < period {
                return None;
            }
            average /= size;
        } else {
            average = (average * (size - 1.0) + value) / size;
        }
        Some(average)
    });
    after_look_back(period.saturating_sub(1), values.len(), averages)
}
