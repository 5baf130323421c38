//! Faults of a table: failures before and after, repeated writes, and eventual reads of the past.

use super::{Fate, Faults, lost_answer};
use crate::PortError;
use crate::table::{Change, Consistency, Key, Page, QUERY_LIMIT_MAX, Query, Record, Table, WriteOutcome};
use async_trait::async_trait;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Writes an eventual read may lag behind.
const LAG_WRITES_MAX: usize = 20;

/// What keys held before a write.
type Before = Vec<(Key, Option<Record>)>;

pub(super) struct FaultyTable {
    faults: Arc<Faults>,
    inner: Arc<dyn Table>,
    /// The last writes, oldest first.
    past: Mutex<VecDeque<Before>>,
}

impl FaultyTable {
    pub(super) fn new(faults: Arc<Faults>, inner: Arc<dyn Table>) -> Self {
        Self { faults, inner, past: Mutex::default() }
    }

    async fn write_remembered(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        let mut before = Vec::new();
        for change in &changes {
            before.push((change.key().clone(), self.inner.get(change.key()).await?));
        }
        let outcome = self.inner.write(writer, changes).await?;
        if outcome == WriteOutcome::Written {
            let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
            past.push_back(before);
            while past.len() > LAG_WRITES_MAX {
                past.pop_front();
            }
        }
        Ok(outcome)
    }

    /// The page as it was some writes ago.
    async fn query_past(&self, query: &Query) -> Result<Page, PortError> {
        let mut records = self.everything(query).await?;
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lag = usize::try_from(self.faults.below(past.len() as u64 + 1)).unwrap_or(0);
        for (key, before) in past.into_iter().rev().take(lag).flatten() {
            if key.partition == query.partition && key.sort.starts_with(&query.prefix) {
                match before {
                    Some(record) => records.insert(key.sort, record),
                    None => records.remove(&key.sort),
                };
            }
        }
        let mut records: Vec<Record> = records.into_values().collect();
        if query.descending {
            records.reverse();
        }
        if let Some(after) = &query.after {
            records.retain(|record| if query.descending { record.key.sort < *after } else { record.key.sort > *after });
        }
        let more = records.len() > query.limit;
        records.truncate(query.limit);
        let next = records.last().filter(|_| more).map(|record| record.key.sort.clone());
        Ok(Page { records, next })
    }

    /// All records of the query's partition and prefix, by sort key.
    async fn everything(&self, query: &Query) -> Result<BTreeMap<String, Record>, PortError> {
        let mut records = BTreeMap::new();
        let mut next = Query { after: None, limit: QUERY_LIMIT_MAX, descending: false, ..query.clone() };
        loop {
            let page = self.inner.query(&next).await?;
            records.extend(page.records.into_iter().map(|record| (record.key.sort.clone(), record)));
            if page.next.is_none() {
                return Ok(records);
            }
            next.after = page.next;
        }
    }
}

#[async_trait]
impl Table for FaultyTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        self.faults.interleave().await;
        self.faults.on_read()?;
        self.inner.get(key).await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        self.faults.interleave().await;
        self.faults.on_read()?;
        // Limits are the adapter's to check, also for an answer from the past.
        let page = self.inner.query(query).await?;
        match query.consistency {
            Consistency::Eventual if self.faults.happens(|rates| rates.stale_read) => self.query_past(query).await,
            Consistency::Eventual | Consistency::Strong => Ok(page),
        }
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        self.faults.interleave().await;
        match self.faults.on_write()? {
            Fate::Proceed => self.write_remembered(writer, changes).await,
            Fate::LoseAnswer => {
                self.write_remembered(writer, changes).await?;
                Err(lost_answer())
            }
            Fate::Repeat => {
                self.write_remembered(writer, changes.clone()).await?;
                self.faults.interleave().await;
                self.inner.write(writer, changes).await
            }
        }
    }
}
