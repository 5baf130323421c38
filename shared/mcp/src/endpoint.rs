//! The streamable HTTP endpoint: one stateless service for both protocol eras, hiding which handler is behind it.

use crate::server::Sessions;
use app::Desk;
use bytes::Bytes;
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

type Serve = Arc<dyn Fn(Request<Full<Bytes>>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// One MCP endpoint. Hosts, origins, sizes and keys are checked before it, by the edge.
#[derive(Clone)]
pub struct Endpoint {
    serve: Serve,
}

impl Endpoint {
    /// The sessions toolset.
    #[must_use]
    pub fn sessions(desk: Desk) -> Self {
        Self::of(Sessions::new(desk))
    }

    /// Any handler, built once and cloned per request.
    #[must_use]
    pub fn of<H: ServerHandler + Clone>(handler: H) -> Self {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_sse_keep_alive(None)
            .with_sse_retry(None)
            .disable_allowed_hosts()
            .disable_allowed_origins();
        let factory = move || Ok(handler.clone());
        let service = StreamableHttpService::new(factory, Arc::new(NeverSessionManager::default()), config);
        let serve: Serve = Arc::new(move |request| {
            let service = service.clone();
            Box::pin(async move { service.handle(request).await })
        });
        Self { serve }
    }

    /// Answers one request, whose body is complete and whose headers the edge has set right.
    pub async fn handle(&self, request: Request<Full<Bytes>>) -> Response<Body> {
        (self.serve)(request).await
    }
}
