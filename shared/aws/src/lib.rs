//! The ports over AWS: the table in DynamoDB, the queues in SQS, the blobs in S3, and the lake's object store on S3.
//!
//! The only crate that names the vendor. It decides nothing about the service: what a record, message or object means is
//! said elsewhere. Resources are never made here; the template makes them.

mod backoff;
mod clients;
mod failure;

pub mod blobs;
pub mod counters;
#[cfg(feature = "lake")]
mod lake_store;
pub mod queue;
#[cfg(feature = "operator")]
mod sign_in;
#[cfg(feature = "operator")]
pub mod stack;
pub mod table;

pub use blobs::{PRESIGN_SECONDS_MAX, Presigned, S3Blobs};
pub use clients::{Clients, Settings};
pub use counters::Counters;
pub use queue::{QueueUrls, SqsQueue};
#[cfg(feature = "operator")]
pub use stack::Stack;
pub use table::DynamoTable;
