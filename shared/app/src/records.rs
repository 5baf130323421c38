//! Typed records over the table port: reading, listing, and conditional writes that survive a lost acknowledgement.

use crate::error::AppError;
use crate::platform::Desk;
use domain::access_key::AccessKey;
use domain::account::Account;
use domain::artifact::Artifact;
use domain::backtest::Backtest;
use domain::ids::random_text;
use domain::operation::Operation;
use domain::optimization::Batch;
use domain::receipt::{GroupReceipt, Receipt};
use domain::session::Session;
use domain::web_session::WebSession;
use domain::work::TenantWork;
use ports::PortError;
use ports::table::{Change, Condition, Consistency, Key, Query, Record, WriteOutcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Attempts of one write while the table is unavailable.
const WRITE_ATTEMPTS: u32 = 4;

/// Attempts of a read-modify-write against concurrent writers.
const MODIFY_ATTEMPTS: u32 = 12;

/// A kind of record with its schema tag.
pub(crate) trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// Tag stored inside the record.
    const SCHEMA: &'static str;
}

macro_rules! entities {
    ($($kind:ty => $tag:literal),* $(,)?) => { $(impl Entity for $kind { const SCHEMA: &'static str = $tag; })* };
}

entities! {
    Account => "account/1",
    Session => "session/1",
    Artifact => "artifact/1",
    Operation => "operation/1",
    Backtest => "backtest/1",
    Batch => "batch/1",
    Receipt => "receipt/1",
    GroupReceipt => "group_receipt/1",
    AccessKey => "access_key/1",
    TenantWork => "tenant_work/1",
    WebSession => "web_session/1",
}

/// A record as read, with what is needed to write it back.
#[derive(Debug, Clone)]
pub(crate) struct Stored<T> {
    pub(crate) value: T,
    key: Key,
    version: u64,
}

fn decode<T: Entity>(record: Record) -> Result<Stored<T>, AppError> {
    let Record { key, version, mut body, .. } = record;
    let damaged = |why: String| AppError::internal(format!("{} {}: {why}", key.partition, key.sort));
    let tag = body.as_object_mut().and_then(|fields| fields.remove("schema"));
    if tag.as_ref().and_then(Value::as_str) != Some(T::SCHEMA) {
        return Err(damaged(format!("schema {tag:?}, expected {}", T::SCHEMA)));
    }
    let value = serde_json::from_value(body).map_err(|error| damaged(error.to_string()))?;
    Ok(Stored { value, key, version })
}

fn encode<T: Entity>(value: &T) -> Result<Value, AppError> {
    let mut body = serde_json::to_value(value).map_err(|error| AppError::internal(error.to_string()))?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("schema".to_owned(), Value::from(T::SCHEMA));
    }
    Ok(body)
}

fn is_live(record: &Record, now_us: i64) -> bool {
    record.expires_at.is_none_or(|seconds| seconds > now_us / 1_000_000)
}

/// The live record under `key`, strongly consistent.
pub(crate) async fn get<T: Entity>(desk: &Desk, key: &Key) -> Result<Option<Stored<T>>, AppError> {
    match desk.table.get(key).await? {
        Some(record) if is_live(&record, desk.now_us()) => decode(record).map(Some),
        Some(_) | None => Ok(None),
    }
}

/// A page of typed records.
pub(crate) struct Listed<T> {
    pub(crate) values: Vec<T>,
    pub(crate) next: Option<String>,
}

/// One page of the records in `partition` whose sort key starts with `prefix`.
pub(crate) async fn list<T: Entity>(desk: &Desk, query: &Query) -> Result<Listed<T>, AppError> {
    let page = desk.table.query(query).await?;
    let now = desk.now_us();
    let values = page
        .records
        .into_iter()
        .filter(|record| is_live(record, now))
        .map(|record| decode(record).map(|stored| stored.value))
        .collect::<Result<_, _>>()?;
    Ok(Listed { values, next: page.next })
}

/// Every record in `partition` whose sort key starts with `prefix`, oldest first; stops after `limit`.
pub(crate) async fn list_all<T: Entity>(
    desk: &Desk,
    partition: &str,
    prefix: &str,
    limit: usize,
    consistency: Consistency,
) -> Result<Vec<T>, AppError> {
    let mut values = Vec::new();
    let mut after = None;
    loop {
        let query = Query {
            partition: partition.to_owned(),
            prefix: prefix.to_owned(),
            after,
            limit: limit.saturating_sub(values.len()).clamp(1, 500),
            descending: false,
            consistency,
        };
        let mut page = list(desk, &query).await?;
        values.append(&mut page.values);
        if page.next.is_none() || values.len() >= limit {
            return Ok(values);
        }
        after = page.next;
    }
}

/// Conditional changes that are applied together.
#[derive(Default)]
pub(crate) struct Transaction {
    changes: Vec<Change>,
}

impl Transaction {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Creates a record; fails if there is one.
    pub(crate) fn create<T: Entity>(self, key: Key, value: &T) -> Result<Self, AppError> {
        let body = encode(value)?;
        Ok(self.with(Change::Put { key, condition: Condition::Absent, expires_at: None, body }))
    }

    /// Creates a record that nobody sees any more from `expires_at` on, seconds UTC.
    pub(crate) fn create_until<T: Entity>(self, key: Key, value: &T, expires_at: i64) -> Result<Self, AppError> {
        let body = encode(value)?;
        Ok(self.with(Change::Put { key, condition: Condition::Absent, expires_at: Some(expires_at), body }))
    }

    /// Replaces a record as read.
    pub(crate) fn update<T: Entity>(self, read: &Stored<T>, value: &T) -> Result<Self, AppError> {
        let body = encode(value)?;
        let condition = Condition::VersionIs(read.version);
        Ok(self.with(Change::Put { key: read.key.clone(), condition, expires_at: None, body }))
    }

    /// Removes a record as read.
    pub(crate) fn delete<T>(self, read: &Stored<T>) -> Self {
        self.with(Change::Delete { key: read.key.clone(), condition: Condition::VersionIs(read.version) })
    }

    pub(crate) fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Applies the changes; false when a condition did not hold. A write that was applied but whose acknowledgement was
    /// lost is recognised by its writer token and counts as applied.
    pub(crate) async fn commit(self, desk: &Desk) -> Result<bool, AppError> {
        let writer = random_text(&desk.ids.random());
        for attempt in 1.. {
            match desk.table.write(&writer, self.changes.clone()).await {
                Ok(WriteOutcome::Written) => return Ok(true),
                Ok(WriteOutcome::Conflict(current)) => {
                    return Ok(current.iter().flatten().any(|record| record.writer == writer));
                }
                Err(error @ PortError::Unavailable(_)) if attempt == WRITE_ATTEMPTS => return Err(error.into()),
                Err(PortError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(20 << attempt)).await,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }
}

/// Reads, changes and writes back one record, again on every concurrent write. `change` returns false to leave it as it is.
/// The record as it now stands; `None` when there is none.
pub(crate) async fn modify<T: Entity + Clone>(
    desk: &Desk,
    key: &Key,
    mut change: impl FnMut(&mut T) -> Result<bool, AppError> + Send,
) -> Result<Option<T>, AppError> {
    for _ in 0..MODIFY_ATTEMPTS {
        let Some(read) = get::<T>(desk, key).await? else { return Ok(None) };
        let mut value = read.value.clone();
        if !change(&mut value)? || Transaction::new().update(&read, &value)?.commit(desk).await? {
            return Ok(Some(value));
        }
    }
    Err(contention(key))
}

/// Lets the writers that won go ahead: a short pause, longer with every lost try and different for everybody.
pub(crate) async fn give_way(desk: &Desk, lost: u32) {
    let share = u64::from(desk.ids.random().first().copied().unwrap_or(0));
    tokio::time::sleep(Duration::from_micros((share * 100) << lost.min(4))).await;
}

/// Too many concurrent writers.
pub(crate) fn contention(key: &Key) -> AppError {
    PortError::Unavailable(format!("contention on {} {}", key.partition, key.sort)).into()
}
