//! Browser origins: which may call, and the CORS headers for those that may. Requests without an origin pass.

use crate::config::ConfigError;
use http::{HeaderMap, HeaderValue, Uri, header};

/// Methods browsers may use.
const METHODS: &str = "POST, OPTIONS";

/// Request headers browsers may send.
const REQUEST_HEADERS: &str = "authorization, content-type, accept, x-api-key, x-request-id, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id";

/// Answer headers browsers may read.
const EXPOSED_HEADERS: &str = "x-request-id, mcp-protocol-version, www-authenticate";

/// Seconds a browser may remember a preflight answer.
const PREFLIGHT_SECONDS: &str = "3600";

/// An origin: scheme, host, port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri = Uri::try_from(text).ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let authority = uri.authority()?;
        let standard = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
        let port = authority.port_u16().unwrap_or(standard);
        is_bare.then(|| Self { scheme, host: authority.host().to_ascii_lowercase(), port })
    }

    /// True when a page of this origin was served by the named host.
    fn is_of(&self, host: &str) -> bool {
        Self::parse(&format!("{}://{host}", self.scheme)).is_some_and(|own| own == *self)
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    /// Its origin is not said: no page sent it, or the address bar did.
    Nowhere,
    /// A page of this server, with the origin to name in CORS headers where the browser says it.
    OwnPage(Option<HeaderValue>),
    /// A page of another origin that may call.
    AllowedPage(HeaderValue),
}

/// Origins that may call.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    allowed: Vec<Origin>,
    /// Where links of this server lead.
    own: Option<Origin>,
}

impl Origins {
    /// Reads the settings: other origins, and the base of this server's links.
    pub(crate) fn new(allowed: &[String], app_url: &str) -> Result<Self, ConfigError> {
        let read = |text: &String| Origin::parse(text.trim()).ok_or_else(|| ConfigError::Origin(text.clone()));
        Ok(Self { allowed: allowed.iter().map(read).collect::<Result<_, _>>()?, own: Origin::parse(app_url) })
    }

    /// Checks a request's origin. A page of this very host may always call: the host itself has been checked before.
    ///
    /// # Errors
    /// What to tell the client.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<From, String> {
        let Some(value) = headers.get(header::ORIGIN) else { return Ok(From::Nowhere) };
        let origin = value.to_str().ok().and_then(Origin::parse);
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        match origin {
            Some(origin) if origin.is_of(host) || self.own.as_ref() == Some(&origin) => {
                Ok(From::OwnPage(Some(value.clone())))
            }
            Some(origin) if self.allowed.contains(&origin) => Ok(From::AllowedPage(value.clone())),
            // A page that sends no referrer sends its forms with the origin `null`; no page can set the other header.
            None if value == "null" && is_same_origin(headers) => Ok(From::OwnPage(None)),
            Some(_) | None => {
                let text: String = value.to_str().unwrap_or("?").chars().take(100).collect();
                Err(format!(
                    "origin not allowed: `{text}`; add it to the allowed origins of this server (--allowed-origin {text})"
                ))
            }
        }
    }
}

/// True when the browser itself says that the page that sends a request has the request's own origin.
fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// Adds what a browser asks for before it hands an answer to a page.
pub(crate) fn allow(headers: &mut HeaderMap, from: From) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let (From::OwnPage(Some(origin)) | From::AllowedPage(origin)) = from else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
}

/// Adds the answer to a preflight request.
pub(crate) fn preflight(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
}
