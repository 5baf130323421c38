//! Arguments against a tool's schema: every problem at once, each with the allowed values.
//!
//! It knows the keywords our cleaned schemas hold and no others. What a model plainly meant is taken: `null` for an
//! optional field left out, an object written as JSON text, `20.0` for the integer 20.

use crate::near::near;
use app::AppError;
use serde_json::{Map, Number, Value, json};

/// Characters of a wrong value that are shown.
const SHOWN_MAX: usize = 60;

/// Integers up to here are exact in every client.
const EXACT_INTEGER_MAX: f64 = 9_007_199_254_740_992.0;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    path: String,
    message: String,
}

/// Checks arguments and gives them back as the tool reads them.
///
/// # Errors
/// Every problem, in the schema's order.
pub(crate) fn settle(
    tool: &str,
    schema: &Map<String, Value>,
    arguments: Map<String, Value>,
) -> Result<Value, AppError> {
    let mut problems = Vec::new();
    let settled = object(schema, arguments, "", &mut problems);
    let Some(first) = problems.first() else { return Ok(settled) };
    let listed = problems.iter().map(|problem| json!({ "path": problem.path, "message": problem.message })).collect();
    let count = problems.len();
    let first = format!("{} {}", problem_path(&first.path), first.message);
    let message = if count == 1 {
        format!("{tool}: {first}")
    } else {
        format!("{tool}: {count} problems with the arguments; first: {first}")
    };
    Err(AppError::invalid(message, "mend every listed problem and call again").with_problems(listed))
}

fn problem_path(path: &str) -> String {
    if path.is_empty() { "the arguments".to_owned() } else { format!("`{path}`") }
}

fn object(schema: &Map<String, Value>, given: Map<String, Value>, path: &str, problems: &mut Vec<Problem>) -> Value {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let closed = schema.get("additionalProperties").and_then(Value::as_bool) == Some(false);
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut settled = Map::new();
    for name in &required {
        if given.get(*name).is_none_or(Value::is_null) {
            let about = properties.get(*name).map(expectation).unwrap_or_default();
            problems.push(Problem { path: place(path, name), message: format!("is required: {about}") });
        }
    }
    for (name, value) in given {
        match properties.get(&name).and_then(Value::as_object) {
            _ if value.is_null() && (properties.contains_key(&name) || !closed) => {}
            Some(property) => {
                let value = check(property, value, &place(path, &name), problems);
                settled.insert(name, value);
            }
            None if closed => problems.push(unknown(properties, &place(path, &name), &name)),
            None => {
                settled.insert(name, value);
            }
        }
    }
    Value::Object(settled)
}

fn place(path: &str, name: &str) -> String {
    let name: String = name.chars().take(SHOWN_MAX).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

fn unknown(properties: &Map<String, Value>, path: &str, name: &str) -> Problem {
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    let close: Vec<String> = near(name, known.iter().copied()).into_iter().map(|close| format!("`{close}`")).collect();
    let message = if known.is_empty() {
        "is not known: no fields are taken here".to_owned()
    } else if close.is_empty() {
        format!("is not known; the fields are {}", known.join(", "))
    } else {
        format!("is not known; did you mean {}?", close.join(" or "))
    };
    Problem { path: path.to_owned(), message }
}

/// What a schema allows, in words.
fn expectation(schema: &Value) -> String {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        return format!("one of {}", values.join(", "));
    }
    let kinds = kinds(schema);
    let mut words = if kinds.is_empty() { "a value".to_owned() } else { kinds.join(" or ") };
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => words.push_str(&format!(" from {least} to {most}")),
        (Some(least), None) => words.push_str(&format!(" from {least}")),
        (None, Some(most)) => words.push_str(&format!(" up to {most}")),
        (None, None) => {}
    }
    words
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    }
}

fn has_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => false,
    }
}

/// An object or list written as JSON text, and a whole number written with a point, mean what they say.
fn as_meant(value: Value, kinds: &[&str]) -> Value {
    if let Value::String(text) = &value
        && !kinds.contains(&"string")
        && let Ok(parsed) = serde_json::from_str::<Value>(text)
        && (parsed.is_object() || parsed.is_array())
        && kinds.iter().any(|kind| has_kind(&parsed, kind))
    {
        return parsed;
    }
    if let Value::Number(number) = &value
        && kinds.contains(&"integer")
        && let Some(float) = number.as_f64()
        && number.is_f64()
        && float.fract() == 0.0
        && float.abs() <= EXACT_INTEGER_MAX
    {
        return Value::Number(Number::from(float as i64));
    }
    value
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(SHOWN_MAX).collect();
    if short.len() == text.len() { short } else { format!("{short}…") }
}

fn check(schema: &Map<String, Value>, value: Value, path: &str, problems: &mut Vec<Problem>) -> Value {
    let whole = Value::Object(schema.clone());
    let kinds = kinds(&whole);
    let value = as_meant(value, &kinds);
    let mut wrong = |message: String| problems.push(Problem { path: path.to_owned(), message });
    if !kinds.is_empty() && !kinds.iter().any(|kind| has_kind(&value, kind)) {
        wrong(format!("is {}, expected {}", shown(&value), expectation(&whole)));
        return value;
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(&value)
    {
        let close =
            value.as_str().and_then(|word| near(word, allowed.iter().filter_map(Value::as_str)).first().copied());
        let hint = close.map(|close| format!("; did you mean \"{close}\"?")).unwrap_or_default();
        wrong(format!("is {}, expected {}{hint}", shown(&value), expectation(&whole)));
        return value;
    }
    match value {
        Value::Object(fields) if schema.contains_key("properties") => object(schema, fields, path, problems),
        Value::Array(items) => Value::Array(list(schema, items, path, problems)),
        other @ (Value::Number(_) | Value::String(_)) => {
            if let Some(message) = out_of_range(schema, &other) {
                wrong(message);
            }
            other
        }
        other @ (Value::Null | Value::Bool(_) | Value::Object(_)) => other,
    }
}

fn list(schema: &Map<String, Value>, items: Vec<Value>, path: &str, problems: &mut Vec<Problem>) -> Vec<Value> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    let count = items.len() as u64;
    if bound("minItems").is_some_and(|least| count < least) || bound("maxItems").is_some_and(|most| count > most) {
        let (least, most) = (bound("minItems").unwrap_or(0), bound("maxItems"));
        let most = most.map(|most| format!(" to {most}")).unwrap_or_default();
        problems
            .push(Problem { path: path.to_owned(), message: format!("has {count} entries, expected {least}{most}") });
        return items;
    }
    let Some(each) = schema.get("items").and_then(Value::as_object) else { return items };
    let places = items.into_iter().enumerate();
    places.map(|(index, item)| check(each, item, &format!("{path}[{index}]"), problems)).collect()
}

fn out_of_range(schema: &Map<String, Value>, value: &Value) -> Option<String> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let measured = match value {
        Value::Number(number) => (number.as_f64()?, bound("minimum"), bound("maximum"), ""),
        Value::String(text) => (text.chars().count() as f64, bound("minLength"), bound("maxLength"), " characters"),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let (measure, least, most, unit) = measured;
    let inside = least.is_none_or(|least| measure >= least) && most.is_none_or(|most| measure <= most);
    if inside {
        return None;
    }
    let range = match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    Some(format!("is {measure}{unit}, expected {range}{unit}"))
}
