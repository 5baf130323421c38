//! Two series of one symbol into one: what the lake holds, and what an import brings.

use crate::series::{push, rescale};
use market::{BarSeries, Scale};
use thiserror::Error;

/// Why two series cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// They are not the same kind of series.
    #[error(
        "the stored series and the new one differ in {what} ({existing} and {new}); import the new one under another symbol, or replace the stored one"
    )]
    Differs {
        /// Symbol, resolution or price side.
        what: &'static str,
        /// The stored one's.
        existing: String,
        /// The new one's.
        new: String,
    },
    /// One grid holds not both.
    #[error(
        "prices or volumes of both series do not fit one grid of {price_places} and {volume_places} decimal places"
    )]
    TooFine {
        /// Places of prices needed.
        price_places: u8,
        /// Places of volumes needed.
        volume_places: u8,
    },
}

/// A merged series and what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// All bars of both.
    pub series: BarSeries,
    /// Bars only the new series has.
    pub added: u64,
    /// Bars both have with different values; the new ones count.
    pub replaced: u64,
    /// Bars both have with equal values.
    pub unchanged: u64,
}

/// Merges `new` over `existing`, on the finer grid of both. Merging the same series twice changes nothing.
///
/// Where only one of them has an `offset` or `spread` column, the other counts as 0.
///
/// # Errors
/// Different symbol, resolution or price side; values that fit no common grid.
pub fn merge(existing: &BarSeries, new: &BarSeries) -> Result<Merged, MergeError> {
    same("symbol", &existing.symbol, &new.symbol)?;
    same("bar length in minutes", &existing.resolution.0, &new.resolution.0)?;
    same("price side", &format!("{:?}", existing.price_side), &format!("{:?}", new.price_side))?;
    let (old, new) = onto_common_grid(existing.clone(), new.clone())?;
    let with_offset = !old.offset.is_empty() || !new.offset.is_empty();
    let with_spread = !old.spread.is_empty() || !new.spread.is_empty();
    let mut merged = Merged { series: without_bars(&old), added: 0, replaced: 0, unchanged: 0 };
    let mut take = |from: &BarSeries, index: usize| {
        let offset = with_offset.then(|| from.offset.get(index).copied().unwrap_or(0));
        let spread = with_spread.then(|| from.spread.get(index).copied().unwrap_or(0));
        push(&mut merged.series, from, index, offset, spread);
    };
    let (mut left, mut right) = (0, 0);
    loop {
        match (old.ts.get(left), new.ts.get(right)) {
            (None, None) => break,
            (Some(_), None) => {
                take(&old, left);
                left += 1;
            }
            (Some(before), Some(after)) if before < after => {
                take(&old, left);
                left += 1;
            }
            (Some(before), Some(after)) if before == after => {
                take(&new, right);
                if equal(&old, left, &new, right) {
                    merged.unchanged += 1;
                } else {
                    merged.replaced += 1;
                }
                left += 1;
                right += 1;
            }
            (_, Some(_)) => {
                take(&new, right);
                merged.added += 1;
                right += 1;
            }
        }
    }
    Ok(merged)
}

fn same<T: PartialEq + ToString>(what: &'static str, existing: &T, new: &T) -> Result<(), MergeError> {
    if existing == new {
        return Ok(());
    }
    Err(MergeError::Differs { what, existing: existing.to_string(), new: new.to_string() })
}

/// Both series on the finer of their grids.
fn onto_common_grid(mut old: BarSeries, mut new: BarSeries) -> Result<(BarSeries, BarSeries), MergeError> {
    let (price, volume) = (old.price_scale.max(new.price_scale), old.volume_scale.max(new.volume_scale));
    rescale(&mut old, price, volume)
        .and_then(|()| rescale(&mut new, price, volume))
        .ok_or(MergeError::TooFine { price_places: price.places(), volume_places: volume.places() })?;
    Ok((old, new))
}

/// The finest grid of several.
pub(crate) fn finest(scales: impl Iterator<Item = (Scale, Scale)>) -> Option<(Scale, Scale)> {
    scales.reduce(|left, right| (left.0.max(right.0), left.1.max(right.1)))
}

/// The same kind of series, empty.
fn without_bars(series: &BarSeries) -> BarSeries {
    crate::series::empty(
        &series.symbol,
        series.resolution,
        series.price_side,
        (series.price_scale, series.volume_scale),
    )
}

/// True when two bars of one grid have the same values; a missing offset or spread is 0.
fn equal(old: &BarSeries, left: usize, new: &BarSeries, right: usize) -> bool {
    let columns = |series: &BarSeries, index: usize| {
        [&series.open, &series.high, &series.low, &series.close, &series.volume, &series.offset, &series.spread]
            .map(|column| column.get(index).copied().unwrap_or(0))
    };
    columns(old, left) == columns(new, right)
}
