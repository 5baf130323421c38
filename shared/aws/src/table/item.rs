//! The item a record is stored as.
//!
//! The body is JSON text, not a DynamoDB map: numbers keep their bits, keys their order, and the item is smaller.

use aws_sdk_dynamodb::types::AttributeValue;
use ports::PortError;
use ports::table::{Key, Record};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};
use std::collections::HashMap;

/// Attributes by name.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// A stored record. The field names are the attributes' names; `expires_at` is the table's time-to-live attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) version: u64,
    pub(super) writer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<i64>,
    pub(super) body: String,
}

impl Item {
    pub(super) fn attributes(&self) -> Result<Attributes, PortError> {
        to_item(self).map_err(|error| PortError::Internal(format!("record {}/{}: {error}", self.pk, self.sk)))
    }

    pub(super) fn from_attributes(attributes: Attributes) -> Result<Self, PortError> {
        from_item(attributes).map_err(|error| PortError::Corrupt(format!("an item of the table: {error}")))
    }

    pub(super) fn into_record(self) -> Result<Record, PortError> {
        let body = serde_json::from_str(&self.body)
            .map_err(|error| PortError::Corrupt(format!("record {}/{}: {error}", self.pk, self.sk)))?;
        let key = Key { partition: self.pk, sort: self.sk };
        Ok(Record { key, version: self.version, writer: self.writer, expires_at: self.expires_at, body })
    }
}

/// The primary key of a record.
pub(super) fn key_attributes(partition: &str, sort: &str) -> Attributes {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(partition.to_owned())),
        ("sk".to_owned(), AttributeValue::S(sort.to_owned())),
    ])
}
