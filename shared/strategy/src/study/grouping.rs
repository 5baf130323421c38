//! Which combinations run side by side: those that have the most values in common, so that what depends on a value is computed
//! for as few groups as can be.

use crate::value::ParameterValue;
use std::collections::BTreeMap;

/// Groups of at most `most` of `combinations`, by their places.
pub(super) fn groups(combinations: &[Vec<ParameterValue>], most: usize) -> Vec<Vec<usize>> {
    let mut open = vec![(0..combinations.len()).collect::<Vec<usize>>()];
    let mut groups = Vec::new();
    while let Some(group) = open.pop() {
        if group.len() <= most.max(1) {
            groups.push(group);
            continue;
        }
        let (even, odd) = halves(combinations, group);
        open.extend([odd, even]);
    }
    groups
}

/// How well so many values divide: the more the better, an odd number of few into unequal halves.
const fn evenly(values: usize) -> usize {
    values * (if values.is_multiple_of(2) { 4 } else { 3 })
}

/// Every other value of the parameter that has the most goes to each half: either has half of its values, low and high ones
/// alike, as low ones may take longer than high ones.
fn halves(combinations: &[Vec<ParameterValue>], group: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
    let value = |place: usize, parameter: usize| combinations.get(place).and_then(|values| values.get(parameter));
    let ranks = |parameter| {
        let mut ranks: BTreeMap<_, usize> = group.iter().map(|place| (value(*place, parameter), 0)).collect();
        ranks.values_mut().enumerate().for_each(|(rank, of)| *of = rank);
        ranks
    };
    let parameters = 0..combinations.first().map_or(0, Vec::len);
    let ranked = parameters.map(|parameter| (parameter, ranks(parameter))).max_by_key(|(_, ranks)| evenly(ranks.len()));
    let (mut even, mut odd) = (Vec::new(), Vec::new());
    for (nth, place) in group.into_iter().enumerate() {
        let rank = match &ranked {
            Some((parameter, ranks)) if ranks.len() > 1 => ranks.get(&value(place, *parameter)).copied().unwrap_or(0),
            // All alike: by turns.
            Some(_) | None => nth,
        };
        if rank.is_multiple_of(2) { even.push(place) } else { odd.push(place) }
    }
    (even, odd)
}
