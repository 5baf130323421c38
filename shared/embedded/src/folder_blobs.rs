//! The blob port over a folder: one file per object, its path the key.
//!
//! Other processes may read and write the same folder: an object appears by a rename, whole or not at all. Files whose
//! names are not key segments are not objects and are never touched.

use crate::memory_blobs::check_object;
use async_trait::async_trait;
use bytes::Bytes;
use ports::PortError;
use ports::blobs::{Blobs, is_segment, validate_key};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Folder of objects being written; `~` cannot occur in a key.
const PARTIAL_FOLDER: &str = "~partial";

/// Age after which a half-written object belongs to a process that died.
const PARTIAL_KEEP: Duration = Duration::from_secs(24 * 3600);

/// Attempts to place a file while another process removes the empty folder under it.
const PLACE_ATTEMPTS_MAX: usize = 8;

/// Objects in a folder.
#[derive(Debug, Clone)]
pub struct FolderBlobs {
    root: PathBuf,
}

impl FolderBlobs {
    /// Opens the folder, creating it when missing, and removes what writers that died left half written a day ago.
    ///
    /// # Errors
    /// [`PortError::Internal`] when the folder cannot be created or read.
    pub fn open(root: &Path) -> Result<Self, PortError> {
        let partial = root.join(PARTIAL_FOLDER);
        fs::create_dir_all(&partial).map_err(|error| unusable(root, &error))?;
        let root = root.canonicalize().map_err(|error| unusable(root, &error))?;
        for entry in fs::read_dir(&partial).map_err(|error| unusable(&partial, &error))?.flatten() {
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            let age = written.ok().and_then(|written| SystemTime::now().duration_since(written).ok());
            if age.is_some_and(|age| age > PARTIAL_KEEP) {
                // Another process may have removed it first.
                drop(fs::remove_file(entry.path()));
            }
        }
        Ok(Self { root })
    }

    fn path(&self, key: &str) -> Result<PathBuf, PortError> {
        validate_key(key)?;
        Ok(key.split('/').fold(self.root.clone(), |path, segment| path.join(segment)))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T, PortError> {
        let this = self.clone();
        let result = tokio::task::spawn_blocking(move || work(&this)).await;
        let result = result.map_err(|error| PortError::Internal(format!("blob {key}: {error}")))?;
        result.map_err(|error| unusable(&self.root.join(key), &error))
    }

    fn write(&self, path: &Path, bytes: &Bytes) -> io::Result<()> {
        let partial = self.root.join(PARTIAL_FOLDER).join(random_name()?);
        let written = write_whole(&partial, bytes).and_then(|()| self.place(&partial, path));
        if written.is_err() {
            drop(fs::remove_file(&partial));
        }
        written
    }

    /// Moves a written file under its name and makes the name itself durable.
    fn place(&self, partial: &Path, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        let mut attempt = 1;
        loop {
            create_folders(&self.root, folder)?;
            match fs::rename(partial, path) {
                Err(error) if error.kind() == ErrorKind::NotFound && attempt < PLACE_ATTEMPTS_MAX => attempt += 1,
                Err(error) => return Err(error),
                Ok(()) => return sync_folder(folder),
            }
        }
    }
}

#[async_trait]
impl Blobs for FolderBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), PortError> {
        check_object(key, &bytes)?;
        let path = self.path(key)?;
        self.blocking(key, move |this| this.write(&path, &bytes)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, PortError> {
        let path = self.path(key)?;
        self.blocking(key, move |_| absent_is_none(fs::read(path)).map(|bytes| bytes.map(Bytes::from))).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<String>, PortError> {
        // Whole segments of the prefix name the folder to start in; anything that is no key has no objects.
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        if limit == 0 || !(folder.is_empty() && !prefix.starts_with('/') || validate_key(&folder).is_ok()) {
            return Ok(Vec::new());
        }
        let walk = Walk { prefix: prefix.to_owned(), after: after.map(str::to_owned), limit };
        self.blocking(prefix, move |this| {
            let mut keys = Vec::new();
            let (path, name) = if folder.is_empty() {
                (this.root.clone(), String::new())
            } else {
                (this.root.join(&folder), format!("{folder}/"))
            };
            walk.folder(&path, &name, &mut keys)?;
            Ok(keys)
        })
        .await
    }

    async fn download_link(&self, _: &str, _: &str) -> Result<Option<String>, PortError> {
        Ok(None)
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        let path = self.path(key)?;
        self.blocking(key, move |this| {
            if absent_is_none(fs::remove_file(&path))?.is_some() {
                sync_folder(path.parent().unwrap_or(&this.root))?;
            }
            Ok(())
        })
        .await
    }
}

/// A listing: what it looks for and how much of it.
struct Walk {
    prefix: String,
    after: Option<String>,
    limit: usize,
}

impl Walk {
    /// Adds the keys under a folder in key order. A sub-folder sorts as its name and `/`, which is how its keys begin.
    fn folder(&self, path: &Path, name: &str, keys: &mut Vec<String>) -> io::Result<()> {
        let Some(entries) = absent_is_none(fs::read_dir(path))? else { return Ok(()) };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(segment) = entry.file_name().into_string() else { continue };
            if is_segment(&segment) {
                let end = if entry.file_type()?.is_dir() { "/" } else { "" };
                names.push(format!("{name}{segment}{end}"));
            }
        }
        names.sort_unstable();
        for entry in names {
            if keys.len() >= self.limit {
                return Ok(());
            }
            if entry.ends_with('/') {
                if self.may_hold(&entry) {
                    let folder = path.join(entry.trim_end_matches('/').strip_prefix(name).unwrap_or(&entry));
                    self.folder(&folder, &entry, keys)?;
                }
            } else if entry.starts_with(&self.prefix) && self.after.as_ref().is_none_or(|after| entry > *after) {
                keys.push(entry);
            }
        }
        Ok(())
    }

    /// False for a folder whose keys are all outside the prefix or before the page.
    fn may_hold(&self, folder: &str) -> bool {
        let inside = folder.starts_with(&self.prefix) || self.prefix.starts_with(folder);
        inside && self.after.as_deref().is_none_or(|after| folder > after || after.starts_with(folder))
    }
}

fn write_whole(path: &Path, bytes: &Bytes) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Creates the folders below `root` that are missing, each one durable in its parent.
fn create_folders(root: &Path, folder: &Path) -> io::Result<()> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().unwrap_or(root);
    create_folders(root, parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => sync_folder(parent),
    }
}

/// Makes renames in a folder durable. Windows cannot open a folder and needs no such step.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn random_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn unusable(path: &Path, error: &io::Error) -> PortError {
    let text = format!("{}: {error}", path.display());
    if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::StorageFull | ErrorKind::TimedOut) {
        PortError::Unavailable(text)
    } else {
        PortError::Internal(text)
    }
}
