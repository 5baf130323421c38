//! The function `api`: every HTTP request. It boots, wires and runs.

mod wiring;

use boot::config::ApiConfig;
use edge::DomainEdge;
use lambda_http::{Error, Request, service_fn};
use std::convert::Infallible;

#[tokio::main]
async fn main() -> Result<(), Error> {
    boot::telemetry::start_in_function();
    let edge = start().await.inspect_err(|error| tracing::error!(%error, "the function cannot start"))?;
    let edge = &edge;
    lambda_http::run(service_fn(async |request: Request| {
        let domain = wiring::domain(&request);
        Ok::<_, Infallible>(edge.handle(domain.as_deref(), request).await)
    }))
    .await
}

async fn start() -> Result<DomainEdge, Error> {
    wiring::edge(ApiConfig::from_env()?).await
}
