//! What a tool answers: the facts as one object, and the same as text, within the size every client shows whole.

use crate::layout::lay_out;
use app::{AppError, ErrorKind};
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Version of the answers' shape.
const SCHEMA_VERSION: u64 = 1;

/// Characters of an answer's text: clients cut what is longer.
const TEXT_CHARACTERS_MAX: usize = 10_000;

/// Fields that are pages: their size is chosen so that they fit, and cutting one would lose rows between two pages.
const PAGES: [&str; 6] = ["trades", "ranking", "sessions", "artifacts", "instruments", "equity"];

/// Entries of a list that are always kept.
const KEPT_MIN: usize = 4;

/// An answer before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Answer<V> {
    /// One or two sentences with the key numbers.
    pub(crate) summary: String,
    /// What to do next, with tool names and ids.
    pub(crate) next: String,
    /// The facts.
    pub(crate) view: V,
}

impl<V: Serialize> Answer<V> {
    /// An answer.
    pub(crate) fn new(view: V, summary: impl Into<String>, next: impl Into<String>) -> Self {
        Self { summary: summary.into(), next: next.into(), view }
    }

    /// The facts as one object.
    pub(crate) fn into_object(self) -> Result<Map<String, Value>, AppError> {
        let view = serde_json::to_value(&self.view).map_err(|error| AppError::internal(error.to_string()))?;
        let mut object = Map::new();
        object.insert("summary".to_owned(), Value::String(self.summary));
        object.insert("next".to_owned(), Value::String(self.next));
        if let Value::Object(fields) = whole_numbers(view) {
            object.extend(fields);
        }
        object.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
        Ok(object)
    }
}

/// Floats up to here that are whole are written without a fraction.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Counts are kept as floats beside other metrics; `597.0` is shown as `597`, the same number.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < WHOLE_MAX => {
                Value::from(float as i64)
            }
            Some(_) | None => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, field)| (key, whole_numbers(field))).collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::String(_)) => other,
    }
}

/// A finished call as the protocol carries it.
pub(crate) fn success(object: Map<String, Value>) -> CallToolResult {
    let summary = object.get("summary").and_then(Value::as_str).unwrap_or_default().to_owned();
    let object = within_limit(object);
    let mut result = CallToolResult::success(Vec::new());
    attach(&mut result, &summary, object);
    result
}

/// A failed call, with what to do next. What the log keeps stays out of it.
pub(crate) fn failure(error: &AppError, request_id: &str) -> CallToolResult {
    let mut object = Map::new();
    object.insert("status".to_owned(), json!("error"));
    object.insert("error".to_owned(), json!(error.kind.as_str()));
    let (message, next) = (shortened(&error.message), shortened(&error.next));
    object.insert("message".to_owned(), json!(message));
    object.insert("next".to_owned(), json!(next));
    if !error.problems.is_empty() {
        object.insert("problems".to_owned(), error.problems.iter().map(legible).collect());
    }
    if let Some(example) = &error.example {
        object.insert("example".to_owned(), example.clone());
    }
    object.insert("retryable".to_owned(), json!(error.kind.is_retryable()));
    object.insert("request_id".to_owned(), json!(request_id));
    object.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
    let mut result = CallToolResult::error(Vec::new());
    attach(&mut result, &format!("{message}. Next: {next}"), within_limit(object));
    result
}

/// Characters of one sentence of an error: it may quote what was sent, which may be a megabyte.
const SENTENCE_CHARACTERS_MAX: usize = 1_500;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SENTENCE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A problem whose sentences are not too long.
fn legible(problem: &Value) -> Value {
    match problem {
        Value::String(text) => Value::String(shortened(text)),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), legible(field))).collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => other.clone(),
    }
}

fn attach(result: &mut CallToolResult, headline: &str, object: Map<String, Value>) {
    let structured = Value::Object(object);
    result.content = vec![ContentBlock::text(format!("{headline}\n\n{}", lay_out(&structured)))];
    result.structured_content = Some(structured);
}

/// Lists shortened in one answer at most: what is still too long then stays, rather than being taken apart.
const CUTS_MAX: usize = 40;

/// Name of the field that says what was shortened.
const SHORTENED: &str = "shortened";

/// Shortens long lists until the text fits, and says which.
fn within_limit(object: Map<String, Value>) -> Map<String, Value> {
    let mut value = Value::Object(object);
    let mut cuts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..CUTS_MAX {
        if lay_out(&value).chars().count() <= TEXT_CHARACTERS_MAX {
            break;
        }
        let Some(path) = longest_list(&value, "", 0).map(|(_, path)| path) else { break };
        let Some(list) = value.pointer_mut(&path).and_then(Value::as_array_mut) else { break };
        list.truncate((list.len() / 2).max(KEPT_MIN));
        cuts.insert(path.trim_start_matches('/').replace('/', "."), list.len());
    }
    let Value::Object(mut fields) = value else { return Map::new() };
    if !cuts.is_empty() {
        let told = cuts.into_iter().map(|(name, kept)| format!("{name}: the first {kept}"));
        let told = told.collect::<Vec<_>>().join("; ");
        fields.insert(SHORTENED.to_owned(), json!(format!("shown in part to keep the answer short: {told}")));
    }
    fields
}

/// Depth to which lists are looked for.
const DEPTH_MAX: usize = 6;

/// The list that takes most room and may be cut: its size and path.
fn longest_list(value: &Value, path: &str, depth: usize) -> Option<(usize, String)> {
    if depth > DEPTH_MAX {
        return None;
    }
    let mut found: Option<(usize, String)> = None;
    let mut offer = |candidate: Option<(usize, String)>| {
        if let Some(candidate) = candidate
            && found.as_ref().is_none_or(|best| candidate.0 > best.0)
        {
            found = Some(candidate);
        }
    };
    match value {
        Value::Array(items) => {
            if items.len() > KEPT_MIN {
                offer(Some((value.to_string().len(), path.to_owned())));
            }
            for (place, item) in items.iter().enumerate() {
                offer(longest_list(item, &format!("{path}/{place}"), depth + 1));
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                match field {
                    Value::Array(rows) if PAGES.contains(&key.as_str()) => {
                        for (place, row) in rows.iter().enumerate() {
                            offer(longest_list(row, &format!("{path}/{place}"), depth + 1));
                        }
                    }
                    Value::Array(_) | Value::Object(_) => offer(longest_list(field, &path, depth + 1)),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}

/// The error of a visitor who needs a key, with the line to paste.
pub(crate) fn key_needed(tool: &str, app_url: &str) -> AppError {
    let line =
        format!("claude mcp add --transport http barlake {app_url}/mcp --header \"Authorization: Bearer YOUR_KEY\"");
    AppError::new(
        ErrorKind::Unauthorized,
        format!("{tool} needs an access key, and this connection sends none"),
        format!("ask the user for their key and to connect with it: {line}"),
    )
    .with_example(json!({ "command": line }))
}
