//! JSON Schemas as every client can read them: object roots, no references, no formats, no nullable unions.
//!
//! They are derived from the types that are read and written, and cleaned once at start.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

/// Keywords a cleaned schema may hold; a test fails on any other.
pub const KEYWORDS: [&str; 15] = [
    "type",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "examples",
];

fn raw<T: JsonSchema>(contract: Contract) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
        settings.contract = contract;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of a tool's arguments; unknown fields are refused.
#[must_use]
pub fn of_input<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = object(clean(&raw::<T>(Contract::Deserialize)));
    schema.remove("description");
    schema.entry("properties").or_insert_with(|| json!({}));
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    schema
}

/// The schema of a tool's result: its top-level fields by type, with those every result has.
#[must_use]
pub fn of_output<T: JsonSchema>() -> Map<String, Value> {
    let cleaned = object(clean(&raw::<T>(Contract::Serialize)));
    let mut properties = Map::new();
    for (name, kind) in [("summary", "string"), ("next", "string"), ("schema_version", "integer")] {
        properties.insert(name.to_owned(), json!({ "type": kind }));
    }
    for (name, property) in cleaned.get("properties").and_then(Value::as_object).into_iter().flatten() {
        properties.insert(name.clone(), outline(property));
    }
    object(json!({ "type": "object", "properties": properties }))
}

/// The type of a field, and of its items when it is a list; nothing deeper.
fn outline(schema: &Value) -> Value {
    let Some(kind) = schema.get("type") else { return json!({}) };
    match schema.get("items").and_then(|items| items.get("type")) {
        Some(items) => json!({ "type": kind, "items": { "type": items } }),
        None => json!({ "type": kind }),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::from_iter([("type".to_owned(), json!("object"))])
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Removes what clients stumble over; `true` (anything goes) becomes an empty schema.
fn clean(schema: &Value) -> Value {
    let Value::Object(given) = schema else { return json!({}) };
    let mut cleaned = Map::new();
    for (keyword, value) in given {
        match keyword.as_str() {
            "properties" => {
                let named = value.as_object().into_iter().flatten();
                let properties: Map<String, Value> =
                    named.map(|(name, property)| (name.clone(), clean(property))).collect();
                cleaned.insert(keyword.clone(), Value::Object(properties));
            }
            "items" => {
                cleaned.insert(keyword.clone(), clean(value));
            }
            "type" => {
                cleaned.insert(keyword.clone(), without_null(value));
            }
            "default" if value.is_null() => {}
            "additionalProperties" if value.as_bool() != Some(false) => {}
            "description" => {
                let text = value.as_str().unwrap_or_default().replace('\n', " ");
                cleaned.insert(keyword.clone(), Value::String(text));
            }
            "enum" => {
                let values = value.as_array().into_iter().flatten().filter(|value| !value.is_null());
                cleaned.insert(keyword.clone(), values.cloned().collect());
            }
            "anyOf" | "oneOf" => merge(&mut cleaned, value),
            other if KEYWORDS.contains(&other) => {
                cleaned.insert(keyword.clone(), value.clone());
            }
            _ => {}
        }
    }
    Value::Object(cleaned)
}

/// `["string", "null"]` is `"string"`: an optional field is one that is not required.
fn without_null(kind: &Value) -> Value {
    let Some(kinds) = kind.as_array() else { return kind.clone() };
    let left: Vec<&Value> = kinds.iter().filter(|kind| kind.as_str() != Some("null")).collect();
    match left.as_slice() {
        [one] => (*one).clone(),
        several => json!(several),
    }
}

/// Resolves a choice: with null it is the other choice, between constants it is an enumeration.
fn merge(into: &mut Map<String, Value>, choices: &Value) {
    let choices: Vec<&Value> = choices.as_array().into_iter().flatten().filter(|choice| !is_null(choice)).collect();
    let constants: Vec<Value> = choices.iter().filter_map(|choice| choice.get("const").cloned()).collect();
    if !constants.is_empty() && constants.len() == choices.len() {
        into.insert("type".to_owned(), json!("string"));
        into.insert("enum".to_owned(), Value::Array(constants));
    } else if let [only] = choices.as_slice() {
        for (keyword, value) in object(clean(only)) {
            into.entry(keyword).or_insert(value);
        }
    }
}
