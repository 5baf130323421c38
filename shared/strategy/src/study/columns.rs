//! Columns of a frame: series, shifts, cuts and what is visible at decision bars. Values only, no rules.

use super::sources::FrameBars;
use crate::indicators::{Column, Exact};
use crate::rules::Series;

/// A series of a frame's bars; averages of prices stay exact.
pub(super) fn series_column(series: Series, frame: &FrameBars) -> Column {
    let columns = frame.columns(0);
    let scale = columns.price_scale;
    let average = |parts: &[&[i64]]| {
        let counts =
            (0..columns.len()).map(|bar| parts.iter().map(|part| part.get(bar).copied().unwrap_or(0)).sum()).collect();
        Column { is_price: true, ..Column::exact(counts, scale.per_unit() * parts.len() as i64, 0) }
    };
    match series {
        Series::Open => Column::prices(columns.open, scale),
        Series::High => Column::prices(columns.high, scale),
        Series::Low => Column::prices(columns.low, scale),
        Series::Close => Column::prices(columns.close, scale),
        Series::Volume => Column::volumes(columns.volume, columns.volume_scale),
        Series::Range => Column::exact(
            columns.high.iter().zip(columns.low).map(|(high, low)| high - low).collect(),
            scale.per_unit(),
            0,
        ),
        Series::Hl2 => average(&[columns.high, columns.low]),
        Series::Hlc3 => average(&[columns.high, columns.low, columns.close]),
        Series::Ohlc4 => average(&[columns.open, columns.high, columns.low, columns.close]),
    }
}

pub(super) fn shifted(column: &Column, bars: usize) -> Column {
    let length = column.values.len();
    let moved = length.min(bars);
    let kept = length - moved;
    let mut values = vec![f64::NAN; moved];
    values.extend_from_slice(column.values.get(..kept).unwrap_or_default());
    let exact = column.exact.as_ref().map(|exact| {
        let mut counts = vec![0; moved];
        counts.extend_from_slice(exact.counts.get(..kept).unwrap_or_default());
        Exact::new(counts, exact.per_unit, exact.first.saturating_add(moved).min(length))
    });
    Column { values, exact, is_price: column.is_price }
}

/// The column from bar `start` on.
pub(super) fn from_start(column: &Column, start: usize) -> Column {
    Column {
        values: column.values.get(start..).unwrap_or_default().to_vec(),
        exact: column.exact.as_ref().map(|exact| {
            let counts = exact.counts.get(start..).unwrap_or_default().to_vec();
            Exact::new(counts, exact.per_unit, exact.first.saturating_sub(start))
        }),
        is_price: column.is_price,
    }
}

/// The column with `start` undefined bars before it.
pub(super) fn padded(column: Column, start: usize) -> Column {
    if start == 0 {
        return column;
    }
    let mut values = vec![f64::NAN; start];
    values.extend_from_slice(&column.values);
    let exact = column.exact.map(|exact| {
        let mut counts = vec![0; start];
        counts.extend_from_slice(&exact.counts);
        Exact::new(counts, exact.per_unit, exact.first + start)
    });
    Column { values, exact, is_price: column.is_price }
}

/// Values of a frame at every decision bar.
pub(super) fn seen(values: &[f64], visible: &[u32]) -> Vec<f64> {
    visible
        .iter()
        .map(|seen| (*seen as usize).checked_sub(1).and_then(|bar| values.get(bar)).copied().unwrap_or(f64::NAN))
        .collect()
}
