//! Speed of a series: differences, rates of change, relative strength, and Kaufman's average that adapts to it.

use super::average_kinds::AverageKind;
use super::bar_columns::Column;
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach};
use super::exact_ratio::ratio;
use super::input::{Arguments, Input, Run, per_run_single};
use super::smoothed_averages::of_kind;
use super::window_sums::{after_look_back, integer_sums, weighted_sums};

/// Bars per period after which the seed of a Wilder average weighs about `e^-20`.
pub(super) const WILDER_BARS_PER_PERIOD: usize = 20;

pub(super) const MOM: Definition = Definition {
    name: "mom",
    summary: "Momentum: the value minus the value `period` bars ago.",
    source: CLOSE,
    arguments: &[Argument::period("period", 10.0, 1.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "MOM" },
    look_back: first_argument,
    calculation: |input, arguments| vec![difference(input, arguments.count(0))],
    ..Definition::ROW
};

pub(super) const ROC: Definition = Definition {
    name: "roc",
    summary: "Rate of change in percent of the value `period` bars ago (of its raw price on adjusted futures).",
    source: CLOSE,
    arguments: &[Argument::period("period", 10.0, 1.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "ROC" },
    look_back: first_argument,
    calculation: |input, arguments| vec![rate_of_change(input, arguments.count(0))],
    ..Definition::ROW
};

pub(super) const RSI: Definition = Definition {
    name: "rsi",
    summary: "Relative strength index: 100 × average gain ÷ (average gain + average loss), Wilder's averages.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "RSI" },
    reach: Reach::Recursion(|arguments| WILDER_BARS_PER_PERIOD * arguments.count(0)),
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| relative_strength(run, period)))]
    },
    ..Definition::ROW
};

pub(super) const KAMA: Definition = Definition {
    name: "kama",
    summary: "Kaufman's adaptive moving average: fast (2) in a trend over `period` bars, slow (30) in noise.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "KAMA" },
    reach: Reach::Recursion(|arguments| of_kind(AverageKind::KaufmanAdaptive, arguments).reach()),
    look_back: |arguments| of_kind(AverageKind::KaufmanAdaptive, arguments).look_back(),
    calculation: |input, arguments| {
        let average = of_kind(AverageKind::KaufmanAdaptive, arguments);
        vec![input.level(per_run_single(&input.source, |run| average.over(run)))]
    },
    ..Definition::ROW
};

/// Look-back of an indicator over `period` changes.
pub(super) fn first_argument(arguments: &Arguments<'_>) -> usize {
    arguments.count(0)
}

pub(super) fn difference(input: &Input<'_>, period: usize) -> Column {
    if let Some(exact) = &input.source.exact {
        let mut counts = vec![0; period.min(exact.counts.len())];
        let pairs = exact.counts.iter().zip(exact.counts.iter().skip(period));
        counts.extend(pairs.map(|(before, now)| now.saturating_sub(*before)));
        let first = (exact.first + period).min(counts.len());
        return Column::exact(counts, exact.per_unit, first);
    }
    let values = &input.source.values;
    let differences = values.iter().zip(values.iter().skip(period)).map(|(before, now)| now - before);
    Column::computed(after_look_back(period, values.len(), differences))
}

/// `100 × (x − x[n]) ÷ base`, 0 where the base is 0. The base is `x[n]`, less what was added to raw prices at that bar.
fn rate_of_change(input: &Input<'_>, period: usize) -> Column {
    let changes = difference(input, period);
    let bases = input.source.values.iter().enumerate().map(|(bar, value)| value - input.price_offset(bar));
    let rates = changes.values.iter().skip(period).zip(bases).map(|(change, base)| percent(*change, base));
    Column::computed(after_look_back(period, changes.values.len(), rates))
}

/// `100 × part ÷ base`, 0 where the base is 0; undefined where the part is.
pub(super) fn percent(part: f64, base: f64) -> f64 {
    if base == 0.0 && !part.is_nan() { 0.0 } else { 100.0 * part / base }
}

/// Changes from value to value, in floats as TA-Lib takes them: where nothing moves, the last bits of a recursion decide
/// what a stochastic of it shows.
pub(super) fn changes(values: &[f64]) -> impl Iterator<Item = f64> {
    values.iter().zip(values.iter().skip(1)).map(|(before, now)| now - before)
}

/// J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978.
pub(super) fn relative_strength(run: &Run<'_>, period: usize) -> Vec<f64> {
    let strength = |gain: f64, loss: f64| {
        let total = gain + loss;
        if total == 0.0 { 0.0 } else { 100.0 * (gain / total) }
    };
    gains_and_losses(run, period, strength)
}

/// What `combine` makes of Wilder's averages of gains and of losses.
pub(super) fn gains_and_losses(run: &Run<'_>, period: usize, combine: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let size = period as f64;
    let (mut gain, mut loss) = (0.0, 0.0);
    let combined = changes(run.values).enumerate().filter_map(|(index, change)| {
        let (up, down) = (change.max(0.0), (-change).max(0.0));
        if index < period {
            (gain, loss) = (gain + up, loss + down);
            if index + 1 < period {
                return None;
            }
            (gain, loss) = (gain / size, loss / size);
        } else {
            gain = (gain * (size - 1.0) + up) / size;
            loss = (loss * (size - 1.0) + down) / size;
        }
        Some(combine(gain, loss))
    });
    after_look_back(period, run.values.len(), combined)
}

/// Perry Kaufman, "Smarter Trading", 1995: smoothing `(efficiency × (2/3 − 2/31) + 2/31)²`, started at the value before.
pub(super) fn adaptive_average(run: &Run<'_>, period: usize) -> Vec<f64> {
    let slowest = 2.0 / 31.0;
    let span = 2.0 / 3.0 - slowest;
    let values = run.values;
    let mut average = period.checked_sub(1).and_then(|index| values.get(index)).copied().unwrap_or(f64::NAN);
    let moves = values.iter().zip(values.iter().skip(period));
    let averages = moves.zip(paths(run, period)).map(|((before, now), path)| {
        let change = now - before;
        let efficiency = if path <= change || path == 0.0 { 1.0 } else { (change / path).abs() };
        let smoothing = efficiency * span + slowest;
        average += (now - average) * (smoothing * smoothing);
        average
    });
    after_look_back(period, values.len(), averages)
}

/// Σ |change| over each window of `period` changes.
pub(super) fn paths(run: &Run<'_>, period: usize) -> Vec<f64> {
    if let Some((counts, per_unit)) = run.exact {
        let steps =
            counts.iter().zip(counts.iter().skip(1)).map(|(before, now)| now.saturating_sub(*before).saturating_abs());
        let steps: Vec<i64> = steps.collect();
        return integer_sums(&steps, period).map(|sum| ratio(sum, i128::from(per_unit))).collect();
    }
    let steps: Vec<f64> = changes(run.values).map(f64::abs).collect();
    weighted_sums(&steps, &vec![1.0; period])
}
