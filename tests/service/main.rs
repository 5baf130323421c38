//! The whole service on one machine in memory: use cases, message handlers, faults, and flows over real prices.
//!
//! No HTTP and no MCP here; what a use case computes is checked in the crates below it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod access;
mod backtests;
mod batches;
mod client;
mod counting;
mod cursors;
mod deadlines;
mod demo;
mod english;
mod equality;
mod faults;
mod harness;
mod idempotency;
mod invariants;
mod limits;
mod messages;
mod metrics;
mod pages;
mod pins;
mod poison;
mod real_data;
mod recorder;
mod robustness;
mod sessions;
#[path = "../lake/store_blobs.rs"]
mod store_blobs;
mod strategies;
mod sweeps;
mod tasks;
mod tenancy;
mod uses;
mod watches;
mod work_limits;
