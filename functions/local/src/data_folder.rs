//! The data folder: where everything of one machine lies, and the lock between two imports.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder of one installation.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// Opens or makes the folder; only its owner may read a new one.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let make = || -> std::io::Result<PathBuf> {
            if !path.exists() {
                fs::create_dir_all(path)?;
                restrict(path)?;
            }
            fs::create_dir_all(path.join("objects"))?;
            path.canonicalize()
        };
        let root = make().map_err(|error| format!("the data folder {} cannot be used: {error}", path.display()))?;
        Ok(Self { root })
    }

    /// The records and the queue.
    pub(crate) fn store(&self) -> PathBuf {
        self.root.join("store.redb")
    }

    /// Market data and results.
    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// How the commands reach a running server.
    pub(crate) fn admin(&self) -> PathBuf {
        self.root.join("admin.json")
    }

    /// The operator's instruments.
    pub(crate) fn instruments(&self) -> PathBuf {
        self.root.join("instruments.json")
    }

    /// Keeps the operator's instruments; readers see the old or the new file, whole.
    pub(crate) fn keep_instruments(&self, text: &str) -> Result<(), String> {
        let (path, new) = (self.instruments(), self.root.join("instruments.json.new"));
        let keep = || fs::write(&new, text).and_then(|()| fs::rename(&new, &path));
        keep().map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }

    /// Waits for other imports into this folder; the lock ends with the returned file.
    pub(crate) fn lock_imports(&self) -> Result<File, String> {
        let path = self.root.join("import.lock");
        let lock = || -> std::io::Result<File> {
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| format!("{} cannot be locked: {error}", path.display()))
    }
}

#[cfg(unix)]
fn restrict(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
