//! Keys of lifted parameters, and that later versions keep them.

use crate::support::{catalogue, checked, long_rule};
use serde_json::{Value, json};
use strategy::check;

fn keys(document: &Value, previous: Option<&Value>) -> Vec<(String, String)> {
    let previous = previous.map(checked);
    let strategy = check(document, &catalogue(), previous.as_ref()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    strategy
        .parameters()
        .iter()
        .filter(|parameter| parameter.key != "max_bars")
        .map(|parameter| (parameter.key.clone(), parameter.value.to_string()))
        .collect()
}

fn check_keys(rule: &str, expected: &[(&str, &str)]) {
    let found = keys(&long_rule("ES", "5m", rule), None);
    let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(found, expected, "{rule}");
}

fn check_kept(before: &str, after: &str, expected: &[(&str, &str)]) {
    let found = keys(&long_rule("ES", "5m", after), Some(&long_rule("ES", "5m", before)));
    let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(found, expected, "{before} -> {after}");
}

#[test]
fn keys_come_from_roles() {
    check_keys("rsi(14) > 70", &[("rsi_period", "14"), ("rsi_above", "70")]);
    check_keys("70 < rsi(14)", &[("rsi_above", "70"), ("rsi_period", "14")]);
    check_keys("willr(14) < -80", &[("willr_period", "14"), ("willr_below", "-80")]);
    check_keys("rsi(14) crosses above 30.5", &[("rsi_period", "14"), ("rsi_crosses_above", "30.5")]);
    check_keys("ema(close, 9) crosses above ema(close, 21)", &[("ema_period", "9"), ("ema_period_2", "21")]);
    check_keys(
        "macd(close, 12, 26, 9).signal > 0",
        &[("macd_fast", "12"), ("macd_slow", "26"), ("macd_signal", "9"), ("macd_signal_above", "0")],
    );
    check_keys("close > ema(close('1h'), 50)", &[("ema_1h_period", "50")]);
    check_keys("close rising 3 and close > open for 2 bars", &[("close_rising_bars", "3"), ("close_for_bars", "2")]);
    check_keys("close > opening_range(30).high", &[("opening_range_minutes", "30")]);
    check_keys("close > high[1] + 3 * tick", &[("ticks", "3")]);
    check_keys("close > open * 1.02", &[("open_factor", "1.02")]);
}

#[test]
fn constants_and_look_backs_are_not_lifted() {
    check_keys("close[5] > open[1] + 2 * tick - 1 * 0 + 100 * tick", &[]);
    check_keys("(high - low) / 2 > close - -1 * tick", &[]);
}

#[test]
fn identical_calls_share_a_key() {
    check_keys(
        "rsi(14) > 50 and rsi(14) < 70 and rsi(14)[1] > 50",
        &[("rsi_period", "14"), ("rsi_above", "50"), ("rsi_below", "70"), ("rsi_above_2", "50")],
    );
    check_keys("rsi(14) > 50 or rsi(14) > 50", &[("rsi_period", "14"), ("rsi_above", "50")]);
    let mut document = long_rule("ES", "5m", "atr(14) > 2");
    document["exit"] = json!({"stop_loss": {"atr": 2, "period": 14}, "trailing_stop": {"atr": 3, "period": 14}});
    let found: Vec<String> = keys(&document, None).into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, ["atr_period", "atr_above", "stop_atr", "trail_atr"]);
}

#[test]
fn later_versions_keep_keys() {
    let two = "ema(close, 9) crosses above ema(close, 21)";
    check_kept(two, "ema(close, 9) crosses above ema(close, 34)", &[("ema_period", "9"), ("ema_period_2", "34")]);
    check_kept(
        two,
        "close > ema(close, 200) and ema(close, 9) crosses above ema(close, 21)",
        &[("ema_period_3", "200"), ("ema_period", "9"), ("ema_period_2", "21")],
    );
    check_kept(two, "ema(close, 21) > close", &[("ema_period_2", "21")]);
    let mut named = long_rule("ES", "5m", "ema(close, $fast) crosses above ema(close, $slow)");
    named["parameters"] = json!([{"key": "fast", "label": "Quick average", "value": 9}, {"key": "slow", "value": 21}]);
    let found = keys(&long_rule("ES", "5m", two), Some(&named));
    let found: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(found, ["fast", "slow"], "keys somebody chose survive a rewrite with plain numbers");
    let rewritten = check(&long_rule("ES", "5m", two), &catalogue(), Some(&checked(&named))).unwrap();
    assert_eq!(rewritten.parameters()[0].label, "Quick average", "and so do their labels");
}
