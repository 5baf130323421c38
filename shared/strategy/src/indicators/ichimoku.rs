//! Goichi Hosoda's equilibrium chart: middles of ranges, and the cloud drawn ahead of them.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, Definition, Family};
use super::extremes::window_extremes;
use super::input::Arguments;

pub(super) const ICHIMOKU: Definition = Definition {
    name: "ichimoku",
    summary: "Ichimoku: middles of three ranges; span_a and span_b are the cloud over this bar, made displacement − 1 bars ago.",
    arguments: &[
        Argument::period("conversion", 9.0, 1.0),
        Argument::period("base", 26.0, 1.0),
        Argument::period("span", 52.0, 1.0),
        Argument::period("displacement", 26.0, 1.0),
    ],
    outputs: &["conversion", "base", "span_a", "span_b"],
    family: Family::Trend,
    agreement: Agreement::OurOwn {
        source: "Goichi Hosoda, 1969; a displacement counts its own bar, as on TradingView; the lagging span is the close",
    },
    look_back: |arguments| {
        let longest = arguments.count(0).max(arguments.count(1)).max(arguments.count(2));
        longest - 1 + arguments.count(3) - 1
    },
    calculation: |input, arguments| lines(input.bars, arguments),
    ..Definition::ROW
};

/// Every line starts where the last one does; all are exact: halves and quarters of price counts.
fn lines(bars: &BarColumns<'_>, arguments: &Arguments<'_>) -> Vec<Column> {
    let look_back = (ICHIMOKU.look_back)(arguments).min(bars.len());
    let per_unit = bars.price_scale.per_unit();
    let [conversion, base, span] = [0, 1, 2].map(|position| doubled_middles(bars, arguments.count(position)));
    let ahead = arguments.count(3) - 1;
    let line = |counts: Vec<i64>, per_unit: i64, displacement: usize| {
        let moved = std::iter::repeat_n(0, displacement.min(bars.len())).chain(counts).take(bars.len()).collect();
        Column { is_price: true, ..Column::exact(moved, per_unit, look_back) }
    };
    let mean = conversion.iter().zip(&base).map(|(conversion, base)| conversion.saturating_add(*base)).collect();
    vec![
        line(conversion, 2 * per_unit, 0),
        line(base, 2 * per_unit, 0),
        line(mean, 4 * per_unit, ahead),
        line(span, 2 * per_unit, ahead),
    ]
}

/// Highest high + lowest low of each window; 0 before the first full one.
fn doubled_middles(bars: &BarColumns<'_>, period: usize) -> Vec<i64> {
    let highest = window_extremes(bars.high, period, i64::max);
    let lowest = window_extremes(bars.low, period, i64::min);
    let middles = highest.iter().zip(&lowest).map(|(highest, lowest)| highest.saturating_add(*lowest));
    std::iter::repeat_n(0, (period - 1).min(bars.len())).chain(middles).collect()
}
