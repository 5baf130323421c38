//! The lake and the result tables through their public surface: round trips, windows, identity, damage, pruning,
//! ranking against a naive sort, paging, the catalogue; imports taken in one by one, in any order, and dying half way.
//!
//! Not here: the conformance of blob stores, and reading vendors' files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::type_complexity,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod absorb;
mod absorb_real;
mod catalog;
mod contracts;
mod damage;
mod folder;
mod probe;
mod pruning;
mod races;
mod ranking;
mod series;
mod snapshots;
mod store_blobs;
mod tables;
mod warm;
mod windows;
