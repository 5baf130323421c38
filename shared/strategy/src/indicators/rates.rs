//! Rates of change in other forms than percent, and oscillators made of them or of displaced averages.

use super::bar_columns::Column;
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach};
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::input::{Arguments, Input, per_run_single};
use super::momentum::{MOM, difference, percent};
use super::window_averages::{linear_means, simple_average};
use super::window_sums::after_look_back;

pub(super) const ROCP: Definition = Definition {
    name: "rocp",
    summary: "Rate of change as a fraction of the value `period` bars ago (of its raw price on adjusted futures).",
    agreement: Agreement::EqualsTaLib { function: "ROCP" },
    calculation: |input, arguments| vec![Column::computed(fractions(input, arguments))],
    ..MOM
};

pub(super) const ROCR: Definition = Definition {
    name: "rocr",
    summary: "Ratio of the value to the value `period` bars ago: 1 + rocp.",
    agreement: Agreement::EqualsTaLib { function: "ROCR" },
    calculation: |input, arguments| vec![Column::computed(ratios(input, arguments, 1.0))],
    ..MOM
};

pub(super) const ROCR100: Definition = Definition {
    name: "rocr100",
    summary: "Ratio of the value to the value `period` bars ago, times 100: 100 + roc.",
    agreement: Agreement::EqualsTaLib { function: "ROCR100" },
    calculation: |input, arguments| vec![Column::computed(ratios(input, arguments, 100.0))],
    ..MOM
};

pub(super) const COPPOCK: Definition = Definition {
    name: "coppock",
    summary: "Coppock curve: weighted average over `wma_period` of the sum of two rates of change in percent.",
    source: CLOSE,
    arguments: &[
        Argument::period("wma_period", 10.0, 1.0),
        Argument::period("roc1_period", 11.0, 1.0),
        Argument::period("roc2_period", 14.0, 1.0),
    ],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "COPPOCK" },
    look_back: |arguments| longer_rate(arguments) + arguments.count(0) - 1,
    calculation: |input, arguments| vec![Column::computed(coppock_curve(input, arguments))],
    ..Definition::ROW
};

pub(super) const DPO: Definition = Definition {
    name: "dpo",
    summary: "Detrended price: the value period / 2 + 1 bars ago minus the simple average of the last `period` values.",
    source: CLOSE,
    arguments: &[Argument::period("period", 20.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "DPO" },
    look_back: |arguments| displacement(arguments).max(arguments.count(0) - 1),
    calculation: |input, arguments| {
        let (period, displacement) = (arguments.count(0), displacement(arguments));
        let values = per_run_single(&input.source, |run| {
            let averages = simple_average(run, period);
            let pairs = run.values.iter().zip(averages.iter().skip(displacement));
            after_look_back(displacement, run.values.len(), pairs.map(|(before, average)| before - average))
        });
        vec![Column::computed(values)]
    },
    ..Definition::ROW
};

pub(super) const TRIX: Definition = Definition {
    name: "trix",
    summary: "Rate of change in percent from bar to bar of a triple-chained exponential average.",
    source: CLOSE,
    arguments: &[Argument::period("period", 30.0, 1.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "TRIX" },
    reach: Reach::Recursion(|arguments| 3 * EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0) + 1),
    look_back: |arguments| 3 * (arguments.count(0) - 1) + 1,
    calculation: |input, arguments| vec![Column::computed(chained_rate(input, arguments.count(0)))],
    ..Definition::ROW
};

/// `(x − x[n]) ÷ base`; 0 where the base is 0.
fn fractions(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    ratios_of(input, arguments, |change, base| if base == 0.0 && !change.is_nan() { 0.0 } else { change / base })
}

/// `(1 + (x − x[n]) ÷ base) × factor`; 0 where the base is 0.
fn ratios(input: &Input<'_>, arguments: &Arguments<'_>, factor: f64) -> Vec<f64> {
    ratios_of(
        input,
        arguments,
        |change, base| {
            if base == 0.0 && !change.is_nan() { 0.0 } else { (change + base) / base * factor }
        },
    )
}

fn ratios_of(input: &Input<'_>, arguments: &Arguments<'_>, of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let period = arguments.count(0);
    let changes = difference(input, period);
    let bases = input.source.values.iter().enumerate().map(|(bar, value)| value - input.price_offset(bar));
    let values = changes.values.iter().skip(period).zip(bases).map(|(change, base)| of(*change, base));
    after_look_back(period, changes.values.len(), values)
}

fn longer_rate(arguments: &Arguments<'_>) -> usize {
    arguments.count(1).max(arguments.count(2))
}

/// Edwin Coppock, 1962: the sum of both rates.
fn coppock_curve(input: &Input<'_>, arguments: &Arguments<'_>) -> Vec<f64> {
    let (period, longer) = (arguments.count(0), longer_rate(arguments));
    per_run_single(&input.source, |run| {
        let rates = |lag: usize| {
            let pairs = run.values.iter().zip(run.values.iter().skip(lag)).zip(run.start..);
            let rates = pairs.map(|((before, now), bar)| percent(now - before, before - input.price_offset(bar)));
            rates.skip(longer - lag)
        };
        let sums: Vec<f64> = rates(arguments.count(1)).zip(rates(arguments.count(2))).map(|(a, b)| a + b).collect();
        after_look_back(longer + period - 1, run.values.len(), linear_means(&sums, period))
    })
}

fn displacement(arguments: &Arguments<'_>) -> usize {
    arguments.count(0) / 2 + 1
}

/// Jack Hutson, 1983. The base is the average before, less what was added to raw prices at that bar.
fn chained_rate(input: &Input<'_>, period: usize) -> Vec<f64> {
    per_run_single(&input.source, |run| {
        let mut average = run.values.to_vec();
        for depth in 0..3 {
            average = exponential_average(&average, depth * (period - 1), period);
        }
        let pairs = average.iter().zip(average.iter().skip(1)).zip(run.start..);
        let rates = pairs.map(|((before, now), bar)| percent(now - before, before - input.price_offset(bar)));
        after_look_back(1, run.values.len(), rates)
    })
}
