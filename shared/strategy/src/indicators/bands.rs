//! Bands and channels around an average: Bollinger, Keltner, acceleration.

use super::average_kinds::{Average, AverageKind};
use super::bar_columns::Column;
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, MAXIMUM_WIDTH, Reach, SourceKind};
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::input::{Arguments, Input, per_run, per_run_single};
use super::momentum::WILDER_BARS_PER_PERIOD;
use super::oscillators::triple_typical;
use super::standard_deviation::standard_deviation;
use super::volatility::{average_true_range, average_true_range_from};
use super::window_averages::{full_window, simple_average};
use super::window_sums::{after_look_back, float_means};

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
    calculation: |input, arguments| {
        let average = Average { kind: AverageKind::Simple, period: arguments.count(0) };
        bollinger(input, average, (arguments.number(1), arguments.number(1)))
    },
    ..Definition::ROW
};

pub(super) const TALIB_BBANDS: Definition = Definition {
    name: "talib.BBANDS",
    summary: "Bollinger bands: population standard deviations around an average of the kind `average`.",
    arguments: &[
        Argument::period("period", 20.0, 2.0),
        Argument::factor("deviations_up", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
        Argument::factor("deviations_down", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
        Argument::average("average", 0.0),
    ],
    outputs: &["upper", "middle", "lower"],
    agreement: Agreement::EqualsTaLib { function: "BBANDS" },
    reach: Reach::Recursion(|arguments| Average::of(arguments, 0, 3).reach().max(full_window(arguments))),
    look_back: |arguments| Average::of(arguments, 0, 3).look_back().max(full_window(arguments)),
    calculation: |input, arguments| {
        let widths = (arguments.number(1), arguments.number(2));
        let mut bands = bollinger(input, Average::of(arguments, 0, 3), widths);
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
    agreement: Agreement::DiffersFromTaLib {
        function: "KC",
        why: "Linda Bradford Raschke's version of Chester Keltner's channel: an ema of the closes",
    },
    reach: Reach::Recursion(|arguments| {
        let average = EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0);
        average.max(WILDER_BARS_PER_PERIOD * arguments.count(2))
    }),
    look_back: |arguments| full_window(arguments).max(arguments.count(2)),
    calculation: |input, arguments| {
        let (period, atr_period) = (arguments.count(0), arguments.count(2));
        let ranges = average_true_range(input.bars, atr_period);
        let mut middle = per_run_single(&input.source, |run| exponential_average(run.values, 0, period));
        middle.iter_mut().take(atr_period).for_each(|value| *value = f64::NAN);
        let bands = channel(middle, &ranges, arguments.number(1));
        bands.into_iter().map(|values| input.level(values)).collect()
    },
    ..Definition::ROW
};

pub(super) const TALIB_KC: Definition = Definition {
    name: "talib.KC",
    summary: "Keltner channel: ema of `period` typical prices (hlc3) and `width` average true ranges around it.",
    source: SourceKind::Bars,
    arguments: &[
        Argument::period("period", 20.0, 2.0),
        Argument::period("atr_period", 10.0, 1.0),
        Argument::factor("width", 2.0, -MAXIMUM_WIDTH, MAXIMUM_WIDTH),
    ],
    outputs: &["upper", "middle", "lower"],
    agreement: Agreement::EqualsTaLib { function: "KC" },
    reach: Reach::Recursion(|arguments| {
        let average = EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0);
        average.max(WILDER_BARS_PER_PERIOD * arguments.count(1))
    }),
    look_back: |arguments| full_window(arguments).max(arguments.count(1)),
    calculation: |input, arguments| {
        let counts = triple_typical(input.bars);
        let typical = Column::exact(counts, 3 * input.bars.price_scale.per_unit(), 0);
        let look_back = full_window(arguments).max(arguments.count(1));
        let middle = exponential_average(&typical.values, look_back - full_window(arguments), arguments.count(0));
        let ranges = average_true_range_from(input.bars, arguments.count(1), look_back - arguments.count(1));
        let [middle, upper, lower] = channel(middle, &ranges, arguments.number(2));
        let level = |values| Column { is_price: true, ..Column::computed(values) };
        [upper, middle, lower].into_iter().map(level).collect()
    },
    ..KELTNER
};

pub(super) const ACCBANDS: Definition = Definition {
    name: "accbands",
    summary: "Acceleration bands: sma of closes, and of highs and lows widened by 4 × (high − low) ÷ (high + low).",
    arguments: &[Argument::period("period", 20.0, 2.0)],
    outputs: &["upper", "middle", "lower"],
    family: Family::Volatility,
    agreement: Agreement::EqualsTaLib { function: "ACCBANDS" },
    look_back: full_window,
    calculation: acceleration_bands,
    ..Definition::ROW
};

/// Middle, upper, lower.
fn bollinger(input: &Input<'_>, average: Average, (up, down): (f64, f64)) -> Vec<Column> {
    let outputs = per_run(&input.source, 3, |run| {
        let mut middle = average.over(run);
        middle.iter_mut().take(average.period.saturating_sub(1)).for_each(|value| *value = f64::NAN);
        let deviation = standard_deviation(run, average.period);
        let upper = around(&middle, &deviation, up);
        let lower = around(&middle, &deviation, -down);
        vec![middle, upper, lower]
    });
    outputs.into_iter().map(|values| input.level(values)).collect()
}

/// Middle, upper, lower: `width` average true ranges around the middle.
fn channel(middle: Vec<f64>, ranges: &[f64], width: f64) -> [Vec<f64>; 3] {
    let (upper, lower) = (around(&middle, ranges, width), around(&middle, ranges, -width));
    [middle, upper, lower]
}

fn around(middle: &[f64], measure: &[f64], width: f64) -> Vec<f64> {
    middle.iter().zip(measure).map(|(middle, measure)| middle + width * measure).collect()
}

/// Price Headley, "Big Trends in Trading", 2002. The width is taken of raw prices on adjusted futures.
fn acceleration_bands(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let (bars, period) = (input.bars, arguments.count(0));
    let scale = bars.price_scale;
    let edges = bars.high.iter().zip(bars.low).enumerate().map(|(bar, (high, low))| {
        let (high, low) = (scale.to_f64(*high), scale.to_f64(*low));
        let base = high + low - 2.0 * bars.raw_offset(bar);
        let width = if base == 0.0 { 0.0 } else { 4.0 * (high - low) / base };
        (high * (1.0 + width), low * (1.0 - width))
    });
    let (upper, lower): (Vec<f64>, Vec<f64>) = edges.unzip();
    let means = |values: &[f64]| after_look_back(period - 1, values.len(), float_means(values, period));
    let middle = per_run_single(&bars.closes(), |run| simple_average(run, period));
    let level = |values| Column { is_price: true, ..Column::computed(values) };
    [means(&upper), middle, means(&lower)].into_iter().map(level).collect()
}
