//! The plain reference loop against hand-worked cases, against the engine, and against published backtesters.
//!
//! The loop is written from the engine document alone and slow on purpose; `README.md` beside this file says which switch
//! explains which difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod answers;
mod close_phase;
mod decide;
mod equality;
mod exact;
mod fills;
mod generate;
mod hand_cases;
mod lay_out;
mod open_phase;
mod path_phase;
mod peers;
mod plain_loop;
mod positions;
mod range_phase;
mod real_minutes;
mod rules;
mod scenarios;
mod series;
mod setup;
mod sizing;
mod state;
