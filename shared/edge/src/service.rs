//! The edge itself: what happens to every request, in order, and one log line for each.

use crate::answers;
use crate::body;
use crate::config::{Access, ConfigError, EdgeConfig};
use crate::door::{self, Rpc};
use crate::hosts::Hosts;
use crate::keys::Doorkeeper;
use crate::origins::{self, From, Origins};
use crate::secret;
use app::Desk;
use domain::ids::random_text;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as HttpBody;
use mcp::endpoint::{Body, Endpoint, Stateless};
use serde_json::{Value, json};
use std::time::Instant;
use web::{Visit, Web};

/// Longest request id taken over from a client, characters.
const REQUEST_ID_CHARACTERS_MAX: usize = 64;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The door of the service.
pub struct Edge {
    desk: Desk,
    endpoint: Box<dyn Endpoint>,
    web: Web,
    app_url: String,
    hosts: Hosts,
    origins: Origins,
    doorkeeper: Doorkeeper,
    origin_secret: Option<String>,
}

impl Edge {
    /// The edge of the sessions toolset.
    ///
    /// # Errors
    /// A host or an origin that is none.
    pub fn new(desk: Desk, config: EdgeConfig) -> Result<Self, ConfigError> {
        Self::serving(Stateless::sessions(desk.clone()), desk, config)
    }

    /// The same edge before another endpoint.
    ///
    /// # Errors
    /// A host or an origin that is none.
    pub fn serving(endpoint: impl Endpoint, desk: Desk, config: EdgeConfig) -> Result<Self, ConfigError> {
        let everybody = match &config.access {
            Access::Open(caller) => Some(caller.clone()),
            Access::Keys => None,
        };
        Ok(Self {
            hosts: Hosts::new(&config.allowed_hosts)?,
            origins: Origins::new(&config.allowed_origins, &config.app_url)?,
            web: Web::new(desk.clone(), everybody),
            doorkeeper: Doorkeeper::new(desk.clone(), config.access),
            app_url: config.app_url,
            origin_secret: config.origin_secret,
            endpoint: Box::new(endpoint),
            desk,
        })
    }

    /// Answers one request.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody + Send + 'static,
    {
        let started = Instant::now();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let request_id = self.request_id(request.headers());
        let mut seen = Rpc::default();
        let mut response = self.answer(request, &request_id, &mut seen).await;
        finish(response.headers_mut(), &request_id);
        let status = response.status().as_u16();
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (tenant, rpc, tool) = (seen.tenant.as_str(), seen.method.as_str(), seen.tool.as_str());
        tracing::info!(request_id, %method, path, status, duration_ms, tenant, rpc, tool, "request");
        response
    }

    async fn answer<B>(&self, request: Request<B>, request_id: &str, seen: &mut Rpc) -> Response<Body>
    where
        B: HttpBody + Send + 'static,
    {
        if request.uri().path() == "/healthz" {
            return self.health(request.method());
        }
        if let Err(why) = secret::check(self.origin_secret.as_deref(), request.headers()) {
            return refused(StatusCode::FORBIDDEN, why, request_id);
        }
        if let Err(why) = self.hosts.check(request.uri(), request.headers()) {
            return refused(StatusCode::BAD_REQUEST, &why, request_id);
        }
        let origin = match self.origins.check(request.headers()) {
            Ok(origin) => origin,
            Err(why) => return refused(StatusCode::FORBIDDEN, &why, request_id),
        };
        let mut response = self.route(request, &origin, request_id, seen).await;
        origins::allow(response.headers_mut(), origin);
        response
    }

    async fn route<B>(&self, request: Request<B>, origin: &From, request_id: &str, seen: &mut Rpc) -> Response<Body>
    where
        B: HttpBody + Send + 'static,
    {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        match request.uri().path() {
            _ if request.method() == Method::OPTIONS => {
                let mut response = answers::empty(StatusCode::NO_CONTENT);
                origins::preflight(response.headers_mut());
                response
            }
            "/mcp" | "/mcp/" if self.takes(request.method()) => {
                door::enter(self.endpoint.as_ref(), &self.doorkeeper, request, request_id, seen).await
            }
            "/mcp" | "/mcp/" => {
                not_allowed("POST", "MCP is spoken with POST; there is no stream to open and no session to end")
            }
            "/" if is_read && !web::wants_page(request.headers()) => {
                answers::welcome(&self.app_url, self.doorkeeper.asks_for_keys())
            }
            "/" if !is_read => not_allowed("GET", "this page is read with GET"),
            _ => self.page(request, origin, request_id).await,
        }
    }

    async fn page<B>(&self, request: Request<B>, origin: &From, request_id: &str) -> Response<Body>
    where
        B: HttpBody + Send + 'static,
    {
        let (parts, body) = request.into_parts();
        let body = match body::read(body).await {
            Ok(body) => body,
            Err(error) => return refused(StatusCode::PAYLOAD_TOO_LARGE, &error.to_string(), request_id),
        };
        let path = parts.uri.path().to_owned();
        let visit = Visit { request_id, from_own_page: matches!(origin, From::OwnPage(_)) };
        match self.web.answer(&Request::from_parts(parts, body), visit).await {
            Some(page) => page.map(answers::whole),
            None => missing(&path, request_id),
        }
    }

    /// Whether the endpoint is spoken to with a method.
    fn takes(&self, method: &Method) -> bool {
        match *method {
            Method::POST => true,
            Method::GET | Method::DELETE => self.endpoint.holds_conversations(),
            _ => false,
        }
    }

    fn health(&self, method: &Method) -> Response<Body> {
        match *method {
            Method::GET | Method::HEAD => {
                answers::json(StatusCode::OK, &json!({ "status": "ok", "engine_version": engine::ENGINE_VERSION }))
            }
            _ => not_allowed("GET", "health is read with GET"),
        }
    }

    fn request_id(&self, headers: &HeaderMap) -> String {
        let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
        let usable = given.filter(|id| {
            (1..=REQUEST_ID_CHARACTERS_MAX).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        });
        usable.map_or_else(|| format!("req_{}", random_text(&self.desk.ids.random())), str::to_owned)
    }
}

/// An error outside JSON-RPC.
fn refused(status: StatusCode, message: &str, request_id: &str) -> Response<Body> {
    answers::json(status, &json!({ "error": message, "request_id": request_id }))
}

fn missing(path: &str, request_id: &str) -> Response<Body> {
    let shown: String = path.chars().take(200).collect();
    let message = if path.starts_with("/.well-known/") {
        "there is no such document: this server takes access keys, not OAuth".to_owned()
    } else {
        format!("there is nothing at {shown}; MCP is at /mcp")
    };
    refused(StatusCode::NOT_FOUND, &message, request_id)
}

fn not_allowed(allow: &'static str, message: &str) -> Response<Body> {
    let mut response = answers::rpc_error(StatusCode::METHOD_NOT_ALLOWED, &Value::Null, -32600, message);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// Headers of every answer.
fn finish(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
