//! Differences of a fast and a slow average: MACD and its relatives, price and volume oscillators.

use super::average_kinds::{Average, average_from, from_one_bar, in_order};
use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach, SourceKind};
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average, exponential_smoothing};
use super::input::{Arguments, Input, Run, per_run, per_run_single};
use super::momentum::percent;
use super::window_averages::simple_average;
use super::window_sums::{after_look_back, float_means};

/// Periods and smoothing factors of the convergence "fixed" to those Gerald Appel used.
const FIXED_PERIODS: (usize, usize) = (12, 26);
const FIXED_SMOOTHING: (f64, f64) = (0.15, 0.075);

pub(super) const MACD: Definition = Definition {
    name: "macd",
    summary: "Moving average convergence divergence: fast ema − slow ema, its own ema as signal, and their difference.",
    source: CLOSE,
    arguments: &[
        Argument::period("fast", 12.0, 2.0),
        Argument::period("slow", 26.0, 2.0),
        Argument::period("signal", 9.0, 1.0),
    ],
    outputs: &["line", "signal", "histogram"],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "MACD" },
    reach: Reach::Recursion(|arguments| {
        let slow = arguments.count(0).max(arguments.count(1));
        EXPONENTIAL_BARS_PER_PERIOD * (slow + arguments.count(2))
    }),
    look_back: |arguments| Convergence::of(arguments).look_back(),
    calculation: |input, arguments| Convergence::of(arguments).columns(input),
    ..Definition::ROW
};

pub(super) const MACDFIX: Definition = Definition {
    name: "macdfix",
    summary: "macd of 12 and 26 bars with the smoothing factors 0.15 and 0.075.",
    arguments: &[Argument::period("signal", 9.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "MACDFIX" },
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * (FIXED_PERIODS.1 + arguments.count(0))),
    look_back: |arguments| Convergence::fixed(arguments.count(0)).look_back(),
    calculation: |input, arguments| Convergence::fixed(arguments.count(0)).columns(input),
    ..MACD
};

pub(super) const MACDEXT: Definition = Definition {
    name: "macdext",
    summary: "macd with any kind of average for each of its three lines.",
    arguments: &[
        Argument::period("fast", 12.0, 2.0),
        Argument::average("fast_average", 0.0),
        Argument::period("slow", 26.0, 2.0),
        Argument::average("slow_average", 0.0),
        Argument::period("signal", 9.0, 1.0),
        Argument::average("signal_average", 0.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "MACDEXT" },
    reach: Reach::Recursion(|arguments| {
        let (fast, slow, signal) = chosen(arguments);
        fast.reach().max(slow.reach()) + signal.reach()
    }),
    look_back: |arguments| {
        let (fast, slow, signal) = chosen(arguments);
        fast.look_back().max(slow.look_back()) + signal.look_back()
    },
    calculation: |input, arguments| {
        let outputs = per_run(&input.source, 3, |run| chosen_convergence(run, chosen(arguments)));
        outputs.into_iter().map(Column::computed).collect()
    },
    ..MACD
};

/// Fast period, slow period, kind of both.
const OSCILLATOR_ARGUMENTS: &[Argument] =
    &[Argument::period("fast", 12.0, 2.0), Argument::period("slow", 26.0, 2.0), Argument::average("average", 1.0)];

pub(super) const APO: Definition = Definition {
    name: "apo",
    summary: "Absolute price oscillator: fast average − slow average.",
    source: CLOSE,
    arguments: OSCILLATOR_ARGUMENTS,
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "APO" },
    reach: Reach::Recursion(|arguments| {
        let (fast, slow) = pair(arguments);
        fast.reach().max(slow.reach())
    }),
    look_back: |arguments| {
        let (fast, slow) = pair(arguments);
        fast.look_back().max(slow.look_back())
    },
    calculation: |input, arguments| vec![Column::computed(oscillator(&input.source, arguments, |_, change, _| change))],
    ..Definition::ROW
};

pub(super) const PPO: Definition = Definition {
    name: "ppo",
    summary: "Percentage price oscillator: fast average − slow average, in percent of the slow one.",
    agreement: Agreement::EqualsTaLib { function: "PPO" },
    calculation: |input, arguments| {
        vec![Column::computed(oscillator(&input.source, arguments, |bar, change, slow| {
            percent(change, slow - input.price_offset(bar))
        }))]
    },
    ..APO
};

pub(super) const PVO: Definition = Definition {
    name: "pvo",
    summary: "Percentage volume oscillator: fast average − slow average of volume, in percent of the slow one.",
    source: SourceKind::Bars,
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "PVO" },
    needs_volume: true,
    calculation: |input, arguments| {
        vec![Column::computed(oscillator(&input.bars.volumes(), arguments, |_, change, slow| percent(change, slow)))]
    },
    ..APO
};

pub(super) const AO: Definition = Definition {
    name: "ao",
    summary: "Awesome oscillator: fast simple average − slow simple average of hl2.",
    arguments: &[Argument::period("fast", 5.0, 2.0), Argument::period("slow", 34.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "AO" },
    look_back: |arguments| arguments.count(0).max(arguments.count(1)) - 1,
    calculation: |input, arguments| vec![Column::computed(awesome(input.bars, arguments))],
    ..Definition::ROW
};

pub(super) const AC: Definition = Definition {
    name: "ac",
    summary: "Accelerator oscillator: ao minus its simple average over `signal` bars.",
    arguments: &[
        Argument::period("fast", 5.0, 2.0),
        Argument::period("slow", 34.0, 2.0),
        Argument::period("signal", 5.0, 2.0),
    ],
    agreement: Agreement::EqualsTaLib { function: "AC" },
    look_back: |arguments| arguments.count(0).max(arguments.count(1)) + arguments.count(2) - 2,
    calculation: |input, arguments| {
        let oscillator = Column::computed(awesome(input.bars, arguments));
        let signal = arguments.count(2);
        vec![Column::computed(per_run_single(&oscillator, |run| {
            let means = float_means(run.values, signal);
            let values = run.values.iter().skip(signal - 1).zip(means).map(|(value, mean)| value - mean);
            after_look_back(signal - 1, run.values.len(), values)
        }))]
    },
    ..AO
};

/// Exponential averages of a convergence: period and smoothing of the fast and of the slow one, period of the signal.
struct Convergence {
    fast: (usize, f64),
    slow: (usize, f64),
    signal: usize,
}

impl Convergence {
    /// The periods of a call; exchanged ones mean the same.
    fn of(arguments: &Arguments<'_>) -> Self {
        let (first, second) = (arguments.count(0), arguments.count(1));
        let smoothed = |period: usize| (period, 2.0 / (period as f64 + 1.0));
        Self { fast: smoothed(first.min(second)), slow: smoothed(first.max(second)), signal: arguments.count(2) }
    }

    const fn fixed(signal: usize) -> Self {
        Self { fast: (FIXED_PERIODS.0, FIXED_SMOOTHING.0), slow: (FIXED_PERIODS.1, FIXED_SMOOTHING.1), signal }
    }

    const fn look_back(&self) -> usize {
        (self.slow.0 + self.signal).saturating_sub(2)
    }

    fn columns(&self, input: &Input<'_>) -> Vec<Column> {
        per_run(&input.source, 3, |run| self.lines(run)).into_iter().map(Column::computed).collect()
    }

    /// Both averages start at the bar where the slow one does, so the fast one skips the first `slow − fast` values.
    fn lines(&self, run: &Run<'_>) -> Vec<Vec<f64>> {
        let ((fast, fast_smoothing), (slow, slow_smoothing)) = (self.fast, self.slow);
        let fast_average = exponential_smoothing(run.values, slow - fast, fast, fast_smoothing);
        let slow_average = exponential_smoothing(run.values, 0, slow, slow_smoothing);
        let line: Vec<f64> = fast_average.iter().zip(&slow_average).map(|(fast, slow)| fast - slow).collect();
        let signal = exponential_average(&line, slow.saturating_sub(1), self.signal);
        with_histogram(line, signal, self.look_back())
    }
}

/// The line (undefined during the look-back), its signal, and their difference.
fn with_histogram(mut line: Vec<f64>, signal: Vec<f64>, look_back: usize) -> Vec<Vec<f64>> {
    let histogram = line.iter().zip(&signal).map(|(line, signal)| line - signal).collect();
    line.iter_mut().take(look_back).for_each(|value| *value = f64::NAN);
    vec![line, signal, histogram]
}

fn chosen(arguments: &Arguments<'_>) -> (Average, Average, Average) {
    let (fast, slow) = in_order(Average::of(arguments, 0, 1), Average::of(arguments, 2, 3));
    (fast, slow, Average::of(arguments, 4, 5))
}

fn chosen_convergence(run: &Run<'_>, (fast, slow, signal): (Average, Average, Average)) -> Vec<Vec<f64>> {
    let undefined = fast.look_back().max(slow.look_back());
    let (fast_average, slow_average) = from_one_bar(run, fast, slow);
    let line: Vec<f64> = fast_average.iter().zip(&slow_average).map(|(fast, slow)| fast - slow).collect();
    let signal_line = average_from(signal, &line, undefined);
    with_histogram(line, signal_line, undefined + signal.look_back())
}

fn pair(arguments: &Arguments<'_>) -> (Average, Average) {
    in_order(Average::of(arguments, 0, 2), Average::of(arguments, 1, 2))
}

/// What `of` makes of a bar, the difference of both averages (each from its own first bar) and the slow one.
fn oscillator(source: &Column, arguments: &Arguments<'_>, of: impl Fn(usize, f64, f64) -> f64) -> Vec<f64> {
    let (fast, slow) = pair(arguments);
    per_run_single(source, |run| {
        let (fast_average, slow_average) = (fast.over(run), slow.over(run));
        let both = fast_average.iter().zip(&slow_average).zip(run.start..);
        both.map(|((fast, slow), bar)| of(bar, fast - slow, *slow)).collect()
    })
}

/// Bill Williams, "New Trading Dimensions", 1998.
fn awesome(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let middles = bars.exact_per_bar(2, |[_, high, low, _]| high.saturating_add(low));
    per_run_single(&middles, |run| {
        let averages = [0, 1].map(|position| simple_average(run, arguments.count(position)));
        let [fast, slow] = &averages;
        fast.iter().zip(slow).map(|(fast, slow)| fast - slow).collect()
    })
}
