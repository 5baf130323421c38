//! The pointer to a series' current snapshot: how it is read, and how it is replaced when others may write too.

use crate::failure::{object_path, store_failure, write_failure};
use crate::writer::WriteError;
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};
use ports::PortError;

/// How the writers of one series stay out of each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// The caller lets in one at a time, and the store need not tell versions apart: a folder under a lock.
    OneAtATime,
    /// Several may write at once: what changed since it was read is not replaced. The store must know conditional
    /// puts, as S3 does.
    MayRace,
}

/// When a pointer may be replaced.
#[derive(Debug, Clone)]
pub(crate) enum Replace {
    /// Whatever is there.
    Always,
    /// Only while it is the one that was read; `None`: only while there is none.
    Seen(Option<UpdateVersion>),
}

impl Replace {
    /// For a pointer that was not there.
    pub(crate) const fn absent(writers: Writers) -> Self {
        match writers {
            Writers::OneAtATime => Self::Always,
            Writers::MayRace => Self::Seen(None),
        }
    }
}

/// What a pointer says, and when it may be replaced.
pub(crate) async fn read_pointer(
    store: &dyn ObjectStore,
    key: &str,
    writers: Writers,
) -> Result<(Option<Bytes>, Replace), PortError> {
    let found = match store.get(&object_path(key)?).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => return Ok((None, Replace::absent(writers))),
        Err(error) => return Err(store_failure(key, &error)),
    };
    let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
    let bytes = found.bytes().await.map_err(|error| store_failure(key, &error))?;
    let replace = match writers {
        Writers::OneAtATime => Replace::Always,
        Writers::MayRace => Replace::Seen(Some(version)),
    };
    Ok((Some(bytes), replace))
}

/// Replaces a pointer, atomically: readers see the old or the new one, whole.
pub(crate) async fn replace_pointer(
    store: &dyn ObjectStore,
    key: &str,
    bytes: Bytes,
    replace: &Replace,
) -> Result<(), WriteError> {
    let mode = match replace {
        Replace::Always => PutMode::Overwrite,
        Replace::Seen(None) => PutMode::Create,
        Replace::Seen(Some(version)) => PutMode::Update(version.clone()),
    };
    match store.put_opts(&object_path(key)?, bytes.clone().into(), PutOptions::from(mode)).await {
        Ok(_) => Ok(()),
        // A write whose answer was lost, sent again, finds itself.
        Err(object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. }) => {
            let (there, _) = read_pointer(store, key, Writers::OneAtATime).await?;
            if there == Some(bytes) { Ok(()) } else { Err(WriteError::Raced) }
        }
        Err(error) => Err(WriteError::Store(write_failure(key, &error))),
    }
}
