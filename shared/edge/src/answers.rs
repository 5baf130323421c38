//! Answers the edge gives itself.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use mcp::endpoint::Body;
use serde_json::Value;

/// Bytes as a body.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed()
}

/// Text and its media type.
fn of(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(whole(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Plain text.
pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    of(status, "text/plain; charset=utf-8", body)
}

/// JSON.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Body> {
    of(status, "application/json", body.to_string())
}

/// Nothing but a status.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// A JSON-RPC error.
pub(crate) fn rpc_error(status: StatusCode, id: &Value, code: i64, message: &str) -> Response<Body> {
    json(status, &mcp::message::error_body(id, code, message))
}

/// What `/` says.
pub(crate) fn welcome(app_url: &str, keyed: bool) -> Response<Body> {
    let key = if keyed { " --header \"Authorization: Bearer YOUR_KEY\"" } else { "" };
    text(
        StatusCode::OK,
        format!(
            "Barlake is a backtesting backend for AI clients. It speaks MCP (streamable HTTP) at {app_url}/mcp\n\n\
             Connect with Claude Code:\n\n  claude mcp add --transport http barlake {app_url}/mcp{key}\n"
        ),
    )
}
