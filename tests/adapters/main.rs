//! The embedded adapters: the conformance suite, crashes, the dispatcher, and the fault layer around them.
//!
//! What the service does with the ports is not tested here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod conformance;
mod dispatcher;
mod faults;
mod folder;
mod kill;
mod queue_model;
mod store;
mod support;
mod table_model;
