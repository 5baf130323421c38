//! Extremes of prices over any stretch of minutes, and the first minute that leaves a band.
//!
//! Built once per tape: a summary of a block of minutes from every minute on, and summaries of 1, 2, 4, … blocks, so that a
//! stretch costs one look at each end and two between them (the sparse table of Bender and Farach-Colton, 2000), and no loop
//! whose length nobody can foresee. It holds no prices of its own and decides nothing.

use crate::levels::PRICE_LIMIT_COUNTS;
use crate::plan::Side;
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

    /// The close against `side`, and the close in its favour.
    #[inline]
    pub(crate) const fn closes(&self, side: Side) -> (i64, i64) {
        match side {
            Side::Long => (self.close_low, self.close_high),
            Side::Short => (self.close_high, self.close_low),
        }
    }

    /// The price against `side`, and the price in its favour.
    #[inline]
    pub(crate) const fn prices(&self, side: Side) -> (i64, i64) {
        match side {
            Side::Long => (self.low, self.high),
            Side::Short => (self.high, self.low),
        }
    }

    /// Of the minutes in `range`, one by one.
    #[inline]
    fn of_minutes(tape: &Tape, range: Range<usize>) -> Self {
        let slice = |prices| part(prices, &range);
        let minutes = slice(&tape.high).iter().zip(slice(&tape.low)).zip(slice(&tape.close));
        minutes.fold(Self::NONE, |so_far, ((high, low), close)| Self {
            high: so_far.high.max(*high),
            low: so_far.low.min(*low),
            close_high: so_far.close_high.max(*close),
            close_low: so_far.close_low.min(*close),
        })
    }
}

/// A price of a summary, counted from a base: four bytes where all prices are near one another, as they nearly always are.
trait Count: Copy + Ord {
    fn of(price: i64) -> Option<Self>;
    fn price(self) -> i64;
    /// The greater the lower the price.
    fn mirrored(self) -> Self;
}

impl Count for i32 {
    fn of(price: i64) -> Option<Self> {
        Self::try_from(price).ok()
    }

    fn price(self) -> i64 {
        i64::from(self)
    }

    fn mirrored(self) -> Self {
        !self
    }
}

impl Count for i64 {
    fn of(price: i64) -> Option<Self> {
        Some(price)
    }

    fn price(self) -> i64 {
        self
    }

    fn mirrored(self) -> Self {
        !self
    }
}

/// Of some minutes: highest high, highest close, and mirrored the lowest low and the lowest close, so that of more minutes
/// each is the greatest.
type Summary<T> = [T; 4];

/// The summary of the minutes of both: all four at once, which the compiler keeps in one register.
#[inline]
fn joined<T: Count>(left: &Summary<T>, right: &Summary<T>) -> Summary<T> {
    let ([a, b, c, d], [e, f, g, h]) = (*left, *right);
    [a.max(e), b.max(f), c.max(g), d.max(h)]
}

/// From every summary on, that of it and the one `step` further on; of it alone where there is none.
fn widened<T: Count>(summaries: &[Summary<T>], step: usize) -> Vec<Summary<T>> {
    let further = summaries.iter().skip(step).map(Some).chain(std::iter::repeat(None));
    summaries.iter().zip(further).map(|(here, there)| there.map_or(*here, |there| joined(here, there))).collect()
}

/// Summaries of a tape's minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Summaries<T> {
    /// What prices are counted from.
    base: i64,
    /// Per minute: of as many minutes as half a block has, and as a block has, from it on.
    spans: [Vec<Summary<T>>; 2],
    /// By power of two: of that many blocks from each block on, as far as there are any.
    blocks: Vec<Vec<Summary<T>>>,
}

impl<T: Count> Summaries<T> {
    /// `None` where a price does not fit.
    fn new(tape: &Tape, base: i64) -> Option<Self> {
        let count = |price: &i64| T::of(price.checked_sub(base)?);
        let minutes = tape.high.iter().zip(&tape.low).zip(&tape.close);
        let minutes = minutes.map(|((high, low), close)| {
            let close = count(close)?;
            Some([count(high)?, close, count(low)?.mirrored(), close.mirrored()])
        });
        let minutes: Vec<Summary<T>> = minutes.collect::<Option<_>>()?;
        let pairs = widened(&minutes, 1);
        drop(minutes);
        let halves = widened(&pairs, 2);
        drop(pairs);
        let whole = widened(&halves, BLOCK_MINUTES / 2);
        let mut blocks: Vec<Vec<Summary<T>>> = vec![whole.iter().step_by(BLOCK_MINUTES).copied().collect()];
        for power in 0..BLOCKS_POWER_MOST {
            let wider = widened(blocks.last().map_or(&[], Vec::as_slice), 1 << power);
            blocks.push(wider);
        }
        Some(Self { base, spans: [halves, whole], blocks })
    }

    /// Extremes over `range`; `None` when it is shorter than half a block or not on the tape.
    #[inline(always)]
    fn extremes(&self, range: &Range<usize>) -> Option<Extremes> {
        let [halves, whole] = &self.spans;
        let (spans, minutes) =
            if range.len() < BLOCK_MINUTES { (halves, BLOCK_MINUTES / 2) } else { (whole, BLOCK_MINUTES) };
        if range.len() < minutes {
            return None;
        }
        let mut summary = joined(spans.get(range.start)?, spans.get(range.end - minutes)?);
        let blocks = range.start.div_ceil(BLOCK_MINUTES)..range.end / BLOCK_MINUTES;
        if !blocks.is_empty() {
            let power = (blocks.len().ilog2() as usize).min(BLOCKS_POWER_MOST);
            let (summaries, last) = (self.blocks.get(power)?, blocks.end - (1 << power));
            summary = joined(&summary, summaries.get(last)?);
            let mut from = blocks.start;
            // Once, but in a stretch longer than two of the largest summaries.
            loop {
                summary = joined(&summary, summaries.get(from)?);
                from += 1 << power;
                if from >= last {
                    break;
                }
            }
        }
        let [high, close_high, low, close_low] = summary;
        let price = |count: T| self.base + count.price();
        Some(Extremes {
            high: price(high),
            low: price(low.mirrored()),
            close_high: price(close_high),
            close_low: price(close_low.mirrored()),
        })
    }

    /// True when a block has a low at or under `below` or a high at or over `above`.
    #[inline]
    fn leaves(&self, block: usize, (below, above): (i64, i64)) -> bool {
        let block = self.blocks.first().and_then(|blocks| blocks.get(block));
        block.is_some_and(|[high, _, low, _]| {
            self.base + low.mirrored().price() <= below || self.base + high.price() >= above
        })
    }
}

/// Prices `range` of a column; none where it is not on the tape.
#[inline]
fn part<'a>(prices: &'a [i64], range: &Range<usize>) -> &'a [i64] {
    prices.get(range.clone()).unwrap_or_default()
}

/// Summaries of a tape's minutes, and where its contract changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceIndex {
    minutes: usize,
    within_limits: bool,
    /// Lowest and highest price.
    range: (i64, i64),
    summaries: Counted,
    rolls: Vec<usize>,
}

/// Summaries in the shorter counts that fit.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Counted {
    Short(Summaries<i32>),
    Long(Summaries<i64>),
}

impl Counted {
    fn of(tape: &Tape) -> Self {
        let base = tape.close.first().copied().unwrap_or(0);
        Summaries::new(tape, base).map_or_else(|| Self::Long(Summaries::new(tape, 0).unwrap_or_default()), Self::Short)
    }
}

impl PriceIndex {
    /// The summaries of `tape`.
    #[must_use]
    pub fn new(tape: &Tape) -> Self {
        let limit = PRICE_LIMIT_COUNTS.unsigned_abs();
        let within = |column: &[i64]| column.iter().all(|count| count.unsigned_abs() <= limit);
        let changes = tape.offset.windows(2).enumerate().filter(|(_, pair)| pair.first() != pair.last());
        let highest = tape.high.iter().max().copied().unwrap_or(0);
        let lowest = tape.low.iter().min().copied().unwrap_or(0);
        Self {
            minutes: tape.len(),
            within_limits: [&tape.high, &tape.low, &tape.offset].into_iter().all(|column| within(column)),
            range: (lowest, highest),
            summaries: Counted::of(tape),
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

    /// The tape's lowest price and its highest.
    pub(crate) const fn range(&self) -> (i64, i64) {
        self.range
    }

    /// The first minute after `minute` whose offset differs from the one before it; the tape's end without one.
    pub(crate) fn next_roll(&self, minute: usize) -> usize {
        let passed = self.rolls.partition_point(|roll| *roll <= minute);
        self.rolls.get(passed).copied().unwrap_or(self.minutes)
    }

    /// Extremes over `range`, which is on the tape.
    // Inlined in any case, as `Simulation::mark_leg` which calls it.
    #[inline(always)]
    pub(crate) fn extremes(&self, tape: &Tape, range: Range<usize>) -> Extremes {
        let known = match &self.summaries {
            Counted::Short(summaries) => summaries.extremes(&range),
            Counted::Long(summaries) => summaries.extremes(&range),
        };
        known.unwrap_or_else(|| Extremes::of_minutes(tape, range))
    }

    /// True when a block may have a low at or under `below` or a high at or over `above`.
    #[inline]
    fn leaves(&self, block: usize, band: (i64, i64)) -> bool {
        match &self.summaries {
            Counted::Short(summaries) => summaries.leaves(block, band),
            Counted::Long(summaries) => summaries.leaves(block, band),
        }
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
            if self.leaves(block, (below, above))
                && let Some(found) = outside(from..to)
            {
                return found;
            }
            from = to;
        }
        range.end
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, PriceIndex};
    use market::{Scale, SessionKind, Tape};

    const MINUTES: usize = 3_000;

    /// A tape whose prices walk in steps of `step` counts.
    fn tape(step: i64) -> Tape {
        let mut noise = 7_u64;
        let mut below = |limit: u64| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((noise >> 33) % limit) as i64
        };
        let (mut high, mut low, mut close) = (vec![], vec![], vec![]);
        let mut price = 0;
        for _ in 0..MINUTES {
            price += (below(21) - 10) * step;
            close.push(price);
            high.push(price + below(5) * step);
            low.push(price - below(5) * step);
        }
        Tape {
            symbol: "TEST".into(),
            session: SessionKind::Full,
            resolution_minutes: 1,
            price_scale: Scale::CENTS,
            volume_scale: Scale::UNITS,
            ts: vec![0; MINUTES],
            open: close.clone(),
            volume: vec![1; MINUTES],
            offset: vec![],
            spread: vec![],
            day: vec![0; MINUTES],
            days: vec![],
            high,
            low,
            close,
        }
    }

    /// What the summaries find is what looking at every minute finds, in either width of counts.
    #[test]
    fn summaries_are_those_of_the_minutes() {
        for (step, short) in [(25, true), (1 << 30, false)] {
            let tape = tape(step);
            let index = PriceIndex::new(&tape);
            assert_eq!(matches!(index.summaries, Counted::Short(_)), short);
            for length in (1..40).chain([127, 128, 1_023, 1_024, 1_025, 2_500]) {
                for start in (0..MINUTES - length).step_by(1 + length / 7) {
                    let range = start..start + length;
                    let found = index.extremes(&tape, range.clone());
                    let high = tape.high[range.clone()].iter().max().copied();
                    let low = tape.low[range.clone()].iter().min().copied();
                    let closes = &tape.close[range.clone()];
                    let (close_high, close_low) = (closes.iter().max().copied(), closes.iter().min().copied());
                    let expected = (high, low, close_high, close_low);
                    let found = (found.high, found.low, found.close_high, found.close_low);
                    assert_eq!((Some(found.0), Some(found.1), Some(found.2), Some(found.3)), expected, "{range:?}");
                    let band = (tape.close[start] - 20 * step, tape.close[start] + 15 * step);
                    let outside = |minute: &usize| tape.low[*minute] <= band.0 || tape.high[*minute] >= band.1;
                    let first = range.clone().find(outside).unwrap_or(range.end);
                    assert_eq!(index.first_outside(&tape, range.clone(), band), first, "{range:?} {band:?}");
                }
            }
        }
    }
}
