//! The real binary as its user runs it: over MCP, killed in the middle of sweeps, and its commands beside a
//! running server and at a deployed stack.
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
#[path = "../aws/cloud.rs"]
#[allow(dead_code, reason = "made for the suite of the adapters, which needs more of it")]
mod cloud;
mod commands;
mod killed;
mod process;
mod size;
mod stack;
