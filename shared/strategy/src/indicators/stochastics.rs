//! Where a value stands in its recent range, smoothed: the stochastics and what is built like them.

use super::average_kinds::{Average, AverageKind, average_from};
use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach};
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::extremes::{larger, smaller, window_extremes};
use super::input::{Arguments, Run, per_run};
use super::momentum::{WILDER_BARS_PER_PERIOD, percent, relative_strength};
use super::window_sums::after_look_back;

/// Range of an oscillator, relative to its edges, that is rounding of a flat one (TA-Lib's `TA_EPSILON`).
const FLAT_RANGE: f64 = 1e-14;

pub(super) const STOCH: Definition = Definition {
    name: "stoch",
    summary: "Slow stochastic: place of the close in the range of `period` bars, smoothed; d is the mean of k.",
    arguments: &[
        Argument::period("period", 5.0, 1.0),
        Argument::period("smoothing", 3.0, 1.0),
        Argument::period("d", 3.0, 1.0),
    ],
    outputs: &["k", "d"],
    family: Family::Momentum,
    agreement: Agreement::DiffersFromTaLib {
        function: "STOCH",
        why: "same values; no arguments for the kind of average",
    },
    reach: Reach::Recursion(|arguments| Smoothing::simple(arguments).reach()),
    look_back: |arguments| Smoothing::simple(arguments).look_back(),
    calculation: |input, arguments| Smoothing::simple(arguments).of_bars(input.bars),
    ..Definition::ROW
};

pub(super) const TALIB_STOCH: Definition = Definition {
    name: "talib.STOCH",
    arguments: &[
        Argument::period("period", 5.0, 1.0),
        Argument::period("smoothing", 3.0, 1.0),
        Argument::average("smoothing_average", 0.0),
        Argument::period("d", 3.0, 1.0),
        Argument::average("d_average", 0.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "STOCH" },
    reach: Reach::Recursion(|arguments| Smoothing::slow(arguments).reach()),
    look_back: |arguments| Smoothing::slow(arguments).look_back(),
    calculation: |input, arguments| Smoothing::slow(arguments).of_bars(input.bars),
    ..STOCH
};

pub(super) const KDJ: Definition = Definition {
    name: "kdj",
    summary: "Slow stochastic with Wilder's averages, and j = 3 × k − 2 × d.",
    arguments: &[
        Argument::period("period", 9.0, 1.0),
        Argument::period("smoothing", 3.0, 1.0),
        Argument::average("smoothing_average", 13.0),
        Argument::period("d", 3.0, 1.0),
        Argument::average("d_average", 13.0),
    ],
    outputs: &["k", "d", "j"],
    agreement: Agreement::EqualsTaLib { function: "KDJ" },
    calculation: |input, arguments| {
        let mut columns = Smoothing::slow(arguments).of_bars(input.bars);
        if let [k, d] = columns.as_slice() {
            let j = k.values.iter().zip(&d.values).map(|(k, d)| 3.0 * k - 2.0 * d).collect();
            columns.push(Column::computed(j));
        }
        columns
    },
    ..TALIB_STOCH
};

pub(super) const STOCHF: Definition = Definition {
    name: "stochf",
    summary: "Fast stochastic: place of the close in the range of `period` bars; d is an average of k.",
    arguments: &[
        Argument::period("period", 5.0, 1.0),
        Argument::period("d", 3.0, 1.0),
        Argument::average("d_average", 0.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "STOCHF" },
    reach: Reach::Recursion(|arguments| Smoothing::fast(arguments, 0).reach()),
    look_back: |arguments| Smoothing::fast(arguments, 0).look_back(),
    calculation: |input, arguments| Smoothing::fast(arguments, 0).of_bars(input.bars),
    ..STOCH
};

pub(super) const STOCHRSI: Definition = Definition {
    name: "stochrsi",
    summary: "Stochastic of the relative strength index: its place within its range of the last `k` bars, and d = sma of k.",
    source: CLOSE,
    arguments: &[
        Argument::period("period", 14.0, 2.0),
        Argument::period("k", 5.0, 1.0),
        Argument::period("d", 3.0, 1.0),
    ],
    outputs: &["k", "d"],
    family: Family::Momentum,
    agreement: Agreement::DiffersFromTaLib {
        function: "STOCHRSI",
        why: "same values; no argument for the kind of average",
    },
    reach: Reach::Recursion(|arguments| {
        WILDER_BARS_PER_PERIOD * arguments.count(0) + Smoothing::of_strength(arguments).reach()
    }),
    look_back: |arguments| arguments.count(0) + Smoothing::of_strength(arguments).look_back(),
    calculation: |input, arguments| {
        let (period, smoothing) = (arguments.count(0), Smoothing::of_strength(arguments));
        let outputs = per_run(&input.source, 2, |run| strength_stochastic(run, period, smoothing));
        outputs.into_iter().map(Column::computed).collect()
    },
    ..Definition::ROW
};

pub(super) const TALIB_STOCHRSI: Definition = Definition {
    name: "talib.STOCHRSI",
    arguments: &[
        Argument::period("period", 14.0, 2.0),
        Argument::period("k", 5.0, 1.0),
        Argument::period("d", 3.0, 1.0),
        Argument::average("d_average", 0.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "STOCHRSI" },
    reach: Reach::Recursion(|arguments| {
        WILDER_BARS_PER_PERIOD * arguments.count(0) + Smoothing::fast(arguments, 1).reach()
    }),
    look_back: |arguments| arguments.count(0) + Smoothing::fast(arguments, 1).look_back(),
    calculation: |input, arguments| {
        let (period, smoothing) = (arguments.count(0), Smoothing::fast(arguments, 1));
        let outputs = per_run(&input.source, 2, |run| strength_stochastic(run, period, smoothing));
        outputs.into_iter().map(Column::computed).collect()
    },
    ..STOCHRSI
};

pub(super) const SMI: Definition = Definition {
    name: "smi",
    summary: "Stochastic momentum index: twice smoothed distance from the range's middle in percent of half the range.",
    arguments: &[
        Argument::period("period", 13.0, 2.0),
        Argument::period("fast", 2.0, 2.0),
        Argument::period("slow", 25.0, 2.0),
        Argument::period("signal", 9.0, 2.0),
    ],
    outputs: &["line", "signal"],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "SMI" },
    reach: Reach::Recursion(|arguments| {
        let averages: usize = (1..4).map(|position| arguments.count(position)).sum();
        arguments.count(0) - 1 + EXPONENTIAL_BARS_PER_PERIOD * averages
    }),
    look_back: |arguments| (0..4).map(|position| arguments.count(position) - 1).sum(),
    calculation: |input, arguments| momentum_index(input.bars, arguments),
    ..Definition::ROW
};

/// The range of a stochastic and the averages of its place and of that.
#[derive(Debug, Clone, Copy)]
struct Smoothing {
    period: usize,
    k: Average,
    d: Average,
}

impl Smoothing {
    fn simple(arguments: &Arguments<'_>) -> Self {
        let simple = |position| Average { kind: AverageKind::Simple, period: arguments.count(position) };
        Self { period: arguments.count(0), k: simple(1), d: simple(2) }
    }

    fn slow(arguments: &Arguments<'_>) -> Self {
        let (k, d) = (Average::of(arguments, 1, 2), Average::of(arguments, 3, 4));
        Self { period: arguments.count(0), k, d }
    }

    /// Without smoothing of the place; its arguments begin at `first`.
    fn fast(arguments: &Arguments<'_>, first: usize) -> Self {
        let k = Average { kind: AverageKind::None, period: 1 };
        Self { period: arguments.count(first), k, d: Average::of(arguments, first + 1, first + 2) }
    }

    /// Of the strength index, d simple.
    fn of_strength(arguments: &Arguments<'_>) -> Self {
        let k = Average { kind: AverageKind::None, period: 1 };
        let d = Average { kind: AverageKind::Simple, period: arguments.count(2) };
        Self { period: arguments.count(1), k, d }
    }

    fn look_back(self) -> usize {
        self.period - 1 + self.k.look_back() + self.d.look_back()
    }

    fn reach(self) -> usize {
        self.period - 1 + self.k.reach() + self.d.reach()
    }

    /// k and d from the place at every bar with a full range; both start where d does.
    fn lines(self, places: &[f64], length: usize) -> Vec<Vec<f64>> {
        let k = self.k.of_values(places);
        let d = average_from(self.d, &k, self.k.look_back());
        let undefined = self.k.look_back() + self.d.look_back();
        let look_back = length.saturating_sub(places.len()) + undefined;
        let line = |values: Vec<f64>| after_look_back(look_back, length, values.into_iter().skip(undefined));
        vec![line(k), line(d)]
    }

    /// George Lane's stochastic of the close.
    fn of_bars(self, bars: &BarColumns<'_>) -> Vec<Column> {
        let highest = window_extremes(bars.high, self.period, i64::max);
        let lowest = window_extremes(bars.low, self.period, i64::min);
        let closes = bars.close.iter().skip(self.period.saturating_sub(1));
        let places = closes.zip(highest.iter().zip(&lowest)).map(|(close, (highest, lowest))| {
            percent(close.saturating_sub(*lowest) as f64, highest.saturating_sub(*lowest) as f64)
        });
        let places: Vec<f64> = places.collect();
        self.lines(&places, bars.len()).into_iter().map(Column::computed).collect()
    }
}

fn strength_stochastic(run: &Run<'_>, period: usize, smoothing: Smoothing) -> Vec<Vec<f64>> {
    let strength = relative_strength(run, period);
    let defined = strength.get(period..).unwrap_or_default();
    let highest = window_extremes(defined, smoothing.period, larger);
    let lowest = window_extremes(defined, smoothing.period, smaller);
    let places = defined.iter().skip(smoothing.period - 1).zip(highest.iter().zip(&lowest));
    let place = |(value, (highest, lowest)): (&f64, (&f64, &f64))| {
        let (height, edges) = (highest - lowest, highest.abs() + lowest.abs());
        if height <= FLAT_RANGE * edges { 0.0 } else { 100.0 * (value - lowest) / height }
    };
    let places: Vec<f64> = places.map(place).collect();
    smoothing.lines(&places, run.values.len())
}

/// William Blau, 1993; 0 where there was no range.
fn momentum_index(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let [period, fast, slow, signal] = [0, 1, 2, 3].map(|position| arguments.count(position));
    let scale = bars.price_scale;
    let highest = window_extremes(bars.high, period, i64::max);
    let lowest = window_extremes(bars.low, period, i64::min);
    let edges = || highest.iter().zip(&lowest).map(|(high, low)| (scale.to_f64(*high), scale.to_f64(*low)));
    let closes = bars.close.iter().skip(period.saturating_sub(1)).map(|close| scale.to_f64(*close));
    let distances: Vec<f64> = closes.zip(edges()).map(|(close, (high, low))| close - (high + low) * 0.5).collect();
    let ranges: Vec<f64> = edges().map(|(high, low)| high - low).collect();
    let smoothed =
        |values: &[f64]| exponential_average(&exponential_average(values, 0, slow), slow.saturating_sub(1), fast);
    let both = smoothed(&distances).into_iter().zip(smoothed(&ranges));
    let line: Vec<f64> =
        both.map(|(distance, range)| if range == 0.0 { 0.0 } else { 100.0 * distance / (0.5 * range) }).collect();
    let undefined = slow + fast - 2;
    let signal_line = exponential_average(&line, undefined, signal);
    let look_back = period + undefined + signal - 2;
    let column = |values: Vec<f64>| {
        let defined = values.into_iter().skip(undefined + signal - 1);
        Column::computed(after_look_back(look_back, bars.len(), defined))
    };
    vec![column(line), column(signal_line)]
}
