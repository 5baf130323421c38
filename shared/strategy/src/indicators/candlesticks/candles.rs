//! Candles, and what TA-Lib's default settings call long, short, near and equal: averages of the candles before.
//!
//! Prices are whole counts held in floats, so sums are exact and a tie is a tie.

use crate::indicators::bar_columns::BarColumns;

/// One bar; color, body and shadows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Candle {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
}

impl Candle {
    /// True where it closes at or above its open.
    pub(super) fn white(self) -> bool {
        self.close >= self.open
    }

    pub(super) fn black(self) -> bool {
        !self.white()
    }

    /// 1 white, −1 black.
    pub(super) fn color(self) -> i32 {
        if self.white() { 1 } else { -1 }
    }

    /// Size of the body.
    pub(super) fn body(self) -> f64 {
        (self.close - self.open).abs()
    }

    /// Upper end of the body.
    pub(super) fn top(self) -> f64 {
        self.open.max(self.close)
    }

    /// Lower end of the body.
    pub(super) fn bottom(self) -> f64 {
        self.open.min(self.close)
    }

    pub(super) fn upper_shadow(self) -> f64 {
        self.high - self.top()
    }

    pub(super) fn lower_shadow(self) -> f64 {
        self.bottom() - self.low
    }

    /// True where the body lies above the other's.
    pub(super) fn body_above(self, other: Self) -> bool {
        self.bottom() > other.top()
    }

    /// True where the body lies below the other's.
    pub(super) fn body_below(self, other: Self) -> bool {
        self.top() < other.bottom()
    }

    /// True where the whole range lies above the other's.
    pub(super) fn range_above(self, other: Self) -> bool {
        self.low > other.high
    }

    /// True where the whole range lies below the other's.
    pub(super) fn range_below(self, other: Self) -> bool {
        self.high < other.low
    }

    /// True where the body lies strictly within the other's.
    pub(super) fn body_within(self, other: Self) -> bool {
        self.top() < other.top() && self.bottom() > other.bottom()
    }
}

/// What TA-Lib measures a candle against.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    BodyLong,
    BodyShort,
    BodyDoji,
    ShadowLong,
    ShadowVeryLong,
    ShadowShort,
    ShadowVeryShort,
    Near,
    Far,
    Equal,
}

/// What of a candle is averaged.
#[derive(Debug, Clone, Copy)]
enum Part {
    Body,
    Range,
    Shadows,
}

/// A setting: `factor` times the mean of a part over the `bars` candles before, or of the candle itself without any.
struct Setting {
    part: Part,
    bars: usize,
    factor: f64,
}

impl Measure {
    /// TA-Lib's default settings.
    const fn setting(self) -> Setting {
        let (part, bars, factor) = match self {
            Self::BodyLong | Self::BodyShort => (Part::Body, 10, 1.0),
            Self::BodyDoji | Self::ShadowVeryShort => (Part::Range, 10, 0.1),
            Self::ShadowLong => (Part::Body, 0, 1.0),
            Self::ShadowVeryLong => (Part::Body, 0, 2.0),
            Self::ShadowShort => (Part::Shadows, 10, 1.0),
            Self::Near => (Part::Range, 5, 0.2),
            Self::Far => (Part::Range, 5, 0.6),
            Self::Equal => (Part::Range, 5, 0.05),
        };
        Setting { part, bars, factor }
    }
}

/// Every candle with running sums of its parts.
pub(super) struct Candles {
    candles: Vec<Candle>,
    bodies: Vec<i64>,
    ranges: Vec<i64>,
    shadows: Vec<i64>,
}

impl Candles {
    pub(super) fn new(bars: &BarColumns<'_>) -> Self {
        let body = |[open, _, _, close]: [i64; 4]| close.wrapping_sub(open).wrapping_abs();
        let range = |[_, high, low, _]: [i64; 4]| high.wrapping_sub(low);
        Self {
            candles: bars.per_bar(|bar| {
                let [open, high, low, close] = bar.map(|count| count as f64);
                Candle { open, high, low, close }
            }),
            bodies: running_sums(bars.per_bar(body)),
            ranges: running_sums(bars.per_bar(range)),
            shadows: running_sums(bars.per_bar(|bar| range(bar).wrapping_sub(body(bar)))),
        }
    }

    /// The candles up to `bar`.
    pub(super) const fn up_to(&self, bar: usize) -> Window<'_> {
        Window { candles: self, bar }
    }

    fn sums(&self, part: Part) -> &[i64] {
        match part {
            Part::Body => &self.bodies,
            Part::Range => &self.ranges,
            Part::Shadows => &self.shadows,
        }
    }
}

/// The sum of the first n values at place n. It may wrap: differences over a window are right wherever they fit.
fn running_sums(values: Vec<i64>) -> Vec<i64> {
    let mut sum = 0_i64;
    let sums = values.into_iter().map(|value| {
        sum = sum.wrapping_add(value);
        sum
    });
    std::iter::once(0).chain(sums).collect()
}

/// The newest candles at a bar; `ago` counts back from it.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    candles: &'a Candles,
    bar: usize,
}

impl Window<'_> {
    /// The window `bars` earlier.
    pub(super) const fn earlier(self, bars: usize) -> Self {
        Self { candles: self.candles, bar: self.bar.saturating_sub(bars) }
    }

    /// The last candles, oldest first.
    pub(super) fn last<const N: usize>(self) -> [Candle; N] {
        std::array::from_fn(|index| self.candle(N - 1 - index))
    }

    pub(super) fn candle(self, ago: usize) -> Candle {
        self.candles.candles.get(self.bar.wrapping_sub(ago)).copied().unwrap_or_default()
    }

    /// What the candle `ago` is measured against.
    pub(super) fn than(self, measure: Measure, ago: usize) -> f64 {
        let Setting { part, bars, factor } = measure.setting();
        let end = self.bar.saturating_sub(ago);
        let sums = self.candles.sums(part);
        let sum = |from: usize, to: usize| match (sums.get(from), sums.get(to)) {
            (Some(from), Some(to)) => to.wrapping_sub(*from) as f64,
            (None, _) | (_, None) => 0.0,
        };
        let mean = if bars == 0 { sum(end, end + 1) } else { sum(end.saturating_sub(bars), end) / bars as f64 };
        let sides = if matches!(part, Part::Shadows) { 2.0 } else { 1.0 };
        factor * mean / sides
    }

    /// A body longer than the average one.
    pub(super) fn long_body(self, ago: usize) -> bool {
        self.candle(ago).body() > self.than(Measure::BodyLong, ago)
    }

    /// A body shorter than the average one.
    pub(super) fn short_body(self, ago: usize) -> bool {
        self.candle(ago).body() < self.than(Measure::BodyShort, ago)
    }

    /// A body that is not longer than the average one.
    pub(super) fn small_body(self, ago: usize) -> bool {
        self.candle(ago).body() <= self.than(Measure::BodyShort, ago)
    }

    /// A body of at most a tenth of the average range.
    pub(super) fn doji(self, ago: usize) -> bool {
        self.candle(ago).body() <= self.than(Measure::BodyDoji, ago)
    }

    /// Hardly any upper shadow.
    pub(super) fn flat_top(self, ago: usize) -> bool {
        self.candle(ago).upper_shadow() < self.than(Measure::ShadowVeryShort, ago)
    }

    /// Hardly any lower shadow.
    pub(super) fn flat_bottom(self, ago: usize) -> bool {
        self.candle(ago).lower_shadow() < self.than(Measure::ShadowVeryShort, ago)
    }

    /// An upper shadow longer than the body.
    pub(super) fn long_upper_shadow(self, ago: usize) -> bool {
        self.candle(ago).upper_shadow() > self.than(Measure::ShadowLong, ago)
    }

    /// A lower shadow longer than the body.
    pub(super) fn long_lower_shadow(self, ago: usize) -> bool {
        self.candle(ago).lower_shadow() > self.than(Measure::ShadowLong, ago)
    }

    /// Two prices as good as equal beside the candle `ago`.
    pub(super) fn equal(self, price: f64, other: f64, ago: usize) -> bool {
        self.lies_around(price, (other, other), Measure::Equal, ago)
    }

    /// A price between two others, or beyond them by no more than the measure.
    pub(super) fn lies_around(self, price: f64, (lower, upper): (f64, f64), measure: Measure, ago: usize) -> bool {
        let margin = self.than(measure, ago);
        price >= lower - margin && price <= upper + margin
    }
}
