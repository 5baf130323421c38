//! Parameter values, windows, costs, constraints, overrides.

use crate::support::{catalogue, checked, date, instrument, long_rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use strategy::{CostOverrides, ParameterConstraint, ParameterKind, ParameterValue, WindowSpec};

#[test]
fn values_read_and_show_as_written() {
    let cases = [
        (json!(14), ParameterKind::Integer, Some("14")),
        (json!(14.0), ParameterKind::Integer, Some("14")),
        (json!(14.5), ParameterKind::Integer, None),
        (json!(0.1), ParameterKind::Decimal, Some("0.1")),
        (json!(1e-7), ParameterKind::Decimal, Some("0.0000001")),
        (json!(2.50), ParameterKind::Decimal, Some("2.5")),
        (json!("9:05"), ParameterKind::TimeOfDay, Some("09:05")),
        (json!("24:00"), ParameterKind::TimeOfDay, Some("24:00")),
        (json!("24:01"), ParameterKind::TimeOfDay, None),
        (json!("12:60"), ParameterKind::TimeOfDay, None),
        (json!("noon"), ParameterKind::TimeOfDay, None),
        (json!("14"), ParameterKind::Integer, None),
        (json!(1e300), ParameterKind::Decimal, None),
        (json!(null), ParameterKind::Decimal, None),
    ];
    for (value, kind, expected) in cases {
        let parsed = ParameterValue::parse(&value, kind);
        assert_eq!(parsed.as_ref().ok().map(ToString::to_string).as_deref(), expected, "{value} as {kind:?}");
        if let Ok(parsed) = parsed {
            assert_eq!(ParameterValue::parse(&parsed.to_json(), kind), Ok(parsed), "{value} survives JSON");
            let text = serde_json::to_string(&parsed).unwrap();
            let back: ParameterValue = serde_json::from_str(&text).unwrap();
            assert_eq!(back.to_decimal(), parsed.to_decimal(), "{text}");
        }
    }
}

#[test]
fn windows_resolve_against_the_data() {
    let cases = [
        (json!({"last": "1y"}), Ok(("2013-01-01", "2013-12-31"))),
        (json!({"last": "3m"}), Ok(("2013-10-01", "2013-12-31"))),
        (json!({"last": "2w"}), Ok(("2013-12-18", "2013-12-31"))),
        (json!({"last": "10d"}), Ok(("2013-12-22", "2013-12-31"))),
        (json!({"last": "50y"}), Ok(("2010-06-01", "2013-12-31"))),
        (json!({"from": "2012-02-29"}), Ok(("2012-02-29", "2013-12-31"))),
        (json!({"to": "2011-01-01"}), Ok(("2010-06-01", "2011-01-01"))),
        (json!({"from": "2013-05-01", "to": "2013-05-31"}), Ok(("2013-05-01", "2013-05-31"))),
        (json!({"from": "2014-05-01"}), Err("has no data")),
        (json!({"from": "2013-05-31", "to": "2013-05-01"}), Err("before it starts")),
        (json!({"last": "0d"}), Err("at most")),
        (json!({"last": "99y"}), Err("at most")),
        (json!({"last": "2 years"}), Err("for example")),
        (json!({"from": "2013-02-30"}), Err("YYYY-MM-DD")),
        (json!({"last": "1y", "to": "2013-01-01"}), Err("either")),
        (json!({}), Err("needs")),
    ];
    for (window, expected) in cases {
        let resolved = WindowSpec::parse(&window).and_then(|window| {
            window.resolve(date("2010-06-01"), date("2013-12-31")).map_err(|error| error.to_string())
        });
        match (resolved, expected) {
            (Ok((from, to)), Ok(expected)) => {
                assert_eq!((from.to_string().as_str(), to.to_string().as_str()), expected, "{window}")
            }
            (Err(message), Err(text)) => assert!(message.contains(text), "{window}: {message}"),
            (resolved, _) => panic!("{window}: {resolved:?}"),
        }
    }
    let february =
        WindowSpec::parse(&json!({"last": "1m"})).unwrap().resolve(date("2000-01-01"), date("2024-03-30")).unwrap();
    assert_eq!(february.0.to_string(), "2024-02-29", "the 31st of a month without one");
}

#[test]
fn costs_replace_defaults_group_by_group() {
    let cases = [
        ("MNQ", json!({}), false, "slippage 1 tick(s) on market and stop fills; commission 1 USD per unit and fill"),
        ("ES", json!({"slippage_ticks": 0}), false, "no slippage; commission 2.5 USD per unit and fill"),
        ("ES", json!({"commission_per_side": 0}), false, "slippage 1 tick(s) on market and stop fills; no commission"),
        (
            "ES",
            json!({"slippage_bps": 1.5}),
            false,
            "slippage 1.5 bps on market and stop fills; commission 2.5 USD per unit and fill",
        ),
        (
            "SPY",
            json!({"commission_bps": 3}),
            false,
            "slippage 1 bps on market and stop fills; commission 3 bps of notional per fill",
        ),
        (
            "EURUSD",
            json!({}),
            true,
            "slippage half the bar's spread on market and stop fills; commission 0.2 bps of notional per fill",
        ),
        (
            "EURUSD",
            json!({"slippage_bps": 0.5}),
            true,
            "slippage 0.5 bps on market and stop fills; commission 0.2 bps of notional per fill",
        ),
    ];
    for (symbol, stated, spread, expected) in cases {
        let costs = CostOverrides::parse(&stated).unwrap().resolve(&instrument(symbol), spread);
        assert_eq!(costs.text, expected, "{symbol} {stated}");
    }
    for wrong in [
        json!({"slippage_ticks": 1.5}),
        json!({"slippage_ticks": 1, "slippage_bps": 1}),
        json!({"commission": 1}),
        json!({"commission_bps": -1}),
        json!({"slippage_bps": 1e6}),
    ] {
        assert!(CostOverrides::parse(&wrong).is_err(), "{wrong}");
    }
}

fn two_parameters() -> Value {
    let mut document = long_rule("ES", "5m", "ema(close, $fast) crosses above ema(close, $slow)");
    document["parameters"] = json!([{"key": "fast", "value": 9}, {"key": "slow", "value": 21}, {"key": "stop", "value": 2.5}, {"key": "flat", "value": "15:55"}]);
    document["exit"] = json!({"stop_loss": {"points": "$stop"}, "flatten": "$flat"});
    document
}

#[test]
fn constraints_choose_combinations() {
    let strategy = checked(&two_parameters());
    let cases = [
        ("$fast < $slow", true),
        ("$fast > $slow", false),
        ("$fast * 2 + 3 == $slow", true),
        ("$stop * 4 <= 10 and not $fast >= 10", true),
        ("$stop / 0 > 1", false),
        ("$fast > 100 or $flat < 16 * 60", true),
        ("-$stop < 0", true),
    ];
    for (text, expected) in cases {
        let constraint =
            ParameterConstraint::parse(text, &strategy).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(constraint.holds(&strategy.canonical_values()), expected, "{text}");
    }
    for (text, says) in [
        ("$quick < $slow", "no parameter"),
        ("close > $fast", "only parameters"),
        ("$fast", "comparisons"),
        ("$fast <", "too early"),
        ("", "empty"),
        ("$fast crosses above $slow", "comparisons"),
    ] {
        let problem = ParameterConstraint::parse(text, &strategy).err().unwrap_or_else(|| panic!("{text} is accepted"));
        assert!(problem.to_string().contains(says), "{text}: {problem}");
    }
}

#[test]
fn overrides_are_typed_and_bounded() {
    let strategy = checked(&two_parameters());
    let place = |pairs: &[(&str, Value)]| {
        strategy.place_values(
            &pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect::<BTreeMap<_, _>>(),
        )
    };
    let values = place(&[("slow", json!(50)), ("flat", json!("12:00"))]).unwrap();
    assert_eq!(values.iter().map(ToString::to_string).collect::<Vec<_>>(), ["9", "50", "2.5", "12:00"]);
    let problems = place(&[
        ("slow", json!(2.5)),
        ("sloww", json!(1)),
        ("fast", json!(0)),
        ("stop", json!(-1)),
        ("flat", json!(5)),
    ])
    .unwrap_err();
    assert_eq!(problems.len(), 5, "{problems:#?}");
    assert!(problems.iter().any(|problem| problem.to_string().contains("Did you mean \"slow\"?")), "{problems:#?}");
    assert!(strategy.conform(&[ParameterValue::Integer(9)]).is_err());
    let conformed = strategy
        .conform(&[
            ParameterValue::Integer(9),
            ParameterValue::Decimal(21.into()),
            ParameterValue::Integer(3),
            ParameterValue::TimeOfDay(900),
        ])
        .unwrap();
    assert_eq!(conformed[1], ParameterValue::Integer(21));
    assert_eq!(conformed[2], ParameterValue::Decimal(3.into()));
}

#[test]
fn symbols_include_other_markets_and_conversion_pairs() {
    let symbols = |market: &str, rule: &str| checked(&long_rule(market, "1h", rule)).symbols();
    assert_eq!(symbols("ES", "close > close[1]"), ["ES"]);
    assert_eq!(symbols("ES", "close of NQ > close[1] of NQ"), ["ES", "NQ"]);
    assert_eq!(symbols("USDJPY", "close > close[1]"), ["USDJPY"], "its own price converts");
    assert_eq!(symbols("EURGBP", "close > close[1]"), ["EURGBP", "GBPUSD", "USDGBP"]);
    assert_eq!(checked(&long_rule("EURGBP", "1h", "close > close[1]")).optional_symbols(), ["GBPUSD", "USDGBP"]);
    assert_eq!(checked(&long_rule("micro nasdaq", "1h", "close > close[1]")).market().symbol, "MNQ");
    assert!(strategy::check(&long_rule("??", "1h", "close > close[1]"), &catalogue(), None).is_err());
}
