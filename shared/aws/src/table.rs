//! The table port over one DynamoDB table: reads here, writes in `write`.
//!
//! Expiry is not applied to reads; the service removes what expired, days late.

mod item;
mod read;
mod write;

use crate::Counters;
use crate::backoff::random;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use ports::PortError;
use ports::table::{Change, Key, Page, Query, Record, Table, WriteOutcome, validate_changes, validate_key};
use std::sync::Arc;

/// A DynamoDB table with the keys `pk` and `sk`.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    client: Client,
    name: String,
    counters: Arc<Counters>,
}

impl DynamoTable {
    pub(crate) fn new(client: Client, name: &str, counters: Arc<Counters>) -> Self {
        Self { client, name: name.to_owned(), counters }
    }

    /// Whether answers are to say what they cost.
    fn capacity(&self) -> Option<ReturnConsumedCapacity> {
        self.counters.wants_units().then_some(ReturnConsumedCapacity::Total)
    }

    /// A call for the log.
    fn call(&self, operation: &str) -> String {
        format!("DynamoDB {operation} on table {}", self.name)
    }
}

#[async_trait]
impl Table for DynamoTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        validate_key(key)?;
        self.read(key).await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        self.read_page(query).await
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        validate_changes(&changes)?;
        let changes = write::prepare(writer, changes)?;
        // One token for all attempts of this call, a new one for the next: the service answers a known token with success
        // for ten minutes, which would be a lie when the same change is meant to be made again.
        let token = u128::from_le_bytes(random()?);
        self.apply(&changes, &format!("{token:032x}")).await
    }
}
