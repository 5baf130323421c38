//! What every test binary shares: where the real market data is, and how a skipped suite says so.
//!
//! It holds no test and depends on nothing.

pub mod http;
pub mod moto;
pub mod program;
pub mod python;
pub mod server;

pub use python::python;

use std::path::PathBuf;

/// The repository's root.
#[must_use]
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder of real market data beside the repository (or `BARLAKE_TEST_DATA`), if it is there.
///
/// A test over it calls this first and returns when it is `None`; the skip is printed.
///
/// # Panics
/// When `BARLAKE_REQUIRE_DATA` is set and the folder is missing: a run that must see the data may not pass without it.
#[must_use]
pub fn shared_data() -> Option<PathBuf> {
    let folder =
        std::env::var_os("BARLAKE_TEST_DATA").map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("BARLAKE_REQUIRE_DATA").is_none(), "real market data is required but missing");
    eprintln!("SKIPPED: no real market data beside the repository");
    None
}
