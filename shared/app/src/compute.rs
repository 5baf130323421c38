//! Computing beside the tasks that answer requests, so that nobody waits behind arithmetic.
//!
//! Without threads to use it computes inside the calling task: then nothing but the runtime's clock and the order of
//! calls decides what happens when, which is what a simulation needs.

use crate::error::AppError;
use crate::platform::Settings;

/// Runs `work` off the runtime's threads, or at once when the settings name no threads.
pub(crate) async fn aside<T: Send + 'static>(
    settings: &Settings,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    if settings.threads == 0 {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|panic| AppError::internal(panic.to_string()))
}
