//! Numbers as people read them: grouped digits, a real minus sign, percent; a dash where something is undefined.

use engine::statistics::{MetricInfo, Unit, catalogue};
use serde_json::{Map, Value};

/// Shown where a figure is undefined.
pub(crate) const UNDEFINED: &str = "–";

/// A number with grouped thousands and a fixed number of decimals.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return UNDEFINED.to_owned();
    }
    let written = format!("{:.decimals$}", value.abs());
    let (whole, fraction) =
        written.split_once('.').map_or((written.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::new();
    if value < 0.0 && written.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        shown.push('−');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}

/// A whole number.
pub(crate) fn count(value: u64) -> String {
    grouped(value as f64, 0)
}

/// A share as percent.
pub(crate) fn percent(value: f64) -> String {
    if value.is_finite() { format!("{} %", grouped(value * 100.0, 2)) } else { UNDEFINED.to_owned() }
}

/// A price: as many decimals as it has, at most eight.
pub(crate) fn price(value: f64) -> String {
    let written = format!("{value:.8}");
    let decimals = written.trim_end_matches('0').split_once('.').map_or(0, |(_, fraction)| fraction.len());
    grouped(value, if decimals == 1 { 2 } else { decimals })
}

/// A statistic in its unit.
pub(crate) fn metric(info: &MetricInfo, value: Option<f64>) -> String {
    let Some(value) = value else { return UNDEFINED.to_owned() };
    match info.unit {
        Unit::Count => grouped(value, 0),
        Unit::Money | Unit::Ratio => grouped(value, 2),
        Unit::Fraction => percent(value),
        Unit::Bars => grouped(value, 1),
    }
}

/// What is known of a statistic.
pub(crate) fn info(key: &str) -> Option<&'static MetricInfo> {
    catalogue().iter().find(|info| info.key == key)
}

/// A statistic of an answer by key, in its unit.
pub(crate) fn of(metrics: &Value, key: &str) -> String {
    info(key).map_or_else(|| UNDEFINED.to_owned(), |info| metric(info, metrics.get(key).and_then(Value::as_f64)))
}

/// Names that are not their key's words.
const LABELS: [(&str, &str); 8] = [
    ("totalPnl", "Net profit"),
    ("cagr", "CAGR"),
    ("tradeCount", "Trades"),
    ("maxDrawdownPercent", "Max drawdown %"),
    ("averageMae", "Average MAE"),
    ("averageMfe", "Average MFE"),
    ("valueAtRisk95", "Value at risk, 95 %"),
    ("averageBarsHeld", "Average bars held"),
];

/// The name of a statistic: `sharpeRatio` is "Sharpe ratio".
pub(crate) fn label(key: &str) -> String {
    if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == key) {
        return (*label).to_owned();
    }
    let mut words = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    capitalised(&words)
}

/// Words of a key written with underscores: `session_close` is "Session close".
pub(crate) fn words(key: &str) -> String {
    capitalised(&key.replace('_', " "))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A JSON value as a person writes it.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => UNDEFINED.to_owned(),
        Value::Number(number) => number.as_f64().map_or_else(|| value.to_string(), |number| number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// Parameters with their values, on one line.
pub(crate) fn assigned(parameters: &Map<String, Value>) -> String {
    parameters.iter().map(|(key, value)| format!("{key} {}", written(value))).collect::<Vec<_>>().join(", ")
}

/// A class that says which way a number points.
pub(crate) const fn sign(value: f64) -> &'static str {
    if value > 0.0 {
        "up"
    } else if value < 0.0 {
        "down"
    } else {
        "flat"
    }
}
