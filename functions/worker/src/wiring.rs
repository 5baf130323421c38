//! The AWS adapters put together for single backtests and slices of sweeps; bars and studies stay warm between invocations.

use app::work::WorkHandler;
use aws::{Clients, Counters};
use boot::config::StackConfig;
use ports::PortError;
use ports::queue::QueueName;
use std::sync::Arc;

/// The queues this function is for.
const QUEUES: [QueueName; 2] = [QueueName::Backtests, QueueName::Units];

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(stack: &StackConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let clients = Clients::from_env().await;
    let bench = stack::bench_of_function(&clients, stack).await?;
    Ok((WorkHandler::of_queues(bench, &QUEUES), clients.counters()))
}
