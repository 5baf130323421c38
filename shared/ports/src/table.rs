//! The table port: records under (partition, sort key), written conditionally.
//!
//! Thin on purpose: DynamoDB and an embedded store both implement it directly. Repositories are written once above it.

use crate::PortError;
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeSet;

/// Address of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition; carries the tenant (look-ups by digest are the named exception).
    pub partition: String,
    /// Sort key inside the partition.
    pub sort: String,
}

impl Key {
    /// A key from its two halves.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// A stored record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Address.
    pub key: Key,
    /// 1 when first written, one more with every write.
    pub version: u64,
    /// Token of the write that made this version: a retried write that finds its own token has succeeded.
    pub writer: String,
    /// Seconds since the epoch after which the record must be treated as absent, checked on every read by the reader.
    pub expires_at: Option<i64>,
    /// The record itself, with its schema tag inside.
    pub body: Value,
}

/// What must hold for a change to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// No record under the key.
    Absent,
    /// The record exists with exactly this version.
    VersionIs(u64),
}

/// One conditional change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Write the record (its version becomes 1, or one more than the version in the condition).
    Put {
        /// Address.
        key: Key,
        /// Condition.
        condition: Condition,
        /// Expiry.
        expires_at: Option<i64>,
        /// New body.
        body: Value,
    },
    /// Remove the record.
    Delete {
        /// Address.
        key: Key,
        /// Condition.
        condition: Condition,
    },
    /// Write nothing, but the transaction holds only if this does.
    Check {
        /// Address.
        key: Key,
        /// Condition.
        condition: Condition,
    },
}

impl Change {
    /// The address the change is about.
    #[must_use]
    pub const fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } | Self::Check { key, .. } => key,
        }
    }
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteOutcome {
    /// Applied.
    Written,
    /// A condition did not hold. The current records of all the changes' keys, in their order.
    Conflict(Vec<Option<Record>>),
}

/// Whether a read must see every earlier write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// Sees every acknowledged write: control flow.
    Strong,
    /// May be stale: lists for people.
    Eventual,
}

/// A page of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Partition.
    pub partition: String,
    /// Only sort keys that start with this.
    pub prefix: String,
    /// Continue after this sort key, exclusive.
    pub after: Option<String>,
    /// At most this many records, 1–1000.
    pub limit: usize,
    /// Newest sort key first.
    pub descending: bool,
    /// Consistency.
    pub consistency: Consistency,
}

/// Records of a page, in sort-key order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Sort key to continue after; `None` at the end.
    pub next: Option<String>,
}

/// Most changes in one transaction (DynamoDB's limit is 100; we need few).
pub const TRANSACTION_CHANGES_MAX: usize = 25;

/// Largest record body in bytes as JSON (DynamoDB's item limit is 400 KB, less key and overhead).
pub const RECORD_BYTES_MAX: usize = 350_000;

/// Longest partition in bytes (DynamoDB's limit); never empty.
pub const PARTITION_BYTES_MAX: usize = 2048;

/// Longest sort key in bytes (DynamoDB's limit); never empty.
pub const SORT_BYTES_MAX: usize = 1024;

/// Most records a page may ask for; with [`RECORD_BYTES_MAX`] it bounds the memory of one read.
pub const QUERY_LIMIT_MAX: usize = 1000;

/// Checks a key against the limits of the table.
///
/// # Errors
/// [`PortError::TooLarge`] for a half that is too long, [`PortError::Internal`] for an empty one.
pub fn validate_key(key: &Key) -> Result<(), PortError> {
    for (half, text, bytes_max) in
        [("partition", &key.partition, PARTITION_BYTES_MAX), ("sort key", &key.sort, SORT_BYTES_MAX)]
    {
        if text.is_empty() {
            return Err(PortError::Internal(format!("the {half} of a record is empty")));
        }
        if text.len() > bytes_max {
            return Err(PortError::TooLarge(format!("a {half} has {} bytes; the limit is {bytes_max}", text.len())));
        }
    }
    Ok(())
}

/// Checks what every adapter refuses before it writes anything: no change at all, too many, bad keys, one key twice.
///
/// Body sizes are the adapter's to check, where it serialises them.
///
/// # Errors
/// [`PortError::TooLarge`] naming the limit, [`PortError::Internal`] for a mistake of the caller.
pub fn validate_changes(changes: &[Change]) -> Result<(), PortError> {
    if changes.is_empty() {
        return Err(PortError::Internal("a write without changes".into()));
    }
    if changes.len() > TRANSACTION_CHANGES_MAX {
        return Err(PortError::TooLarge(format!(
            "a transaction of {} changes; the limit is {TRANSACTION_CHANGES_MAX}",
            changes.len()
        )));
    }
    let mut seen = BTreeSet::new();
    for change in changes {
        validate_key(change.key())?;
        if !seen.insert(change.key()) {
            return Err(PortError::Internal("two changes of one write name the same key".into()));
        }
    }
    Ok(())
}

/// The table.
#[async_trait]
pub trait Table: Send + Sync {
    /// The record under `key`, strongly consistent. Expiry is not applied.
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError>;

    /// One page of a partition. Expiry is not applied.
    ///
    /// A page is shorter than `limit` only at the end; `next` may be present on the last full page.
    async fn query(&self, query: &Query) -> Result<Page, PortError>;

    /// Applies all changes or none. `writer` is stored with every written record.
    ///
    /// A single change is an ordinary conditional write; several are a transaction. Two changes may not name the same key.
    ///
    /// A retried write must not lose to itself: when a condition fails but every `Put` finds its own result (same writer,
    /// same version, same body), the answer is [`WriteOutcome::Written`].
    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError>;
}
