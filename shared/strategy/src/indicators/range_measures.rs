//! Measures of how the range of bars changes, and sums over several windows of it.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach};
use super::exact_ratio::ratio;
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::input::{Arguments, Run, per_run_single};
use super::momentum::{WILDER_BARS_PER_PERIOD, first_argument, percent};
use super::smoothed_averages::wilder_average;
use super::standard_deviation::standard_deviation;
use super::volatility::range_counts;
use super::window_averages::{full_window, simple_average};
use super::window_sums::{after_look_back, integer_sums, weighted_sums};

pub(super) const ADR: Definition = Definition {
    name: "adr",
    summary: "Average range: simple average of high − low over `period` bars.",
    arguments: &[Argument::period("period", 14.0, 1.0)],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "ADR" },
    look_back: full_window,
    calculation: |input, arguments| {
        let values = per_run_single(&ranges(input.bars), |run| simple_average(run, arguments.count(0)));
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

pub(super) const CVI: Definition = Definition {
    name: "cvi",
    summary: "Chaikin volatility: rate of change in percent over `roc_period` bars of the ema of high − low.",
    arguments: &[Argument::period("period", 10.0, 2.0), Argument::period("roc_period", 10.0, 1.0)],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "CVI" },
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0) + arguments.count(1)),
    look_back: |arguments| arguments.count(0) - 1 + arguments.count(1),
    calculation: |input, arguments| {
        let average = exponential_average(&ranges(input.bars).values, 0, arguments.count(0));
        let pairs = average.iter().zip(average.iter().skip(arguments.count(1)));
        let rates = pairs.map(|(before, now)| percent(now - before, *before));
        vec![Column::computed(after_look_back(arguments.count(1), input.bars.len(), rates))]
    },
    ..Definition::ROW
};

pub(super) const MASSI: Definition = Definition {
    name: "massi",
    summary: "Mass index: sum over `slow` bars of the ema of high − low ÷ the ema of that ema.",
    arguments: &[Argument::period("fast", 9.0, 2.0), Argument::period("slow", 25.0, 2.0)],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "MASSI" },
    reach: Reach::Recursion(|arguments| 2 * EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0) + arguments.count(1) - 1),
    look_back: |arguments| 2 * (arguments.count(0) - 1) + arguments.count(1) - 1,
    calculation: |input, arguments| vec![Column::computed(mass_index(input.bars, arguments))],
    ..Definition::ROW
};

pub(super) const RVI: Definition = Definition {
    name: "rvi",
    summary: "Relative volatility index: 100 × deviations of rising values ÷ all deviations, Wilder's averages.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 1.0), Argument::period("deviation_period", 10.0, 2.0)],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "RVI" },
    reach: Reach::Recursion(|arguments| WILDER_BARS_PER_PERIOD * arguments.count(0) + arguments.count(1) - 1),
    look_back: |arguments| arguments.count(0) + arguments.count(1) - 2,
    calculation: |input, arguments| {
        let (period, deviation_period) = (arguments.count(0), arguments.count(1));
        let values = per_run_single(&input.source, |run| relative_volatility(run, period, deviation_period));
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

pub(super) const VORTEX: Definition = Definition {
    name: "vortex",
    summary: "Vortex: sums of |high − low before| and of |low − high before| over the sum of true ranges.",
    arguments: &[Argument::period("period", 14.0, 1.0)],
    outputs: &["plus", "minus"],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "VORTEX" },
    look_back: first_argument,
    calculation: |input, arguments| vortex(input.bars, arguments.count(0)),
    ..Definition::ROW
};

pub(super) const ULTOSC: Definition = Definition {
    name: "ultosc",
    summary: "Ultimate oscillator: buying pressure ÷ true range over three windows, weighted 4, 2 and 1, shortest first.",
    arguments: &[
        Argument::period("period1", 7.0, 1.0),
        Argument::period("period2", 14.0, 1.0),
        Argument::period("period3", 28.0, 1.0),
    ],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "ULTOSC" },
    look_back: |arguments| arguments.count(0).max(arguments.count(1)).max(arguments.count(2)),
    calculation: |input, arguments| vec![Column::computed(ultimate(input.bars, arguments))],
    ..Definition::ROW
};

fn ranges(bars: &BarColumns<'_>) -> Column {
    bars.exact_per_bar(1, |[_, high, low, _]| high.saturating_sub(low))
}

/// Donald Dorsey, 1992; a ratio is 1 where nothing ranged.
fn mass_index(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let (fast, slow) = (arguments.count(0), arguments.count(1));
    let once = exponential_average(&ranges(bars).values, 0, fast);
    let twice = exponential_average(&once, fast - 1, fast);
    let pairs = once.iter().zip(&twice).skip(2 * (fast - 1));
    let ratios: Vec<f64> = pairs.map(|(once, twice)| if *twice == 0.0 { 1.0 } else { once / twice }).collect();
    after_look_back(2 * (fast - 1) + slow - 1, bars.len(), weighted_sums(&ratios, &vec![1.0; slow]))
}

/// Donald Dorsey, 1993, revised 1995; 50 where no value moved.
fn relative_volatility(run: &Run<'_>, period: usize, deviation_period: usize) -> Vec<f64> {
    let deviations = standard_deviation(run, deviation_period);
    let pairs = run.values.iter().zip(run.values.iter().skip(1));
    let signed: Vec<(f64, f64)> = pairs
        .zip(deviations.iter().skip(1))
        .skip(deviation_period.saturating_sub(2))
        .map(|((before, now), deviation)| {
            (if now > before { *deviation } else { 0.0 }, if now < before { *deviation } else { 0.0 })
        })
        .collect();
    let (ups, downs): (Vec<f64>, Vec<f64>) = signed.into_iter().unzip();
    let averages = wilder_average(&ups, period).into_iter().zip(wilder_average(&downs, period));
    let values = averages.map(|(up, down)| if up + down == 0.0 { 50.0 } else { 100.0 * (up / (up + down)) });
    after_look_back(deviation_period.saturating_sub(1), run.values.len(), values)
}

/// Etienne Botes and Douglas Siepman, 2010. All sums are integers; 0 where nothing ranged.
fn vortex(bars: &BarColumns<'_>, period: usize) -> Vec<Column> {
    let distances = |now: &[i64], before: &[i64]| {
        let pairs = now.iter().skip(1).zip(before);
        pairs.map(|(now, before)| now.saturating_sub(*before).saturating_abs()).collect::<Vec<i64>>()
    };
    let ranges: Vec<i64> = range_counts(bars).collect();
    let line = |moves: Vec<i64>| {
        let sums = integer_sums(&moves, period).zip(integer_sums(&ranges, period));
        let values = sums.map(|(moved, range)| if range == 0 { 0.0 } else { ratio(moved, range) });
        Column::computed(after_look_back(period, bars.len(), values))
    };
    vec![line(distances(bars.high, bars.low)), line(distances(bars.low, bars.high))]
}

/// Larry Williams, 1985. All sums are integers; a window without range adds nothing.
fn ultimate(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let mut periods = [0, 1, 2].map(|position| arguments.count(position));
    periods.sort_unstable();
    let [_, _, longest] = periods;
    let ranges: Vec<i64> = range_counts(bars).collect();
    let edges = bars.close.iter().zip(bars.low).skip(1).zip(bars.close);
    let pressures: Vec<i64> = edges.map(|((close, low), before)| close.saturating_sub(*low.min(before))).collect();
    let mut totals = vec![0.0; ranges.len()];
    for (period, weight) in periods.into_iter().zip([4.0, 2.0, 1.0]) {
        let sums = integer_sums(&pressures, period).zip(integer_sums(&ranges, period));
        let shares = sums.map(|(pressure, range)| if range == 0 { 0.0 } else { ratio(pressure, range) });
        totals.iter_mut().skip(period - 1).zip(shares).for_each(|(total, share)| *total += weight * share);
    }
    let values = totals.into_iter().skip(longest - 1).map(|total| 100.0 * total / 7.0);
    after_look_back(longest, bars.len(), values)
}
