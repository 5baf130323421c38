//! What people read fits what is deployed: every parameter is used and explained, and `sam` finds the template.

use crate::template::{at, load};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Every `!Ref` and `${…}` in a value.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                match (key.as_str(), inner) {
                    ("Ref", Value::String(name)) => {
                        into.insert(name.clone());
                    }
                    ("Fn::Sub", Value::String(text)) => into.extend(placeholders(text)),
                    _ => references(inner, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn placeholders(text: &str) -> Vec<String> {
    text.split("${").skip(1).filter_map(|rest| rest.split('}').next()).map(ToOwned::to_owned).collect()
}

#[test]
fn every_parameter_is_used_and_explained() {
    let Some(template) = load() else { return };
    let readme = fs::read_to_string(tests::repository().join("infra/README.md")).unwrap();
    let mut used = BTreeSet::new();
    for part in ["Conditions", "Globals", "Resources", "Outputs"] {
        references(at(template, part), &mut used);
    }
    for (name, parameter) in at(template, "Parameters").as_object().unwrap() {
        assert!(used.contains(name), "{name} has no effect");
        let default = match at(parameter, "Default") {
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::String(text) => text.clone(),
            number @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                number.to_string()
            }
        };
        let row = format!("| `{name}` | {default} |");
        assert!(readme.contains(&row), "infra/README.md does not say: {row}");
    }
}

/// A person who takes every default has an account that is a day old.
#[test]
fn defaults_fit_a_new_account() {
    let Some(template) = load() else { return };
    let default = |name: &str| at(template, &format!("Parameters/{name}/Default")).clone();
    assert_eq!(default("ApiReservedConcurrency"), 0);
    for memory in ["ApiMemory", "BuilderMemory", "WorkerMemory", "ReducerMemory"] {
        assert!(default(memory).as_u64().unwrap() <= 3008, "{memory}");
    }
    for (name, parameter) in at(template, "Parameters").as_object().unwrap() {
        assert!(!at(parameter, "Default").is_null(), "{name} has no default");
    }
    assert_eq!(at(template, "Parameters/OriginSecret/NoEcho"), true);
}

#[test]
fn sam_finds_the_template() {
    let config = fs::read_to_string(tests::repository().join("samconfig.toml")).unwrap();
    for environment in ["default", "production"] {
        let section = format!("[{environment}.global.parameters]");
        let settings = config.split(&section).nth(1).unwrap_or_else(|| panic!("no {section}"));
        let settings = settings.split("\n[").next().unwrap();
        assert!(settings.contains("template_file = \"infra/template.yaml\""), "{environment}");
        assert!(config.contains(&format!("[{environment}.deploy.parameters]")), "{environment}");
    }
    assert_eq!(config.matches("confirm_changeset = true").count(), 2, "somebody looks before anything changes");
}
