//! The AWS adapters put together for strategy builds, which read no bars.

use app::WorkLimits;
use app::work::WorkHandler;
use aws::{Clients, Counters};
use boot::config::StackConfig;
use drafter::Drafting;
use ports::PortError;
use std::sync::Arc;

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(stack: &StackConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let clients = Clients::from_env().await;
    let desk = stack::desk_of_function(&clients, stack, WorkLimits::default()).await?;
    let drafter = Arc::new(Drafting::grammar());
    Ok((WorkHandler::of_builds(desk, drafter), clients.counters()))
}
