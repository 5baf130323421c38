//! Bars on the working grid to a series on the coarsest grid that holds them, and series onto a common grid.

use crate::limits::WORKING_PLACES;
use crate::row::Bar;
use market::{BarSeries, PriceSide, Resolution, Scale};

/// An empty series.
pub(crate) fn empty(symbol: &str, resolution: Resolution, price_side: PriceSide, scales: (Scale, Scale)) -> BarSeries {
    BarSeries { resolution, price_side, price_scale: scales.0, volume_scale: scales.1, ..BarSeries::empty(symbol) }
}

/// Fewest places at which every count on the working grid is whole.
fn places_of(counts: impl Iterator<Item = i128>) -> u32 {
    let mut places = 0;
    for count in counts {
        while places < WORKING_PLACES && count % unit(places) != 0 {
            places += 1;
        }
    }
    places
}

/// Working counts in one count of a grid of `places`.
fn unit(places: u32) -> i128 {
    10_i128.pow(WORKING_PLACES.saturating_sub(places))
}

/// A scale of so many places, at most the working grid's.
fn scale(places: u32) -> Scale {
    const FINEST: Scale = match Scale::new(Scale::MAX_PLACES) {
        Some(scale) => scale,
        None => unreachable!(),
    };
    u8::try_from(places).ok().and_then(Scale::new).unwrap_or(FINEST)
}

/// Builds a series of strictly ascending bars; also the number of volumes that had to be rounded.
pub(crate) fn build(symbol: &str, resolution: Resolution, side: PriceSide, bars: &[Bar]) -> (BarSeries, u64) {
    let quoted = side == PriceSide::Mid;
    let prices = bars.iter().flat_map(|bar| bar.prices.into_iter().chain(quoted.then_some(bar.spread)));
    let price_places = places_of(prices.map(i128::from));
    let largest = bars.iter().map(|bar| bar.volume).max().unwrap_or(0);
    let mut volume_places = places_of(bars.iter().map(|bar| bar.volume));
    while volume_places > 0 && largest / unit(volume_places) >= i128::from(i64::MAX) {
        volume_places -= 1;
    }
    let mut series = empty(symbol, resolution, side, (scale(price_places), scale(volume_places)));
    let price_unit = i64::try_from(unit(price_places)).unwrap_or(1);
    let volume_unit = unit(volume_places);
    let mut rounded = 0;
    for bar in bars {
        let [open, high, low, close] = bar.prices.map(|price| price / price_unit);
        series.ts.push(bar.ts);
        series.open.push(open);
        series.high.push(high);
        series.low.push(low);
        series.close.push(close);
        rounded += u64::from(bar.volume % volume_unit != 0);
        let volume = (bar.volume + volume_unit / 2) / volume_unit;
        series.volume.push(i64::try_from(volume).unwrap_or(i64::MAX));
        if quoted {
            series.spread.push(bar.spread / price_unit);
        }
    }
    (series, rounded)
}

/// Puts a series onto finer grids; `None` when a value does not fit.
pub(crate) fn rescale(series: &mut BarSeries, price_scale: Scale, volume_scale: Scale) -> Option<()> {
    let price_factor = price_scale.per_unit() / series.price_scale.per_unit();
    let volume_factor = volume_scale.per_unit() / series.volume_scale.per_unit();
    let scaled = |column: &mut Vec<i64>, factor: i64| -> Option<()> {
        if factor != 1 {
            for value in column {
                *value = value.checked_mul(factor)?;
            }
        }
        Some(())
    };
    for column in
        [&mut series.open, &mut series.high, &mut series.low, &mut series.close, &mut series.offset, &mut series.spread]
    {
        scaled(column, price_factor)?;
    }
    scaled(&mut series.volume, volume_factor)?;
    series.price_scale = price_scale;
    series.volume_scale = volume_scale;
    Some(())
}

/// Appends bar `index` of `from`; `offset` and `spread` only where given.
pub(crate) fn push(series: &mut BarSeries, from: &BarSeries, index: usize, offset: Option<i64>, spread: Option<i64>) {
    let columns = [
        (&mut series.ts, &from.ts),
        (&mut series.open, &from.open),
        (&mut series.high, &from.high),
        (&mut series.low, &from.low),
        (&mut series.close, &from.close),
        (&mut series.volume, &from.volume),
    ];
    for (to, from) in columns {
        to.extend(from.get(index).copied());
    }
    series.offset.extend(offset);
    series.spread.extend(spread);
}
