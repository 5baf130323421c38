//! The probability of backtest overfitting by combinatorially symmetric cross-validation (CSCV).
//!
//! Source: D. H. Bailey, J. M. Borwein, M. López de Prado and Q. J. Zhu, "The Probability of Backtest Overfitting", Journal of
//! Computational Finance 20 (4), 2017. Every way of choosing half of the blocks as in-sample selects the trial with the best
//! Sharpe ratio there; counted are the ways in which that trial ranks no better than the median on the other half.
//!
//! Trials are looked at in groups that fit a processor's cache. A half's sums are those of its blocks among the lower and among the
//! upper half of all blocks, which are tabled per group. Sharpe ratios over the same days are ordered like
//! `Σr × |Σr| ÷ Σr²`, which needs no root and cancels nothing. Two that differ in their last digits only are equal: the same
//! returns on other days must not rank differently.

use super::blocks::{BLOCK_DAYS_LEAST, BlockSum};

/// Trials of a group: their tables for 16 blocks take a quarter of a megabyte.
const LANES: usize = 32;
/// A half is flat, a Sharpe ratio of zero, when its returns vary by less than this share of their size.
const FLAT_SHARE: f64 = 1e-12;
/// Share of an order within which another is equal to it: rounding of sums stays far below.
const EQUAL_SHARE: f64 = 1e-12;
/// The same around zero, where returns that cancel leave a rest of rounding.
const EQUAL_TO_ZERO: f64 = 1e-24;
/// Least trials: of one there is nothing to select.
const TRIALS_LEAST: usize = 2;

/// One number for each trial of a group.
type Lanes = [f64; LANES];

/// Share of the splits in which the trial that is best in-sample (equal ones: the first) has a rank ω = rank ÷ (N+1) with
/// `ln(ω ÷ (1−ω)) ≤ 0` out of sample; equal trials share the average of their ranks.
///
/// `block_days` are the trading days of each block, an even number of blocks; each trial has a sum for each of them. `None` with
/// fewer than two trials, without blocks, with a block under [`BLOCK_DAYS_LEAST`] days, or with a trial that lacks a block.
#[must_use]
pub fn probability_of_overfitting(block_days: &[usize], trials: &[&[BlockSum]]) -> Option<f64> {
    let complete = trials.iter().all(|trial| trial.len() == block_days.len());
    let long_enough = block_days.iter().all(|days| *days >= BLOCK_DAYS_LEAST);
    if trials.len() < TRIALS_LEAST || block_days.is_empty() || !block_days.len().is_multiple_of(2) {
        return None;
    }
    (complete && long_enough).then(|| {
        let splits = splits(block_days);
        let groups = |look: &mut dyn FnMut(usize, &Group)| {
            for (number, trials) in trials.chunks(LANES).enumerate() {
                look(number * LANES, &Group::new(trials, block_days.len()));
            }
        };
        let mut selected: Vec<Selected> = splits.iter().map(|_| Selected::none()).collect();
        groups(&mut |first, group| select(&splits, &mut selected, first, group));
        groups(&mut |first, group| measure(&splits, &mut selected, first, group));
        groups(&mut |_, group| rank(&splits, &mut selected, group));
        let overfitted = selected.iter().filter(|one| one.below_twice <= trials.len() as u64).count();
        overfitted as f64 / splits.len() as f64
    })
}

/// One way to halve the blocks.
struct Split {
    inside: Half,
    outside: Half,
}

/// Half of the blocks: one bit each, and their days.
struct Half {
    blocks: usize,
    days: f64,
}

/// Every way to choose half of the blocks, ascending by bits.
fn splits(block_days: &[usize]) -> Vec<Split> {
    let half = |blocks: usize| {
        let chosen = block_days.iter().enumerate().filter(|(block, _)| blocks >> block & 1 == 1);
        Half { blocks, days: chosen.map(|(_, days)| *days as f64).sum() }
    };
    let all = (1_usize << block_days.len()) - 1;
    (0..=all)
        .filter(|blocks| blocks.count_ones() as usize * 2 == block_days.len())
        .map(|blocks| Split { inside: half(blocks), outside: half(all ^ blocks) })
        .collect()
}

/// The trial selected by a split.
struct Selected {
    trial: usize,
    /// What the order of a later trial must exceed in-sample.
    bar: f64,
    /// Its order out of sample.
    outside: f64,
    /// Twice the number of trials ordered below it out of sample, plus the number ordered like it, itself included. Its average
    /// rank is (this + 1) ÷ 2, so ω ≤ ½ when this is at most the number of trials.
    below_twice: u64,
}

impl Selected {
    const fn none() -> Self {
        Self { trial: 0, bar: f64::NEG_INFINITY, outside: 0.0, below_twice: 0 }
    }
}

/// How far another order may lie from this one and be equal to it.
fn tolerance(order: f64) -> f64 {
    order.abs() * EQUAL_SHARE + EQUAL_TO_ZERO
}

/// Finds the best in-sample, trial by trial in order: one takes the place of another only when it is better, not when it is equal.
fn select(splits: &[Split], selected: &mut [Selected], first: usize, group: &Group) {
    for (split, selected) in splits.iter().zip(selected) {
        let orders = group.orders(&split.inside);
        let orders = orders.get(..group.trials).unwrap_or_default();
        // Mostly nobody is better; then nothing is looked at twice.
        let best = orders.iter().fold(f64::NEG_INFINITY, |best, order| if *order > best { *order } else { best });
        if best > selected.bar {
            for (lane, order) in orders.iter().enumerate() {
                if *order > selected.bar {
                    (selected.bar, selected.trial) = (order + tolerance(*order), first + lane);
                }
            }
        }
    }
}

/// Notes how the selected trials of this group do out of sample.
fn measure(splits: &[Split], selected: &mut [Selected], first: usize, group: &Group) {
    for (split, selected) in splits.iter().zip(selected) {
        let lane = selected.trial.checked_sub(first).filter(|lane| *lane < group.trials);
        if let Some(order) = lane.and_then(|lane| group.orders(&split.outside).get(lane).copied()) {
            selected.outside = order;
        }
    }
}

/// Counts the trials of this group that are ordered below the selected one, and those ordered like it.
fn rank(splits: &[Split], selected: &mut [Selected], group: &Group) {
    for (split, selected) in splits.iter().zip(selected) {
        let orders = group.orders(&split.outside);
        let orders = orders.get(..group.trials).unwrap_or_default();
        let (least, most) =
            (selected.outside - tolerance(selected.outside), selected.outside + tolerance(selected.outside));
        let below = |order: &f64| u64::from(*order < least) + u64::from(*order <= most);
        selected.below_twice += orders.iter().map(below).sum::<u64>();
    }
}

/// The sums of a group of trials over every subset of the lower and of the upper half of the blocks.
struct Group {
    trials: usize,
    /// Blocks of the lower half.
    half: usize,
    lower: Vec<(Lanes, Lanes)>,
    upper: Vec<(Lanes, Lanes)>,
}

impl Group {
    fn new(trials: &[&[BlockSum]], blocks: usize) -> Self {
        let half = blocks / 2;
        let columns: Vec<(Lanes, Lanes)> = (0..blocks).map(|block| column(trials, block)).collect();
        let (lower, upper) = columns.split_at(half);
        Self { trials: trials.len(), half, lower: subsets(lower), upper: subsets(upper) }
    }

    /// A number for each trial that orders it like its Sharpe ratio over the days of `half`.
    #[inline]
    fn orders(&self, half: &Half) -> Lanes {
        let mut orders = [0.0; LANES];
        let lower = self.lower.get(half.blocks & ((1 << self.half) - 1));
        let (Some(lower), Some(upper)) = (lower, self.upper.get(half.blocks >> self.half)) else { return orders };
        let least_squares = half.days * (1.0 - FLAT_SHARE);
        let sums = lower.0.iter().zip(&upper.0);
        let squares = lower.1.iter().zip(&upper.1);
        for (order, ((low, high), (low_square, high_square))) in orders.iter_mut().zip(sums.zip(squares)) {
            let (sum, square) = (low + high, low_square + high_square);
            let flat = sum * sum >= square * least_squares;
            *order = if flat { 0.0 } else { sum * sum.abs() / square };
        }
        orders
    }
}

/// One block's sums of every trial of a group.
fn column(trials: &[&[BlockSum]], block: usize) -> (Lanes, Lanes) {
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for ((trial, sum), square) in trials.iter().zip(&mut sums).zip(&mut squares) {
        if let Some(block) = trial.get(block) {
            (*sum, *square) = (block.sum, block.squares);
        }
    }
    (sums, squares)
}

/// The sums over every subset of `columns`, by the subset's bits: each is that without its first block, plus that block.
fn subsets(columns: &[(Lanes, Lanes)]) -> Vec<(Lanes, Lanes)> {
    let mut tabled = vec![([0.0; LANES], [0.0; LANES])];
    for blocks in 1_usize..1 << columns.len() {
        let rest = tabled.get(blocks & (blocks - 1));
        let first = columns.get(blocks.trailing_zeros() as usize);
        if let (Some(rest), Some(first)) = (rest, first) {
            tabled.push((plus(&rest.0, &first.0), plus(&rest.1, &first.1)));
        }
    }
    tabled
}

fn plus(left: &Lanes, right: &Lanes) -> Lanes {
    let mut sums = *left;
    sums.iter_mut().zip(right).for_each(|(sum, value)| *sum += value);
    sums
}
