//! Reading a request's body, up to a limit.

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// Largest request body, bytes: a rules document is 64 KB, everything else is smaller.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// Over the limit.
    #[error("the request body exceeds {BODY_BYTES_MAX} bytes; send less")]
    TooLarge,
    /// The connection broke.
    #[error("the request body could not be read")]
    Broken,
}

/// Reads a whole body; stops as soon as it is too large, whatever its headers say.
pub(crate) async fn read<B>(body: B) -> Result<Bytes, BodyError>
where
    B: Body,
{
    if body.size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut body = std::pin::pin!(body);
    let mut collected = BytesMut::new();
    while let Some(frame) = body.as_mut().frame().await {
        let Ok(mut data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let length = data.remaining();
        if collected.len() + length > BODY_BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        collected.extend_from_slice(&data.copy_to_bytes(length));
    }
    Ok(collected.freeze())
}
