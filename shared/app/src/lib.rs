//! The use cases of the service, one file per resource, and in [`work`] the idempotent message handlers.
//!
//! A use case is a free function of the platform, the caller and the request: check, decide, write, enqueue, in that
//! order. It knows neither HTTP nor MCP, and no adapter.

pub mod access;
pub mod account;
pub mod artifact;
pub mod backtest;
pub mod batches;
pub mod error;
pub mod instrument;
pub mod optimization;
pub mod platform;
pub mod session;
pub mod study_cache;
pub mod task;
pub mod view;
pub mod web_session;
pub mod work;

mod compute;
mod idempotency;
mod messages;
mod metrics;
mod pins;
mod record_keys;
mod records;
mod reservations;
mod run_tables;
mod text;

pub use domain::work::WorkLimits;
pub use error::{AppError, ErrorKind};
pub use platform::{Bench, Caller, Desk, Settings};
