//! Documents that mean harm get diagnostics, never a panic, an overflow of the stack, or an endless answer.

use crate::support::{catalogue, long_rule};
use proptest::prelude::*;
use serde_json::{Value, json};
use strategy::{check, check_text, limits};

fn problems(text: &str) -> Vec<strategy::Diagnostic> {
    let found = check_text(text, &catalogue(), None).err().unwrap_or_default();
    assert!(found.len() <= limits::DIAGNOSTICS);
    for problem in &found {
        assert!(problem.excerpt.chars().count() <= limits::EXCERPT_CHARACTERS, "{problem}");
        assert!(problem.to_string().len() < 2_000, "{problem}");
    }
    found
}

fn rule_code(rule: &str) -> &'static str {
    let found = problems(&long_rule("ES", "1m", rule).to_string());
    found.first().map_or("none", |problem| problem.code)
}

#[test]
fn oversized_things_name_their_limit() {
    let cases = [
        ("(".repeat(3_000), "limit"),
        ("not ".repeat(900), "limit"),
        ("-".repeat(3_900), "limit"),
        (format!("{}close{} > 1", "(".repeat(200), ")".repeat(200)), "limit"),
        (format!("close > {}", "1+".repeat(900)), "limit"),
        (vec!["close > 1"; 300].join(" and "), "limit"),
        ("x".repeat(1_000_000), "limit"),
        (format!("close{} > 1", "[1]".repeat(200)), "limit"),
        ("close[5001] > 1".to_owned(), "limit"),
        ("sma(close, 99999) > 1".to_owned(), "value_range"),
        ("close > 1e300".to_owned(), "syntax"),
        (format!("close > {}", "9".repeat(100)), "syntax"),
        ("close > \u{1F600}".to_owned(), "syntax"),
        ("close \u{0} > 1".to_owned(), "syntax"),
        ("close > 'unclosed".to_owned(), "syntax"),
        ("сlose > 1".to_owned(), "syntax"),
    ];
    for (rule, code) in cases {
        let shown: String = rule.chars().take(60).collect();
        assert_eq!(rule_code(&rule), code, "{shown}");
    }
}

#[test]
fn oversized_documents_name_their_limit() {
    let many: Vec<Value> = (0..200).map(|index| json!({"key": format!("k{index}"), "value": 1})).collect();
    let mut document = long_rule("ES", "1m", "close > 1");
    document["parameters"] = json!(many);
    assert_eq!(problems(&document.to_string())[0].code, "limit");
    let huge = format!("{{\"market\": \"{}\"}}", "A".repeat(1_000_000));
    assert_eq!(problems(&huge)[0].code, "limit");
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(problems(&deep)[0].code, "syntax");
    let indicators: Vec<String> = (2..90).map(|period| format!("sma(close, {period}) > 1")).collect();
    let mut document = long_rule("ES", "1m", &indicators[..40].join(" and "));
    document["exit"]["long"] = json!(indicators[40..].join(" or "));
    assert!(!problems(&document.to_string()).is_empty());
}

#[test]
fn odd_shapes_are_diagnosed() {
    for text in [
        "",
        "null",
        "1",
        "\"x\"",
        "[]",
        "{}",
        "{\"entry\": 1}",
        "{\"market\": 5, \"timeframe\": [], \"entry\": {\"long\": {}}}",
        "{\"entry\": {\"long\": {\"when\": {\"a\": 1}}}}",
    ] {
        assert!(!problems(text).is_empty(), "{text}");
    }
    let shapes = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!("$"),
        json!("$x"),
        json!([]),
        json!([[[[]]]]),
        json!({}),
        json!({"long": {}}),
        json!("\u{202E}"),
    ];
    for key in [
        "language",
        "name",
        "market",
        "timeframe",
        "session",
        "time_zone",
        "parameters",
        "entry",
        "exit",
        "filters",
        "sizing",
        "capital",
        "account_currency",
        "leverage",
        "costs",
        "fills",
        "window",
    ] {
        for shape in &shapes {
            let mut document = long_rule("ES", "1m", "close > 1");
            document[key] = shape.clone();
            let _ = problems(&document.to_string());
        }
    }
    for key in [
        "stop_loss",
        "take_profit",
        "trailing_stop",
        "break_even",
        "max_minutes",
        "flatten",
        "before_close_minutes",
        "long",
    ] {
        for shape in &shapes {
            let mut document = long_rule("ES", "1m", "close > 1");
            document["exit"][key] = shape.clone();
            let _ = problems(&document.to_string());
        }
    }
}

proptest! {
    #[test]
    fn random_text_never_panics(rule in "\\PC{0,80}") {
        let _ = check(&long_rule("ES", "1m", &rule), &catalogue(), None);
    }

    #[test]
    fn random_tokens_never_panic(tokens in proptest::collection::vec(proptest::sample::select(vec![
        "close", "sma", "(", ")", ",", "14", "$x", "[", "]", ".", "high", "session", "crosses", "above", "and", "or", "not", "for", "bars",
        "within", "rising", "'1h'", "'regular'", "of", "NQ", "+", "-", "*", "/", "<", ">=", "==", "tick", "vwap", "macd", "signal", "talib",
        "opening_range", "entry_price", "0.5", "1e9"]), 0..25)) {
        let rule = tokens.join(" ");
        let mut document = long_rule("ES", "5m", &rule);
        document["exit"]["long"] = json!(rule);
        document["exit"]["stop_loss"] = json!({"price": rule});
        let _ = check(&document, &catalogue(), None);
    }
}
