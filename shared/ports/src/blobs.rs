//! The blob port: immutable-by-convention objects under keys.

use crate::PortError;
use async_trait::async_trait;
use bytes::Bytes;

/// Longest key in bytes (the S3 limit).
pub const KEY_BYTES_MAX: usize = 1024;

/// Longest segment of a key in bytes: file systems end at 255, and adapters need room for a suffix.
pub const SEGMENT_BYTES_MAX: usize = 200;

/// Largest object in bytes: it is held in memory whole.
pub const BLOB_BYTES_MAX: usize = 256 * 1024 * 1024;

/// True for a segment that may occur in a key.
#[must_use]
pub fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.len() <= SEGMENT_BYTES_MAX
        && segment != "."
        && segment != ".."
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._=#-".contains(&byte))
}

/// Checks a key: what it names stays inside the store, on every store.
///
/// # Errors
/// [`PortError::TooLarge`] for a key that is too long, [`PortError::Internal`] for one that is malformed.
pub fn validate_key(key: &str) -> Result<(), PortError> {
    if key.len() > KEY_BYTES_MAX {
        return Err(PortError::TooLarge(format!("a blob key of {} bytes; the limit is {KEY_BYTES_MAX}", key.len())));
    }
    if key.split('/').all(is_segment) {
        return Ok(());
    }
    Err(PortError::Internal(format!("not a blob key: {key:?}; segments are 1-{SEGMENT_BYTES_MAX} of [A-Za-z0-9._=#-]")))
}

/// Objects by key. Keys are `/`-separated segments of `[A-Za-z0-9._=#-]`, never empty, never `.` or `..`.
///
/// No key continues another one with a `/` (`a` beside `a/b`): a folder cannot hold both.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores an object; an object under the same key is replaced atomically (a reader sees the old or the new one, whole).
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError>;

    /// The object, or `None`.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError>;

    /// Keys that start with `prefix` (any text, also half a segment), ascending by bytes, at most `limit`, after `after`
    /// (exclusive).
    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError>;

    /// A link from which anybody may fetch the object for a few minutes, saved as `file_name`; `None` where the store gives
    /// out no links.
    async fn download_link(&self, key: &str, file_name: &str) -> Result<Option<String>, PortError>;

    /// Removes an object; absent is fine.
    async fn delete(&self, key: &str) -> Result<(), PortError>;
}
