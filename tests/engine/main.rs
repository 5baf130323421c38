//! The simulation against hand-worked cases, its statistics against slow recomputation and published libraries, and its invariants
//! over random plans.
//!
//! Everything goes through the public surface; bars are built by hand, no calendar takes part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod cases;
mod document;
mod market_builder;
mod peers;
mod properties;
mod random_plans;
mod refusals;
mod robustness;
mod setup;
mod statistics;
