//! Starting on Lambda: settings, deadlines, event batches, addresses, and the built functions before a runtime of our own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test says what is wrong by panicking"
)]

mod config;
mod deadline;
mod events;
mod functions;
mod logs;
mod machine;
mod runtime;
