//! The template as JSON, and looking things up in it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The functions: their names in the code, and their resources in the template.
pub const FUNCTIONS: [(&str, &str); 4] = [
    ("api", "ApiFunction"),
    ("builder", "BuilderFunction"),
    ("worker", "WorkerFunction"),
    ("reducer", "ReducerFunction"),
];

pub fn path() -> PathBuf {
    tests::repository().join("infra/template.yaml")
}

/// Runs a script beside this suite over the template; what it printed.
pub fn script(python: PathBuf, name: &str) -> Value {
    let script = tests::repository().join("tests/infra").join(name);
    let output = Command::new(python).arg(script).arg(path()).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The template; `None` (and a printed skip) without a Python to read YAML with.
pub fn load() -> Option<&'static Value> {
    static TEMPLATE: OnceLock<Option<Value>> = OnceLock::new();
    TEMPLATE.get_or_init(|| tests::python().map(|python| script(python, "to_json.py"))).as_ref()
}

/// A value by a path of keys and numbers; null when there is none.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('/').fold(value, |inner, key| {
        let found = inner.get(key).or_else(|| inner.get(key.parse::<usize>().ok()?));
        found.unwrap_or(&Value::Null)
    })
}

/// The properties of a resource.
pub fn properties<'a>(template: &'a Value, resource: &str) -> &'a Value {
    let found = at(at(template, "Resources"), resource);
    assert!(!found.is_null(), "the template has no resource {resource}");
    at(found, "Properties")
}

/// Every resource of a type, by name.
pub fn of_type<'a>(template: &'a Value, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let all = at(template, "Resources").as_object().unwrap().iter();
    all.filter(|(_, resource)| at(resource, "Type") == kind).map(|(name, value)| (name.as_str(), value)).collect()
}

/// A number that may be written as a parameter: then its default.
pub fn number(template: &Value, value: &Value) -> u64 {
    if let Some(parameter) = value.get("Ref").and_then(Value::as_str) {
        return number(template, at(template, &format!("Parameters/{parameter}/Default")));
    }
    value.as_u64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// The resource that a `!Ref` or a `!GetAtt` names.
pub fn named(value: &Value) -> &str {
    let reference = value.get("Ref").or_else(|| value.get("Fn::GetAtt")).and_then(Value::as_str);
    reference.unwrap_or_else(|| panic!("not a reference: {value}")).split('.').next().unwrap()
}

/// A list, or one thing alone.
pub fn listed(value: &Value) -> Vec<&Value> {
    if value.is_null() {
        return Vec::new();
    }
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}
