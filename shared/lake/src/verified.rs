//! A store that checks what it reads: of an object whose block checksums are known, only undamaged bytes are handed out.
//!
//! Objects without known checksums pass through, and so does everything but reading.

use crate::snapshot_id::object_digest;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetRange, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes with a checksum of their own: small beside a month of minutes, so that a window reads little more than it needs.
pub(crate) const BLOCK_BYTES: usize = 32 * 1024;

/// Hexadecimal digits of a block's checksum, the first of its SHA-256: enough against accidents, short in a manifest.
const CHECKSUM_DIGITS: usize = 8;

/// The checksums of an object's blocks, one after the other.
pub(crate) fn block_checksums(object: &[u8]) -> String {
    object.chunks(BLOCK_BYTES).map(checksum).collect()
}

fn checksum(block: &[u8]) -> String {
    object_digest(block).chars().take(CHECKSUM_DIGITS).collect()
}

/// A block that is not what was written.
#[derive(Debug, thiserror::Error)]
#[error("damaged between bytes {start} and {end}")]
pub(crate) struct DamagedBlock {
    start: u64,
    end: u64,
}

/// What is known of an object while someone reads it.
#[derive(Debug)]
struct Known {
    bytes: u64,
    checksums: Arc<str>,
    readers: usize,
}

/// The store.
#[derive(Debug)]
pub(crate) struct VerifiedStore {
    inner: Arc<dyn ObjectStore>,
    known: Mutex<BTreeMap<Path, Known>>,
}

/// While it lives, reads of one object are checked.
pub(crate) struct Verification<'a> {
    store: &'a VerifiedStore,
    location: Path,
}

impl VerifiedStore {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self { inner, known: Mutex::default() }
    }

    /// Checks reads of `object` against the checksums its manifest states.
    pub(crate) fn verify(&self, object: &ObjectMeta, checksums: &str) -> Verification<'_> {
        let mut known = self.known();
        let entry = known.entry(object.location.clone());
        entry.or_insert_with(|| Known { bytes: object.size, checksums: checksums.into(), readers: 0 }).readers += 1;
        Verification { store: self, location: object.location.clone() }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Path, Known>> {
        // Nothing panics while the lock is held; a poisoned map would still be whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the blocks that hold `wanted`, checks them, and returns what was asked for.
    async fn get_checked(
        &self,
        location: &Path,
        options: GetOptions,
        bytes: u64,
        checksums: &str,
    ) -> Result<GetResult> {
        let asked = options.range.as_ref().unwrap_or(&GetRange::Offset(0));
        let wanted = asked.as_range(bytes).map_err(|error| refused(error.into()))?;
        let blocks = covering_blocks(&wanted, bytes);
        let options = GetOptions { range: Some(GetRange::Bounded(blocks.clone())), ..options };
        let found = self.inner.get_opts(location, options).await?;
        let (meta, attributes) = (found.meta.clone(), found.attributes.clone());
        let read = found.bytes().await?;
        check_blocks(&read, &blocks, checksums)?;
        let answer = within(&read, &wanted, blocks.start).ok_or_else(|| damaged(blocks))?;
        let payload = GetResultPayload::Stream(stream::once(async move { Ok(answer) }).boxed());
        Ok(GetResult { payload, meta, range: wanted, attributes })
    }
}

impl Drop for Verification<'_> {
    fn drop(&mut self) {
        let mut known = self.store.known();
        if let Some(object) = known.get_mut(&self.location) {
            object.readers -= 1;
            if object.readers == 0 {
                known.remove(&self.location);
            }
        }
    }
}

/// The smallest range of whole blocks around `wanted` in an object of `bytes`.
fn covering_blocks(wanted: &Range<u64>, bytes: u64) -> Range<u64> {
    let block = BLOCK_BYTES as u64;
    let start = wanted.start - wanted.start % block;
    start..wanted.end.div_ceil(block).saturating_mul(block).min(bytes)
}

/// Every block of `read`, which starts at a block's border, has its checksum.
fn check_blocks(read: &[u8], range: &Range<u64>, checksums: &str) -> Result<()> {
    let first = usize::try_from(range.start).map_err(|error| refused(error.into()))? / BLOCK_BYTES;
    for (number, block) in read.chunks(BLOCK_BYTES).enumerate() {
        let position = (first + number) * CHECKSUM_DIGITS;
        if checksums.get(position..position + CHECKSUM_DIGITS) != Some(checksum(block).as_str()) {
            let start = range.start + (number * BLOCK_BYTES) as u64;
            return Err(damaged(start..start + block.len() as u64));
        }
    }
    Ok(())
}

fn within(read: &Bytes, wanted: &Range<u64>, start: u64) -> Option<Bytes> {
    let from = usize::try_from(wanted.start.checked_sub(start)?).ok()?;
    let to = usize::try_from(wanted.end.checked_sub(start)?).ok()?;
    (from <= to && to <= read.len()).then(|| read.slice(from..to))
}

fn damaged(range: Range<u64>) -> Error {
    refused(Box::new(DamagedBlock { start: range.start, end: range.end }))
}

fn refused(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Generic { store: "lake", source }
}

impl fmt::Display for VerifiedStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "verified {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for VerifiedStore {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let known = self.known().get(location).map(|known| (known.bytes, Arc::clone(&known.checksums)));
        match known {
            Some((bytes, checksums)) if !options.head => self.get_checked(location, options, bytes, &checksums).await,
            Some(_) | None => self.inner.get_opts(location, options).await,
        }
    }

    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
