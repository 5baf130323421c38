//! The table port over the store: conditional writes and transactions inside one redb transaction.
//!
//! It does not apply expiry to reads (readers do); it only purges what expired.

use crate::schema::{RECORDS, RecordKey, RecordValue, Tables, translate};
use crate::writer::Writer;
use async_trait::async_trait;
use ports::PortError;
use ports::table::{
    Change, Condition, Key, Page, QUERY_LIMIT_MAX, Query, RECORD_BYTES_MAX, Record, Table, WriteOutcome,
    validate_changes, validate_key,
};
use redb::{AccessGuard, Database, ReadableDatabase, ReadableTable};
use serde_json::Value;
use std::ops::Bound;
use std::sync::Arc;

/// Expired records removed in one transaction: bounds how long other writes wait behind a purge.
const PURGE_RECORDS_MAX: usize = 500;

/// The table of a [`Store`](crate::Store).
#[derive(Debug)]
pub struct EmbeddedTable {
    writer: Arc<Writer>,
}

/// A change whose body is already serialised.
struct Prepared {
    key: Key,
    condition: Condition,
    effect: Effect,
}

enum Effect {
    Put { expires_at: Option<i64>, body: Vec<u8> },
    Delete,
    Check,
}

impl EmbeddedTable {
    pub(crate) const fn new(writer: Arc<Writer>) -> Self {
        Self { writer }
    }

    /// Removes records whose `expires_at` is before `now` (seconds since the epoch); gives how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn purge_expired(&self, now: i64) -> Result<u64, PortError> {
        let mut purged = 0;
        loop {
            let removed = self.writer.write(move |tables| purge_some(tables, now)).await?;
            purged += removed as u64;
            if removed < PURGE_RECORDS_MAX {
                return Ok(purged);
            }
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        if self.writer.is_inline() {
            return work(self.writer.database());
        }
        let database = Arc::clone(self.writer.database());
        tokio::task::spawn_blocking(move || work(&database))
            .await
            .map_err(|error| PortError::Internal(format!("a read of the store: {error}")))?
    }
}

#[async_trait]
impl Table for EmbeddedTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        validate_key(key)?;
        let key = key.clone();
        self.read(move |database| {
            let records = database.begin_read().map_err(translate)?.open_table(RECORDS).map_err(translate)?;
            read_record(&records, &key)
        })
        .await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        if query.limit == 0 || query.limit > QUERY_LIMIT_MAX {
            return Err(PortError::TooLarge(format!(
                "a page of {} records; a page has 1 to {QUERY_LIMIT_MAX}",
                query.limit
            )));
        }
        let query = query.clone();
        self.read(move |database| read_page(database, &query)).await
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        validate_changes(&changes)?;
        let changes = changes.into_iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
        let writer = writer.to_owned();
        self.writer.write(move |tables| write_changes(tables, &writer, &changes)).await
    }
}

fn prepare(change: Change) -> Result<Prepared, PortError> {
    Ok(match change {
        Change::Put { key, condition, expires_at, body } => {
            let body = serde_json::to_vec(&body).map_err(|error| PortError::Internal(format!("a record: {error}")))?;
            if body.len() > RECORD_BYTES_MAX {
                return Err(PortError::TooLarge(format!(
                    "a record of {} bytes; the limit is {RECORD_BYTES_MAX}",
                    body.len()
                )));
            }
            Prepared { key, condition, effect: Effect::Put { expires_at, body } }
        }
        Change::Delete { key, condition } => Prepared { key, condition, effect: Effect::Delete },
        Change::Check { key, condition } => Prepared { key, condition, effect: Effect::Check },
    })
}

/// Applies all changes when every condition holds; otherwise nothing.
fn write_changes(tables: &mut Tables<'_>, writer: &str, changes: &[Prepared]) -> Result<WriteOutcome, PortError> {
    let mut current = Vec::with_capacity(changes.len());
    for change in changes {
        current.push(read_record(&tables.records, &change.key)?);
    }
    let holds = changes.iter().zip(&current).all(|(change, record)| match change.condition {
        Condition::Absent => record.is_none(),
        Condition::VersionIs(version) => record.as_ref().is_some_and(|record| record.version == version),
    });
    if !holds {
        let retried = is_own_result(tables, writer, changes)?;
        return Ok(if retried { WriteOutcome::Written } else { WriteOutcome::Conflict(current) });
    }
    for (change, record) in changes.iter().zip(&current) {
        apply(tables, writer, change, record.as_ref())?;
    }
    Ok(WriteOutcome::Written)
}

/// True when every put finds what it would have written: the write was applied before and its answer lost.
fn is_own_result(tables: &Tables<'_>, writer: &str, changes: &[Prepared]) -> Result<bool, PortError> {
    let mut puts = 0;
    for change in changes {
        let Effect::Put { expires_at, body } = &change.effect else { continue };
        puts += 1;
        let own = (version_after(change.condition), writer, *expires_at, body.as_slice());
        let key = (change.key.partition.as_str(), change.key.sort.as_str());
        if tables.records.get(key).map_err(translate)?.is_none_or(|stored| stored.value() != own) {
            return Ok(false);
        }
    }
    Ok(puts > 0)
}

const fn version_after(condition: Condition) -> u64 {
    match condition {
        Condition::Absent => 1,
        Condition::VersionIs(version) => version.saturating_add(1),
    }
}

fn apply(tables: &mut Tables<'_>, writer: &str, change: &Prepared, current: Option<&Record>) -> Result<(), PortError> {
    let (partition, sort) = (change.key.partition.as_str(), change.key.sort.as_str());
    if matches!(change.effect, Effect::Check) {
        return Ok(());
    }
    tables.changed = true;
    if let Some(at) = current.and_then(|record| record.expires_at) {
        tables.expiries.remove((at, partition, sort)).map_err(translate)?;
    }
    match &change.effect {
        Effect::Put { expires_at, body } => {
            let value = (version_after(change.condition), writer, *expires_at, body.as_slice());
            tables.records.insert((partition, sort), value).map_err(translate)?;
            if let Some(at) = expires_at {
                tables.expiries.insert((*at, partition, sort), ()).map_err(translate)?;
            }
        }
        Effect::Delete => {
            tables.records.remove((partition, sort)).map_err(translate)?;
        }
        Effect::Check => {}
    }
    Ok(())
}

fn purge_some(tables: &mut Tables<'_>, now: i64) -> Result<usize, PortError> {
    let mut due = Vec::new();
    for entry in tables.expiries.range(..(now, "", "")).map_err(translate)?.take(PURGE_RECORDS_MAX) {
        let (key, ()) = entry.map(|(key, _)| (key, ())).map_err(translate)?;
        let (at, partition, sort) = key.value();
        due.push((at, partition.to_owned(), sort.to_owned()));
    }
    for (at, partition, sort) in &due {
        tables.changed = true;
        tables.expiries.remove((*at, partition.as_str(), sort.as_str())).map_err(translate)?;
        tables.records.remove((partition.as_str(), sort.as_str())).map_err(translate)?;
    }
    Ok(due.len())
}

fn read_record(records: &impl ReadableTable<RecordKey, RecordValue>, key: &Key) -> Result<Option<Record>, PortError> {
    let stored = records.get((key.partition.as_str(), key.sort.as_str())).map_err(translate)?;
    stored.map(|stored| decode(key.clone(), &stored)).transpose()
}

fn decode(key: Key, stored: &AccessGuard<'_, RecordValue>) -> Result<Record, PortError> {
    let (version, writer, expires_at, body) = stored.value();
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| PortError::Corrupt(format!("record {}/{}: {error}", key.partition, key.sort)))?;
    Ok(Record { key, version, writer: writer.to_owned(), expires_at, body })
}

fn read_page(database: &Database, query: &Query) -> Result<Page, PortError> {
    let records = database.begin_read().map_err(translate)?.open_table(RECORDS).map_err(translate)?;
    let partition = query.partition.as_str();
    let lower = match query.after.as_deref() {
        Some(after) if !query.descending && after >= query.prefix.as_str() => Bound::Excluded((partition, after)),
        Some(_) | None => Bound::Included((partition, query.prefix.as_str())),
    };
    let end = end_of_prefix(&query.prefix);
    let after = query.after.as_deref().filter(|_| query.descending);
    let next_partition = format!("{partition}\u{0}");
    let upper = match (end.as_deref(), after) {
        (Some(end), Some(after)) => (partition, end.min(after)),
        (Some(bound), None) | (None, Some(bound)) => (partition, bound),
        (None, None) => (next_partition.as_str(), ""),
    };
    if matches!(lower, Bound::Included(low) | Bound::Excluded(low) if low >= upper) {
        return Ok(Page::default());
    }
    let range = records.range::<(&str, &str)>((lower, Bound::Excluded(upper))).map_err(translate)?;
    if query.descending { collect(range.rev(), query.limit) } else { collect(range, query.limit) }
}

/// The smallest text above everything that starts with `prefix`; `None` when there is none (or no prefix).
fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        let next = if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

type Entry<'a> = redb::Result<(AccessGuard<'a, RecordKey>, AccessGuard<'a, RecordValue>)>;

fn collect<'a>(entries: impl Iterator<Item = Entry<'a>>, limit: usize) -> Result<Page, PortError> {
    let mut page = Page::default();
    for entry in entries {
        let (key, value) = entry.map_err(translate)?;
        if page.records.len() == limit {
            page.next = page.records.last().map(|record: &Record| record.key.sort.clone());
            break;
        }
        let (partition, sort) = key.value();
        page.records.push(decode(Key::new(partition, sort), &value)?);
    }
    Ok(page)
}
