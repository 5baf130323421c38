//! A `barlake` process on a free port over a folder of its own, and the tools the other clients run with.

use crate::program::{binary, started};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// A running server, stopped and its folder removed at the end.
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// Address of its MCP endpoint.
    pub url: String,
}

impl Server {
    /// A server that has just been made.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("barlake-clients-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut command = Command::new(binary());
        command.args(["serve", "--port", "0", "--data-dir"]).arg(&folder);
        Self::running(command, folder)
    }

    /// A started program that prints its address as the last word of its first line.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn running(mut command: Command, folder: PathBuf) -> Self {
        command.stderr(Stdio::null());
        let (child, url) = started(command);
        Self { child, folder, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One program at a time: they share the machine's processors with a server each.
fn turn() -> &'static Mutex<()> {
    static TURN: OnceLock<Mutex<()>> = OnceLock::new();
    TURN.get_or_init(|| Mutex::new(()))
}

/// The Node installed by `tests/setup.sh`, and the folder of its programs.
///
/// Prints that the suite is skipped when there is none.
///
/// # Panics
/// Where `CI` is set and there is none.
#[must_use]
pub fn node() -> Option<(PathBuf, PathBuf)> {
    let folder = crate::repository().join(".tools/node/node_modules");
    let program = folder.join(".bin/node");
    if program.is_file() {
        return Some((program, folder));
    }
    assert!(std::env::var_os("CI").is_none(), "no Node: run tests/setup.sh");
    eprintln!("SKIPPED: no Node with tests/package.json; run tests/setup.sh");
    None
}

/// Runs a program to its end; its output when it succeeds.
///
/// # Errors
/// What it said when it failed.
pub fn run(program: &mut Command) -> Result<String, String> {
    let _turn = turn().lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let output = program.output().map_err(|error| format!("{:?}: {error}", program.get_program()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("{:?}\n{said}\n{}", program.get_program(), String::from_utf8_lossy(&output.stderr)))
}
