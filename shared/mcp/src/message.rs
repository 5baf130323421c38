//! JSON-RPC messages before the protocol library sees them: what is wrong with one, said in the protocol's own words.
//!
//! The library answers malformed bodies with plain text and takes the last of two equal keys; here both are refused.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, json};
use std::fmt;

/// Not JSON.
const PARSE_ERROR: i64 = -32700;
/// JSON, but not a JSON-RPC request.
const INVALID_REQUEST: i64 = -32600;
/// A request whose parameters have the wrong form.
const INVALID_PARAMS: i64 = -32602;
/// The code of a wrong or revoked key.
pub const UNAUTHORIZED: i64 = -32001;

/// A message that can be handed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The message, each key once.
    pub value: Value,
    /// Its id; none for a notification.
    pub id: Option<Value>,
    /// Its method; empty for a response.
    pub method: String,
    /// The tool called, for `tools/call`.
    pub tool: Option<String>,
}

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Id of the request, null when it cannot be told.
    pub id: Value,
    /// JSON-RPC error code.
    pub code: i64,
    /// What is wrong and what to send instead.
    pub message: String,
}

impl Refusal {
    fn new(id: &Value, code: i64, message: impl Into<String>) -> Self {
        Self { id: id.clone(), code, message: message.into() }
    }

    /// The body to answer with.
    #[must_use]
    pub fn body(&self) -> Value {
        error_body(&self.id, self.code, &self.message)
    }
}

/// A JSON-RPC error.
#[must_use]
pub fn error_body(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

/// Reads one message: a request or a notification, or a response where the endpoint asks its clients something.
///
/// # Errors
/// Not JSON, not one such message, or parameters of the wrong form.
pub fn read(bytes: &[u8], takes_responses: bool) -> Result<Message, Refusal> {
    let Unique(value) = serde_json::from_slice(bytes)
        .map_err(|error| Refusal::new(&Value::Null, PARSE_ERROR, format!("the body is not valid JSON: {error}")))?;
    let refuse = |message: &str| Refusal::new(&Value::Null, INVALID_REQUEST, message);
    let fields = match &value {
        Value::Object(fields) => fields,
        Value::Array(_) => return Err(refuse("batches are not supported: send one message per request")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(refuse("the body is not a JSON-RPC object"));
        }
    };
    let id = id(fields)?;
    let told = id.clone().unwrap_or(Value::Null);
    let refuse = |message: &str| Refusal::new(&told, INVALID_REQUEST, message);
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(refuse("`jsonrpc` must be \"2.0\""));
    }
    let method = match fields.get("method") {
        Some(Value::String(method)) => method.clone(),
        Some(_) => return Err(refuse("`method` must be a string")),
        None if fields.contains_key("result") || fields.contains_key("error") => {
            if !takes_responses {
                return Err(refuse("this server asks clients nothing, so it takes no responses"));
            }
            String::new()
        }
        None => return Err(refuse("`method` is missing")),
    };
    let tool = check_parameters(&method, fields.get("params"), id.is_some())
        .map_err(|message| Refusal::new(&told, INVALID_PARAMS, message))?;
    Ok(Message { id, method, tool, value })
}

fn id(fields: &Map<String, Value>) -> Result<Option<Value>, Refusal> {
    let refuse = |message: &str| Err(Refusal::new(&Value::Null, INVALID_REQUEST, message));
    match fields.get("id") {
        None => Ok(None),
        Some(id @ Value::String(_)) => Ok(Some(id.clone())),
        Some(id @ Value::Number(number)) if number.is_i64() => Ok(Some(id.clone())),
        Some(_) => refuse("`id` must be a string or an integer"),
    }
}

/// Metadata field by which requests of the stateless revisions name their version.
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// The parameters a method cannot do without: their names and whether each is a string.
const NEEDED: [(&str, &[(&str, bool)]); 4] = [
    ("initialize", &[("protocolVersion", true), ("capabilities", false), ("clientInfo", false)]),
    ("tools/call", &[("name", true)]),
    ("prompts/get", &[("name", true)]),
    ("resources/read", &[("uri", true)]),
];

fn check_parameters(method: &str, params: Option<&Value>, is_request: bool) -> Result<Option<String>, String> {
    let fields = match params {
        None => None,
        Some(Value::Object(fields)) => Some(fields),
        Some(_) => return Err("`params` must be an object".to_owned()),
    };
    let metadata = fields.and_then(|fields| fields.get("_meta"));
    let is_removed = method == "initialize" && metadata.is_some_and(|metadata| metadata.get(VERSION_KEY).is_some());
    // A method the sender's own revision has removed is unknown, whatever its parameters.
    if !is_request || is_removed {
        return Ok(None);
    }
    let needed = NEEDED.iter().find(|(name, _)| *name == method).map_or(&[][..], |(_, needed)| needed);
    for (name, is_text) in needed {
        let given = fields.and_then(|fields| fields.get(*name));
        let fits = given.is_some_and(|given| if *is_text { given.is_string() } else { given.is_object() });
        if !fits {
            let kind = if *is_text { "a string" } else { "an object" };
            return Err(format!("{method} needs `params.{name}`, {kind}"));
        }
    }
    if method == "tools/call" || method == "prompts/get" {
        let arguments = fields.and_then(|fields| fields.get("arguments"));
        if arguments.is_some_and(|arguments| !arguments.is_object()) {
            return Err("`params.arguments` must be an object, for example {}".to_owned());
        }
    }
    let name = fields.and_then(|fields| fields.get("name")).and_then(Value::as_str);
    Ok(name.filter(|_| method == "tools/call").map(str::to_owned))
}

/// A JSON value in which every object names each key once.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((key, Unique(value))) = entries.next_entry::<String, Unique>()? {
            if fields.contains_key(&key) {
                let key: String = key.chars().take(60).collect();
                return Err(A::Error::custom(format!("the key `{key}` is there twice")));
            }
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }
}
