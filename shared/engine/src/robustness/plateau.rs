//! Whether the best combination stands on a plateau or on a peak of its own.

/// Median value of the combinations one step away, as a share of the best (1 is a perfect plateau). Where less is better the
/// share is turned round, so that it is below 1 for worse neighbours alike. `None` without neighbours or for a best that is
/// not above zero.
#[must_use]
pub fn plateau(best: f64, neighbours: &[f64], higher_is_better: bool) -> Option<f64> {
    let mut ordered = neighbours.to_vec();
    ordered.sort_by(f64::total_cmp);
    let upper = *ordered.get(ordered.len() / 2)?;
    let lower = *ordered.get((ordered.len() - 1) / 2)?;
    let median = lower + (upper - lower) / 2.0;
    let share = if higher_is_better { median / best } else { best / median };
    (best > 0.0 && share.is_finite()).then_some(share)
}
