//! The AWS adapters put together for steps of sweeps and dead letters; bars stay warm for the next holdout.

use app::work::WorkHandler;
use aws::{Clients, Counters};
use boot::config::StackConfig;
use ports::PortError;
use ports::queue::QueueName;
use std::sync::Arc;

/// The queues this function is for.
const QUEUES: [QueueName; 2] = [QueueName::Steps, QueueName::DeadLetters];

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(stack: &StackConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let clients = Clients::from_env().await;
    let bench = stack::bench_of_function(&clients, stack).await?;
    Ok((WorkHandler::of_queues(bench, &QUEUES), clients.counters()))
}
