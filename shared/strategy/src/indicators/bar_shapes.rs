//! Shapes of a few bars by their extremes and closes, as numbers: 1 (or TA-Lib's 100) where one is there, else 0.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, CLOSE, Definition, Family};
use super::extremes::window_extremes;
use super::input::{Run, per_run_single};
use super::momentum::first_argument;
use super::window_averages::full_window;
use super::window_sums::after_look_back;

pub(super) const FRACTAL: Definition = Definition {
    name: "fractal",
    summary: "Williams' fractal: 100 at the bar that completes a high (or low) beyond all bars left and right of it.",
    arguments: &[Argument::period("left", 2.0, 1.0), Argument::period("right", 2.0, 1.0)],
    outputs: &["high", "low"],
    family: Family::BarShape,
    agreement: Agreement::EqualsTaLib { function: "FRACTAL" },
    look_back: |arguments| arguments.count(0) + arguments.count(1),
    calculation: |input, arguments| {
        let (left, right) = (arguments.count(0), arguments.count(1));
        let swings = |counts: &[i64], sign: i64| {
            let signed: Vec<i64> = counts.iter().map(|count| count.saturating_mul(sign)).collect();
            Column::computed(swing_tops(&signed, left, right))
        };
        vec![swings(input.bars.high, 1), swings(input.bars.low, -1)]
    },
    ..Definition::ROW
};

pub(super) const STREAK: Definition = Definition {
    name: "streak",
    summary: "Rises in a row up to this bar (negative: falls), at most `most`; streak(close) >= 2 is two up closes in a row.",
    source: CLOSE,
    arguments: &[Argument::period("most", 20.0, 1.0)],
    family: Family::BarShape,
    agreement: Agreement::OurOwn { source: "number of consecutive changes of one sign that end at the bar" },
    look_back: first_argument,
    calculation: |input, arguments| {
        let most = arguments.count(0);
        vec![Column::computed(per_run_single(&input.source, |run| streaks(run, most)))]
    },
    ..Definition::ROW
};

pub(super) const INSIDE_BAR: Definition = Definition {
    name: "inside_bar",
    summary: "1 where the bar lies within the bar before (lower high, higher low), else 0.",
    family: Family::BarShape,
    agreement: Agreement::OurOwn { source: "high < high[1] and low > low[1] (Toby Crabel, 1990)" },
    look_back: |_| 1,
    calculation: |input, _| vec![against_before(input.bars, |now, before| now.0 < before.0 && now.1 > before.1)],
    ..Definition::ROW
};

pub(super) const OUTSIDE_BAR: Definition = Definition {
    name: "outside_bar",
    summary: "1 where the bar covers the bar before (higher high, lower low), else 0.",
    agreement: Agreement::OurOwn { source: "high > high[1] and low < low[1] (Toby Crabel, 1990)" },
    calculation: |input, _| vec![against_before(input.bars, |now, before| now.0 > before.0 && now.1 < before.1)],
    ..INSIDE_BAR
};

pub(super) const NARROW_RANGE: Definition = Definition {
    name: "narrow_range",
    summary: "1 where the bar's range is the narrowest of the last `period` bars (NR7), else 0.",
    arguments: &[Argument::period("period", 7.0, 2.0)],
    agreement: Agreement::OurOwn { source: "range below each of the period − 1 ranges before (Toby Crabel, 1990)" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let ranges = input.bars.per_bar(|[_, high, low, _]| high.saturating_sub(low));
        let before = window_extremes(&ranges, period - 1, i64::min);
        let pairs = ranges.iter().skip(period - 1).zip(before);
        let values = pairs.map(|(now, narrowest)| if *now < narrowest { 1.0 } else { 0.0 });
        vec![Column::computed(after_look_back(period - 1, input.bars.len(), values))]
    },
    ..INSIDE_BAR
};

/// 100 where the value `right` bars ago exceeds every other value of the window.
fn swing_tops(counts: &[i64], left: usize, right: usize) -> Vec<f64> {
    let after = window_extremes(counts, right, i64::max);
    let before = window_extremes(counts, left, i64::max);
    let tops = counts.iter().skip(left).zip(before.iter().zip(after.iter().skip(left + 1)));
    let flags = tops.map(|(top, (before, after))| if top > before && top > after { 100.0 } else { 0.0 });
    after_look_back(left + right, counts.len(), flags)
}

/// Counted within a window of `most` changes, so that no value reaches further back.
fn streaks(run: &Run<'_>, most: usize) -> Vec<f64> {
    let (mut length, mut rises) = (0_usize, false);
    let pairs = run.values.iter().zip(run.values.iter().skip(1));
    let lengths = pairs.map(|(before, now)| {
        if now == before {
            length = 0;
        } else {
            length = if (now > before) == rises { length + 1 } else { 1 };
            rises = now > before;
        }
        let counted = length.min(most) as f64;
        if rises { counted } else { 0.0 - counted }
    });
    after_look_back(most, run.values.len(), lengths.skip(most - 1))
}

/// 1 where `holds` for high and low of a bar and of the bar before.
fn against_before(bars: &BarColumns<'_>, holds: impl Fn((i64, i64), (i64, i64)) -> bool) -> Column {
    let edges = bars.per_bar(|[_, high, low, _]| (high, low));
    let pairs = edges.iter().zip(edges.iter().skip(1));
    let values = pairs.map(|(before, now)| if holds(*now, *before) { 1.0 } else { 0.0 });
    Column::computed(after_look_back(1, bars.len(), values))
}
