//! The function `api`: every HTTP request. It boots, wires and runs.

mod wiring;

use aws::Counters;
use boot::config::ApiConfig;
use edge::DomainEdge;
use lambda_http::{Error, Request, service_fn};
use std::convert::Infallible;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Error> {
    boot::telemetry::start_in_function();
    let (edge, counters) = start().await.inspect_err(|error| tracing::error!(%error, "the function cannot start"))?;
    let (edge, counters) = (&edge, &counters);
    lambda_http::run(service_fn(async |request: Request| {
        let domain = wiring::domain(&request);
        let answer = edge.handle(domain.as_deref(), request).await;
        counters.report();
        Ok::<_, Infallible>(answer)
    }))
    .await
}

async fn start() -> Result<(DomainEdge, Arc<Counters>), Error> {
    wiring::edge(ApiConfig::from_env()?).await
}
