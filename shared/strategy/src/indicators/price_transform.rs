//! Averages of the prices of one bar, and Heikin-Ashi bars.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Definition, Family, Reach};

/// Warm-up of a Heikin-Ashi open, whose seed halves with every bar.
const HEIKIN_ASHI_BARS: usize = 60;

pub(super) const AVGPRICE: Definition = Definition {
    name: "avgprice",
    summary: "Mean of open, high, low and close; the same as ohlc4.",
    family: Family::PriceTransform,
    agreement: Agreement::EqualsTaLib { function: "AVGPRICE" },
    calculation: |input, _| vec![price(input.bars, 4, |[open, high, low, close]| [open, high, low, close])],
    ..Definition::ROW
};

pub(super) const MEDPRICE: Definition = Definition {
    name: "medprice",
    summary: "Mean of high and low; the same as hl2.",
    agreement: Agreement::EqualsTaLib { function: "MEDPRICE" },
    calculation: |input, _| vec![price(input.bars, 2, |[_, high, low, _]| [high, low, 0, 0])],
    ..AVGPRICE
};

pub(super) const TYPPRICE: Definition = Definition {
    name: "typprice",
    summary: "Mean of high, low and close; the same as hlc3.",
    agreement: Agreement::EqualsTaLib { function: "TYPPRICE" },
    calculation: |input, _| vec![price(input.bars, 3, |[_, high, low, close]| [high, low, close, 0])],
    ..AVGPRICE
};

pub(super) const WCLPRICE: Definition = Definition {
    name: "wclprice",
    summary: "Weighted close: mean of high, low and twice the close.",
    agreement: Agreement::EqualsTaLib { function: "WCLPRICE" },
    calculation: |input, _| vec![price(input.bars, 4, |[_, high, low, close]| [high, low, close, close])],
    ..AVGPRICE
};

pub(super) const HA: Definition = Definition {
    name: "ha",
    summary: "Heikin-Ashi bar: close = ohlc4, open = middle of the body before, and the extremes of both with the bar's.",
    outputs: &["open", "high", "low", "close"],
    agreement: Agreement::EqualsTaLib { function: "HA" },
    reach: Reach::Recursion(|_| HEIKIN_ASHI_BARS),
    calculation: |input, _| heikin_ashi(input.bars),
    ..AVGPRICE
};

/// The sum of some counts as a price of so many parts.
fn price(bars: &BarColumns<'_>, parts: i64, of: impl Fn([i64; 4]) -> [i64; 4]) -> Column {
    let sum = |bar: [i64; 4]| of(bar).into_iter().fold(0, i64::saturating_add);
    Column { is_price: true, ..bars.exact_per_bar(parts, sum) }
}

/// Dan Valcu, 2004; the first open is the middle of its own bar's body.
fn heikin_ashi(bars: &BarColumns<'_>) -> Vec<Column> {
    let scale = bars.price_scale;
    let mut body: Option<(f64, f64)> = None;
    let candles = bars.per_bar(|bar| bar.map(|count| scale.to_f64(count)));
    let smoothed = candles.into_iter().map(|[open, high, low, close]| {
        let start = body.map_or_else(|| (open + close) / 2.0, |(open, close)| (open + close) / 2.0);
        let end = (open + high + low + close) / 4.0;
        body = Some((start, end));
        [start, high.max(start).max(end), low.min(start).min(end), end]
    });
    let rows: Vec<[f64; 4]> = smoothed.collect();
    let column = |output: usize| {
        let values = rows.iter().map(|row| row.get(output).copied().unwrap_or(f64::NAN));
        Column { is_price: true, ..Column::computed(values.collect()) }
    };
    (0..4).map(column).collect()
}
