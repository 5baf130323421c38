//! Starting a process: its settings, its logs, what the machine offers, and the seam between SQS events and handlers.
//!
//! No logic of the service: what a message means is `app`'s, which adapters serve it is each function's.

pub mod config;
pub mod deadline;
pub mod machine;
pub mod memory;
mod reader;
pub mod sqs;
pub mod telemetry;

pub use machine::compute_threads;
