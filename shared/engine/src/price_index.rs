//! Extremes of prices over any stretch of minutes, and the first minute that leaves a band.
//!
//! Built once per tape: a summary of a block of minutes from every minute on, and summaries of 1, 2, 4, … blocks, so that a
//! stretch costs one look at each end and two between them (the sparse table of Bender and Farach-Colton, 2000), and no loop
//! whose length nobody can foresee. It holds no prices of its own and decides nothing.

use crate::levels::PRICE_LIMIT_COUNTS;
use market::Tape;
use std::ops::Range;

/// Minutes of a block: short enough that a stretch inside one is cheap, long enough that there are few between two ends.
const BLOCK_MINUTES: usize = 8;

/// The largest summary is of two to this many blocks: 128, two of which are more minutes than a trading day has.
const BLOCKS_POWER_MOST: usize = 7;

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

/// Summaries of 1, 2, 4, … blocks from each block on.
fn doubled(blocks: Vec<Extremes>) -> Vec<Vec<Extremes>> {
    let mut summaries = vec![blocks];
    for power in 0..BLOCKS_POWER_MOST {
        let half = summaries.last().map_or(&[][..], Vec::as_slice);
        let joined = half.iter().zip(half.iter().skip(1 << power)).map(|(first, second)| {
            let mut both = *first;
            both.include(second);
            both
        });
        let joined = joined.collect();
        summaries.push(joined);
    }
    summaries
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
    /// By power of two: of that many blocks from each block on, as far as there are any.
    blocks: Vec<Vec<Extremes>>,
    /// Per minute: of as many minutes as a block has, from it on.
    spans: Vec<Extremes>,
    rolls: Vec<usize>,
}

impl PriceIndex {
    /// The summaries of `tape`.
    #[must_use]
    pub fn new(tape: &Tape) -> Self {
        let minutes = tape.len();
        let span = |start| Extremes::of_minutes(tape, start..(start + BLOCK_MINUTES).min(minutes));
        let spans: Vec<Extremes> = (0..minutes).map(span).collect();
        let blocks = doubled(spans.iter().step_by(BLOCK_MINUTES).copied().collect());
        let limit = PRICE_LIMIT_COUNTS.unsigned_abs();
        let within = |column: &[i64]| column.iter().all(|count| count.unsigned_abs() <= limit);
        let changes = tape.offset.windows(2).enumerate().filter(|(_, pair)| pair.first() != pair.last());
        Self {
            minutes,
            within_limits: [&tape.high, &tape.low, &tape.offset].into_iter().all(|column| within(column)),
            blocks,
            spans,
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
        let ends = self.spans.get(range.start).zip(self.spans.get(range.end.wrapping_sub(BLOCK_MINUTES)));
        let Some((first, last)) = ends.filter(|_| range.len() >= BLOCK_MINUTES) else {
            return Extremes::of_minutes(tape, range);
        };
        let mut extremes = *first;
        extremes.include(last);
        let blocks = range.start.div_ceil(BLOCK_MINUTES)..range.end / BLOCK_MINUTES;
        if blocks.is_empty() {
            return extremes;
        }
        let power = (blocks.len().ilog2() as usize).min(BLOCKS_POWER_MOST);
        let summaries = self.blocks.get(power).map_or(&[][..], Vec::as_slice);
        let last = blocks.end - (1 << power);
        let mut from = blocks.start;
        // Once, but in a stretch longer than the largest summary.
        while from < last {
            extremes.include(summaries.get(from).unwrap_or(&Extremes::NONE));
            from += 1 << power;
        }
        extremes.include(summaries.get(last).unwrap_or(&Extremes::NONE));
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
        let blocks = self.blocks.first().map_or(&[][..], Vec::as_slice);
        let mut from = range.start;
        while from < range.end {
            let block = from / BLOCK_MINUTES;
            let to = ((block + 1) * BLOCK_MINUTES).min(range.end);
            let leaves = blocks.get(block).is_some_and(|block| block.low <= below || block.high >= above);
            if leaves && let Some(found) = outside(from..to) {
                return found;
            }
            from = to;
        }
        range.end
    }
}
