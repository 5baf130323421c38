//! Each function's role grants exactly what `uses.json` says the code uses, and nothing by wildcard.

use crate::template::{FUNCTIONS, at, listed, load, of_type, properties};
use domain::series::{CATALOG_PREFIX, current_manifest_key, series_part_key, snapshot_manifest_key};
use market::Resolution;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// An action on a resource, for listings with the prefix they are bound to.
type Grant = (String, String, String);

/// Actions that take no resource.
const WITHOUT_RESOURCE: [&str; 2] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

fn role(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}Role", first.to_uppercase())
}

/// `!GetAtt X.Arn` as `X`, `!Sub "${X.Arn}/key"` as `X/key`.
fn resource(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(attribute) = value.get("Fn::GetAtt").and_then(Value::as_str) {
        return attribute.strip_suffix(".Arn").unwrap_or_else(|| panic!("not an ARN: {attribute}")).to_owned();
    }
    let text = value.get("Fn::Sub").and_then(Value::as_str).unwrap_or_else(|| panic!("not a resource: {value}"));
    let (name, key) = text.strip_prefix("${").and_then(|rest| rest.split_once(".Arn}")).unwrap();
    format!("{name}{key}")
}

fn grants(statement: &Value) -> BTreeSet<Grant> {
    assert_eq!(at(statement, "Effect"), "Allow");
    let prefixes: Vec<&str> = match statement.get("Condition") {
        Some(condition) => {
            assert_eq!(condition.as_object().map(serde_json::Map::len), Some(1), "an unknown condition: {condition}");
            let patterns = listed(at(condition, "StringLike/s3:prefix"));
            assert!(!patterns.is_empty(), "an unknown condition: {condition}");
            patterns.into_iter().filter_map(Value::as_str).collect()
        }
        None => vec![""],
    };
    let mut grants = BTreeSet::new();
    for action in listed(at(statement, "Action")) {
        for on in listed(at(statement, "Resource")) {
            grants.extend(
                prefixes.iter().map(|prefix| (action.as_str().unwrap().to_owned(), resource(on), (*prefix).to_owned())),
            );
        }
    }
    grants
}

fn statements<'a>(template: &'a Value, function: &str) -> Vec<&'a Value> {
    let policies = listed(at(properties(template, &role(function)), "Policies"));
    policies.into_iter().flat_map(|policy| listed(at(policy, "PolicyDocument/Statement"))).collect()
}

fn granted(statements: &[&Value]) -> BTreeSet<Grant> {
    statements.iter().flat_map(|statement| grants(statement)).collect()
}

fn used(function: &str) -> BTreeSet<Grant> {
    let text = fs::read_to_string(tests::repository().join("tests/infra/uses.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let word = |entry: &Value, key: &str| at(entry, key).as_str().unwrap_or_default().to_owned();
    let entries = listed(at(&all, function));
    entries.into_iter().map(|entry| (word(entry, "action"), word(entry, "resource"), word(entry, "prefix"))).collect()
}

#[test]
fn roles_grant_what_is_used_and_nothing_else() {
    let Some(template) = load() else { return };
    for (function, _) in FUNCTIONS {
        let (granted, used) = (granted(&statements(template, function)), used(function));
        let missing: Vec<&Grant> = used.difference(&granted).collect();
        let unused: Vec<&Grant> = granted.difference(&used).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{function}: missing {missing:#?}, unused {unused:#?}");
    }
}

#[test]
fn every_statement_counts() {
    let Some(template) = load() else { return };
    for (function, _) in FUNCTIONS {
        let all = statements(template, function);
        for left_out in 0..all.len() {
            let rest: Vec<&Value> =
                all.iter().enumerate().filter(|(number, _)| *number != left_out).map(|(_, it)| *it).collect();
            assert_ne!(granted(&rest), used(function), "{function}: statement {left_out} grants nothing of its own");
        }
    }
}

#[test]
fn nothing_is_granted_by_wildcard() {
    let Some(template) = load() else { return };
    for (function, resource) in FUNCTIONS {
        let (own, function_role) = (properties(template, resource), properties(template, &role(function)));
        assert!(at(own, "Policies").is_null() && at(function_role, "ManagedPolicyArns").is_null(), "{function}");
        assert_eq!(at(own, "Role/Fn::GetAtt"), &Value::from(format!("{}.Arn", role(function))));
        for (action, on, _) in granted(&statements(template, function)) {
            assert!(!action.contains('*'), "{function}: {action}");
            assert!(on != "*" || WITHOUT_RESOURCE.contains(&action.as_str()), "{function}: {action} on everything");
            assert!(
                !on.contains("Bucket") || action == "s3:ListBucket" || on.contains('/'),
                "{function}: {action} on {on}"
            );
        }
    }
    assert_eq!(of_type(template, "AWS::IAM::Role").len(), FUNCTIONS.len());
}

/// Where the code puts objects: the prefixes of the grants are prefixes of these keys.
#[test]
fn keys_lie_under_the_prefixes_granted() {
    let minutes = Resolution(1);
    assert_eq!(CATALOG_PREFIX, "catalog/");
    assert!(current_manifest_key("ES", minutes).starts_with("catalog/"));
    assert!(snapshot_manifest_key("ES", minutes, "0").starts_with("lake/"));
    assert!(series_part_key("ES", minutes, "0").starts_with("lake/"));
    let keys = fs::read_to_string(tests::repository().join("shared/app/src/record_keys.rs")).unwrap();
    let blobs: Vec<&str> = keys.match_indices("format!(\"").filter_map(|(at, _)| keys.get(at + 9..)).collect();
    let blobs: Vec<&str> =
        blobs.into_iter().filter_map(|text| text.split('"').next()).filter(|key| key.contains('/')).collect();
    assert!(!blobs.is_empty(), "the keys of results were not found");
    assert!(blobs.iter().all(|key| key.starts_with("results/")), "{blobs:?}");
}
