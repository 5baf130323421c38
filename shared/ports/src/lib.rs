//! What the service needs of the world, as traits: table, queue, blobs, catalog, bars, results, ranking, clock, ids;
//! the versioned messages; and the conformance suite every adapter passes.
//!
//! No vendor is named here, and nothing is decided here.

pub mod bars;
pub mod blobs;
pub mod clock;
pub mod conformance;
pub mod drafter;
pub mod error;
pub mod faults;
pub mod message;
pub mod queue;
pub mod results;
pub mod table;

pub use error::PortError;
