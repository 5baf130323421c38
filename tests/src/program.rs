//! The programs a test starts: the binary under test, and how a server says where it listens.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The binary under test: `BARLAKE_BIN`, else the one beside the test's own build.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::var_os("BARLAKE_BIN").map_or_else(|| beside("barlake"), PathBuf::from);
    assert!(path.is_file(), "no barlake binary at {}; build it with: cargo build", path.display());
    path
}

/// A function of the cloud, beside the test's own build.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn function(name: &str) -> PathBuf {
    let path = beside(name);
    assert!(path.is_file(), "no function at {}; build it with: cargo build --workspace --bins", path.display());
    path
}

fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors().nth(2).expect("a test lies below the build's folder").join(name)
}

/// Starts a server that prints its address as the last word of its first line; the process and that address.
///
/// # Panics
/// When it ends or says something else first.
#[must_use]
pub fn started(mut command: Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let first = lines.next().expect("the server ended before it served").expect("its output is text");
    let url = first.rsplit(' ').next().unwrap_or_default().to_owned();
    assert!(url.starts_with("http://"), "unexpected first line: {first}");
    // Whatever it prints later must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, url)
}
