//! The built-in DEMO market: a year of generated minutes, the same on every machine. It is not a real market and says so.

use crate::bars::BarSeries;
use crate::calendar::{Calendar, DaySession, SessionKind, TradingDate};

/// First trading date of the DEMO year.
pub const DEMO_FIRST: (i32, u32, u32) = (2024, 1, 1);

/// Last trading date of the DEMO year.
pub const DEMO_LAST: (i32, u32, u32) = (2024, 12, 31);

/// Seed of the generator: changing it changes every DEMO number.
const SEED: u64 = 0x000B_A21A_CE00_D3E0;

/// Ticks of the first price: 5,000.00 at a quarter point each.
const FIRST_PRICE_TICKS: i64 = 20_000;

/// Counts of the price scale per tick.
const COUNTS_PER_TICK: i64 = 25;

/// Steps of the price inside a minute.
const STEPS: usize = 4;

const MINUTE_US: i64 = 60_000_000;

/// SplitMix64 (Steele, Lea, Flood 2014): a few integer operations, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Uniform on `[-half, half]`.
    fn around(&mut self, half: i64) -> i64 {
        let span = u64::try_from(2 * half + 1).unwrap_or(1);
        i64::try_from(self.next() % span).unwrap_or(0) - half
    }

    /// Roughly normal with standard deviation `sigma`: four uniforms.
    fn bell(&mut self, sigma: i64) -> i64 {
        let half = sigma * 866 / 1000 + 1;
        (0..4).map(|_| self.around(half)).sum::<i64>()
    }
}

/// The state of the walk, in thousandths of a tick.
struct Walk {
    random: Random,
    price: i64,
    drift: i64,
}

const MILLI: i64 = 1000;

impl Walk {
    fn begin_day(&mut self) {
        self.drift = self.drift * 7 / 10 + self.random.bell(35);
        self.price += self.random.bell(14 * MILLI);
    }

    /// One minute as (open, high, low, close) in ticks.
    fn minute(&mut self, sigma: i64) -> [i64; 4] {
        let first = self.tick();
        let [mut high, mut low] = [first; 2];
        for _ in 0..STEPS {
            // A light pull towards the first price keeps the year in a plausible range.
            let pull = (FIRST_PRICE_TICKS * MILLI - self.price) / 2_000_000;
            self.price += self.drift / 4 + pull + self.random.bell(sigma / 2);
            high = high.max(self.tick());
            low = low.min(self.tick());
        }
        [first, high, low, self.tick()]
    }

    fn tick(&self) -> i64 {
        self.price.div_euclid(MILLI).max(1)
    }
}

/// Standard deviation of a minute in thousandths of a tick, and its typical volume, by minutes since the day session's open.
fn activity(since_regular_open: Option<i64>) -> (i64, i64) {
    match since_regular_open {
        Some(0..30) => (7_500, 4_000),
        Some(30..90) => (5_500, 2_400),
        Some(330..390) => (5_500, 3_000),
        Some(90..330) => (3_800, 1_300),
        Some(_) | None => (1_900, 180),
    }
}

/// The DEMO year on a calendar: ascending minutes, a few quiet ones missing.
#[must_use]
pub fn demo_year(symbol: &str, calendar: &Calendar) -> BarSeries {
    let date = |(year, month, day)| TradingDate::from_ymd(year, month, day).unwrap_or(TradingDate(0));
    let days = calendar.sessions(SessionKind::Full, date(DEMO_FIRST), date(DEMO_LAST));
    let mut series = BarSeries::empty(symbol);
    let mut walk = Walk { random: Random(SEED), price: FIRST_PRICE_TICKS * MILLI, drift: 0 };
    for day in &days {
        walk.begin_day();
        let regular = calendar.session_on(SessionKind::Regular, day.date);
        add_day(&mut series, &mut walk, day, regular.map(|session| session.open));
    }
    series
}

fn add_day(series: &mut BarSeries, walk: &mut Walk, day: &DaySession, regular_open: Option<i64>) {
    let mut at = day.open;
    while at < day.close {
        let paused = day.breaks.iter().any(|(from, to)| (*from..*to).contains(&at));
        let since = regular_open.map(|open| (at - open) / MINUTE_US).filter(|minutes| *minutes >= 0);
        let (sigma, volume) = activity(since);
        let quiet = since.is_none() && walk.random.next().is_multiple_of(64);
        if !paused && !quiet {
            let [open, high, low, close] = walk.minute(sigma).map(|ticks| ticks * COUNTS_PER_TICK);
            series.ts.push(at);
            series.open.push(open);
            series.high.push(high);
            series.low.push(low);
            series.close.push(close);
            series.volume.push(1 + volume / 2 + walk.random.around(volume / 2).abs());
        }
        at += MINUTE_US;
    }
}
