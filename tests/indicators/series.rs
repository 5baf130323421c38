//! Bars as the indicators read them: owned columns, seeded random walks, edge cases.

use market::Scale;
use strategy::indicators::{BarColumns, Column};

/// Owned columns of one series.
#[derive(Clone)]
pub struct Series {
    pub name: String,
    pub open: Vec<i64>,
    pub high: Vec<i64>,
    pub low: Vec<i64>,
    pub close: Vec<i64>,
    pub volume: Vec<i64>,
    pub hlc_volume: Vec<i128>,
    pub session_start: Vec<bool>,
    pub price_scale: Scale,
    pub volume_scale: Scale,
}

impl Series {
    /// A series of bars `[open, high, low, close, volume]`; sessions start every 390 bars.
    pub fn new(name: &str, bars: &[[i64; 5]], price_places: u8, volume_places: u8) -> Self {
        let column = |index: usize| bars.iter().map(|bar| bar[index]).collect::<Vec<_>>();
        let triple = |bar: &[i64; 5]| bar[1..4].iter().map(|price| i128::from(*price)).sum::<i128>();
        let money = |bar: &[i64; 5]| triple(bar).saturating_mul(i128::from(bar[4]));
        Self {
            name: name.to_owned(),
            open: column(0),
            high: column(1),
            low: column(2),
            close: column(3),
            volume: column(4),
            hlc_volume: bars.iter().map(money).collect(),
            session_start: (0..bars.len()).map(|bar| bar % 390 == 0).collect(),
            price_scale: Scale::new(price_places).unwrap(),
            volume_scale: Scale::new(volume_places).unwrap(),
        }
    }

    /// Flat bars at these closes, volume 1.
    pub fn of_closes(name: &str, closes: &[i64]) -> Self {
        let bars: Vec<_> = closes.iter().map(|close| [*close, *close, *close, *close, 1]).collect();
        Self::new(name, &bars, 0, 0)
    }

    pub fn len(&self) -> usize {
        self.close.len()
    }

    /// The first bars of the series, at most `count`.
    pub fn first_bars(&self, count: usize) -> Self {
        let count = count.min(self.len());
        Self {
            name: self.name.clone(),
            open: self.open[..count].to_vec(),
            high: self.high[..count].to_vec(),
            low: self.low[..count].to_vec(),
            close: self.close[..count].to_vec(),
            volume: self.volume[..count].to_vec(),
            hlc_volume: self.hlc_volume[..count].to_vec(),
            session_start: self.session_start[..count].to_vec(),
            price_scale: self.price_scale,
            volume_scale: self.volume_scale,
        }
    }

    pub fn columns(&self) -> BarColumns<'_> {
        self.columns_from(0)
    }

    /// The bars from `start` on.
    pub fn columns_from(&self, start: usize) -> BarColumns<'_> {
        BarColumns {
            open: &self.open[start..],
            high: &self.high[start..],
            low: &self.low[start..],
            close: &self.close[start..],
            offset: &[],
            volume: &self.volume[start..],
            hlc_volume: &self.hlc_volume[start..],
            session_start: &self.session_start[start..],
            price_scale: self.price_scale,
            volume_scale: self.volume_scale,
        }
    }

    pub fn closes(&self) -> Column {
        Column::prices(&self.close, self.price_scale)
    }
}

/// A small generator with a seed (SplitMix64), so that a failure can be run again.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound) as i64
    }
}

/// A random walk of `length` bars starting at 5000 counts with steps up to `step`, never below 1, some without volume.
pub fn random_walk(seed: u64, length: usize, step: u64) -> Series {
    let mut random = Random(seed);
    let mut close = 5000_i64;
    let mut bars = Vec::with_capacity(length);
    for _ in 0..length {
        let open = close;
        close = (close + random.below(2 * step + 1) - step as i64).max(1);
        let high = open.max(close) + random.below(step + 1);
        let low = (open.min(close) - random.below(step + 1)).max(1);
        let volume = random.below(4).min(1) * random.below(1000);
        bars.push([open, high, low, close, volume]);
    }
    Series::new(&format!("random walk, seed {seed}, step {step}"), &bars, 2, 0)
}

/// Series on which definitions break: too short, constant, all rising or falling, alternating, long flats.
pub fn edge_series() -> Vec<Series> {
    let bar = |price: i64, volume: i64| [price, price, price, price, volume];
    let one = Series::new("one bar", &[[100, 105, 95, 101, 7]], 2, 0);
    let two = Series::new("two bars", &[[100, 105, 95, 101, 7], [101, 110, 100, 109, 9]], 2, 0);
    let constant = Series::new("constant", &vec![bar(109_365, 10); 300], 5, 0);
    let rising = Series::new("rising", &(1..300).map(|price| bar(price, 3)).collect::<Vec<_>>(), 2, 0);
    let falling = Series::new("falling", &(1..300).rev().map(|price| bar(price, 3)).collect::<Vec<_>>(), 2, 0);
    let alternating: Vec<_> = (0..300).map(|index| bar(1000 + index % 2, 5)).collect();
    let steps: Vec<_> = (0..900).map(|index| bar(1000 + index / 90, 5)).collect();
    let without_volume: Vec<_> = (0..300).map(|index| bar(1000 + index * 7 % 13, 0)).collect();
    vec![
        one,
        two,
        constant,
        rising,
        falling,
        Series::new("alternating", &alternating, 2, 0),
        Series::new("steps", &steps, 2, 0),
        Series::new("without volume", &without_volume, 2, 0),
    ]
}
