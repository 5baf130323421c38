//! The blob port over one S3 bucket; links to its objects in `presigned`.
//!
//! A missing object is only told from a forbidden one when the caller may list the bucket (`s3:ListBucket`).

mod presigned;

use crate::backoff::{ATTEMPTS_MAX, pause_before};
use crate::failure::translate;
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use bytes::Bytes;
use ports::PortError;
use ports::blobs::{BLOB_BYTES_MAX, Blobs, validate_key};
use std::time::Duration;

pub use presigned::{PRESIGN_SECONDS_MAX, Presigned};

/// Keys of one answer (the S3 limit).
const LIST_KEYS_MAX: usize = 1000;

/// Objects in a bucket.
#[derive(Debug, Clone)]
pub struct S3Blobs {
    client: Client,
    bucket: String,
}

impl S3Blobs {
    pub(crate) fn new(client: Client, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    /// A call for the log.
    fn call(&self, operation: &str, key: &str) -> String {
        format!("S3 {operation} of {key} in bucket {}", self.bucket)
    }

    /// The object's answer, its body still to come.
    async fn open(&self, key: &str) -> Result<Option<GetObjectOutput>, PortError> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => match error.as_service_error() {
                Some(GetObjectError::NoSuchKey(_)) => Ok(None),
                _ => Err(translate(&self.call("GetObject", key), &error)),
            },
        }
    }
}

#[async_trait]
impl Blobs for S3Blobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        validate_key(key)?;
        check_length(key, bytes.len())?;
        let request = self.client.put_object().bucket(&self.bucket).key(key).body(bytes.into());
        request.send().await.map_err(|error| translate(&self.call("PutObject", key), &error))?;
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        validate_key(key)?;
        let mut broken = String::new();
        // The SDK retries requests, not bodies that break off.
        for attempt in 0..ATTEMPTS_MAX {
            pause_before(attempt).await?;
            let Some(answer) = self.open(key).await? else { return Ok(None) };
            check_length(key, usize::try_from(answer.content_length().unwrap_or_default()).unwrap_or_default())?;
            match answer.body.collect().await {
                Ok(body) => return Ok(Some(body.into_bytes())),
                Err(error) => broken = error.to_string(),
            }
        }
        Err(PortError::Unavailable(format!("{}: {broken}", self.call("GetObject", key))))
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        let mut keys: Vec<String> = Vec::new();
        let mut after = after.filter(|after| !after.is_empty()).map(str::to_owned);
        while keys.len() < limit {
            let wanted = (limit - keys.len()).min(LIST_KEYS_MAX);
            let request = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_start_after(after)
                .max_keys(i32::try_from(wanted).unwrap_or(i32::MAX));
            let answer =
                request.send().await.map_err(|error| translate(&self.call("ListObjectsV2", prefix), &error))?;
            let more = answer.is_truncated() == Some(true);
            let found: Vec<String> = answer.contents.unwrap_or_default().into_iter().filter_map(|o| o.key).collect();
            after = found.last().cloned();
            // What is no key of ours was put there by somebody else.
            keys.extend(found.into_iter().filter(|key| validate_key(key).is_ok()));
            if !more || after.is_none() {
                break;
            }
        }
        Ok(keys)
    }

    async fn download_link(&self, key: &str, file_name: &str) -> Result<Option<String>, PortError> {
        let lasts = Duration::from_secs(PRESIGN_SECONDS_MAX);
        self.presign_download(key, lasts, file_name).await.map(|link| Some(link.url))
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        validate_key(key)?;
        let request = self.client.delete_object().bucket(&self.bucket).key(key);
        request.send().await.map_err(|error| translate(&self.call("DeleteObject", key), &error))?;
        Ok(())
    }
}

fn check_length(key: &str, bytes: usize) -> Result<(), PortError> {
    if bytes > BLOB_BYTES_MAX {
        return Err(PortError::TooLarge(format!("object {key} of {bytes} bytes; the limit is {BLOB_BYTES_MAX}")));
    }
    Ok(())
}
