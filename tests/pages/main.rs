//! The pages as people meet them: a real browser over a real server, results made through MCP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod browser;
mod prepare;

mod signing_in;
mod whole;
