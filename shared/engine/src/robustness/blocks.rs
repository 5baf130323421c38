//! Daily returns summed by blocks of consecutive trading days: all that is kept of a trial's returns.
//!
//! Blocks depend on the days of the window alone, so they are the same for every combination of a sweep.

use std::ops::Range;

/// Blocks of a sweep up to [`MANY_COMBINATIONS`]: 12,870 ways to halve them (Bailey et al. 2017 use 16).
const BLOCKS: usize = 16;
/// Blocks of larger sweeps: 252 ways to halve them.
const BLOCKS_OF_MANY: usize = 10;
/// Combinations above which fewer blocks are kept: both the sums stored and the time of a reduction grow with them.
const MANY_COMBINATIONS: u64 = 10_000;
/// Least trading days of a block: a Sharpe ratio of fewer says nothing.
pub const BLOCK_DAYS_LEAST: usize = 10;

/// Sums over the daily returns of one block.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BlockSum {
    /// Σr.
    pub sum: f64,
    /// Σr².
    pub squares: f64,
}

/// Blocks the days of a sweep of `combinations` are cut into.
#[must_use]
pub const fn block_count(combinations: u64) -> usize {
    if combinations > MANY_COMBINATIONS { BLOCKS_OF_MANY } else { BLOCKS }
}

/// Trading days of each of `blocks` blocks of `days`: block `b` holds the days from `⌊b × days ÷ blocks⌋` on, so lengths
/// differ by one at most. Empty when a block would have fewer than [`BLOCK_DAYS_LEAST`].
#[must_use]
pub fn block_days(days: usize, blocks: usize) -> Vec<usize> {
    bounds(days, blocks).map(|days| days.len()).collect()
}

/// The sums of every block of a trial's daily returns; empty as [`block_days`] is.
#[must_use]
pub fn block_sums(returns: &[f64], blocks: usize) -> Vec<BlockSum> {
    bounds(returns.len(), blocks)
        .map(|days| {
            returns.get(days).unwrap_or_default().iter().fold(BlockSum::default(), |so_far, change| BlockSum {
                sum: so_far.sum + change,
                squares: so_far.squares + change * change,
            })
        })
        .collect()
}

fn bounds(days: usize, blocks: usize) -> impl Iterator<Item = Range<usize>> {
    let enough = days >= blocks * BLOCK_DAYS_LEAST;
    (0..if enough { blocks } else { 0 }).map(move |block| block * days / blocks..(block + 1) * days / blocks)
}
