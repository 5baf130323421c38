//! Hand-made and random bars, and studies over them.

use market::{BarSeries, Calendar, Catalogue, Instrument, SessionKind, TradingDate};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use strategy::{RunTerms, Strategy, Study, StudyData, check};

pub const MINUTE_US: i64 = 60_000_000;

pub fn catalogue() -> Catalogue {
    Catalogue::builtin()
}

pub fn instrument(symbol: &str) -> Instrument {
    catalogue().get_or_default(symbol, None).expect("a known symbol")
}

pub fn date(text: &str) -> TradingDate {
    TradingDate::parse(text).expect("a date")
}

pub fn checked(document: &Value) -> Strategy {
    check(document, &catalogue(), None).unwrap_or_else(|problems| panic!("{document}\n{problems:#?}"))
}

/// A document around one long rule.
pub fn long_rule(market: &str, timeframe: &str, rule: &str) -> Value {
    json!({"language": 1, "name": "case", "market": market, "timeframe": timeframe, "entry": {"long": rule}, "exit": {"max_bars": 1}})
}

pub fn push(series: &mut BarSeries, ts: i64, prices: [i64; 4], volume: i64) {
    series.ts.push(ts);
    series.open.push(prices[0]);
    series.high.push(prices[1]);
    series.low.push(prices[2]);
    series.close.push(prices[3]);
    series.volume.push(volume);
}

/// A small generator of repeatable noise.
#[derive(Clone)]
pub struct Noise(pub u64);

impl Noise {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub fn step(&mut self, ticks: u64) -> i64 {
        self.below(2 * ticks + 1) as i64 - ticks as i64
    }
}

/// Minutes of every full session from `from` to `to`, a random walk on the instrument's ticks; a few minutes are missing.
pub fn walk(symbol: &str, from: &str, to: &str, seed: u64) -> BarSeries {
    let instrument = instrument(symbol);
    let calendar = Calendar::of(&instrument).unwrap();
    let tick =
        (instrument.tick_size * rust_decimal::Decimal::from(100)).to_string().parse::<f64>().unwrap().max(1.0) as i64;
    let mut noise = Noise(seed);
    let mut series = BarSeries::empty(symbol);
    let mut price = 4_000 * 100;
    for session in calendar.sessions(SessionKind::Full, date(from), date(to)) {
        let mut ts = session.open;
        while ts < session.close {
            let paused = session.breaks.iter().any(|(from, to)| ts >= *from && ts < *to);
            if !paused && noise.below(50) > 0 {
                let open = price + noise.step(2) * tick;
                let close = open + noise.step(6) * tick;
                let high = open.max(close) + noise.below(4) as i64 * tick;
                let low = open.min(close) - noise.below(4) as i64 * tick;
                push(&mut series, ts, [open, high, low, close], noise.below(900) as i64);
                price = close;
            }
            ts += MINUTE_US;
        }
    }
    series
}

pub fn data(series: Vec<BarSeries>) -> StudyData {
    let entry = |series: BarSeries| (series.symbol.clone(), (instrument(&series.symbol), Arc::new(series)));
    StudyData { series: series.into_iter().map(entry).collect::<BTreeMap<_, _>>() }
}

pub fn terms(from: &str, to: &str) -> RunTerms {
    RunTerms { from: date(from), to: date(to), costs: None, capital: None, history_complete: true }
}

pub fn study(document: &Value, series: Vec<BarSeries>, terms: &RunTerms) -> Study {
    Study::new(&checked(document), &data(series), terms).unwrap_or_else(|error| panic!("{document}\n{error}"))
}

/// Decision bars at which the long rule of a study is true with the canonical values.
pub fn long_bars(study: &Study) -> Vec<usize> {
    study
        .resolved(&study.strategy().canonical_values(), |plan| {
            let mask = &plan.entry.long.as_ref().expect("a long rule").when;
            (0..mask.len()).filter(|bar| mask.get(*bar)).collect()
        })
        .unwrap_or_else(|error| panic!("{error}"))
}
