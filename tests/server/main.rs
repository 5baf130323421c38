//! The real binary as its user runs it: over MCP, killed in the middle of sweeps, and its commands beside a running server.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a test says what is wrong by panicking"
)]

mod batches;
mod commands;
mod killed;
mod process;
mod size;
