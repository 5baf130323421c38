//! Series to store: random walks from a seed, and slicing in memory as the oracle of windows.

use domain::series::Adjustment;
use lake::SeriesDescription;
use market::{BarSeries, Instrument, PriceSide};

pub const MINUTE_US: i64 = 60_000_000;
pub const DAY_US: i64 = 24 * 60 * MINUTE_US;

/// 2020-01-01T00:00:00Z.
pub const YEAR_2020_US: i64 = 1_577_836_800_000_000;

/// SplitMix64: a seed gives the same series for ever.
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.next() % bound).unwrap()
    }
}

/// A shape of series.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub rows: usize,
    pub seed: u64,
    pub start_us: i64,
    /// Longest step between bars, minutes.
    pub step_minutes_max: u64,
    pub has_offset: bool,
    pub has_spread: bool,
}

pub fn walk(symbol: &str, shape: Shape) -> BarSeries {
    let mut random = Seeded(shape.seed);
    let mut series = BarSeries::empty(symbol);
    let (mut ts, mut price, mut offset) = (shape.start_us, 180_000_i64, 0_i64);
    for _ in 0..shape.rows {
        let open = price + random.below(5) - 2;
        let close = open + random.below(41) - 20;
        series.ts.push(ts);
        series.open.push(open);
        series.high.push(open.max(close) + random.below(10));
        series.low.push(open.min(close) - random.below(10));
        series.close.push(close);
        series.volume.push(random.below(5_000));
        if shape.has_offset {
            offset += if random.below(500) == 0 { random.below(2_001) - 1_000 } else { 0 };
            series.offset.push(offset);
        }
        if shape.has_spread {
            series.spread.push(random.below(4));
        }
        price = close;
        ts += MINUTE_US * (1 + random.below(shape.step_minutes_max));
    }
    if shape.has_spread {
        series.price_side = PriceSide::Mid;
    }
    series
}

/// Minutes around the clock from 2020-01-01.
pub fn around_the_clock(symbol: &str, rows: usize, seed: u64) -> BarSeries {
    walk(
        symbol,
        Shape { rows, seed, start_us: YEAR_2020_US, step_minutes_max: 1, has_offset: false, has_spread: false },
    )
}

/// The oracle of a window: bars with `from_us <= ts < to_us`.
pub fn slice(series: &BarSeries, from_us: i64, to_us: i64) -> BarSeries {
    let keep = |values: &[i64]| -> Vec<i64> {
        series
            .ts
            .iter()
            .zip(values)
            .filter(|(ts, _)| from_us <= **ts && **ts < to_us)
            .map(|(_, value)| *value)
            .collect()
    };
    BarSeries {
        ts: keep(&series.ts),
        open: keep(&series.open),
        high: keep(&series.high),
        low: keep(&series.low),
        close: keep(&series.close),
        volume: keep(&series.volume),
        offset: keep(&series.offset),
        spread: keep(&series.spread),
        ..series.clone()
    }
}

pub fn instrument() -> Instrument {
    serde_json::from_value(serde_json::json!({
        "symbol": "ES", "name": "E-mini S&P 500", "asset_class": "future", "tick_size": 0.25, "point_value": 50,
        "currency": "USD", "quantity_step": 1, "time_zone": "America/New_York", "calendar": "cme_equity",
        "default_session": "full", "default_costs": {"slippage_ticks": 1}
    }))
    .unwrap()
}

pub fn description(adjustment: Adjustment) -> SeriesDescription {
    SeriesDescription {
        adjustment,
        source: "a seeded walk".to_owned(),
        rolls: Vec::new(),
        instrument: instrument(),
        imported_at: 1_600_000_000_000_000,
    }
}
