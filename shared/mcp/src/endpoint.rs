//! The streamable HTTP endpoint behind the edge, and the one Barlake serves: stateless, for both protocol eras.

use crate::server::Sessions;
use app::Desk;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::Full;
use http_body_util::combinators::BoxBody;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use std::convert::Infallible;
use std::sync::Arc;

/// Body of an answer.
pub type Body = BoxBody<Bytes, Infallible>;

/// One MCP endpoint. Hosts, origins, sizes and keys are checked before it, by the edge.
pub trait Endpoint: Send + Sync + 'static {
    /// Whether it talks with a client in more than answers: in streams opened with GET, in questions whose responses
    /// arrive with POST, in protocol sessions ended with DELETE. One that does not gets requests and notifications only.
    fn holds_conversations(&self) -> bool;

    /// Answers one request, whose body is complete and whose headers the edge has set right.
    fn handle(&self, request: Request<Full<Bytes>>) -> BoxFuture<'_, Response<Body>>;
}

/// An endpoint that keeps nothing between requests, so that any process can answer any of them.
pub struct Stateless<H> {
    service: StreamableHttpService<H, NeverSessionManager>,
}

impl Stateless<Sessions> {
    /// The sessions toolset.
    #[must_use]
    pub fn sessions(desk: Desk) -> Self {
        Self::of(Sessions::new(desk))
    }
}

impl<H: ServerHandler + Clone> Stateless<H> {
    /// Any handler, built once and cloned per request.
    #[must_use]
    pub fn of(handler: H) -> Self {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_sse_keep_alive(None)
            .with_sse_retry(None)
            .disable_allowed_hosts()
            .disable_allowed_origins();
        let factory = move || Ok(handler.clone());
        Self { service: StreamableHttpService::new(factory, Arc::new(NeverSessionManager::default()), config) }
    }
}

impl<H: ServerHandler> Endpoint for Stateless<H> {
    fn holds_conversations(&self) -> bool {
        false
    }

    fn handle(&self, request: Request<Full<Bytes>>) -> BoxFuture<'_, Response<Body>> {
        self.service.handle(request).boxed()
    }
}
