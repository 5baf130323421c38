//! Links with which somebody without credentials may fetch or store one object for a few minutes.
//!
//! An upload's length and checksum are signed: the link takes exactly the bytes it was made for.

use super::{S3Blobs, check_length};
use crate::failure::translate;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use ports::PortError;
use ports::blobs::validate_key;
use std::time::Duration;

/// Longest life of a link, seconds.
pub const PRESIGN_SECONDS_MAX: u64 = 300;

/// Longest file name a download is saved under, bytes.
const FILE_NAME_BYTES_MAX: usize = 200;

/// A request that carries its permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presigned {
    /// `GET` or `PUT`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Headers that are signed and must be sent exactly so.
    pub headers: Vec<(String, String)>,
}

impl S3Blobs {
    /// A link that downloads an object, saved under `file_name`.
    ///
    /// # Errors
    /// [`PortError::TooLarge`] beyond [`PRESIGN_SECONDS_MAX`]; [`PortError::Internal`] for a bad key or file name.
    pub async fn presign_download(&self, key: &str, lasts: Duration, file_name: &str) -> Result<Presigned, PortError> {
        validate_key(key)?;
        let config = config(lasts)?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_disposition(format!("attachment; filename=\"{}\"", checked_name(file_name)?));
        let signed = request
            .presigned(config)
            .await
            .map_err(|error| translate(&self.call("presigned GetObject", key), &error))?;
        Ok(presigned(&signed))
    }

    /// A link that stores `length` bytes with this SHA-256 under a key, and nothing else.
    ///
    /// # Errors
    /// [`PortError::TooLarge`] beyond [`PRESIGN_SECONDS_MAX`] or for an object too large; [`PortError::Internal`] for a bad
    /// key.
    pub async fn presign_upload(
        &self,
        key: &str,
        length: usize,
        sha256: &[u8; 32],
        lasts: Duration,
    ) -> Result<Presigned, PortError> {
        validate_key(key)?;
        check_length(key, length)?;
        let config = config(lasts)?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_length(i64::try_from(length).unwrap_or(i64::MAX))
            .checksum_sha256(base64(sha256));
        let signed = request
            .presigned(config)
            .await
            .map_err(|error| translate(&self.call("presigned PutObject", key), &error))?;
        Ok(presigned(&signed))
    }
}

fn config(lasts: Duration) -> Result<PresigningConfig, PortError> {
    if lasts > Duration::from_secs(PRESIGN_SECONDS_MAX) {
        return Err(PortError::TooLarge(format!(
            "a link of {} seconds; the limit is {PRESIGN_SECONDS_MAX}",
            lasts.as_secs_f64()
        )));
    }
    PresigningConfig::expires_in(lasts).map_err(|error| PortError::Internal(format!("the life of a link: {error}")))
}

/// A file name that needs no escaping in a header.
fn checked_name(file_name: &str) -> Result<&str, PortError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !file_name.is_empty() && file_name.len() <= FILE_NAME_BYTES_MAX && file_name.bytes().all(plain) {
        return Ok(file_name);
    }
    Err(PortError::Internal(format!(
        "not a file name of a download: {file_name:?}; 1-{FILE_NAME_BYTES_MAX} of [A-Za-z0-9._-]"
    )))
}

fn presigned(signed: &PresignedRequest) -> Presigned {
    Presigned {
        method: signed.method().to_owned(),
        url: signed.uri().to_owned(),
        headers: signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

/// RFC 4648 section 4, as the checksum headers want it.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let padded =
            group.iter().chain([0, 0].iter()).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            let letter = ALPHABET.get(padded >> (18 - 6 * place) & 63).copied().unwrap_or(b'=');
            text.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
