//! The lake and the result tables through their public surface: round trips, windows, identity, damage, pruning,
//! ranking against a naive sort, paging, the catalogue.
//!
//! Not here: the conformance of blob stores, and importing vendors' files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod catalog;
mod damage;
mod folder;
mod probe;
mod pruning;
mod ranking;
mod series;
mod snapshots;
mod store_blobs;
mod tables;
mod warm;
mod windows;
