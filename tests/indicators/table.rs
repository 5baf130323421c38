//! Rules over the whole table, so that a new row cannot forget one.

use crate::series::{Random, Series, edge_series, random_walk};
use std::collections::BTreeSet;
use strategy::indicators::{
    Agreement, ArgumentKind, Column, Definition, MAXIMUM_PERIOD_BARS, WarmUp, find, find_talib, table, talib_names,
    talib_only, talib_rows,
};

/// The list of the language's document; candlesticks and whatever else TA-Lib has come by its own names.
const NAMES: &str = "sma ema wma dema tema kama t3 hma vwma vwap rsi mom roc willr cci mfi stoch stochrsi adx plus_di \
    minus_di aroon macd atr natr true_range stddev bbands keltner donchian obv ad highest lowest linreg supertrend ichimoku \
    streak inside_bar outside_bar narrow_range";

#[test]
fn the_table_holds_the_language() {
    let names: BTreeSet<&str> = table().map(|row| row.name).collect();
    assert!(NAMES.split_whitespace().all(|name| names.contains(name)));
    let others = table().filter(|row| !NAMES.split_whitespace().any(|name| name == row.name));
    for row in others {
        let Agreement::EqualsTaLib { function } = row.agreement else { panic!("{} is not TA-Lib's", row.name) };
        assert_eq!(row.name, function.to_lowercase());
    }
    assert_eq!(names.len(), table().count(), "a name twice");
    assert!(names.iter().all(|name| find(name).is_some_and(|row| row.name == *name)));
    assert_eq!(find("trange").unwrap().name, "true_range");
    assert_eq!(find("linearreg").unwrap().name, "linreg");
    assert!(find("SMA").is_none() && find("talib.MAX").is_none() && find("").is_none());
}

#[test]
fn rows_are_complete() {
    for row in table().chain(talib_only()) {
        assert!(row.summary.ends_with('.') && row.summary.len() > 20, "{}: summary", row.name);
        assert!(
            !row.outputs.is_empty() && (row.outputs.len() > 1 || row.outputs == ["value"]),
            "{}: outputs",
            row.name
        );
        let names: BTreeSet<_> = row.arguments.iter().map(|argument| argument.name).collect();
        assert_eq!(names.len(), row.arguments.len(), "{}: an argument twice", row.name);
        for argument in row.arguments {
            let default = argument.default.expect("every argument has a default");
            assert!((argument.min..=argument.max).contains(&default), "{} {}", row.name, argument.name);
            let whole = [argument.min, argument.max, default].iter().all(|value| value.fract() == 0.0);
            assert!(argument.kind == ArgumentKind::Decimal || whole, "{} {}", row.name, argument.name);
            let is_price = (row.name, argument.name) == ("sarext", "start");
            assert!(is_price || argument.max <= MAXIMUM_PERIOD_BARS, "{} {}", row.name, argument.name);
        }
        let explained = match row.agreement {
            Agreement::EqualsTaLib { function } => find_talib(function).is_some(),
            Agreement::DiffersFromTaLib { function, why } => find_talib(function).is_some() && !why.is_empty(),
            Agreement::OurOwn { source } => source.len() > 10,
        };
        assert!(explained, "{}: whose definition is it?", row.name);
    }
}

#[test]
fn talib_names_are_unique() {
    let functions: Vec<_> = talib_rows().map(|row| row.agreement).collect();
    for (index, agreement) in functions.iter().enumerate() {
        assert!(!functions[index + 1..].contains(agreement), "{agreement:?} twice");
    }
    assert!(talib_names().all(|name| find_talib(name).is_some()) && talib_names().count() == functions.len());
    assert_eq!(find_talib("BBANDS").unwrap().arguments.len(), 4);
    assert_eq!(find_talib("RSI").unwrap().name, "rsi");
    assert_eq!(find_talib("CDLDOJI").unwrap().name, "cdldoji");
    assert!(find_talib("rsi").is_none() && find_talib("MINMAX").is_none());
}

#[test]
fn warm_up_follows_the_rule() {
    let cases: [(&str, &[f64], WarmUp, usize); 24] = [
        ("sma", &[20.0], WarmUp::Bars(19), 19),
        ("highest", &[20.0], WarmUp::Bars(19), 19),
        ("hma", &[16.0], WarmUp::Bars(18), 18),
        ("roc", &[10.0], WarmUp::Bars(10), 10),
        ("ema", &[20.0], WarmUp::Bars(200), 19),
        ("tema", &[20.0], WarmUp::Bars(600), 57),
        ("macd", &[12.0, 26.0, 9.0], WarmUp::Bars(350), 33),
        ("macd", &[26.0, 12.0, 9.0], WarmUp::Bars(350), 33),
        ("rsi", &[14.0], WarmUp::Bars(280), 14),
        ("atr", &[], WarmUp::Bars(280), 14),
        ("adx", &[14.0], WarmUp::Bars(560), 27),
        ("keltner", &[20.0, 2.0, 10.0], WarmUp::Bars(200), 19),
        ("vwap", &[], WarmUp::FromWindow, 0),
        ("obv", &[], WarmUp::FromWindow, 0),
        ("ma", &[20.0, 0.0], WarmUp::Bars(19), 19),
        ("ma", &[20.0, 1.0], WarmUp::Bars(200), 19),
        ("ma", &[20.0, 13.0], WarmUp::Bars(400), 19),
        ("adxr", &[14.0], WarmUp::Bars(574), 40),
        ("kdj", &[], WarmUp::Bars(128), 12),
        ("mama", &[], WarmUp::Bars(1000), 32),
        ("sar", &[], WarmUp::Bars(1000), 1),
        ("supertrend", &[60.0], WarmUp::Bars(1200), 60),
        ("nvi", &[], WarmUp::FromWindow, 0),
        ("cdlhammer", &[], WarmUp::Bars(11), 11),
    ];
    for (name, args, warm_up, look_back) in cases {
        let row = find(name).unwrap();
        assert_eq!((row.warm_up(args), row.look_back(args)), (warm_up, look_back), "{name}{args:?}");
    }
}

#[test]
fn outputs_have_the_bars_length_and_look_back() {
    for seed in 41..71 {
        let mut random = Random(seed);
        let length = random.below(120) as usize;
        let mut series = random_walk(seed, length, 9);
        series.volume.iter_mut().for_each(|volume| *volume += 1);
        for row in table().chain(talib_only()) {
            let args = random_arguments(row, &mut random);
            let columns = row.compute(None, &series.columns(), &args);
            assert_eq!(columns.len(), row.outputs.len(), "{}", row.name);
            let undefined = row.look_back(&args).min(length);
            for column in columns {
                assert_eq!(column.values.len(), length, "{}{args:?}, seed {seed}", row.name);
                let leading = column.values.iter().take_while(|value| value.is_nan()).count();
                let total = column.values.iter().filter(|value| value.is_nan()).count();
                assert_eq!((leading, total), (undefined, undefined), "{}{args:?}, seed {seed}", row.name);
            }
        }
    }
}

fn random_arguments(row: &Definition, random: &mut Random) -> Vec<f64> {
    let arguments = row.arguments.iter().map(|argument| match argument.kind {
        ArgumentKind::Integer => (argument.min + random.below(30) as f64).min(argument.max),
        ArgumentKind::Decimal => (random.below(40) as f64 / 10.0).clamp(argument.min, argument.max),
    });
    arguments.collect()
}

#[test]
fn no_arguments_break_a_row() {
    let hostile = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300, 2.5];
    for series in edge_series() {
        for row in table().chain(talib_only()) {
            for value in hostile {
                for count in 0..=row.arguments.len() + 1 {
                    let columns = row.compute(None, &series.columns(), &vec![value; count]);
                    assert!(columns.iter().all(|column| column.values.len() == series.len()), "{} {value}", row.name);
                }
            }
        }
    }
}

#[test]
fn no_counts_break_a_row() {
    let bars: Vec<[i64; 5]> = (0..400)
        .map(|bar| match bar % 4 {
            0 => [i64::MIN, i64::MAX, i64::MIN, i64::MAX, i64::MAX],
            1 => [0, 1, -1, 0, 0],
            2 => [i64::MAX; 5],
            _ => [i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MAX],
        })
        .collect();
    let series = Series::new("extreme counts", &bars, 9, 9);
    for row in table().chain(talib_only()) {
        for source in [series.closes(), Column::computed(vec![f64::MAX; 400]), Column::computed(vec![-1e-310; 400])] {
            let columns = row.compute(Some(&source), &series.columns(), &[]);
            let finite = |value: &f64| value.is_finite() || value.to_bits() == f64::NAN.to_bits();
            assert!(columns.iter().all(|column| column.values.iter().all(finite)), "{}", row.name);
        }
    }
}
