//! The house rules that a compiler does not check: the direction of dependencies, file headers, thin mains.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a test says what is wrong by panicking"
)]

mod files;
mod zones;
