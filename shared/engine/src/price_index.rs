//! Extremes of prices over any stretch of minutes, and the first minute that leaves a band.
//!
//! Built once per tape: a summary of every [`BLOCK_MINUTES`], and at every minute those of its block's parts before and
//! after it, so that a stretch costs one look at each end and one per block between them. It holds no prices of its own and decides nothing.

use crate::levels::PRICE_LIMIT_COUNTS;
use market::Tape;
use std::ops::Range;

/// Minutes of one summary: short enough that a stretch inside one is cheap, long enough that there are few between two ends.
const BLOCK_MINUTES: usize = 16;

/// Highest and lowest prices over a stretch of minutes, adjusted counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extremes {
    /// Highest high.
    pub(crate) high: i64,
    /// Lowest low.
    pub(crate) low: i64,
    /// Highest close.
    pub(crate) close_high: i64,
    /// Lowest close.
    pub(crate) close_low: i64,
}

impl Extremes {
    /// Of no minute.
    const NONE: Self = Self { high: i64::MIN, low: i64::MAX, close_high: i64::MIN, close_low: i64::MAX };

    #[inline]
    fn include(&mut self, other: &Self) {
        self.high = self.high.max(other.high);
        self.low = self.low.min(other.low);
        self.close_high = self.close_high.max(other.close_high);
        self.close_low = self.close_low.min(other.close_low);
    }

    /// Of the minutes as they come, begun anew with every block.
    fn running(tape: &Tape, minutes: impl Iterator<Item = usize>) -> Vec<Self> {
        let mut running = (usize::MAX, Self::NONE);
        let extended = minutes.map(|minute| {
            let block = minute / BLOCK_MINUTES;
            if running.0 != block {
                running = (block, Self::NONE);
            }
            running.1.include(&Self::of_minutes(tape, minute..minute + 1));
            running.1
        });
        extended.collect()
    }

    /// Of the minutes in `range`, one by one.
    #[inline]
    fn of_minutes(tape: &Tape, range: Range<usize>) -> Self {
        let slice = |prices| part(prices, &range);
        let mut extremes = Self::NONE;
        for ((high, low), close) in slice(&tape.high).iter().zip(slice(&tape.low)).zip(slice(&tape.close)) {
            extremes.include(&Self { high: *high, low: *low, close_high: *close, close_low: *close });
        }
        extremes
    }
}

/// Prices `range` of a column; none where it is not on the tape.
#[inline]
fn part<'a>(prices: &'a [i64], range: &Range<usize>) -> &'a [i64] {
    prices.get(range.clone()).unwrap_or_default()
}

/// Summaries of a tape's minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceIndex {
    minutes: usize,
    within_limits: bool,
    blocks: Vec<Extremes>,
    /// Per minute: from the first minute of its block to it.
    until: Vec<Extremes>,
    /// Per minute: from it to the last minute of its block.
    from: Vec<Extremes>,
    rolls: Vec<usize>,
}

impl PriceIndex {
    /// The summaries of `tape`.
    #[must_use]
    pub fn new(tape: &Tape) -> Self {
        let minutes = tape.len();
        let (until, from) = (Extremes::running(tape, 0..minutes), Extremes::running(tape, (0..minutes).rev()));
        // From a block's first minute on is all of it.
        let blocks = from.iter().rev().step_by(BLOCK_MINUTES).copied();
        let limit = PRICE_LIMIT_COUNTS.unsigned_abs();
        let within = |column: &[i64]| column.iter().all(|count| count.unsigned_abs() <= limit);
        let changes = tape.offset.windows(2).enumerate().filter(|(_, pair)| pair.first() != pair.last());
        Self {
            minutes,
            within_limits: [&tape.high, &tape.low, &tape.offset].into_iter().all(|column| within(column)),
            blocks: blocks.collect(),
            until,
            from: from.into_iter().rev().collect(),
            rolls: changes.map(|(before, _)| before + 1).collect(),
        }
    }

    /// True when these are the summaries of a tape of this length.
    pub(crate) const fn covers(&self, tape: &Tape) -> bool {
        self.minutes == tape.ts.len()
    }

    /// True when every price and offset is at most [`PRICE_LIMIT_COUNTS`] from zero.
    pub(crate) const fn within_limits(&self) -> bool {
        self.within_limits
    }

    /// The first minute after `minute` whose offset differs from the one before it; the tape's end without one.
    pub(crate) fn next_roll(&self, minute: usize) -> usize {
        let passed = self.rolls.partition_point(|roll| *roll <= minute);
        self.rolls.get(passed).copied().unwrap_or(self.minutes)
    }

    /// Extremes over `range`, which is on the tape.
    #[inline]
    pub(crate) fn extremes(&self, tape: &Tape, range: Range<usize>) -> Extremes {
        let (first_block, last_block) = (range.start / BLOCK_MINUTES, range.end.saturating_sub(1) / BLOCK_MINUTES);
        let ends = self.from.get(range.start).zip(self.until.get(range.end.wrapping_sub(1)));
        let Some((first, last)) = ends.filter(|_| first_block < last_block) else {
            return Extremes::of_minutes(tape, range);
        };
        let mut extremes = *first;
        for block in self.blocks.get(first_block + 1..last_block).unwrap_or_default() {
            extremes.include(block);
        }
        extremes.include(last);
        extremes
    }

    /// The first minute of `range` whose low is at or under `below` or whose high is at or over `above`; its end without one.
    #[inline]
    pub(crate) fn first_outside(&self, tape: &Tape, range: Range<usize>, (below, above): (i64, i64)) -> usize {
        let outside = |minutes: Range<usize>| {
            let prices = part(&tape.low, &minutes).iter().zip(part(&tape.high, &minutes));
            let found = prices.enumerate().find(|(_, (low, high))| **low <= below || **high >= above);
            found.map(|(place, _)| minutes.start + place)
        };
        if (below, above) == (i64::MIN, i64::MAX) {
            return range.end;
        }
        let mut from = range.start;
        while from < range.end {
            let block = from / BLOCK_MINUTES;
            let to = ((block + 1) * BLOCK_MINUTES).min(range.end);
            let leaves = self.blocks.get(block).is_some_and(|block| block.low <= below || block.high >= above);
            if leaves && let Some(found) = outside(from..to) {
                return found;
            }
            from = to;
        }
        range.end
    }
}
