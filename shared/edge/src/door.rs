//! The MCP door: from a request to a checked message with a known sender, and back to an answer every client can read.

use crate::answers;
use crate::body::{self, BodyError};
use crate::keys::{Doorkeeper, Entry};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full};
use mcp::endpoint::Body;
use mcp::message::{self, Message, Refusal, UNAUTHORIZED};
use mcp::{Endpoint, Visitor};
use serde_json::Value;

/// JSON-RPC: the request is not one.
const INVALID_REQUEST: i64 = -32600;
/// JSON-RPC: the parameters have the wrong form.
const INVALID_PARAMS: i64 = -32602;
/// JSON-RPC: our fault, or temporarily unable.
const INTERNAL: i64 = -32603;

/// What the log line says of a message.
#[derive(Debug, Default)]
pub(crate) struct Rpc {
    pub(crate) tenant: String,
    pub(crate) method: String,
    pub(crate) tool: String,
}

/// Longest name that is logged, characters: names come from outside.
const LOGGED_CHARACTERS_MAX: usize = 60;

fn logged(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LOGGED_CHARACTERS_MAX).collect()
}

/// Answers one request. Size and key come first: an unknown sender's body is never parsed beyond its outside.
/// Only a POST carries a message.
pub(crate) async fn enter<B>(
    endpoint: &dyn Endpoint,
    doorkeeper: &Doorkeeper,
    request: Request<B>,
    request_id: &str,
    seen: &mut Rpc,
) -> Response<Body>
where
    B: HttpBody + Send + 'static,
{
    let (mut parts, body) = request.into_parts();
    let bytes = match body::read(body).await {
        Ok(bytes) => bytes,
        Err(error) => return unread(&error),
    };
    let caller = match doorkeeper.admit(&parts.headers).await {
        Ok(Entry::Known(caller)) => Some(caller),
        Ok(Entry::Anonymous) => None,
        Ok(Entry::Refused) => return unauthorized(),
        Err(error) => {
            tracing::error!(request_id, context = error.context, "key look-up failed");
            return answers::rpc_error(StatusCode::SERVICE_UNAVAILABLE, &Value::Null, INTERNAL, &error.message);
        }
    };
    seen.tenant = caller.as_ref().map(|caller| caller.tenant.to_string()).unwrap_or_default();
    let message = match message_of(&parts.method, &bytes, endpoint.holds_conversations()) {
        Ok(message) => message,
        Err(refusal) => return answers::json(StatusCode::BAD_REQUEST, &refusal.body()),
    };
    let (id, body) = match message {
        Some(message) => {
            seen.method = logged(&message.method);
            seen.tool = message.tool.as_deref().map(logged).unwrap_or_default();
            (message.id.unwrap_or(Value::Null), Bytes::from(message.value.to_string()))
        }
        None => (Value::Null, Bytes::new()),
    };
    normalise(&mut parts);
    parts.extensions.insert(Visitor { caller, request_id: request_id.to_owned() });
    let response = endpoint.handle(Request::from_parts(parts, Full::new(body))).await;
    readable(response, &id, &seen.method).await
}

fn message_of(method: &Method, bytes: &[u8], takes_responses: bool) -> Result<Option<Message>, Refusal> {
    if method != Method::POST {
        return Ok(None);
    }
    message::read(bytes, takes_responses).map(Some)
}

fn unread(error: &BodyError) -> Response<Body> {
    let status = match error {
        BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::Broken => StatusCode::BAD_REQUEST,
    };
    answers::rpc_error(status, &Value::Null, INVALID_REQUEST, &error.to_string())
}

fn unauthorized() -> Response<Body> {
    let message =
        "this access key is wrong or revoked; connect again with a valid one (Authorization: Bearer YOUR_KEY)";
    let mut response = answers::rpc_error(StatusCode::UNAUTHORIZED, &Value::Null, UNAUTHORIZED, message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Clients that say less than the protocol asks for are taken as meaning it.
fn normalise(parts: &mut Parts) {
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::AUTHORIZATION);
    parts.headers.remove("x-api-key");
}

/// Plain-text refusals become JSON-RPC errors.
async fn readable(response: Response<Body>, id: &Value, method: &str) -> Response<Body> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let status = response.status();
    if status.is_success() || kind.starts_with("application/json") {
        return response;
    }
    let bytes = match response.into_body().collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(never) => match never {},
    };
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        let text = format!("the parameters of {method} have the wrong form");
        return answers::rpc_error(StatusCode::BAD_REQUEST, id, INVALID_PARAMS, &text);
    }
    let text = String::from_utf8_lossy(&bytes);
    let code = if status.is_server_error() { INTERNAL } else { INVALID_REQUEST };
    answers::rpc_error(status, id, code, &text)
}
