//! The blob port in memory: for simulations, and the model the folder is compared with.
//!
//! Nothing is kept when the process ends.

use async_trait::async_trait;
use bytes::Bytes;
use ports::PortError;
use ports::blobs::{BLOB_BYTES_MAX, Blobs, validate_key};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};

/// Objects in a map.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    objects: Mutex<BTreeMap<String, Bytes>>,
}

/// Refuses what no adapter stores.
pub(crate) fn check_object(key: &str, bytes: &Bytes) -> Result<(), PortError> {
    validate_key(key)?;
    if bytes.len() > BLOB_BYTES_MAX {
        return Err(PortError::TooLarge(format!("an object of {} bytes; the limit is {BLOB_BYTES_MAX}", bytes.len())));
    }
    Ok(())
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        check_object(key, &bytes)?;
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        validate_key(key)?;
        Ok(self.objects.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            Some(_) | None => Bound::Included(prefix),
        };
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = objects.range::<str, _>((start, Bound::Unbounded)).map(|(key, _)| key);
        Ok(keys.take_while(|key| key.starts_with(prefix)).take(limit).cloned().collect())
    }

    async fn download_link(&self, _: &str, _: &str) -> Result<Option<String>, PortError> {
        Ok(None)
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        validate_key(key)?;
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }
}
