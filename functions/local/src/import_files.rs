//! Which files an import reads: files as named, folders with everything below them, in a fixed order.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of all the files of one import: they are held in memory together.
pub(crate) const IMPORT_BYTES_MAX: u64 = 8 << 30;

/// Files of one import.
const IMPORT_FILES_MAX: usize = 200_000;

/// A file as read.
pub(crate) struct ReadFile {
    /// Path as the importer sees it, folders included.
    pub(crate) name: String,
    /// Content.
    pub(crate) bytes: Vec<u8>,
}

/// The files under `paths`, sorted; hidden files and folders are left out.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, &mut found)?;
    }
    found.sort();
    found.dedup();
    if found.is_empty() {
        return Err("there are no files in what was given".to_owned());
    }
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        found.push(path.to_owned());
        if found.len() > IMPORT_FILES_MAX {
            return Err(format!(
                "more than IMPORT_FILES_MAX = {IMPORT_FILES_MAX} files: import one folder after the other"
            ));
        }
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder above would never end.
        let linked_folder = entry.file_type().map_err(failed)?.is_symlink() && entry.path().is_dir();
        if !hidden && !linked_folder {
            collect(&entry.path(), found)?;
        }
    }
    Ok(())
}

/// Reads the files.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<ReadFile>, String> {
    let mut total = 0_u64;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        total += fs::metadata(path).map_err(failed)?.len();
        if total > IMPORT_BYTES_MAX {
            return Err(format!("more than IMPORT_BYTES_MAX = {IMPORT_BYTES_MAX} bytes: import fewer files at a time"));
        }
        files
            .push(ReadFile { name: path.to_string_lossy().replace('\\', "/"), bytes: fs::read(path).map_err(failed)? });
    }
    Ok(files)
}
