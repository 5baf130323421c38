//! JSON laid out for reading: one line per entry, small objects and lists of scalars on one line.

use serde_json::Value;

/// Longest value that stays on one line, characters.
const LINE_MAX: usize = 200;

/// Lays a value out.
pub(crate) fn lay_out(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let flat = match value {
        Value::Array(items) => !items.iter().any(is_nested),
        Value::Object(fields) => depth > 0 && !fields.values().any(is_nested),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    };
    let line = value.to_string();
    if flat && (line.len() <= LINE_MAX || !is_nested(value)) {
        text.push_str(&line);
        return;
    }
    match value {
        Value::Array(items) => {
            let entries = items.iter().map(|item| (String::new(), item));
            write_entries(text, ('[', ']'), entries, depth);
        }
        Value::Object(fields) => {
            let entries = fields.iter().map(|(key, field)| (format!("{}: ", Value::from(key.as_str())), field));
            write_entries(text, ('{', '}'), entries, depth);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text.push_str(&line),
    }
}

fn write_entries<'a>(
    text: &mut String,
    (open, close): (char, char),
    entries: impl Iterator<Item = (String, &'a Value)>,
    depth: usize,
) {
    let indent = " ".repeat(depth + 1);
    text.push(open);
    for (place, (key, value)) in entries.enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str(&indent);
        text.push_str(&key);
        write(text, value, depth + 1);
    }
    text.push('\n');
    text.push_str(&" ".repeat(depth));
    text.push(close);
}
