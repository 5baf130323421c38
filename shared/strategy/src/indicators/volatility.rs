//! Ranges, deviations, and the bands drawn from them.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, MAXIMUM_WIDTH, Reach};
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::input::{Arguments, Input, per_run, per_run_single};
use super::momentum::{WILDER_BARS_PER_PERIOD, first_argument, percent, raw_offset};
use super::standard_deviation::standard_deviation;
use super::window_averages::{full_window, simple_average};
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
            ranges.iter().zip(closes).map(|(range, (bar, close))| percent(*range, close - raw_offset(input.bars, bar)));
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

pub(super) const BBANDS: Definition = Definition {
    name: "bbands",
    summary: "Bollinger bands: sma of `period` values and `deviations` population standard deviations around it.",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 20.0, 2.0),
        Argument::factor("deviations", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
    ],
    outputs: &["middle", "upper", "lower"],
    family: Family::Volatility,
    agreement: Agreement::DiffersFromTaLib { function: "BBANDS", why: "same values; one width for both bands" },
    look_back: full_window,
    calculation: |input, arguments| bollinger(input, arguments.count(0), arguments.number(1), arguments.number(1)),
    ..Definition::ROW
};

pub(super) const TALIB_BBANDS: Definition = Definition {
    name: "talib.BBANDS",
    arguments: &[
        Argument::period("period", 20.0, 2.0),
        Argument::factor("deviations_up", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
        Argument::factor("deviations_down", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
        Argument::simple_average_only("average"),
    ],
    outputs: &["upper", "middle", "lower"],
    agreement: Agreement::EqualsTaLib { function: "BBANDS" },
    calculation: |input, arguments| {
        let mut bands = bollinger(input, arguments.count(0), arguments.number(1), arguments.number(2));
        bands.swap(0, 1);
        bands
    },
    ..BBANDS
};

pub(super) const KELTNER: Definition = Definition {
    name: "keltner",
    summary: "Keltner channel: ema of `period` values and `width` average true ranges of `atr_period` bars around it.",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 20.0, 1.0),
        Argument::factor("width", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
        Argument::period("atr_period", 10.0, 1.0),
    ],
    outputs: &["middle", "upper", "lower"],
    family: Family::Volatility,
    agreement: Agreement::OurOwn {
        source: "Linda Bradford Raschke's version of Chester Keltner's channel: ema 20, 2 × atr 10",
    },
    reach: Reach::Recursion(|arguments| {
        let average = EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0);
        average.max(WILDER_BARS_PER_PERIOD * arguments.count(2))
    }),
    look_back: |arguments| full_window(arguments).max(arguments.count(2)),
    calculation: keltner,
    ..Definition::ROW
};

/// True ranges from the second bar on, in price counts.
fn range_counts(bars: &BarColumns<'_>) -> impl Iterator<Item = i64> {
    let edges = bars.high.iter().zip(bars.low).skip(1);
    edges.zip(bars.close).map(|((high, low), before)| high.max(before).saturating_sub(*low.min(before)))
}

/// True ranges from the second bar on, in quoted units.
pub(super) fn true_ranges(bars: &BarColumns<'_>) -> impl Iterator<Item = f64> {
    let per_unit = bars.price_scale.per_unit() as f64;
    range_counts(bars).map(move |count| count as f64 / per_unit)
}

/// J. Welles Wilder, 1978: mean of the first `period` ranges, then `(before × (period − 1) + range) ÷ period`.
fn average_true_range(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let size = period as f64;
    let mut average = 0.0;
    let values = true_ranges(bars).enumerate().filter_map(|(index, range)| {
        if index < period {
            average += range;
            if index + 1 < period {
                return None;
            }
            average /= size;
        } else {
            average = (average * (size - 1.0) + range) / size;
        }
        Some(average)
    });
    after_look_back(period, bars.len(), values)
}

/// Middle, upper, lower.
fn bollinger(input: &Input<'_>, period: usize, up: f64, down: f64) -> Vec<Column> {
    let outputs = per_run(&input.source, 3, |run| {
        let middle = simple_average(run, period);
        let deviation = standard_deviation(run, period);
        let upper = around(&middle, &deviation, up);
        let lower = around(&middle, &deviation, -down);
        vec![middle, upper, lower]
    });
    outputs.into_iter().map(|values| input.level(values)).collect()
}

fn keltner(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let (period, width) = (arguments.count(0), arguments.number(1));
    let ranges = average_true_range(input.bars, arguments.count(2));
    let mut middle = per_run_single(&input.source, |run| exponential_average(run.values, 0, period));
    let look_back = arguments.count(2);
    middle.iter_mut().take(look_back).for_each(|value| *value = f64::NAN);
    let (upper, lower) = (around(&middle, &ranges, width), around(&middle, &ranges, -width));
    [middle, upper, lower].into_iter().map(|values| input.level(values)).collect()
}

fn around(middle: &[f64], measure: &[f64], width: f64) -> Vec<f64> {
    middle.iter().zip(measure).map(|(middle, measure)| middle + width * measure).collect()
}
