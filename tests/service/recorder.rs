//! Ports that note what a function asks of AWS, in AWS's words, and pass everything on.
//!
//! What an adapter makes of a call is written down here once; the cloud suite watches the real requests.

use async_trait::async_trait;
use bytes::Bytes;
use domain::series::SeriesManifest;
use domain::sweep::{RankOrder, RankedTable};
use market::BarSeries;
use ports::PortError;
use ports::bars::Bars;
use ports::blobs::Blobs;
use ports::queue::{Outgoing, Queue, QueueName};
use ports::results::Ranker;
use ports::table::{Change, Key, Page, Query, Record, Table, WriteOutcome};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Action, resource, and for listings the prefix.
pub type Use = (String, String, String);

/// What one function has used.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<BTreeSet<Use>>>);

impl Notes {
    pub fn all(&self) -> BTreeSet<Use> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, action: &str, resource: &str, prefix: &str) {
        self.0.lock().unwrap().insert((action.to_owned(), resource.to_owned(), prefix.to_owned()));
    }

    /// An object may be missing: then the answer depends on the permission to list it.
    fn add_read(&self, bucket: &str, key: &str) {
        self.add("s3:GetObject", &format!("{bucket}/{}", pattern(key)), "");
        self.add("s3:ListBucket", bucket, &pattern(key));
    }
}

/// `results/…` as `results/*`; a key without folders as it is.
fn pattern(key: &str) -> String {
    key.split_once('/').map_or_else(|| key.to_owned(), |(folder, _)| format!("{folder}/*"))
}

fn queue_resource(queue: QueueName) -> &'static str {
    match queue {
        QueueName::Builds => "BuildsQueue",
        QueueName::Backtests => "BacktestsQueue",
        QueueName::Steps => "StepsQueue",
        QueueName::Units => "UnitsQueue",
        QueueName::DeadLetters => "DeadLettersQueue",
    }
}

/// A port under which somebody takes notes. `place` is the bucket, for objects.
pub struct Noted<P: ?Sized> {
    pub notes: Notes,
    pub place: &'static str,
    pub inner: Arc<P>,
}

#[async_trait]
impl Table for Noted<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        self.notes.add("dynamodb:GetItem", "Table", "");
        self.inner.get(key).await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        self.notes.add("dynamodb:Query", "Table", "");
        self.inner.query(query).await
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        for change in &changes {
            let action = match change {
                Change::Put { .. } => "dynamodb:PutItem",
                Change::Delete { .. } => "dynamodb:DeleteItem",
                Change::Check { .. } => "dynamodb:ConditionCheckItem",
            };
            self.notes.add(action, "Table", "");
        }
        if changes.len() > 1 {
            // A transaction that loses reads what it lost to.
            self.notes.add("dynamodb:BatchGetItem", "Table", "");
        }
        self.inner.write(writer, changes).await
    }
}

#[async_trait]
impl Queue for Noted<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        self.notes.add("sqs:SendMessage", queue_resource(queue), "");
        self.inner.send(queue, messages).await
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        self.notes.add("sqs:ChangeMessageVisibility", queue_resource(queue), "");
        self.inner.postpone(queue, receipt, seconds).await
    }
}

#[async_trait]
impl Blobs for Noted<dyn Blobs> {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        // Exports are told from results by their ending.
        let ending = if key.ends_with(".csv") { ".csv" } else { "" };
        self.notes.add("s3:PutObject", &format!("{}/{}{ending}", self.place, pattern(key)), "");
        self.inner.put(key, bytes).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        self.notes.add_read(self.place, key);
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        self.notes.add("s3:ListBucket", self.place, &pattern(prefix));
        self.inner.list(prefix, after, limit).await
    }

    async fn download_link(&self, key: &str, _: &str) -> Result<Option<String>, PortError> {
        self.notes.add_read(self.place, key);
        // S3 gives out links, the store in memory none.
        Ok(Some(format!("https://{}/{key}", self.place)))
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        self.notes.add("s3:DeleteObject", &format!("{}/{}", self.place, pattern(key)), "");
        self.inner.delete(key).await
    }
}

#[async_trait]
impl Bars for Noted<dyn Bars> {
    async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError> {
        manifest.parts.iter().for_each(|part| self.notes.add_read(self.place, &part.key));
        self.inner.load(manifest, from_us, to_us).await
    }
}

#[async_trait]
impl Ranker for Noted<dyn Ranker> {
    async fn rank(&self, slice_keys: &[String], order: &RankOrder) -> Result<RankedTable, PortError> {
        slice_keys.iter().for_each(|key| self.notes.add_read(self.place, key));
        self.inner.rank(slice_keys, order).await
    }
}
