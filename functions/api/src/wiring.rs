//! The AWS adapters put together for requests: a desk behind the edge, and nothing that reads bars.

use app::WorkLimits;
use aws::{Clients, Counters};
use boot::config::ApiConfig;
use edge::{Access, DomainEdge, EdgeConfig};
use lambda_http::request::RequestContext;
use lambda_http::{Error, Request, RequestExt};
use std::sync::Arc;

/// The door of this function, made once per process, and what counts its calls. Callers bring keys.
pub(crate) async fn edge(config: ApiConfig) -> Result<(DomainEdge, Arc<Counters>), Error> {
    let clients = Clients::from_env().await;
    let work = config.work;
    let limits =
        WorkLimits::new(work.sweep_combinations_max, work.tenant_work_at_once_max, work.tenant_work_per_day_max);
    let desk = stack::desk_of_function(&clients, &config.stack, limits).await?;
    let edge_config = EdgeConfig {
        app_url: config.app_url.unwrap_or_default(),
        allowed_hosts: config.allowed_hosts,
        allowed_origins: config.allowed_origins,
        access: Access::Keys,
        origin_secret: config.origin_secret,
    };
    Ok((DomainEdge::new(desk, edge_config)?, clients.counters()))
}

/// The domain under which a request came in, as the platform says, not the caller.
pub(crate) fn domain(request: &Request) -> Option<String> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.clone(),
        Some(_) | None => None,
    }
}
