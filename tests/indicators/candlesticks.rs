//! Candlestick patterns against TA-Lib on candles made so that every pattern occurs, in every direction it has.
//!
//! Prices are whole numbers: TA-Lib's sums of them are exact, and both must say the same at every bar.

use crate::oracle::{Call, Operands, ask};
use crate::series::{Random, Series};
use std::collections::BTreeMap;
use strategy::indicators::{Agreement, Column, Definition, Family, table};

/// Candles per series.
const CANDLES: usize = 60_000;

/// Occurrences of every value that a pattern can take, at least.
const LEAST: usize = 3;

/// Patterns whose one candle or confirmation has no direction, or only one: the values they take.
const ONE_SIDED: [(&str, f64); 34] = [
    ("CDL2CROWS", -100.0),
    ("CDL3BLACKCROWS", -100.0),
    ("CDL3STARSINSOUTH", 100.0),
    ("CDL3WHITESOLDIERS", 100.0),
    ("CDLADVANCEBLOCK", -100.0),
    ("CDLCONCEALBABYSWALL", 100.0),
    ("CDLDARKCLOUDCOVER", -100.0),
    ("CDLDOJI", 100.0),
    ("CDLDRAGONFLYDOJI", 100.0),
    ("CDLEVENINGDOJISTAR", -100.0),
    ("CDLEVENINGSTAR", -100.0),
    ("CDLGRAVESTONEDOJI", 100.0),
    ("CDLHAMMER", 100.0),
    ("CDLHANGINGMAN", -100.0),
    ("CDLHOMINGPIGEON", 100.0),
    ("CDLIDENTICAL3CROWS", -100.0),
    ("CDLINNECK", -100.0),
    ("CDLINVERTEDHAMMER", 100.0),
    ("CDLLADDERBOTTOM", 100.0),
    ("CDLLONGLEGGEDDOJI", 100.0),
    ("CDLMATCHINGLOW", 100.0),
    ("CDLMATHOLD", 100.0),
    ("CDLMORNINGDOJISTAR", 100.0),
    ("CDLMORNINGSTAR", 100.0),
    ("CDLONNECK", -100.0),
    ("CDLPIERCING", 100.0),
    ("CDLRICKSHAWMAN", 100.0),
    ("CDLSHOOTINGSTAR", -100.0),
    ("CDLSTALLEDPATTERN", -100.0),
    ("CDLSTICKSANDWICH", 100.0),
    ("CDLTAKURI", 100.0),
    ("CDLTHRUSTING", -100.0),
    ("CDLUNIQUE3RIVER", 100.0),
    ("CDLUPSIDEGAP2CROWS", -100.0),
];

#[test]
fn patterns_equal_talib_wherever_they_occur() {
    let Some(python) = tests::python() else { return };
    let mut seen: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for seed in 61..67 {
        let series = candles(seed);
        let operands = Operands { source: series.closes(), second: series.closes(), periods: series.closes() };
        let calls = calls();
        for (call, theirs) in calls.iter().zip(ask(&python, &series, &operands, &calls)) {
            let ours = &call.definition.compute(None, &series.columns(), &call.arguments)[0];
            compare(call.function, seed, ours, &theirs[0]);
            theirs[0].iter().for_each(|value| *seen.entry((call.function, *value as i64)).or_default() += 1);
        }
    }
    let rare: Vec<_> =
        expected().into_iter().filter(|value| seen.get(value).is_none_or(|count| *count < LEAST)).collect();
    assert!(rare.is_empty(), "too rare to prove anything: {rare:?}");
}

/// Every value a pattern takes.
fn expected() -> Vec<(&'static str, i64)> {
    let mut values = Vec::new();
    for Call { function, .. } in calls() {
        match ONE_SIDED.iter().find(|(name, _)| *name == function) {
            Some((_, value)) => values.push((function, *value as i64)),
            None => values.extend([(function, 100), (function, -100)]),
        }
        if ["CDLENGULFING", "CDLHARAMI", "CDLHARAMICROSS"].contains(&function) {
            values.extend([(function, 80), (function, -80)]);
        }
        if function.starts_with("CDLHIKKAKE") {
            values.extend([(function, 200), (function, -200)]);
        }
    }
    values
}

fn calls() -> Vec<Call> {
    let rows: Vec<&'static Definition> = table().filter(|row| row.family == Family::Candlestick).collect();
    assert_eq!(rows.len(), 61);
    let call = |definition: &'static Definition| {
        let Agreement::EqualsTaLib { function } = definition.agreement else { panic!("{}", definition.name) };
        let arguments = definition.arguments.iter().map(|argument| argument.default.unwrap()).collect();
        Call { function, definition, arguments }
    };
    rows.into_iter().map(call).collect()
}

fn compare(function: &str, seed: u64, ours: &Column, theirs: &[f64]) {
    for (bar, (ours, theirs)) in ours.values.iter().zip(theirs).enumerate() {
        let equal = ours == theirs || ours.is_nan() && theirs.is_nan();
        assert!(equal, "{function}, seed {seed}, bar {bar}: ours {ours}, TA-Lib {theirs}");
    }
}

/// Candles of few sizes, often without shadows, doji or gaps, in runs of one color.
fn candles(seed: u64) -> Series {
    let mut random = Random(seed);
    let mut pick = |choices: &[i64]| choices[random.below(choices.len() as u64) as usize];
    let (mut close, mut color, mut before) = (100_000_i64, 1, 0_i64);
    let mut bars = Vec::with_capacity(CANDLES);
    for _ in 0..CANDLES {
        color *= pick(&[1, 1, 1, -1]);
        let body = pick(&[0, 1, 4, 10, 12, 20, 30, 40, 60]);
        // From the close before, its open, inside its body, or beyond it; on odd seeds also back to its close.
        let back = if seed % 2 == 1 { -color * body } else { 0 };
        let gap = pick(&[0, back, 1, -1, 5, -5, 15, -15, 35, -35, before, before / 2, before / 3]);
        let open = (close + gap).max(1_000);
        close = open + color * body;
        let shadow = &[0, 0, 0, 1, 3, 8, 20, 50];
        bars.push([open, open.max(close) + pick(shadow), open.min(close) - pick(shadow), close, 1]);
        before = open - close;
    }
    Series::new(&format!("candles, seed {seed}"), &bars, 0, 0)
}
