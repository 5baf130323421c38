//! The function `worker`: single backtests, and slices of sweeps. It boots, wires and runs.

mod wiring;

use app::work::WorkHandler;
use aws::Counters;
use aws_lambda_events::sqs::SqsEvent;
use boot::config::HandlerConfig;
use boot::sqs::{EventSource, Invocation};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Error> {
    boot::telemetry::start_in_function();
    boot::memory::keep_freed();
    let (source, counters) = start().await.inspect_err(|error| tracing::error!(%error, "the function cannot start"))?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let (event, context) = event.into_parts();
        let invocation = Invocation {
            request_id: &context.request_id,
            trace_id: context.xray_trace_id.as_deref(),
            deadline_ms: context.deadline,
        };
        let answer = source.handle(event, invocation).await.map_err(Error::from);
        counters.report();
        answer
    }))
    .await
}

async fn start() -> Result<(EventSource<WorkHandler>, Arc<Counters>), Error> {
    let config = HandlerConfig::from_env()?;
    let (handler, counters) = wiring::handler(&config.stack).await?;
    Ok((EventSource::new(handler, config), counters))
}
