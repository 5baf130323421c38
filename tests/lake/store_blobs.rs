//! The blob port over an object store, so that results and the lake meet in the same objects.

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use ports::PortError;
use ports::blobs::Blobs;
use std::sync::Arc;

pub struct StoreBlobs {
    store: Arc<dyn ObjectStore>,
}

impl StoreBlobs {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }
}

fn failed(error: Error) -> PortError {
    PortError::Unavailable(error.to_string())
}

#[async_trait]
impl Blobs for StoreBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        self.store.put(&Path::parse(key).unwrap(), bytes.into()).await.map(|_| ()).map_err(failed)
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        match self.store.get(&Path::parse(key).unwrap()).await {
            Ok(found) => found.bytes().await.map(Some).map_err(failed),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        let objects: Vec<_> = self.store.list(None).try_collect().await.map_err(failed)?;
        let mut keys: Vec<String> = objects.into_iter().map(|object| object.location.to_string()).collect();
        keys.retain(|key| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after));
        keys.sort();
        keys.truncate(limit);
        Ok(keys)
    }

    async fn download_link(&self, _: &str, _: &str) -> Result<Option<String>, PortError> {
        Ok(None)
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        self.store.delete(&Path::parse(key).unwrap()).await.map_err(failed)
    }
}
