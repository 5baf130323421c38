//! Faults of a blob store: failures before and after, repeated puts.

use super::{Fate, Faults, lost_answer};
use crate::PortError;
use crate::blobs::Blobs;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

pub(super) struct FaultyBlobs {
    faults: Arc<Faults>,
    inner: Arc<dyn Blobs>,
}

impl FaultyBlobs {
    pub(super) fn new(faults: Arc<Faults>, inner: Arc<dyn Blobs>) -> Self {
        Self { faults, inner }
    }
}

#[async_trait]
impl Blobs for FaultyBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        self.faults.interleave().await;
        let fate = self.faults.on_write()?;
        self.inner.put(key, bytes.clone()).await?;
        match fate {
            Fate::Proceed => Ok(()),
            Fate::LoseAnswer => Err(lost_answer()),
            Fate::Repeat => self.inner.put(key, bytes).await,
        }
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        self.faults.interleave().await;
        self.faults.on_read()?;
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        self.faults.interleave().await;
        self.faults.on_read()?;
        self.inner.list(prefix, after, limit).await
    }

    async fn download_link(&self, key: &str, file_name: &str) -> Result<Option<String>, PortError> {
        self.faults.on_read()?;
        self.inner.download_link(key, file_name).await
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        self.faults.interleave().await;
        let fate = self.faults.on_write()?;
        self.inner.delete(key).await?;
        if fate == Fate::LoseAnswer { Err(lost_answer()) } else { Ok(()) }
    }
}
