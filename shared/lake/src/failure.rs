//! Translating failures of the query engine and the object store into port errors, in one place.

use crate::verified::DamagedBlock;
use bytes::Bytes;
use datafusion::error::DataFusionError;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use ports::PortError;
use std::error::Error;

/// The store's path of a key, character for character.
pub(crate) fn object_path(key: &str) -> Result<Path, PortError> {
    Path::parse(key).map_err(|error| PortError::Internal(format!("object key {key}: {error}")))
}

/// What the store says of an object that must exist; a missing one is [`PortError::Corrupt`].
pub(crate) async fn head(store: &dyn ObjectStore, key: &str) -> Result<ObjectMeta, PortError> {
    store.head(&object_path(key)?).await.map_err(|error| store_failure(key, &error))
}

/// An object that must exist, whole; a missing one is [`PortError::Corrupt`].
pub(crate) async fn fetch(store: &dyn ObjectStore, key: &str) -> Result<(ObjectMeta, Bytes), PortError> {
    let found = store.get(&object_path(key)?).await.map_err(|error| store_failure(key, &error))?;
    let meta = found.meta.clone();
    Ok((meta, found.bytes().await.map_err(|error| store_failure(key, &error))?))
}

/// A failed call of the store about an object that must exist.
pub(crate) fn store_failure(key: &str, error: &object_store::Error) -> PortError {
    if matches!(error, object_store::Error::NotFound { .. }) {
        return PortError::Corrupt(format!("object {key} is missing"));
    }
    if is_denied(error) {
        let next = "allow reading, writing and listing its store";
        return PortError::Internal(format!("object {key}: access denied; {next}: {error}"));
    }
    PortError::Unavailable(format!("object {key}: {error}"))
}

const fn is_denied(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. })
}

/// A failed call of the store that was to write an object.
pub(crate) fn write_failure(key: &str, error: &object_store::Error) -> PortError {
    if is_denied(error) {
        return store_failure(key, error);
    }
    PortError::Unavailable(format!("storing {key}: {error}"))
}

/// What a failed read of an object means: missing, of another size, unreachable, or damaged.
///
/// The store is asked again, because the engine's errors do not tell a truncated object from a failed request.
pub(crate) async fn read_failure(store: &dyn ObjectStore, key: &str, bytes: u64, error: &DataFusionError) -> PortError {
    match head(store, key).await {
        Err(missing_or_unreachable) => missing_or_unreachable,
        Ok(meta) if meta.size != bytes => {
            PortError::Corrupt(format!("object {key} has {} bytes, expected {bytes}", meta.size))
        }
        Ok(_) => match (cause::<DamagedBlock>(error), comes_from_store(error)) {
            (Some(damaged), _) => PortError::Corrupt(format!("object {key} is {damaged}")),
            (None, true) => PortError::Unavailable(format!("object {key}: {error}")),
            (None, false) => PortError::Corrupt(format!("object {key}: {error}")),
        },
    }
}

/// True when the store itself is somewhere in the chain of causes.
fn comes_from_store(error: &DataFusionError) -> bool {
    cause::<object_store::Error>(error).is_some()
}

/// The first error of type `E` in the chain of causes.
fn cause<E: Error + 'static>(error: &DataFusionError) -> Option<&E> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
