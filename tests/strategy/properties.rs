//! Properties of random strategies: nothing sees the future, canonical documents are fixed points, more history than
//! needed changes nothing. A failing case prints its document and seed.

use crate::support::{catalogue, data, long_rule, terms, walk};
use market::BarSeries;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use strategy::{Study, check};

/// Numbers on the strategy's own bars or a coarser timeframe.
fn number(depth: u32) -> BoxedStrategy<String> {
    let series = select(vec![
        "close",
        "open",
        "high",
        "low",
        "hl2",
        "hlc3",
        "range",
        "volume",
        "close('1h')",
        "high('30m')",
        "session.high",
        "session.low",
        "session.open",
        "previous_day.close",
        "previous_day.high('regular')",
        "opening_range(30).high",
        "opening_range(15, 'regular').low",
        "vwap",
        "vwap('regular')",
        "vwap('week')",
        "vwap('09:30')",
        "previous_week.high",
        "previous_month.low('regular')",
        "pivots.r1",
        "pivots('week').s2('regular')",
        "gap",
        "gap.percent('regular')",
        "minutes_since_open",
        "close of NQ",
        "low('1h') of NQ",
    ])
    .prop_map(str::to_owned);
    if depth == 0 {
        return series.boxed();
    }
    let inner = number(depth - 1);
    let price = select(vec!["close", "high", "low", "close('30m')", "hl2('1h')", "close of NQ"]);
    let period = 2..30_u32;
    prop_oneof![
        3 => series,
        3 => (select(vec!["sma", "ema", "wma", "highest", "lowest", "rsi", "stddev", "mom"]), price, period.clone()).prop_map(|(name, source, period)| format!("{name}({source}, {period})")),
        1 => (select(vec!["atr", "adx", "cci", "mfi"]), period.clone()).prop_map(|(name, period)| format!("{name}({period})")),
        1 => (select(vec!["correl", "beta"]), select(vec!["high, low", "close, volume"]), period.clone()).prop_map(|(name, pair, period)| format!("{name}({pair}, {period})")),
        1 => select(vec!["cdlengulfing()", "cdlhikkake('30m')", "supertrend(5)", "ichimoku(3, 5, 8, 5).span_a", "ha().open", "streak(close, 4)", "talib.KDJ().j", "mavp(close, 5 + streak(close, 3), 2, 8)"]).prop_map(str::to_owned),
        1 => (select(vec!["sma", "ema"]), select(vec!["rsi(7)", "atr(5)", "sma(close, 4)[2]", "close - open"]), period).prop_map(|(name, source, period)| format!("{name}({source}, {period})")),
        1 => (inner.clone(), 0..6_u32).prop_map(|(base, bars)| format!("({base})[{bars}]")),
        2 => (inner.clone(), select(vec!["+", "-", "*", "/"]), inner).prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
    ]
    .boxed()
}

fn condition(depth: u32) -> BoxedStrategy<String> {
    let comparison =
        (number(2), select(vec![">", "<", ">=", "<=", "==", "!=", "crosses above", "crosses below"]), number(2))
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"));
    let trend =
        (number(1), select(vec!["rising", "falling 2", "rising 3"])).prop_map(|(base, word)| format!("{base} {word}"));
    if depth == 0 {
        return prop_oneof![3 => comparison, 1 => trend].boxed();
    }
    let inner = condition(depth - 1);
    prop_oneof![
        2 => comparison,
        1 => trend,
        2 => (inner.clone(), select(vec!["and", "or"]), inner.clone()).prop_map(|(left, word, right)| format!("({left}) {word} ({right})")),
        1 => inner.clone().prop_map(|base| format!("not ({base})")),
        1 => (inner.clone(), select(vec!["for 2 bars", "within 4 bars"])).prop_map(|(base, word)| format!("({base}) {word}")),
        1 => inner.prop_map(|base| format!("({base})[2]")),
    ]
    .boxed()
}

fn document() -> BoxedStrategy<Value> {
    (condition(2), condition(1), number(1), select(vec!["5m", "10m", "15m"]), select(vec!["full", "regular"]))
        .prop_map(|(long, exit, price, timeframe, session)| {
            let mut document = long_rule("ES", timeframe, &long);
            document["session"] = json!(session);
            document["entry"]["short"] = json!({"when": exit, "order": "limit", "price": price});
            document["exit"] = json!({"long": exit, "stop_loss": {"atr": 2, "period": 5}, "flatten": "15:55"});
            document["filters"] = json!({"windows": ["09:00-16:00"]});
            document
        })
        .boxed()
}

/// Everything decided at each decision bar, as bits, with the bar's last minute.
fn decisions(study: &Study) -> Vec<(i64, Vec<u64>)> {
    study
        .resolved(&study.strategy().canonical_values(), |plan| {
            let long = plan.entry.long.as_ref().unwrap();
            let short = plan.entry.short.as_ref().unwrap();
            let engine::plan::OrderKind::Limit { price, .. } = &short.order else { panic!("a limit order") };
            let Some(engine::plan::ExitSignal::Mask(exit)) = &plan.exits.long.signal else { panic!("a mask") };
            let Some(engine::plan::Distance::Atr { value, .. }) = &plan.exits.long.stop_loss else { panic!("an ATR") };
            let allowed = plan.allowed.as_ref().unwrap();
            let bar = |index: usize| {
                let minute = plan.tape.ts[plan.decisions.last[index] as usize];
                let flags = [long.when.get(index), short.when.get(index), exit.get(index), allowed.get(index)];
                let mut bits: Vec<u64> = flags.iter().map(|flag| u64::from(*flag)).collect();
                bits.extend([price[index].to_bits(), value[index].to_bits()]);
                (minute, bits)
            };
            (0..plan.decisions.len()).map(bar).collect()
        })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn changed_after(series: &BarSeries, minute: i64, seed: u64) -> BarSeries {
    let mut changed = series.clone();
    let mut noise = crate::support::Noise(seed);
    for index in 0..changed.ts.len() {
        if changed.ts[index] > minute {
            let moved = noise.step(200) * 25;
            for column in [&mut changed.open, &mut changed.high, &mut changed.low, &mut changed.close] {
                column[index] += moved;
            }
            changed.volume[index] += noise.below(500) as i64;
        }
    }
    changed
}

fn last_days(series: &BarSeries, from: i64) -> BarSeries {
    let start = series.ts.partition_point(|ts| *ts < from);
    let mut cut = series.clone();
    for column in [&mut cut.ts, &mut cut.open, &mut cut.high, &mut cut.low, &mut cut.close, &mut cut.volume] {
        column.drain(..start);
    }
    cut
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn nothing_sees_the_future(document in document(), share in 0.3..0.95_f64, seed in 0..1_000_u64) {
        let Ok(strategy) = check(&document, &catalogue(), None) else { return Ok(()) };
        let terms = terms("2024-03-06", "2024-03-08");
        let (es, nq) = (walk("ES", "2024-03-04", "2024-03-08", seed), walk("NQ", "2024-03-04", "2024-03-08", seed + 1));
        let minute = es.ts[(es.ts.len() as f64 * share) as usize];
        let before = Study::new(&strategy, &data(vec![es.clone(), nq.clone()]), &terms).unwrap();
        let after = Study::new(&strategy, &data(vec![changed_after(&es, minute, seed), changed_after(&nq, minute, seed + 2)]), &terms).unwrap();
        for (bar, (one, other)) in decisions(&before).iter().zip(&decisions(&after)).enumerate().filter(|(_, (one, _))| one.0 <= minute) {
            // A decision bar may complete after `minute` although its own last minute is before it: other minutes are not its past.
            if before.decisions().completes_at[bar] <= minute {
                prop_assert_eq!(one, other, "bar {} of {}", bar, document);
            }
        }
    }

    #[test]
    fn canonical_documents_are_fixed_points(document in document()) {
        let Ok(strategy) = check(&document, &catalogue(), None) else { return Ok(()) };
        let again = check(strategy.document(), &catalogue(), Some(&strategy)).unwrap_or_else(|problems| panic!("{document}: {problems:#?}"));
        prop_assert_eq!(again.document(), strategy.document());
        prop_assert_eq!(again.parameters(), strategy.parameters());
        prop_assert_eq!(again.entry_rules(), strategy.entry_rules());
    }

    #[test]
    fn more_history_than_needed_changes_nothing(document in document(), seed in 0..1_000_u64) {
        let Ok(strategy) = check(&document, &catalogue(), None) else { return Ok(()) };
        let mut terms = terms("2024-03-27", "2024-03-28");
        terms.history_complete = false;
        let (es, nq) = (walk("ES", "2024-02-26", "2024-03-28", seed), walk("NQ", "2024-02-26", "2024-03-28", seed + 1));
        // Tuesday 2024-03-05, 23:00 UTC: the open of a trading day a good two weeks before the window.
        let cut = 1_709_679_600_000_000;
        let all = Study::new(&strategy, &data(vec![es.clone(), nq.clone()]), &terms).unwrap();
        let less = Study::new(&strategy, &data(vec![last_days(&es, cut), last_days(&nq, cut)]), &terms).unwrap();
        let inside = |study: &Study, decisions: Vec<(i64, Vec<u64>)>| -> Vec<(i64, Vec<u64>)> {
            let start = study.tape().ts[study.window().0 as usize];
            decisions.into_iter().filter(|(minute, _)| *minute >= start).collect()
        };
        if less.summary(&strategy.canonical_values()).is_ok() {
            prop_assert_eq!(inside(&all, decisions(&all)), inside(&less, decisions(&less)), "{}", document);
        }
    }
}

#[test]
fn most_random_documents_check() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let trees = (0..200).map(|_| proptest::strategy::Strategy::new_tree(&document(), &mut runner).unwrap());
    let good =
        trees.filter(|tree| check(&proptest::strategy::ValueTree::current(tree), &catalogue(), None).is_ok()).count();
    assert!(good > 120, "only {good} of 200 random documents are valid: the properties above prove little");
}
