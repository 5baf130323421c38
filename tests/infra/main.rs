//! The template against the code and against itself: variables, names, permissions, times, alarms, costs, and two linters.
//!
//! Nothing here talks to AWS. What the functions really ask of it is watched by the cloud suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod alarms;
mod costs;
mod documents;
mod environment;
mod lint;
mod mappings;
mod names;
mod permissions;
mod storage;
mod template;
