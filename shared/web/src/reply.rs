//! Answers: pages, redirects, data, files; compressed where the browser takes it.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use maud::Markup;
use serde_json::Value;
use std::io::Write;

/// What every page may load: its own scripts, styles, data and images; nothing inline, nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The media type of a Parquet file, which is packed already.
pub(crate) const PARQUET: &str = "application/vnd.apache.parquet";

/// Answers shorter than this are not worth compressing, bytes.
const COMPRESSED_BYTES_MIN: usize = 1_000;

pub(crate) type Reply = Response<Bytes>;

fn of(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    set(&mut reply, header::CONTENT_TYPE, media_type);
    set(&mut reply, header::CACHE_CONTROL, "private, no-store");
    reply
}

/// Sets a header whose value is text of ours.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// A page.
pub(crate) fn page(status: StatusCode, markup: Markup) -> Reply {
    let mut reply = of(status, "text/html; charset=utf-8", markup.into_string());
    set(&mut reply, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    reply
}

/// Data for a chart.
pub(crate) fn json(value: &Value) -> Reply {
    of(StatusCode::OK, "application/json", value.to_string())
}

/// A file to keep.
pub(crate) fn file(media_type: &'static str, file_name: &str, body: impl Into<Bytes>) -> Reply {
    let mut reply = of(StatusCode::OK, media_type, body);
    set(&mut reply, header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{file_name}\""));
    reply
}

/// A file of ours that never changes under its name.
pub(crate) fn asset(media_type: &'static str, body: &'static [u8]) -> Reply {
    let mut reply = of(StatusCode::OK, media_type, Bytes::from_static(body));
    set(&mut reply, header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    reply
}

/// Goes on at another address with GET.
pub(crate) fn see_other(location: &str) -> Reply {
    let mut reply = of(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Bytes::new());
    set(&mut reply, header::LOCATION, location);
    reply
}

/// Compresses an answer for a browser that takes it.
pub(crate) fn compressed(mut reply: Reply, request: &HeaderMap) -> Reply {
    let takes = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_packed = reply.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PARQUET);
    if reply.body().len() >= COMPRESSED_BYTES_MIN && takes.contains("gzip") && !is_packed {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(5));
        let packed = encoder.write_all(reply.body()).and_then(|()| encoder.finish());
        if let Ok(packed) = packed {
            *reply.body_mut() = packed.into();
            set(&mut reply, header::CONTENT_ENCODING, "gzip");
        }
    }
    set(&mut reply, header::VARY, "Accept-Encoding, Cookie");
    reply
}
