//! Wilder's directional movement: both indicators and their average index.

use super::bar_columns::{BarColumns, Column};
use super::definition::{Agreement, Argument, Definition, Family, Reach};
use super::momentum::{WILDER_BARS_PER_PERIOD, first_argument};
use super::volatility::true_ranges;
use super::window_sums::after_look_back;

pub(super) const PLUS_DI: Definition = Definition {
    name: "plus_di",
    summary: "Plus directional indicator: smoothed upward movement in percent of smoothed true range.",
    arguments: &[Argument::period("period", 14.0, 2.0)],
    family: Family::Trend,
    agreement: Agreement::EqualsTaLib { function: "PLUS_DI" },
    reach: Reach::Recursion(|arguments| WILDER_BARS_PER_PERIOD * arguments.count(0)),
    look_back: first_argument,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let values = smoothed(input.bars, period).map(|movement| movement.plus);
        vec![Column::computed(after_look_back(period, input.bars.len(), values))]
    },
    ..Definition::ROW
};

pub(super) const MINUS_DI: Definition = Definition {
    name: "minus_di",
    summary: "Minus directional indicator: smoothed downward movement in percent of smoothed true range.",
    agreement: Agreement::EqualsTaLib { function: "MINUS_DI" },
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let values = smoothed(input.bars, period).map(|movement| movement.minus);
        vec![Column::computed(after_look_back(period, input.bars.len(), values))]
    },
    ..PLUS_DI
};

pub(super) const ADX: Definition = Definition {
    name: "adx",
    summary: "Average directional index: Wilder's average of 100 × |plus_di − minus_di| ÷ (plus_di + minus_di).",
    agreement: Agreement::EqualsTaLib { function: "ADX" },
    reach: Reach::Recursion(|arguments| 2 * WILDER_BARS_PER_PERIOD * arguments.count(0)),
    look_back: |arguments| 2 * arguments.count(0) - 1,
    calculation: |input, arguments| vec![Column::computed(average_index(input.bars, arguments.count(0)))],
    ..PLUS_DI
};

pub(super) const ADXR: Definition = Definition {
    name: "adxr",
    summary: "Average directional index rating: mean of adx and of adx period − 1 bars ago.",
    agreement: Agreement::EqualsTaLib { function: "ADXR" },
    reach: Reach::Recursion(|arguments| (2 * WILDER_BARS_PER_PERIOD + 1) * arguments.count(0)),
    look_back: |arguments| 3 * arguments.count(0) - 2,
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let index = average_index(input.bars, period);
        let pairs = index.iter().zip(index.iter().skip(period - 1)).map(|(before, now)| (now + before) / 2.0);
        vec![Column::computed(after_look_back(period - 1, input.bars.len(), pairs))]
    },
    ..ADX
};

pub(super) const DX: Definition = Definition {
    name: "dx",
    summary: "Directional index: 100 × |plus_di − minus_di| ÷ (plus_di + minus_di).",
    agreement: Agreement::EqualsTaLib { function: "DX" },
    calculation: |input, arguments| {
        let period = arguments.count(0);
        let mut known = 0.0;
        let indexes = smoothed(input.bars, period).map(|directions| {
            known = directions.spread().unwrap_or(known);
            known
        });
        vec![Column::computed(after_look_back(period, input.bars.len(), indexes))]
    },
    ..PLUS_DI
};

pub(super) const PLUS_DM: Definition = Definition {
    name: "plus_dm",
    summary: "Plus directional movement: upward moves of the high, smoothed as a sum.",
    arguments: &[Argument::period("period", 14.0, 1.0)],
    agreement: Agreement::EqualsTaLib { function: "PLUS_DM" },
    look_back: |arguments| movement_look_back(arguments.count(0)),
    calculation: |input, arguments| vec![movement_sum(input.bars, arguments.count(0), |(plus, _)| plus)],
    ..PLUS_DI
};

pub(super) const MINUS_DM: Definition = Definition {
    name: "minus_dm",
    summary: "Minus directional movement: downward moves of the low, smoothed as a sum.",
    agreement: Agreement::EqualsTaLib { function: "MINUS_DM" },
    calculation: |input, arguments| vec![movement_sum(input.bars, arguments.count(0), |(_, minus)| minus)],
    ..PLUS_DM
};

/// Both directional indicators of a bar, in percent; 0 where nothing moved.
struct Directions {
    plus: f64,
    minus: f64,
}

impl Directions {
    /// 100 × distance ÷ sum; nothing where neither moved.
    fn spread(&self) -> Option<f64> {
        let total = self.plus + self.minus;
        (total > 0.0).then(|| 100.0 * ((self.plus - self.minus).abs() / total))
    }
}

/// One movement alone is there a bar earlier than the indicators; a single one needs the bar before.
fn movement_look_back(period: usize) -> usize {
    period.saturating_sub(1).max(1)
}

/// The first `period − 1` movements add up, from then on `sum = sum − sum / period + movement`.
fn movement_sum(bars: &BarColumns<'_>, period: usize, side: impl Fn((f64, f64)) -> f64) -> Column {
    let size = period as f64;
    let mut sum = 0.0;
    let values = movements(bars).enumerate().filter_map(|(index, movement)| {
        sum = if index + 1 < period { sum + side(movement) } else { sum - sum / size + side(movement) };
        (index + 2 >= period).then_some(sum)
    });
    Column::computed(after_look_back(movement_look_back(period), bars.len(), values))
}

/// Upward and downward movement from bar to bar, in quoted units: only the larger of both counts.
///
/// Compared as floats, as TA-Lib does: equal movements of decimal prices may differ in the last bit and then count.
fn movements(bars: &BarColumns<'_>) -> impl Iterator<Item = (f64, f64)> {
    let per_unit = bars.price_scale.per_unit() as f64;
    let mut edges =
        bars.high.iter().zip(bars.low).map(move |(high, low)| (*high as f64 / per_unit, *low as f64 / per_unit));
    let mut before = edges.next().unwrap_or((0.0, 0.0));
    edges.map(move |(high, low)| {
        let (up, down) = (high - before.0, before.1 - low);
        before = (high, low);
        (if up > 0.0 && up > down { up } else { 0.0 }, if down > 0.0 && down > up { down } else { 0.0 })
    })
}

/// Directional indicators from bar `period` on.
///
/// J. Welles Wilder, 1978, as TA-Lib starts it: the first `period − 1` movements add up, from then on
/// `sum = sum − sum / period + movement`.
fn smoothed(bars: &BarColumns<'_>, period: usize) -> impl Iterator<Item = Directions> {
    let size = period as f64;
    let (mut plus_sum, mut minus_sum, mut range_sum) = (0.0, 0.0, 0.0);
    movements(bars).zip(true_ranges(bars)).enumerate().filter_map(move |(index, ((plus, minus), range))| {
        if index + 1 < period {
            (plus_sum, minus_sum, range_sum) = (plus_sum + plus, minus_sum + minus, range_sum + range);
            return None;
        }
        plus_sum = plus_sum - plus_sum / size + plus;
        minus_sum = minus_sum - minus_sum / size + minus;
        range_sum = range_sum - range_sum / size + range;
        if range_sum == 0.0 {
            return Some(Directions { plus: 0.0, minus: 0.0 });
        }
        Some(Directions { plus: 100.0 * (plus_sum / range_sum), minus: 100.0 * (minus_sum / range_sum) })
    })
}

/// The first value is the mean of `period` indexes, then `(before × (period − 1) + index) ÷ period`; a bar without
/// directions leaves it as it is.
fn average_index(bars: &BarColumns<'_>, period: usize) -> Vec<f64> {
    let size = period as f64;
    let mut average = 0.0;
    let values = smoothed(bars, period).enumerate().filter_map(|(index, directions)| {
        let spread = directions.spread();
        if index < period {
            average += spread.unwrap_or(0.0);
            if index + 1 < period {
                return None;
            }
            average /= size;
        } else if let Some(spread) = spread {
            average = (average * (size - 1.0) + spread) / size;
        }
        Some(average)
    });
    after_look_back(2 * period - 1, bars.len(), values)
}
