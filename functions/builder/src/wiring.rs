//! The AWS adapters put together for strategy builds, which read no bars.

use app::WorkLimits;
use app::work::WorkHandler;
use aws::{Clients, Counters};
use boot::config::HandlerConfig;
use drafter::Drafting;
use ports::PortError;
use std::sync::Arc;

/// The handler of this function, made once per process, and what counts its calls.
pub(crate) async fn handler(config: &HandlerConfig) -> Result<(WorkHandler, Arc<Counters>), PortError> {
    let stack = &config.stack;
    let clients = Clients::from_env().await;
    let desk = stack::desk_of_function(&clients, stack, WorkLimits::default()).await?;
    let drafter = match &config.drafting.model_id {
        Some(model_id) => Drafting::with_model(clients.language_model(model_id), config.drafting.provider),
        None => Drafting::grammar(),
    };
    Ok((WorkHandler::of_builds(desk, Arc::new(drafter)), clients.counters()))
}
