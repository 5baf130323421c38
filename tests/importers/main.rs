//! Importers through their public surface: vendors' conventions, hostile input, round trips, futures, real files.
//!
//! Not here: storing what was imported, and the command line around it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod check;
mod detection;
mod futures;
mod hostile;
mod merging;
mod real_data;
mod round_trip;
mod sides;
mod times;
mod vendors;
