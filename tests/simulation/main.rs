//! The whole service under everything a cloud does to it: seeded, on one thread, under virtual time, over memory.
//!
//! Tenants call tools, an event-source mapping delivers messages, every port call may fail, wait, or be the last one of
//! its process; after every write the laws of the records are checked, and at rest everything has ended and nothing was
//! lost or counted twice. `BARLAKE_SIM_SEED=7` replays one seed with its trace (test `one_seed`), `BARLAKE_SIM_SEEDS=N`
//! runs more of them, `BARLAKE_SIM_SOAK=1` never ends (test `soak`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod actor;
mod burst;
mod coverage;
#[path = "../service/demo.rs"]
#[allow(dead_code, reason = "the service suite uses the rest of it")]
mod demo;
mod key_load;
mod known;
mod laws;
mod mapping;
mod market_data;
mod planted;
mod ports_of;
mod process;
mod record_laws;
mod requests;
mod rest;
mod run;
mod seeds;
mod sites;
#[path = "../lake/store_blobs.rs"]
mod store_blobs;
mod watched_table;
mod weather;
mod world;
