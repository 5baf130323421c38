//! The MCP face as clients meet it: definitions, protocol, hostile input, and whole workflows with clients we did not write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod conformance;
#[path = "../service/counting.rs"]
mod counting;
mod definitions;
mod door;
mod hostile;
mod in_process;

mod posting;
mod protocol;
mod sizes;
mod strangers;
mod workflows;
