//! The records of the service and what may happen to them: sessions, artifacts, operations, backtests, sweeps.
//!
//! Pure data and transitions: no storage, no clock, no randomness. Identifiers and times come from the caller.

pub mod access_key;
pub mod account;
pub mod artifact;
pub mod backtest;
pub mod grid;
pub mod heat_map;
pub mod ids;
pub mod limits;
pub mod operation;
pub mod optimization;
pub mod receipt;
pub mod series;
pub mod session;
pub mod sweep;
pub mod tables;
pub mod web_session;
pub mod work;
