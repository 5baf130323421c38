//! The suite every adapter of a port passes: an adapter is done when it does.
//!
//! Plain functions over the ports that panic with a message naming the broken promise. They bring no adapter, no
//! runtime and no clock, and they clean up the keys they use, so that they also run against a shared cloud account.
#![allow(clippy::panic, clippy::expect_used, reason = "a test suite speaks by panicking; it is called by tests only")]

mod blobs;
mod queue;
mod table;
mod table_pages;
mod table_races;

pub use blobs::blobs;
pub use queue::{QueueUnderTest, queue};
pub use table::table;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A future among others of the same kind.
type Job<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Runs futures side by side inside this task; their results in order.
async fn together<T>(jobs: Vec<Job<'_, T>>) -> Vec<T> {
    let mut jobs: Vec<(Option<Job<'_, T>>, Option<T>)> = jobs.into_iter().map(|job| (Some(job), None)).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (job, result) in &mut jobs {
            if let Some(running) = job {
                match running.as_mut().poll(context) {
                    Poll::Ready(value) => {
                        *result = Some(value);
                        *job = None;
                    }
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    jobs.into_iter().filter_map(|(_, result)| result).collect()
}
