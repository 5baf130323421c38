//! The object store of a local folder.
//!
//! A store of another kind arrives from elsewhere as an `Arc<dyn ObjectStore>`; nothing here depends on which it is.

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use ports::PortError;
use std::path::Path;
use std::sync::Arc;

/// The store whose keys are paths below `folder`, which must exist.
///
/// # Errors
/// [`PortError::Internal`] when the folder cannot be opened.
pub fn local_store(folder: &Path) -> Result<Arc<dyn ObjectStore>, PortError> {
    let store = LocalFileSystem::new_with_prefix(folder)
        .map_err(|error| PortError::Internal(format!("data folder {}: {error}", folder.display())))?;
    Ok(Arc::new(store))
}
