//! Running a script of this folder in Node with a browser at hand.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::server::{node, run};

/// Where Debian keeps its browser; `CHROMIUM` names another.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The browser, or `None` with a word about it; its absence fails where `CI` is set.
pub fn chromium() -> Option<PathBuf> {
    let program = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
    if program.is_file() {
        return Some(program);
    }
    assert!(std::env::var_os("CI").is_none(), "no browser: apt-get install chromium, or set CHROMIUM");
    eprintln!("SKIPPED: no browser at {}; install chromium or set CHROMIUM", program.display());
    None
}

/// Runs a script with what it needs to know; what it says is printed.
pub fn script(name: &str, folder: &Path, known: &Value) {
    let (Some((node, modules)), Some(chromium)) = (node(), chromium()) else { return };
    let facts = folder.join("facts.json");
    std::fs::write(&facts, known.to_string()).unwrap();
    let script = tests::repository().join("tests/pages").join(name);
    let mut command = Command::new(node);
    command.arg(script).arg(&facts).env("CHROMIUM", chromium).env("NODE_PACKAGES", modules);
    let said = run(&mut command).unwrap_or_else(|why| panic!("{why}"));
    eprintln!("{said}");
}
