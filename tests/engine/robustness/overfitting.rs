//! The probability of backtest overfitting against the definition taken literally: every split, every Sharpe ratio from the days.

use super::{Noise, returns};
use engine::robustness::{BlockSum, block_count, block_days, block_sums, probability_of_overfitting};

fn fast(returns: &[Vec<f64>], blocks: usize) -> Option<f64> {
    let days = block_days(returns[0].len(), blocks);
    let sums: Vec<Vec<BlockSum>> = returns.iter().map(|returns| block_sums(returns, blocks)).collect();
    probability_of_overfitting(&days, &sums.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Mean ÷ sample standard deviation; 0 for returns that do not vary.
fn sharpe(returns: &[f64]) -> f64 {
    if returns.iter().all(|change| *change == returns[0]) {
        return 0.0;
    }
    let count = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / count;
    mean / (returns.iter().map(|change| (change - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

/// The definition, with floats that nearly agree counted as equal.
fn literal(returns: &[Vec<f64>], blocks: usize) -> f64 {
    let days = returns[0].len();
    let bounds: Vec<usize> = (0..=blocks).map(|block| block * days / blocks).collect();
    let half = |trial: &[f64], chosen: &dyn Fn(usize) -> bool| {
        let kept = (0..blocks).filter(|block| chosen(*block));
        sharpe(&kept.flat_map(|block| trial[bounds[block]..bounds[block + 1]].to_vec()).collect::<Vec<_>>())
    };
    let less = |left: f64, right: f64| left < right - 1e-9 * right.abs().max(1e-3);
    let (mut splits, mut overfitted) = (0, 0);
    for mask in 0_u32..1 << blocks {
        if mask.count_ones() as usize * 2 != blocks {
            continue;
        }
        let inside: Vec<f64> = returns.iter().map(|trial| half(trial, &|block| mask >> block & 1 == 1)).collect();
        let outside: Vec<f64> = returns.iter().map(|trial| half(trial, &|block| mask >> block & 1 == 0)).collect();
        let best =
            (0..inside.len()).rev().reduce(|best, trial| if less(inside[trial], inside[best]) { best } else { trial });
        let best = outside[best.unwrap()];
        let below = outside.iter().filter(|other| less(**other, best)).count() as f64;
        let equal = outside.iter().filter(|other| !less(**other, best) && !less(best, **other)).count() as f64;
        let share = (below + (equal + 1.0) / 2.0) / (outside.len() as f64 + 1.0);
        splits += 1;
        overfitted += usize::from((share / (1.0 - share)).ln() <= 1e-12);
    }
    overfitted as f64 / f64::from(splits)
}

fn check(returns: &[Vec<f64>], blocks: usize) -> f64 {
    let (got, expected) = (fast(returns, blocks).unwrap(), literal(returns, blocks));
    assert!((got - expected).abs() < 1e-12, "{} trials: {got}, expected {expected}", returns.len());
    got
}

#[test]
fn equals_the_definition() {
    for (seed, trials) in [(1, 2), (2, 3), (3, 31), (4, 32), (5, 33), (6, 100)] {
        check(&returns(seed, trials, 137, 0.0), 10);
        check(&returns(seed, trials, 100, 0.0005), 10);
    }
    check(&returns(7, 40, 163, 0.0), 16);
}

/// Most days flat, equal trials, trials that never trade: ties everywhere.
#[test]
fn ties_share_their_ranks() {
    for seed in 0..20 {
        let mut noise = Noise(seed);
        let trials: Vec<Vec<f64>> =
            (0..12)
                .map(|_| {
                    (0..100)
                        .map(|_| {
                            if noise.next().is_multiple_of(16) { 0.01 - 0.005 * (noise.next() % 4) as f64 } else { 0.0 }
                        })
                        .collect()
                })
                .collect();
        let mut doubled = trials.clone();
        doubled.extend(trials.iter().take(5).cloned());
        doubled.push(vec![0.0; 100]);
        check(&doubled, 10);
    }
    // Nothing but equal trials: the first is selected and stands in the middle, which counts as overfitted.
    assert_eq!(check(&vec![vec![0.0; 100]; 7], 10), 1.0);
}

/// What the paper is about: skill gives 0, none gives about a half.
#[test]
fn skill_is_told_from_noise() {
    assert_eq!(check(&returns(9, 20, 200, 0.002), 10), 0.0);
    let noise: Vec<f64> = (0..40).map(|seed| fast(&returns(seed + 100, 50, 320, 0.0), 16).unwrap()).collect();
    let mean = noise.iter().sum::<f64>() / noise.len() as f64;
    assert!((0.35..0.65).contains(&mean), "{mean}");
}

#[test]
fn undefined_where_nothing_can_be_said() {
    assert_eq!(fast(&returns(1, 1, 200, 0.0), 10), None, "one trial");
    assert_eq!(fast(&returns(1, 5, 99, 0.0), 10), None, "under ten days a block");
    assert!(fast(&returns(1, 5, 100, 0.0), 10).is_some());
    let sums = block_sums(&[0.01; 100], 10);
    assert_eq!(probability_of_overfitting(&[10; 10], &[&sums, &sums[1..]]), None, "a block is missing");
}

#[test]
fn blocks_are_equal_and_cover_every_day() {
    assert_eq!((block_count(10_000), block_count(10_001)), (16, 10));
    for days in [160, 161, 175, 250, 1_259] {
        let lengths = block_days(days, 16);
        assert_eq!(lengths.iter().sum::<usize>(), days);
        assert!(lengths.iter().max().unwrap() - lengths.iter().min().unwrap() <= 1);
    }
    assert!(block_days(159, 16).is_empty() && block_sums(&[0.0; 159], 16).is_empty());
    let sums = block_sums(&[0.5, 0.25, -1.0].repeat(40), 10);
    assert_eq!(sums, vec![BlockSum { sum: -1.0, squares: 5.25 }; 10]);
}

/// The largest sweeps of both kinds; the time is printed.
#[test]
fn the_largest_sweeps_take_seconds() {
    for (trials, blocks, days) in [(10_000, 16, 252), (100_000, 10, 1_260)] {
        let mut noise = Noise(3);
        let lengths = block_days(days, blocks);
        let sums: Vec<Vec<BlockSum>> = (0..trials)
            .map(|_| {
                (0..blocks)
                    .map(|_| BlockSum { sum: noise.change(), squares: 0.002 + noise.change().abs() / 50.0 })
                    .collect()
            })
            .collect();
        let trials: Vec<&[BlockSum]> = sums.iter().map(Vec::as_slice).collect();
        let begun = std::time::Instant::now();
        let share = probability_of_overfitting(&lengths, &trials).unwrap();
        eprintln!("{} trials, {blocks} blocks: {share:.3} in {:.2?}", trials.len(), begun.elapsed());
        assert!(begun.elapsed().as_secs() < 60);
    }
}
