//! Expressions on tiny hand-made bars: files that state bars and, per expression, the decision bars where it is true.
//!
//! A file is lines: `market S`, `timeframe T`, `session S`, `start YYYY-MM-DD HH:MM` (UTC), `bars …`, `bars SYMBOL …`, then
//! `expression => bars`. A bar is `close`, `open/high/low/close` or that with `/volume`; `.` is a minute without trades and
//! `@HH:MM` jumps ahead. `#` starts a comment.

use crate::support::{MINUTE_US, date, long_bars, push, study, terms};
use market::{BarSeries, TradingDate};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Default)]
struct Case {
    market: String,
    timeframe: String,
    session: String,
    start: i64,
    first: String,
    series: BTreeMap<String, BarSeries>,
}

fn instant(day: &str, clock: &str) -> i64 {
    let (hours, minutes) = clock.split_once(':').unwrap();
    i64::from(date(day).0) * 86_400_000_000
        + (hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()) * MINUTE_US
}

impl Case {
    fn bars(&mut self, symbol: &str, tokens: &[&str]) {
        let start = self.start;
        let series = self.series.entry(symbol.to_owned()).or_insert_with(|| BarSeries::empty(symbol));
        let mut ts = series.ts.last().map_or(start, |last| last + MINUTE_US);
        for token in tokens {
            if let Some(clock) = token.strip_prefix('@') {
                let day = TradingDate(ts.div_euclid(86_400_000_000) as i32);
                let today = instant(&day.to_string(), clock);
                ts = if today >= ts { today } else { today + 86_400_000_000 };
                continue;
            }
            if *token != "." {
                let numbers: Vec<i64> =
                    token.split('/').map(|text| (text.parse::<f64>().unwrap() * 100.0).round() as i64).collect();
                match numbers.as_slice() {
                    [close] => push(series, ts, [*close; 4], 1),
                    [open, high, low, close] => push(series, ts, [*open, *high, *low, *close], 1),
                    [open, high, low, close, volume] => push(series, ts, [*open, *high, *low, *close], volume / 100),
                    _ => panic!("a bar is `{token}`"),
                }
            }
            ts += MINUTE_US;
        }
    }

    /// What is wrong with the expectation, if anything.
    fn check(&self, place: &str, rule: &str, expected: &str) -> Option<String> {
        let mut document = json!({"name": "case", "market": self.market, "timeframe": self.timeframe, "entry": {"long": rule}, "exit": {"max_bars": 1}});
        if !self.session.is_empty() {
            document["session"] = json!(self.session);
        }
        let study = study(&document, self.series.values().cloned().collect(), &terms(&self.first, "2030-01-01"));
        let found: Vec<String> = long_bars(&study).iter().map(ToString::to_string).collect();
        let found = found.join(" ");
        (found != expected).then(|| {
            format!("{place}: {rule}\n  expected {expected}\n  found    {found} (of {} bars)", study.decisions().len())
        })
    }
}

fn run(path: &std::path::Path, wrong: &mut Vec<String>) -> usize {
    let mut case = Case { first: "2000-01-01".to_owned(), ..Case::default() };
    let mut checked = 0;
    let text = std::fs::read_to_string(path).unwrap();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap().trim();
        let place = format!("{}:{}", path.file_name().unwrap().to_string_lossy(), number + 1);
        if let Some((rule, expected)) = line.split_once("=>") {
            wrong.extend(case.check(&place, rule.trim(), expected.trim()));
            checked += 1;
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["market", symbol] => {
                case = Case { market: (*symbol).to_owned(), first: "2000-01-01".to_owned(), ..Case::default() }
            }
            ["timeframe", timeframe] => case.timeframe = (*timeframe).to_owned(),
            ["session", session] => case.session = (*session).to_owned(),
            ["start", day, clock] => case.start = instant(day, clock),
            ["first", day] => case.first = (*day).to_owned(),
            ["bars", symbol, tokens @ ..] if symbol.chars().all(|letter| letter.is_ascii_uppercase()) => {
                case.bars(symbol, tokens)
            }
            ["bars", tokens @ ..] => {
                let market = case.market.clone();
                case.bars(&market, tokens);
            }
            _ => panic!("{place}: {line}"),
        }
    }
    checked
}

#[test]
fn expressions_are_true_where_the_files_say() {
    let folder = tests::repository().join("tests/strategy/evaluation");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut wrong = Vec::new();
    let checked: usize = paths.iter().map(|path| run(path, &mut wrong)).sum();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 70, "only {checked} expressions");
}
