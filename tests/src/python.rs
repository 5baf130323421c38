//! Which Python runs the oracles written in Python, and how a suite without one says so.
//!
//! It only finds the interpreter; installing `tests/requirements.txt` into it is a step of the build.

use crate::repository;
use std::path::PathBuf;

/// The Python interpreter with `tests/requirements.txt` installed: `BARLAKE_TEST_PYTHON`, else `.tools/venv/bin/python`
/// under the repository.
///
/// A test over an oracle calls this first and returns when it is `None`; the skip is printed.
///
/// # Panics
/// When `CI` is set and there is none: a run that must see the oracles may not pass without them.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let interpreter = std::env::var_os("BARLAKE_TEST_PYTHON")
        .map_or_else(|| repository().join(".tools/venv/bin/python"), PathBuf::from);
    if interpreter.is_file() {
        return Some(interpreter);
    }
    assert!(std::env::var_os("CI").is_none(), "no Python for the oracles: set BARLAKE_TEST_PYTHON");
    eprintln!("SKIPPED: no Python with tests/requirements.txt; set BARLAKE_TEST_PYTHON or make .tools/venv");
    None
}
