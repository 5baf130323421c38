//! A long equity curve cut to a drawable number of points without losing its extremes.

use crate::plan::Money;

/// Points per bucket: its lowest and its highest.
const POINTS_PER_BUCKET: usize = 2;

/// A shortened curve that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downsampled {
    /// Points of the original curve.
    pub original_points: usize,
    /// Open time of the minute (microseconds UTC) and its mark, ascending.
    pub points: Vec<(i64, Money)>,
}

/// The curve with at most about `most_points` points: equal buckets of minutes, each keeping its lowest and highest
/// mark, and always the first and the last point. A curve that fits is returned whole.
#[must_use]
pub fn downsample(ts: &[i64], equity: &[Money], most_points: usize) -> Downsampled {
    let curve: Vec<(i64, Money)> = ts.iter().copied().zip(equity.iter().copied()).collect();
    let original_points = curve.len();
    let ends = 2;
    if original_points <= most_points.max(POINTS_PER_BUCKET + ends) {
        return Downsampled { original_points, points: curve };
    }
    let buckets = (most_points.saturating_sub(ends) / POINTS_PER_BUCKET).max(1);
    let mut points = Vec::with_capacity(buckets * POINTS_PER_BUCKET + ends);
    points.extend(curve.first());
    for bucket in curve.chunks(original_points.div_ceil(buckets)) {
        let low = bucket.iter().min_by_key(|(_, mark)| *mark);
        // The last of equals, so that a flat bucket keeps both its ends.
        let high = bucket.iter().max_by_key(|(_, mark)| *mark);
        points.extend(low);
        points.extend(high);
    }
    points.extend(curve.last());
    points.sort_by_key(|(instant, _)| *instant);
    points.dedup_by_key(|(instant, _)| *instant);
    Downsampled { original_points, points }
}
