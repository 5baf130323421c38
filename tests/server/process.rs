//! A `barlake` process of a test: started on a free port over a folder of its own, killed or stopped at the end.

use mcp::client::Client;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use tests::program::{binary, started};

/// A fresh folder, removed at the end of the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("barlake-test-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a command to its end.
pub fn command(folder: &Folder, arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).arg("--data-dir").arg(folder.path()).output().unwrap()
}

/// A running server.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.args(["serve", "--port", "0", "--data-dir"]).arg(folder.path()).args(arguments);
        let (child, url) = started(command);
        Self { child, url }
    }

    pub async fn client(&self) -> Client {
        Client::connect(&self.url, None).await.unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A field of an answer as text.
pub fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer:#}")).to_owned()
}
