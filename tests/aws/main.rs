//! The adapters over AWS: the conformance suite and round trips against emulated APIs, and their answers to what an
//! emulation does not do, against a server that follows a script.
//!
//! What the service does with the ports is not tested here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod blob_failures;
mod cloud;
mod conformance;
mod counts;
mod environment;
mod lake_store;
mod language_model;
mod presigned;
mod queue_failures;
mod scripted;
mod sign_in;
mod stacks;
mod table_failures;
mod tested_queue;
mod transactions;
