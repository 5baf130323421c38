//! Oscillators of the bars: where the close, the typical price or the newest extreme stands in its recent range.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, Definition, Family};
use super::exact_ratio::EXACT_FLOAT;
use super::extremes::window_extremes;
use super::momentum::{first_argument, percent};
use super::window_averages::full_window;
use super::window_sums::{after_look_back, integer_sums, spread_sums, wide_sums};

pub(super) const WILLR: Definition = Definition {
    name: "willr",
    summary: "Williams %R: −100 × (highest high − close) ÷ (highest high − lowest low) of `period` bars.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "WILLR" },
    look_back: full_window,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let values = ranges(input.bars, period).map(|range| percent(0.0 - range.below_top, range.height));
        vec![Column::computed(after_look_back(period - 1, input.bars.len(), values))]
    },
    ..Definition::ROW
};

pub(super) const CCI: Definition = Definition {
    name: "cci",
    summary: "Commodity channel index: (hlc3 − its mean) ÷ (0.015 × mean absolute deviation) over `period` bars.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Momentum,
    agreement: Agreement::EqualsTaLib { function: "CCI" },
    look_back: full_window,
    calculation: |input, arguments| vec![Column::computed(channel_index(input.bars, arguments.count(0)))],
    ..Definition::ROW
};

pub(super) const MFI: Definition = Definition {
    name: "mfi",
    summary: "Money flow index: share in percent of hlc3 × volume that traded on rising hlc3 over `period` bars.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "MFI" },
    needs_volume: true,
    look_back: first_argument,
    calculation: |input, arguments| vec![Column::computed(money_flow(input.bars, arguments.count(0)))],
    ..Definition::ROW
};

pub(super) const AROON: Definition = Definition {
    name: "aroon",
    summary: "Aroon: 100 × (period − bars since the newest highest high, or lowest low, of period + 1 bars) ÷ period.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    outputs: &["up", "down"],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "AROON" },
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let up = recency(input.bars.high, period, |now, best| now >= best);
        let down = recency(input.bars.low, period, |now, best| now <= best);
        vec![Column::computed(up), Column::computed(down)]
    },
    ..Definition::ROW
};

pub(super) const AROONOSC: Definition = Definition {
    name: "aroonosc",
    summary: "Aroon oscillator: aroon up − aroon down.",
    outputs: &["value"],
    agreement: Agreement::EqualsTaLib { function: "AROONOSC" },
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let up = recency(input.bars.high, period, |now, best| now >= best);
        let down = recency(input.bars.low, period, |now, best| now <= best);
        vec![Column::computed(up.iter().zip(&down).map(|(up, down)| up - down).collect())]
    },
    ..AROON
};

/// Place of a close in the range of its window, in price counts.
struct RangePlace {
    below_top: f64,
    height: f64,
}

fn ranges(bars: &BarColumns<'_>, period: usize) -> impl Iterator<Item = RangePlace> {
    let highest = window_extremes(bars.high, period, i64::max);
    let lowest = window_extremes(bars.low, period, i64::min);
    let closes = bars.close.iter().skip(period.saturating_sub(1));
    closes.zip(highest.into_iter().zip(lowest)).map(|(close, (highest, lowest))| RangePlace {
        below_top: highest.saturating_sub(*close) as f64,
        height: highest.saturating_sub(lowest) as f64,
    })
}

/// Three times the typical price of each bar, in price counts.
pub(super) fn triple_typical(bars: &BarColumns<'_>) -> Vec<i64> {
    let edges = bars.high.iter().zip(bars.low).zip(bars.close);
    edges.map(|((high, low), close)| high.saturating_add(*low).saturating_add(*close)).collect()
}

/// Donald Lambert, 1980. With Σ the sum of n triple typical prices x and D = Σ|n·x − Σ|, all integers:
/// `(n·x − Σ) × n ÷ (0.015 × D)`; 0 where all prices are equal.
fn channel_index(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let typical = triple_typical(bars);
    let size = period as i128;
    let sums: Vec<i128> = integer_sums(&typical, period).collect();
    let deviations = deviation_sums(&typical, &sums, period);
    let newest = typical.iter().skip(period.saturating_sub(1));
    let values = newest.zip(sums.iter().zip(deviations)).map(|(newest, (sum, deviation))| {
        let distance = (size * i128::from(*newest) - sum) as f64;
        if deviation == 0.0 { 0.0 } else { distance * period as f64 / (0.015 * deviation) }
    });
    after_look_back(period.saturating_sub(1), bars.len(), values)
}

/// Σ |period × value − sum of the window| over each window, added up as integers.
pub(super) fn deviation_sums(values: &[i64], sums: &[i128], period: usize) -> Vec<f64> {
    let largest = values.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
    if u128::from(largest) * 2 * (period as u128) * (period as u128) <= EXACT_FLOAT {
        // Every step is an integer that a float holds exactly, and floats are added several at a time.
        let scaled: Vec<f64> = values.iter().map(|value| *value as f64 * period as f64).collect();
        let centres: Vec<f64> = sums.iter().map(|sum| *sum as i64 as f64).collect();
        return spread_sums(&scaled, &centres, period, f64::abs);
    }
    let size = period as i128;
    let windows = values.windows(period.max(1)).zip(sums);
    let wide =
        windows.map(|(window, sum)| window.iter().map(|value| (i128::from(*value) * size - sum).abs()).sum::<i128>());
    wide.map(|deviation| deviation as f64).collect()
}

/// Gene Quong and Avrum Soudack, 1989. 0 while no money moved, as TA-Lib.
fn money_flow(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let typical = triple_typical(bars);
    let flows = |rising: bool| {
        let pairs = typical.iter().zip(typical.iter().skip(1)).zip(bars.volume.iter().skip(1));
        pairs.map(move |((before, now), volume)| {
            let counts = if rising { now > before } else { now < before };
            if counts { i128::from(*now) * i128::from(*volume) } else { 0 }
        })
    };
    let sums = wide_sums(flows(true), period).zip(wide_sums(flows(false), period));
    let values = sums.map(|(up, down)| {
        let total = up.wrapping_add(down);
        if total == 0 { 0.0 } else { 100.0 * (up as f64 / total as f64) }
    });
    after_look_back(period, bars.len(), values)
}

/// Tushar Chande, 1995. Of equal extremes the newest counts.
fn recency(counts: &[i64], period: usize, at_least_as_extreme: fn(i64, i64) -> bool) -> Vec<f64> {
    let mut best_index = 0;
    let values = counts.windows(period + 1).enumerate().map(|(start, window)| {
        let newest = start + period;
        let current = counts.get(newest).copied().unwrap_or(0);
        let best = counts.get(best_index).copied().unwrap_or(0);
        if best_index < start || start == 0 {
            best_index = start + newest_extreme(window, at_least_as_extreme);
        } else if at_least_as_extreme(current, best) {
            best_index = newest;
        }
        100.0 * (period + best_index - newest) as f64 / period as f64
    });
    after_look_back(period, counts.len(), values)
}

fn newest_extreme(window: &[i64], at_least_as_extreme: fn(i64, i64) -> bool) -> usize {
    let mut best = (0, window.first().copied().unwrap_or(0));
    for (index, count) in window.iter().enumerate() {
        if at_least_as_extreme(*count, best.1) {
            best = (index, *count);
        }
    }
    best.0
}
