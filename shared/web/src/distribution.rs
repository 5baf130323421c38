//! How trades spread, as small drawings: profit as bars, adverse against favourable excursion as cells.

use crate::number;
use domain::tables::TradeRow;
use maud::{Markup, html};

/// Bars of a histogram.
const BARS: usize = 40;

/// Width and height of a drawing, its own units.
const SIZE: (f64, f64) = (400.0, 180.0);

/// Cells of the excursion drawing along its sides.
const CELLS: (usize, usize) = (40, 18);

/// Share of trades left out on each end, so that a few extreme ones do not squeeze the others together.
const TAIL: f64 = 0.005;

/// Profit of the trades.
pub(crate) fn profits(trades: &[TradeRow]) -> Markup {
    let mut nets: Vec<f64> = trades.iter().map(|trade| trade.net).collect();
    nets.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (quantile(&nets, TAIL), quantile(&nets, 1.0 - TAIL)) else { return html! {} };
    let width = ((high - low) / BARS as f64).max(f64::MIN_POSITIVE);
    let mut counts = [0_u64; BARS];
    for net in &nets {
        if let Some(count) = counts.get_mut(place(*net, low, width, BARS)) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let bar = SIZE.0 / BARS as f64;
    html! {
        figure {
            figcaption { "Profit of a trade" }
            svg.drawing viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } role="img" preserveAspectRatio="none"
                aria-label={ "Profit of a trade, from " (number::grouped(low, 2)) " to " (number::grouped(high, 2)) } {
                @for (at, count) in counts.iter().enumerate() {
                    @let height = *count as f64 / most * (SIZE.1 - 4.0);
                    @let middle = low + (at as f64 + 0.5) * width;
                    rect class=(number::sign(middle)) x=(rounded(at as f64 * bar + 0.5)) y=(rounded(SIZE.1 - height))
                        width=(rounded(bar - 1.0)) height=(rounded(height)) {
                        title { (number::grouped(low + at as f64 * width, 2)) " to " (number::grouped(low + (at + 1) as f64 * width, 2)) ": " (count) " trades" }
                    }
                }
                @if low < 0.0 && high > 0.0 { line.axis x1=(rounded(-low / (high - low) * SIZE.0)) x2=(rounded(-low / (high - low) * SIZE.0)) y1="0" y2=(SIZE.1) {} }
            }
            div.ends { span { (number::grouped(low, 2)) } span { (number::grouped(high, 2)) } }
        }
    }
}

/// The worst and the best open profit of the trades: a cell is the more solid the more trades it holds, and has the colour of
/// what they made together.
pub(crate) fn excursions(trades: &[TradeRow]) -> Markup {
    let sorted = |of: fn(&TradeRow) -> f64| {
        let mut values: Vec<f64> = trades.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (adverse, favourable) = (sorted(|trade| -trade.mae), sorted(|trade| trade.mfe));
    let (Some(worst), Some(best)) = (quantile(&adverse, 1.0 - TAIL), quantile(&favourable, 1.0 - TAIL)) else {
        return html! {};
    };
    let step = ((worst / CELLS.0 as f64).max(f64::MIN_POSITIVE), (best / CELLS.1 as f64).max(f64::MIN_POSITIVE));
    let mut cells = vec![(0_u64, 0.0_f64); CELLS.0 * CELLS.1];
    for trade in trades {
        let at = place(trade.mfe, 0.0, step.1, CELLS.1) * CELLS.0 + place(-trade.mae, 0.0, step.0, CELLS.0);
        if let Some(cell) = cells.get_mut(at) {
            *cell = (cell.0 + 1, cell.1 + trade.net);
        }
    }
    let most = cells.iter().map(|cell| cell.0).max().unwrap_or(1).max(1) as f64;
    let side = (SIZE.0 / CELLS.0 as f64, SIZE.1 / CELLS.1 as f64);
    html! {
        figure {
            figcaption { "Worst (across) and best (up) open profit of a trade" }
            svg.drawing viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } role="img" preserveAspectRatio="none"
                aria-label={ "Adverse excursion up to " (number::grouped(worst, 2)) " against favourable excursion up to " (number::grouped(best, 2)) } {
                @for (at, (count, net)) in cells.iter().enumerate().filter(|(_, cell)| cell.0 > 0) {
                    @let (column, row) = (at % CELLS.0, at / CELLS.0);
                    rect class=(number::sign(*net)) x=(rounded(column as f64 * side.0)) y=(rounded(SIZE.1 - (row + 1) as f64 * side.1))
                        width=(rounded(side.0 - 1.0)) height=(rounded(side.1 - 1.0))
                        fill-opacity=(rounded(0.25 + 0.75 * (*count as f64 / most).sqrt())) {
                        title { (count) " trades, net " (number::grouped(*net, 2)) }
                    }
                }
            }
            div.ends { span { "MAE 0" } span { "−" (number::grouped(worst, 2)) " · MFE up to " (number::grouped(best, 2)) } }
        }
    }
}

fn place(value: f64, low: f64, width: f64, count: usize) -> usize {
    let steps = ((value - low) / width).floor();
    if steps <= 0.0 { 0 } else { (steps as usize).min(count - 1) }
}

fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

fn rounded(value: f64) -> String {
    format!("{value:.2}")
}
