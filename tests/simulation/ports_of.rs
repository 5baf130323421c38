//! The ports as one process sees them: slow, failing, its own, and never another tenant's.

use crate::process::Process;
use crate::sites::{blob_kind, change_kinds, key_kind, partition_kind, sent_word};
use crate::world::World;
use async_trait::async_trait;
use bytes::Bytes;
use domain::series::SeriesManifest;
use domain::sweep::{RankOrder, RankedTable};
use market::{BarSeries, Resolution};
use ports::PortError;
use ports::bars::{Bars, Catalog};
use ports::blobs::Blobs;
use ports::queue::{Outgoing, Queue, QueueName};
use ports::results::Ranker;
use ports::table::{Change, Consistency, Key, Page, Query, Record, Table, WriteOutcome};
use std::sync::Arc;

/// Every port of a process.
#[derive(Clone)]
pub struct Ports(pub Arc<Process>);

fn never(_: &World) -> Option<PortError> {
    None
}

fn throttled(world: &World) -> Option<PortError> {
    let rate = world.weather().rates.unavailable;
    world.happens(rate).then(|| PortError::Unavailable("throttled".to_owned()))
}

fn conflicted(world: &World) -> Option<PortError> {
    let rate = world.weather().transaction_conflict;
    world.happens(rate).then(|| PortError::Unavailable("a transaction conflict".to_owned()))
}

impl Ports {
    fn world(&self) -> &World {
        &self.0.world
    }

    /// Whatever a process touches belongs to the tenant it works for.
    fn own(&self, partition: &str) {
        let mine = self.0.tenants.iter().any(|tenant| partition.starts_with(&format!("{tenant}#")));
        if !mine {
            self.world().violate(format!("{} of {:?} touches {partition}", self.0.role(), self.0.tenants));
        }
    }

    fn own_blob(&self, key: &str) {
        let mine = self.0.tenants.iter().any(|tenant| key.starts_with(&format!("results/{tenant}/")));
        if !mine {
            self.world().violate(format!("{} of {:?} touches {key}", self.0.role(), self.0.tenants));
        }
    }
}

#[async_trait]
impl Table for Ports {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        self.own(&key.partition);
        let site = format!("table.get {}", key_kind(key));
        self.0.call(site, never, self.world().table(&self.0).get(key)).await
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        self.own(&query.partition);
        let how = match query.consistency {
            Consistency::Strong => "strong",
            Consistency::Eventual => "eventual",
        };
        let site = format!("table.query {} {how}", partition_kind(&query.partition));
        self.0.call(site, never, self.world().table(&self.0).query(query)).await
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        for change in &changes {
            self.own(&change.key().partition);
        }
        let site = format!("table.write {}", change_kinds(&changes));
        let strike = if changes.len() > 1 { conflicted } else { never };
        self.0.call(site, strike, self.world().table(&self.0).write(writer, changes)).await
    }
}

#[async_trait]
impl Queue for Ports {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        let site = format!("queue.send {}", sent_word(&messages));
        let sent = self.0.call(site, never, self.world().queue(&self.0).send(queue, messages)).await;
        self.world().changed.notify_one();
        sent
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        let site = format!("queue.postpone {}", queue.as_str());
        let postponed = self.0.call(site, never, self.world().queue(&self.0).postpone(queue, receipt, seconds)).await;
        self.world().changed.notify_one();
        postponed
    }
}

#[async_trait]
impl Blobs for Ports {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        self.own_blob(key);
        let site = format!("blobs.put {}", blob_kind(key));
        let put = async {
            self.world().strike_poison(key)?;
            self.world().blobs(&self.0).put(key, bytes).await
        };
        self.0.call(site, never, put).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        self.own_blob(key);
        self.0.call(format!("blobs.get {}", blob_kind(key)), never, self.world().blobs(&self.0).get(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        self.own_blob(prefix);
        self.0.call("blobs.list".to_owned(), never, self.world().blobs(&self.0).list(prefix, after, limit)).await
    }

    async fn download_link(&self, key: &str, _: &str) -> Result<Option<String>, PortError> {
        self.own_blob(key);
        Ok(None)
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        self.own_blob(key);
        let site = format!("blobs.delete {}", blob_kind(key));
        self.0.call(site, never, self.world().blobs(&self.0).delete(key)).await
    }
}

#[async_trait]
impl Catalog for Ports {
    async fn list(&self) -> Result<Vec<SeriesManifest>, PortError> {
        self.0.call("catalog.list".to_owned(), throttled, self.world().calm.catalog.list()).await
    }

    async fn current(&self, symbol: &str, resolution: Option<Resolution>) -> Result<Option<SeriesManifest>, PortError> {
        let work = self.world().calm.catalog.current(symbol, resolution);
        self.0.call("catalog.current".to_owned(), throttled, work).await
    }

    async fn snapshot(
        &self,
        symbol: &str,
        resolution: Resolution,
        snapshot_id: &str,
    ) -> Result<Option<SeriesManifest>, PortError> {
        let work = self.world().calm.catalog.snapshot(symbol, resolution, snapshot_id);
        self.0.call("catalog.snapshot".to_owned(), throttled, work).await
    }
}

#[async_trait]
impl Bars for Ports {
    async fn load(&self, manifest: &SeriesManifest, from_us: i64, to_us: i64) -> Result<Arc<BarSeries>, PortError> {
        let work = self.world().data.load(manifest, from_us, to_us);
        self.0.call("bars.load".to_owned(), throttled, work).await
    }
}

#[async_trait]
impl Ranker for Ports {
    async fn rank(&self, slice_keys: &[String], order: &RankOrder) -> Result<RankedTable, PortError> {
        for key in slice_keys {
            self.own_blob(key);
        }
        let work = self.world().data.rank(self.world().calm.blobs.as_ref(), slice_keys, order);
        self.0.call("ranker.rank".to_owned(), throttled, work).await
    }
}
