//! Cumulative values of price and volume, counted from the first bar of the window (or of the session).

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Definition, Family, Reach};
use super::exact_ratio::ratio;

pub(super) const VWAP: Definition = Definition {
    name: "vwap",
    summary: "Volume-weighted average of minute hlc3 since the session opened; undefined before any volume.",
    family: Family::Volume,
    agreement: Agreement::OurOwn { source: "Σ(minute hlc3 × volume) ÷ Σ volume, started anew each session" },
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
fn accumulation(bars: &BarColumns<'_>) -> Vec<f64> {
    let mut total = 0.0;
    let edges = bars.high.iter().zip(bars.low).zip(bars.close.iter().zip(bars.volume));
    let totals = edges.map(|((high, low), (close, volume))| {
        let range = high.saturating_sub(*low);
        if range > 0 {
            let balance = close.saturating_sub(*low).saturating_sub(high.saturating_sub(*close));
            total += balance as f64 / range as f64 * bars.volume_scale.to_f64(*volume);
        }
        total
    });
    totals.collect()
}
