//! The table beneath all faults: every write that is applied is held against the laws of the records, at once.

use crate::key_load::{stored_bytes, write_units};
use crate::laws;
use crate::sites::{key_kind, partition_kind};
use crate::weather::PARTITION_UNITS_MAX;
use crate::world::World;
use async_trait::async_trait;
use embedded::EmbeddedTable;
use ports::PortError;
use ports::blobs::Blobs;
use ports::clock::Clock;
use ports::table::{Change, Key, Page, Query, Record, Table, WriteOutcome};
use std::sync::{Arc, Weak};

pub struct WatchedTable {
    world: Weak<World>,
    inner: Arc<EmbeddedTable>,
    blobs: Arc<dyn Blobs>,
}

/// A record before and after a write.
pub struct Changed {
    pub key: Key,
    pub before: Option<Record>,
    pub after: Option<Record>,
}

impl WatchedTable {
    pub fn new(world: Weak<World>, inner: Arc<EmbeddedTable>, blobs: Arc<dyn Blobs>) -> Self {
        Self { world, inner, blobs }
    }

    fn measuring(&self) -> Option<Arc<World>> {
        self.world.upgrade().filter(|world| world.weather().measured)
    }

    async fn all(&self, changes: &[Change]) -> Result<Vec<Option<Record>>, PortError> {
        let mut records = Vec::new();
        for change in changes {
            records.push(self.inner.get(change.key()).await?);
        }
        Ok(records)
    }

    /// Counts what a write costs its partitions; refuses it when one of them has taken too much this second.
    fn take_units(world: &World, changes: &[Change]) -> Result<(), PortError> {
        let (now_us, weather) = (world.truth.now_us(), world.weather());
        let most = weather.partition_units_max;
        if most == PARTITION_UNITS_MAX && !weather.measured {
            return Ok(());
        }
        let mut load = world.load.lock().unwrap();
        let units_of = |change: &Change| {
            let bytes = match change {
                Change::Put { body, .. } => body.to_string().len() as u64 + 100,
                Change::Delete { .. } | Change::Check { .. } => 1,
            };
            write_units(bytes, changes.len() > 1)
        };
        for change in changes {
            let (partition, units) = (&change.key().partition, units_of(change));
            // A partition that rested takes any one write, however large.
            let taken = load.would_be(partition, now_us, units);
            if taken > most && taken > units {
                return Err(PortError::Unavailable(format!("throttled: {taken} units of {partition} in a second")));
            }
        }
        for change in changes {
            load.wrote(key_kind(change.key()), &change.key().partition, now_us, units_of(change));
        }
        Ok(())
    }
}

#[async_trait]
impl Table for WatchedTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, PortError> {
        let found = self.inner.get(key).await?;
        if let Some(world) = self.measuring() {
            let bytes = found.as_ref().map_or(0, stored_bytes);
            world.load.lock().unwrap().read(key_kind(key), &key.partition, world.truth.now_us(), bytes);
        }
        Ok(found)
    }

    async fn query(&self, query: &Query) -> Result<Page, PortError> {
        let page = self.inner.query(query).await?;
        if let Some(world) = self.measuring() {
            let bytes = page.records.iter().map(stored_bytes).sum();
            let kind = partition_kind(&query.partition);
            world.load.lock().unwrap().read(kind, &query.partition, world.truth.now_us(), bytes);
        }
        Ok(page)
    }

    async fn write(&self, writer: &str, changes: Vec<Change>) -> Result<WriteOutcome, PortError> {
        let Some(world) = self.world.upgrade() else { return Err(PortError::Internal("the world is gone".into())) };
        Self::take_units(&world, &changes)?;
        let before = self.all(&changes).await?;
        let outcome = self.inner.write(writer, changes.clone()).await?;
        let after = self.all(&changes).await?;
        if before == after {
            return Ok(outcome);
        }
        let keys = changes.iter().map(|change| change.key().clone());
        let changed: Vec<Changed> = keys
            .zip(before.into_iter().zip(after))
            .map(|(key, (before, after))| Changed { key, before, after })
            .collect();
        for one in &changed {
            let checked = laws::check(self.inner.as_ref(), self.blobs.as_ref(), one).await;
            if let Err(broken) = checked {
                world.violate(format!("{} {}: {broken}", one.key.partition, one.key.sort));
            }
        }
        Ok(outcome)
    }
}
