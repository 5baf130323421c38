//! The ports over AWS: the table in DynamoDB, the queues in SQS, the blobs and the lake's object store in S3, a language
//! model on Bedrock.
//!
//! The only crate that names the vendor. It decides nothing about the service: what a record, message or object means is
//! said elsewhere. Resources are never made here; the template makes them.
//!
//! Region, credentials and endpoints come from the environment as the vendor's tools read it: `AWS_REGION`, the credential
//! chain, `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_S3`, `_DYNAMODB`, `_SQS`. With an endpoint of its own, S3 is asked by
//! path. `BARLAKE_COUNT_CALLS=1` counts DynamoDB's capacity units beside the calls.
//!
//! What a role needs for each call:
//!
//! | call | actions |
//! | --- | --- |
//! | `Table::get`, a lone check | `dynamodb:GetItem` |
//! | `Table::query` | `dynamodb:Query` |
//! | `Table::write` | `dynamodb:PutItem`, `DeleteItem`, `ConditionCheckItem`; after a conflict `GetItem`, `BatchGetItem` |
//! | `Queue::send` | `sqs:SendMessage` |
//! | `Queue::postpone` | `sqs:ChangeMessageVisibility` |
//! | `Blobs` | `s3:GetObject`, `PutObject`, `DeleteObject`, and `ListBucket`, without which a missing object looks forbidden |
//! | the lake's object store | the same |
//! | `Clients::language_model` | `bedrock:InvokeModel` |
//! | `Clients::stack` | `cloudformation:DescribeStacks` |

mod backoff;
mod clients;
mod failure;

pub mod blobs;
pub mod counters;
#[cfg(feature = "lake")]
mod lake_store;
#[cfg(feature = "model")]
mod language_model;
pub mod queue;
#[cfg(feature = "operator")]
mod sign_in;
#[cfg(feature = "operator")]
pub mod stack;
pub mod table;

pub use blobs::{PRESIGN_SECONDS_MAX, Presigned, S3Blobs};
pub use clients::{Clients, Settings};
pub use counters::Counters;
#[cfg(feature = "model")]
pub use language_model::BedrockModel;
pub use queue::SqsQueue;
#[cfg(feature = "operator")]
pub use stack::Stack;
pub use table::DynamoTable;
