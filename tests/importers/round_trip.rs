//! Series written as text and read back, over seeds and writings.

use crate::check::{decimal, run, symbol};
use importers::Options;
use market::{BarSeries, Scale};

/// A small seeded generator (xorshift).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below) as i64
    }
}

/// Random bars whose last digits need every place of the scales.
fn random(seed: u64) -> BarSeries {
    let mut random = Seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let places = |random: &mut Seeded| Scale::new(random.next(9) as u8).unwrap();
    let (price_scale, volume_scale) = (places(&mut random), places(&mut random));
    let mut series = BarSeries { price_scale, volume_scale, ..BarSeries::empty("X") };
    let mut minute = 28_000_000 + random.next(1_000_000);
    for index in 0..200 {
        minute += if random.next(3) == 0 { 1 + random.next(4_000) } else { 1 };
        series.ts.push(minute * 60_000_000);
        // The first bar ends in 1 so that no coarser grid would do.
        let low = if index == 0 { 11 } else { 1 + random.next(1_000_000_000) };
        let high = low + random.next(1_000);
        let within = |random: &mut Seeded| low + random.next((high - low + 1) as u64);
        series.open.push(within(&mut random));
        series.close.push(within(&mut random));
        series.high.push(high);
        series.low.push(low);
        series.volume.push(if index == 0 { 1 } else { random.next(1_000_000) });
    }
    series
}

/// The series as delimited text, stamped by `stamp`.
fn written(series: &BarSeries, delimiter: char, comma: bool, stamp: impl Fn(i64) -> String) -> String {
    let mut text = ["timestamp", "close", "open", "volume", "low", "high"].join(&delimiter.to_string()) + "\n";
    for at in 0..series.len() {
        let price = |column: &[i64]| decimal(column[at], series.price_scale);
        let row = [
            stamp(series.ts[at]),
            price(&series.close),
            price(&series.open),
            decimal(series.volume[at], series.volume_scale),
            price(&series.low),
            price(&series.high),
        ]
        .join(&delimiter.to_string());
        text += &if comma { row.replace('.', ",") } else { row };
        text.push('\n');
    }
    text
}

#[test]
fn written_and_read_back_is_the_same() {
    let new_york = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let in_new_york = Options { time_zone: Some("America/New_York".to_owned()), ..symbol("X") };
    for seed in 1..=60 {
        let series = random(seed);
        let at = |us: i64| jiff::Timestamp::from_microsecond(us).unwrap();
        let writings = [
            (written(&series, ',', false, |us| us.to_string()), symbol("X")),
            (written(&series, ';', true, |us| (us / 1_000_000).to_string()), symbol("X")),
            (written(&series, '\t', false, |us| at(us).to_string()), symbol("X")),
            (
                written(&series, ',', false, |us| {
                    at(us).to_zoned(new_york.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
                }),
                symbol("X"),
            ),
            (
                written(&series, '|', false, |us| new_york.to_datetime(at(us)).strftime("%Y%m%d %H%M%S").to_string()),
                in_new_york.clone(),
            ),
        ];
        for (number, (text, options)) in writings.iter().enumerate() {
            let read = run(&[("x.csv", text.as_bytes())], options)
                .unwrap_or_else(|error| panic!("seed {seed}, writing {number}: {error}"));
            assert!(read.series == series, "seed {seed}, writing {number}");
            assert_eq!(read.report.rounded_values, 0, "seed {seed}, writing {number}");
        }
    }
}
