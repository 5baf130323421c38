//! Cumulative values of price and volume, counted from the first bar of the window (or of the session).

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Definition, Family, Reach};
use super::exact_ratio::ratio;

/// Where the volume indexes start.
const INDEX_START: f64 = 1000.0;

pub(super) const VWAP: Definition = Definition {
    name: "vwap",
    summary: "Volume-weighted average of minute hlc3 since the session opened; undefined before any volume.",
    family: Family::Volume,
    agreement: Agreement::DiffersFromTaLib {
        function: "VWAP",
        why: "Σ(minute hlc3 × volume) ÷ Σ volume, started anew each session",
    },
    needs_volume: true,
    reach: Reach::Cumulative,
    calculation: |input, _| vec![Column { is_price: true, ..Column::computed(session_average(input.bars)) }],
    ..Definition::ROW
};

pub(super) const OBV: Definition = Definition {
    name: "obv",
    summary: "On-balance volume: volume added on rising closes and taken off on falling ones, from the window's start.",
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "OBV" },
    needs_volume: true,
    reach: Reach::Cumulative,
    calculation: |input, _| vec![on_balance(input.bars)],
    ..Definition::ROW
};

pub(super) const AD: Definition = Definition {
    name: "ad",
    summary: "Accumulation/distribution: Σ volume × ((close − low) − (high − close)) ÷ (high − low), from the window's start.",
    family: Family::Volume,
    agreement: Agreement::EqualsTaLib { function: "AD" },
    needs_volume: true,
    reach: Reach::Cumulative,
    calculation: |input, _| vec![Column::computed(accumulation(input.bars))],
    ..Definition::ROW
};

pub(super) const NVI: Definition = Definition {
    name: "nvi",
    summary: "Negative volume index: from 1000, changed with the close on bars of lower volume, from the window's start.",
    agreement: Agreement::EqualsTaLib { function: "NVI" },
    calculation: |input, _| {
        let lower = |value: f64, prices, (before, now): (f64, f64)| {
            if now < before { value + change(input.bars, prices) * value } else { value }
        };
        vec![line_from(input.bars, INDEX_START, lower)]
    },
    ..OBV
};

pub(super) const PVI: Definition = Definition {
    name: "pvi",
    summary: "Positive volume index: from 1000, changed with the close on bars of higher volume, from the window's start.",
    agreement: Agreement::EqualsTaLib { function: "PVI" },
    calculation: |input, _| {
        let higher = |value: f64, prices, (before, now): (f64, f64)| {
            if now > before { value + change(input.bars, prices) * value } else { value }
        };
        vec![line_from(input.bars, INDEX_START, higher)]
    },
    ..OBV
};

pub(super) const PVT: Definition = Definition {
    name: "pvt",
    summary: "Price volume trend: Σ volume × change of the close as a fraction, from the window's start.",
    agreement: Agreement::EqualsTaLib { function: "PVT" },
    calculation: |input, _| {
        let add = |value: f64, prices, (_, volume): (f64, f64)| value + change(input.bars, prices) * volume;
        vec![line_from(input.bars, 0.0, add)]
    },
    ..OBV
};

pub(super) const WAD: Definition = Definition {
    name: "wad",
    summary: "Williams' accumulation/distribution: Σ distance of the close from the true low or high, from the window's start.",
    agreement: Agreement::EqualsTaLib { function: "WAD" },
    needs_volume: false,
    calculation: |input, _| vec![true_accumulation(input.bars)],
    ..OBV
};

pub(super) const TALIB_VWAP: Definition = Definition {
    name: "talib.VWAP",
    summary: "Volume-weighted average of the bars' hlc3 from the window's start, never started anew.",
    agreement: Agreement::EqualsTaLib { function: "VWAP" },
    calculation: |input, _| vec![Column { is_price: true, ..Column::computed(cumulative_average(input.bars)) }],
    ..VWAP
};

fn session_average(bars: &BarColumns<'_>) -> Vec<f64> {
    let (mut money, mut volume) = (0_i128, 0_i128);
    let triple = 3 * i128::from(bars.price_scale.per_unit());
    let minutes = bars.hlc_volume.iter().zip(bars.volume).zip(bars.session_start);
    let averages = minutes.map(|((bar_money, bar_volume), starts)| {
        if *starts {
            (money, volume) = (0, 0);
        }
        money = money.saturating_add(*bar_money);
        volume += i128::from(*bar_volume);
        ratio(money, triple * volume)
    });
    averages.collect()
}

/// Joseph Granville, 1963. The first bar counts its volume, as TA-Lib does.
fn on_balance(bars: &BarColumns<'_>) -> Column {
    let mut balance = bars.volume.first().copied().unwrap_or(0);
    let mut counts = Vec::with_capacity(bars.len());
    counts.extend(bars.volume.first());
    for ((before, now), volume) in bars.close.iter().zip(bars.close.iter().skip(1)).zip(bars.volume.iter().skip(1)) {
        balance = match now.cmp(before) {
            std::cmp::Ordering::Greater => balance.saturating_add(*volume),
            std::cmp::Ordering::Less => balance.saturating_sub(*volume),
            std::cmp::Ordering::Equal => balance,
        };
        counts.push(balance);
    }
    Column::exact(counts, bars.volume_scale.per_unit(), 0)
}

/// Marc Chaikin. A bar without range adds nothing.
pub(super) fn accumulation(bars: &BarColumns<'_>) -> Vec<f64> {
    let mut total = 0.0;
    let flows = money_share(bars).zip(bars.volume);
    let totals = flows.map(|(share, volume)| {
        total += share * bars.volume_scale.to_f64(*volume);
        total
    });
    totals.collect()
}

/// Where each bar closed in its range: −1 at the low, 1 at the high, 0 without a range.
pub(super) fn money_share(bars: &BarColumns<'_>) -> impl Iterator<Item = f64> {
    let edges = bars.high.iter().zip(bars.low).zip(bars.close);
    edges.map(|((high, low), close)| {
        let range = high.saturating_sub(*low);
        let balance = close.saturating_sub(*low).saturating_sub(high.saturating_sub(*close));
        if range > 0 { balance as f64 / range as f64 } else { 0.0 }
    })
}

/// John Williams' cumulative lines: what `step` makes of the line, bar by bar from the second on.
fn line_from(bars: &BarColumns<'_>, start: f64, step: impl Fn(f64, (usize, f64, f64), (f64, f64)) -> f64) -> Column {
    let (closes, volumes) = (bars.closes().values, bars.volumes().values);
    let mut value = start;
    let prices = closes.iter().zip(closes.iter().skip(1)).enumerate();
    let steps = prices.zip(volumes.iter().zip(volumes.iter().skip(1)));
    let line = steps.map(|((bar, (before, now)), (volume_before, volume))| {
        value = step(value, (bar, *before, *now), (*volume_before, *volume));
        value
    });
    Column::computed(std::iter::once(start).chain(line).take(bars.len()).collect())
}

/// The change of the close as a fraction of the close before (raw on adjusted futures); 0 where that is 0.
fn change(bars: &BarColumns<'_>, (bar, before, now): (usize, f64, f64)) -> f64 {
    let base = before - bars.raw_offset(bar);
    if base == 0.0 { 0.0 } else { (now - before) / base }
}

/// Larry Williams' line in the form Steven Achelis published, without volume: each close against the true range's far edge.
fn true_accumulation(bars: &BarColumns<'_>) -> Column {
    let mut total = 0_i64;
    let bars_after = bars.close.iter().zip(bars.high.iter().zip(bars.low)).skip(1);
    let totals = bars.close.iter().zip(bars_after).map(|(before, (close, (high, low)))| {
        let edge = match close.cmp(before) {
            std::cmp::Ordering::Greater => *low.min(before),
            std::cmp::Ordering::Less => *high.max(before),
            std::cmp::Ordering::Equal => *close,
        };
        total = total.saturating_add(close.saturating_sub(edge));
        total
    });
    let counts = std::iter::once(0).chain(totals).take(bars.len()).collect();
    Column::exact(counts, bars.price_scale.per_unit(), 0)
}

/// 0 until something traded, as TA-Lib.
fn cumulative_average(bars: &BarColumns<'_>) -> Vec<f64> {
    let (mut money, mut volume) = (0_i128, 0_i128);
    let triple = 3 * i128::from(bars.price_scale.per_unit());
    let typical = bars.per_bar(|[_, high, low, close]| i128::from(high) + i128::from(low) + i128::from(close));
    let averages = typical.iter().zip(bars.volume).map(|(typical, traded)| {
        money = money.saturating_add(typical.saturating_mul(i128::from(*traded)));
        volume += i128::from(*traded);
        if volume == 0 { 0.0 } else { ratio(money, triple * volume) }
    });
    averages.collect()
}
