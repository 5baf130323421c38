//! Highest and lowest of a moving window, and what stands between them.

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, SourceKind};
use super::input::{Arguments, Input, per_run_single};
use super::window_averages::full_window;
use super::window_sums::after_look_back;

pub(super) const HIGHEST: Definition = Definition {
    name: "highest",
    summary: "Highest of the last `period` values, the current one included.",
    source: SourceKind::Series { default: "high" },
    arguments: &[Argument::period("period", 20.0, 1.0)],
    family: Family::Statistics,
    agreement: Agreement::DiffersFromTaLib { function: "MAX", why: "same values; defaults to the high over 20 bars" },
    includes_current_extreme: true,
    look_back: full_window,
    calculation: |input, arguments| vec![extreme(input, arguments, i64::max, larger)],
    ..Definition::ROW
};

pub(super) const LOWEST: Definition = Definition {
    name: "lowest",
    summary: "Lowest of the last `period` values, the current one included.",
    source: SourceKind::Series { default: "low" },
    agreement: Agreement::DiffersFromTaLib { function: "MIN", why: "same values; defaults to the low over 20 bars" },
    calculation: |input, arguments| vec![extreme(input, arguments, i64::min, smaller)],
    ..HIGHEST
};

pub(super) const TALIB_MAX: Definition = Definition {
    name: "talib.MAX",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 2.0)],
    agreement: Agreement::EqualsTaLib { function: "MAX" },
    ..HIGHEST
};

pub(super) const TALIB_MIN: Definition = Definition {
    name: "talib.MIN",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 2.0)],
    agreement: Agreement::EqualsTaLib { function: "MIN" },
    ..LOWEST
};

pub(super) const DONCHIAN: Definition = Definition {
    name: "donchian",
    summary: "Donchian channel: highest high and lowest low of the last `period` bars, the current one included.",
    arguments: &[Argument::period("period", 20.0, 1.0)],
    outputs: &["middle", "upper", "lower"],
    family: Family::Volatility,
    agreement: Agreement::DiffersFromTaLib {
        function: "DONCHIAN",
        why: "same values; the middle is meant when no output is named",
    },
    includes_current_extreme: true,
    look_back: full_window,
    calculation: channel,
    ..Definition::ROW
};

pub(super) const TALIB_DONCHIAN: Definition = Definition {
    name: "talib.DONCHIAN",
    arguments: &[Argument::period("period", 20.0, 2.0)],
    outputs: &["upper", "middle", "lower"],
    agreement: Agreement::EqualsTaLib { function: "DONCHIAN" },
    calculation: |input, arguments| {
        let mut edges = channel(input, arguments);
        edges.swap(0, 1);
        edges
    },
    ..DONCHIAN
};

pub(super) const MIDPRICE: Definition = Definition {
    name: "midprice",
    summary: "Middle of the highest high and lowest low of `period` bars.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::MovingAverage,
    agreement: Agreement::EqualsTaLib { function: "MIDPRICE" },
    look_back: full_window,
    calculation: |input, arguments| channel(input, arguments).into_iter().take(1).collect(),
    ..Definition::ROW
};

pub(super) const MIDPOINT: Definition = Definition {
    name: "midpoint",
    summary: "Middle of the highest and lowest of the last `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::MovingAverage,
    agreement: Agreement::EqualsTaLib { function: "MIDPOINT" },
    look_back: full_window,
    calculation: |input, arguments| {
        let highest = extreme(input, arguments, i64::max, larger);
        let lowest = extreme(input, arguments, i64::min, smaller);
        let pairs = highest.values.iter().zip(&lowest.values);
        vec![input.level(pairs.map(|(highest, lowest)| (highest + lowest) / 2.0).collect())]
    },
    ..Definition::ROW
};

/// `pick` over each window of `period` values, one result per full window.
///
/// Windows of 1, 2, 4 … values are doubled up to the largest below the period; two of those cover the window.
pub(super) fn window_extremes<T: Copy>(values: &[T], period: usize, pick: impl Fn(T, T) -> T) -> Vec<T> {
    if period == 0 || values.len() < period {
        return Vec::new();
    }
    let (mut covered, mut current, mut next) = (1, values.to_vec(), Vec::with_capacity(values.len()));
    while covered < period {
        // The last step overlaps the two halves where the period is no power of two.
        let step = covered.min(period - covered);
        next.clear();
        next.extend(current.iter().zip(current.iter().skip(step)).map(|(left, right)| pick(*left, *right)));
        std::mem::swap(&mut current, &mut next);
        covered += step;
    }
    current
}

/// The larger of two defined values.
pub(super) fn larger(left: f64, right: f64) -> f64 {
    if left > right { left } else { right }
}

/// The smaller of two defined values.
pub(super) fn smaller(left: f64, right: f64) -> f64 {
    if left < right { left } else { right }
}

fn extreme(
    input: &Input<'_>,
    arguments: &Arguments<'_>,
    pick_count: impl Fn(i64, i64) -> i64,
    pick: impl Fn(f64, f64) -> f64,
) -> Column {
    let (period, is_price) = (arguments.count(0), input.source.is_price);
    if let Some(exact) = &input.source.exact {
        let mut counts = vec![0; (exact.first + period - 1).min(exact.counts.len())];
        counts.extend(window_extremes(exact.counts.get(exact.first..).unwrap_or_default(), period, pick_count));
        let first = (exact.first + period - 1).min(counts.len());
        return Column { is_price, ..Column::exact(counts, exact.per_unit, first) };
    }
    input.level(per_run_single(&input.source, |run| {
        after_look_back(period - 1, run.values.len(), window_extremes(run.values, period, &pick))
    }))
}

/// Upper and lower edge stay exact; the middle is a rational of twice the denominator.
fn channel(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let (period, bars) = (arguments.count(0), input.bars);
    let undefined = vec![0; (period - 1).min(bars.len())];
    let upper = [undefined.clone(), window_extremes(bars.high, period, i64::max)].concat();
    let lower = [undefined, window_extremes(bars.low, period, i64::min)].concat();
    let middle = upper.iter().zip(&lower).map(|(upper, lower)| upper.saturating_add(*lower)).collect();
    let (per_unit, first) = (bars.price_scale.per_unit(), (period - 1).min(bars.len()));
    let edges = [(middle, 2 * per_unit), (upper, per_unit), (lower, per_unit)];
    let columns = edges.into_iter().map(|(counts, per_unit)| Column::exact(counts, per_unit, first));
    columns.map(|column| Column { is_price: true, ..column }).collect()
}
