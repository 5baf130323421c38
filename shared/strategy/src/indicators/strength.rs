//! Gains against losses, and the net move against the path: oscillators over a window of changes.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family, Reach};
use super::exact_ratio::ratio;
use super::exponential::{EXPONENTIAL_BARS_PER_PERIOD, exponential_average};
use super::extremes::{larger, smaller, window_extremes};
use super::input::{Run, per_run_single};
use super::momentum::{WILDER_BARS_PER_PERIOD, changes, first_argument, gains_and_losses, paths};
use super::window_averages::{full_window, simple_average};
use super::window_sums::{after_look_back, integer_sums};

pub(super) const CMO: Definition = Definition {
    name: "cmo",
    summary: "Chande momentum oscillator: 100 × (gains − losses) ÷ (gains + losses), Wilder's averages.",
    source: CLOSE,
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "CMO" },
    reach: Reach::Recursion(|arguments| WILDER_BARS_PER_PERIOD * arguments.count(0)),
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| gains_and_losses(run, period, balance)))]
    },
    ..Definition::ROW
};

pub(super) const CMOU: Definition = Definition {
    name: "cmou",
    summary: "Chande momentum oscillator as published: 100 × (gains − losses) ÷ (gains + losses) of `period` changes.",
    agreement: Agreement::EqualsTaLib { function: "CMOU" },
    reach: Reach::Window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| unsmoothed_balance(run, period)))]
    },
    ..CMO
};

pub(super) const ER: Definition = Definition {
    name: "er",
    summary: "Kaufman's efficiency ratio: the net move over `period` bars ÷ the sum of the moves in it, 0 to 1.",
    arguments: &[Argument::period("period", 10.0, 2.0)],
    agreement: Agreement::EqualsTaLib { function: "ER" },
    reach: Reach::Window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| efficiency(run, period)))]
    },
    ..CMO
};

pub(super) const VHF: Definition = Definition {
    name: "vhf",
    summary: "Vertical horizontal filter: the range of `period` values ÷ the sum of `period` moves.",
    arguments: &[Argument::period("period", 28.0, 2.0)],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "VHF" },
    reach: Reach::Window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| vertical_filter(run, period)))]
    },
    ..CMO
};

pub(super) const TSI: Definition = Definition {
    name: "tsi",
    summary: "True strength index: 100 × twice smoothed change ÷ twice smoothed size of the change.",
    arguments: &[Argument::period("first_period", 25.0, 2.0), Argument::period("second_period", 13.0, 2.0)],
    agreement: Agreement::EqualsTaLib { function: "TSI" },
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * (arguments.count(0) + arguments.count(1)) + 1),
    look_back: |arguments| arguments.count(0) + arguments.count(1) - 1,
    calculation: |input, arguments| {
        let (first, second) = (arguments.count(0), arguments.count(1));
        vec![Column::computed(per_run_single(&input.source, |run| true_strength(run, first, second)))]
    },
    ..CMO
};

pub(super) const IMI: Definition = Definition {
    name: "imi",
    summary: "Intraday momentum index: 100 × upward bodies ÷ all bodies of `period` bars; 50 without any.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "IMI" },
    look_back: full_window,
    calculation: |input, arguments| vec![Column::computed(intraday_momentum(input.bars, arguments.count(0)))],
    ..Definition::ROW
};

pub(super) const QSTICK: Definition = Definition {
    name: "qstick",
    summary: "Mean of close − open over `period` bars.",
    arguments: &[Argument::period("period", 10.0, 1.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "QSTICK" },
    look_back: full_window,
    calculation: |input, arguments| {
        let bodies = input.bars.exact_per_bar(1, |[open, _, _, close]| close.saturating_sub(open));
        vec![Column::computed(per_run_single(&bodies, |run| simple_average(run, arguments.count(0))))]
    },
    ..Definition::ROW
};

pub(super) const BOP: Definition = Definition {
    name: "bop",
    summary: "Balance of power: (close − open) ÷ (high − low) of the bar; 0 without a range.",
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "BOP" },
    calculation: |input, _| {
        let balance = |[open, high, low, close]: [i64; 4]| {
            let range = high.saturating_sub(low);
            if range <= 0 { 0.0 } else { ratio(i128::from(close) - i128::from(open), i128::from(range)) }
        };
        vec![Column::computed(input.bars.per_bar(balance))]
    },
    ..Definition::ROW
};

pub(super) const ERI: Definition = Definition {
    name: "eri",
    summary: "Elder's bull power (high − ema of closes) and bear power (low − ema).",
    arguments: &[Argument::period("period", 13.0, 1.0)],
    outputs: &["bull", "bear"],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "ERI" },
    reach: Reach::Recursion(|arguments| EXPONENTIAL_BARS_PER_PERIOD * arguments.count(0)),
    look_back: full_window,
    calculation: |input, arguments| {
        let average = exponential_average(&input.bars.closes().values, 0, arguments.count(0));
        let scale = input.bars.price_scale;
        let power = |edges: &[i64]| {
            let powers = edges.iter().zip(&average).map(|(edge, average)| scale.to_f64(*edge) - average);
            Column::computed(powers.collect())
        };
        vec![power(input.bars.high), power(input.bars.low)]
    },
    ..Definition::ROW
};

/// `100 × (gain − loss) ÷ (gain + loss)`, 0 where nothing moved.
fn balance(gain: f64, loss: f64) -> f64 {
    let total = gain + loss;
    if total == 0.0 { 0.0 } else { 100.0 * ((gain - loss) / total) }
}

/// Tushar Chande, "The New Technical Trader", 1994: the net move against the path, both over the window.
fn unsmoothed_balance(run: &Run<'_>, period: usize) -> Vec<f64> {
    let net = run.values.iter().zip(run.values.iter().skip(period)).map(|(before, now)| now - before);
    let values = net.zip(paths(run, period)).map(|(net, path)| if path == 0.0 { 0.0 } else { 100.0 * net / path });
    after_look_back(period, run.values.len(), values)
}

/// Perry Kaufman, "Smarter Trading", 1995; 1 where nothing moved, as TA-Lib.
fn efficiency(run: &Run<'_>, period: usize) -> Vec<f64> {
    let net = run.values.iter().zip(run.values.iter().skip(period)).map(|(before, now)| now - before);
    let values = net
        .zip(paths(run, period))
        .map(|(net, path)| if path <= net || path == 0.0 { 1.0 } else { (net / path).abs() });
    after_look_back(period, run.values.len(), values)
}

/// Adam White, 1991. The moves reach one bar further back than the range.
fn vertical_filter(run: &Run<'_>, period: usize) -> Vec<f64> {
    let highest = window_extremes(run.values, period, larger);
    let lowest = window_extremes(run.values, period, smaller);
    let ranges = highest.iter().zip(&lowest).skip(1).map(|(highest, lowest)| highest - lowest);
    let values = ranges.zip(paths(run, period)).map(|(range, path)| if path > 0.0 { range / path } else { 0.0 });
    after_look_back(period, run.values.len(), values)
}

/// William Blau, "Momentum, Direction and Divergence", 1995; 0 where nothing moved.
fn true_strength(run: &Run<'_>, first: usize, second: usize) -> Vec<f64> {
    let moves: Vec<f64> = changes(run.values).collect();
    let sizes: Vec<f64> = moves.iter().map(|change| change.abs()).collect();
    let smoothed =
        |values: &[f64]| exponential_average(&exponential_average(values, 0, first), first.saturating_sub(1), second);
    let values = smoothed(&moves).into_iter().zip(smoothed(&sizes));
    let strengths = values.map(|(change, size)| if size == 0.0 { 0.0 } else { 100.0 * change / size });
    after_look_back(1, run.values.len(), strengths)
}

/// Tushar Chande, 1994. Bodies are integers, so their sums are.
fn intraday_momentum(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let ups = bars.per_bar(|[open, _, _, close]| close.saturating_sub(open).max(0));
    let bodies = bars.per_bar(|[open, _, _, close]| close.saturating_sub(open).saturating_abs());
    let sums = integer_sums(&ups, period).zip(integer_sums(&bodies, period));
    let values = sums.map(|(up, all)| if all == 0 { 50.0 } else { 100.0 * ratio(up, all) });
    after_look_back(period.saturating_sub(1), bars.len(), values)
}
