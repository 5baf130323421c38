//! What an indicator reads and returns: columns over bars of one timeframe.

use super::moving_mean::running_sums;
use market::Scale;
use std::sync::OnceLock;

/// Values as exact rationals: `counts[i] / per_unit`.
#[derive(Debug, Clone)]
pub struct Exact {
    /// Numerators; 0 where undefined.
    pub counts: Vec<i64>,
    /// Common denominator, positive.
    pub per_unit: i64,
    /// Number of leading undefined values (a look-back): `counts` mean something from here on.
    pub first: usize,
    magnitude: OnceLock<u64>,
    sums: OnceLock<Vec<i64>>,
}

impl Exact {
    /// `counts[i] / per_unit`, the first `first` of them undefined.
    #[must_use]
    pub const fn new(counts: Vec<i64>, per_unit: i64, first: usize) -> Self {
        Self { counts, per_unit, first, magnitude: OnceLock::new(), sums: OnceLock::new() }
    }

    /// At least the largest magnitude of a count, less than twice it. Looked up once.
    pub(super) fn magnitude(&self) -> u64 {
        *self.magnitude.get_or_init(|| magnitude(&self.counts))
    }

    /// The [`running_sums`] of the counts. Added up once.
    pub(super) fn sums(&self) -> &[i64] {
        self.sums.get_or_init(|| running_sums(&self.counts))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        (&self.counts, self.per_unit, self.first) == (&other.counts, other.per_unit, other.first)
    }
}

/// All bits that any of `counts` has: at least the largest magnitude, less than twice it, and cheaper than a comparison.
pub(super) fn magnitude(counts: &[i64]) -> u64 {
    counts.iter().fold(0, |bits, count| bits | count.unsigned_abs())
}

/// One value per bar; `NaN` (canonical) where undefined.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Values, quoted price units for prices.
    pub values: Vec<f64>,
    /// The same values exactly, when the column is an integer price or volume series whose only undefined values lead:
    /// window sums over it are integer sums.
    pub exact: Option<Exact>,
    /// True for a price level (open … hlc3, their averages, bands and extremes): percentages of it take the raw price as
    /// base.
    pub is_price: bool,
}

impl Column {
    /// A price series of the bars: `counts` on the grid `scale`.
    #[must_use]
    pub fn prices(counts: &[i64], scale: Scale) -> Self {
        Self { is_price: true, ..Self::exact(counts.to_vec(), scale.per_unit(), 0) }
    }

    /// A volume series: `counts` on the grid `scale`.
    #[must_use]
    pub fn volumes(counts: &[i64], scale: Scale) -> Self {
        Self::exact(counts.to_vec(), scale.per_unit(), 0)
    }

    /// A series of rationals `counts[i] / per_unit`, the first `first` of them undefined. `range`, `hl2` (`per_unit`
    /// doubled) and the like; a price among them sets `is_price` itself.
    #[must_use]
    pub fn exact(mut counts: Vec<i64>, per_unit: i64, first: usize) -> Self {
        let divisor = per_unit as f64;
        let mut values: Vec<f64> = counts.iter().map(|count| *count as f64 / divisor).collect();
        values.iter_mut().take(first).for_each(|value| *value = f64::NAN);
        counts.iter_mut().take(first).for_each(|count| *count = 0);
        Self { values, exact: Some(Exact::new(counts, per_unit, first)), is_price: false }
    }

    /// A computed series: values that are not finite become the canonical `NaN`.
    #[must_use]
    pub fn computed(mut values: Vec<f64>) -> Self {
        values.iter_mut().for_each(|value| *value = if value.is_finite() { *value } else { f64::NAN });
        Self { values, exact: None, is_price: false }
    }
}

/// Bars an indicator may see, in columns of equal length, oldest first. Prices are adjusted counts.
#[derive(Debug, Clone, Copy)]
pub struct BarColumns<'a> {
    /// First price.
    pub open: &'a [i64],
    /// Highest price.
    pub high: &'a [i64],
    /// Lowest price.
    pub low: &'a [i64],
    /// Last price.
    pub close: &'a [i64],
    /// What was added to the raw prices of each bar to get these (continuous futures); empty where the series has none.
    pub offset: &'a [i64],
    /// Volume counts.
    pub volume: &'a [i64],
    /// Sum over the bar's minutes of `(high + low + close) × volume`: three times volume-weighted hlc3, in price counts ×
    /// volume counts.
    pub hlc_volume: &'a [i128],
    /// True where the bar is the first of its session (`vwap` starts anew).
    pub session_start: &'a [bool],
    /// Grid of the prices.
    pub price_scale: Scale,
    /// Grid of the volumes.
    pub volume_scale: Scale,
}

impl BarColumns<'_> {
    /// Number of bars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.close.len()
    }

    /// What was added to the raw prices of a bar, in quoted units.
    pub(super) fn raw_offset(&self, bar: usize) -> f64 {
        self.offset.get(bar).map_or(0.0, |offset| self.price_scale.to_f64(*offset))
    }

    /// One number per bar, made of its open, high, low and close counts.
    pub(super) fn per_bar<T>(&self, of: impl Fn([i64; 4]) -> T) -> Vec<T> {
        let (opens, highs) = (self.open.iter(), self.high.iter());
        let edges = opens.zip(highs).zip(self.low).zip(self.close);
        edges.map(|(((open, high), low), close)| of([*open, *high, *low, *close])).collect()
    }

    /// The exact series of what `of` makes of each bar's counts, in parts of `parts` price counts.
    pub(super) fn exact_per_bar(&self, parts: i64, of: impl Fn([i64; 4]) -> i64) -> Column {
        Column::exact(self.per_bar(of), self.price_scale.per_unit() * parts, 0)
    }

    /// The closes.
    pub(super) fn closes(&self) -> Column {
        Column::prices(self.close, self.price_scale)
    }

    /// The volumes.
    pub(super) fn volumes(&self) -> Column {
        Column::volumes(self.volume, self.volume_scale)
    }

    /// True without bars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.close.is_empty()
    }
}
