//! Documents as files: valid ones with their parameters and sentences, invalid ones with every diagnostic and its place.

use crate::support::catalogue;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use strategy::{Diagnostic, Strategy, check};

fn files(kind: &str) -> Vec<PathBuf> {
    let folder = tests::repository().join("tests/strategy/corpus").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 2, "the {kind} corpus is missing");
    files
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn description(strategy: &Strategy) -> Value {
    let parameters: serde_json::Map<String, Value> =
        strategy.parameters().iter().map(|parameter| (parameter.key.clone(), parameter.value.to_json())).collect();
    json!({
        "parameters": parameters,
        "entry": strategy.entry_rules(),
        "exit_conditions": strategy.exit_conditions(),
        "exit": strategy.exit_rules(),
        "filters": strategy.filters_in_words(),
    })
}

/// Every expected key equals what the strategy says; the canonical document is a fixed point.
fn check_valid(path: &Path) {
    let case = read(path);
    let name = path.display();
    let strategy =
        check(&case["document"], &catalogue(), None).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
    let said = description(&strategy);
    for (key, expected) in case["expect"].as_object().unwrap() {
        let found = if key == "canonical" { strategy.document() } else { &said[key] };
        assert_eq!(found, expected, "{name}: {key}\n{}", serde_json::to_string_pretty(found).unwrap());
    }
    let again = check(strategy.document(), &catalogue(), None)
        .unwrap_or_else(|problems| panic!("{name} canonical: {problems:#?}"));
    assert_eq!(again.document(), strategy.document(), "{name}: the canonical document is not canonical");
    assert_eq!(again.parameters(), strategy.parameters(), "{name}");
    assert_eq!(description(&again), said, "{name}");
}

/// Exactly the expected problems, in order: code, path, optional excerpt, and a text contained in message or help.
fn check_invalid(path: &Path) -> Option<String> {
    let case = read(path);
    let name = path.file_name().unwrap().to_string_lossy();
    let Err(problems) = check(&case["document"], &catalogue(), None) else { return Some(format!("{name} checks")) };
    let expected = case["expect"].as_array().unwrap();
    let same = |problem: &Diagnostic, expected: &Value| {
        let says = expected.get("says").and_then(Value::as_str).unwrap();
        let excerpt = expected.get("excerpt").is_none_or(|excerpt| problem.excerpt == *excerpt);
        problem.code == expected["code"]
            && problem.path == expected["path"]
            && excerpt
            && problem.to_string().contains(says)
            && problem.message.len() > 8
    };
    let all = problems.len() == expected.len()
        && problems.iter().zip(expected).all(|(problem, expected)| same(problem, expected));
    let shown: Vec<String> = problems.iter().map(|problem| format!("  {} {problem}", problem.code)).collect();
    (!all).then(|| format!("{name}:\n{}", shown.join("\n")))
}

#[test]
fn valid_documents_say_what_they_do() {
    files("valid").iter().for_each(|path| check_valid(path));
}

#[test]
fn invalid_documents_get_every_diagnostic() {
    let wrong: Vec<String> = files("invalid").iter().filter_map(|path| check_invalid(path)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
