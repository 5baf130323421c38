//! Emulated AWS APIs for a test: moto's server on a free port of this machine, ended with the value that holds it.
//!
//! What moto does not do (conflicts, throttles, expiry of links) is not tested against it.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

use crate::http::Request;
use crate::repository;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time until the server answers: it imports a thousand modules first.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Pause between two looks whether it does.
const LOOK: Duration = Duration::from_millis(50);

/// A running server.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    endpoint: String,
}

impl Moto {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// When it is not installed (`tests/setup.sh` does that), ends, or does not answer in a minute.
    #[must_use]
    pub fn start() -> Self {
        let program = repository().join("tests/src/moto_server.py");
        let python = interpreter();
        let port = free_port();
        let mut process = Command::new(&python)
            .arg(&program)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let endpoint = format!("http://127.0.0.1:{port}");
        let look = Request::new("GET", &format!("{endpoint}/moto-api/data.json"));
        let started = Instant::now();
        while look.try_send().is_err() {
            if let Some(status) = process.try_wait().expect("the server can be asked") {
                panic!("moto ended ({status}); are tests/requirements.txt in {}? run tests/setup.sh", python.display());
            }
            assert!(started.elapsed() < START_TIMEOUT, "moto does not answer after a minute");
            std::thread::sleep(LOOK);
        }
        Self { process, endpoint }
    }

    /// Where every service answers.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Moves the clock that queues go by: delays and visibility end early.
    ///
    /// # Panics
    /// When the server does not do it.
    pub fn pass_seconds(&self, seconds: u32) {
        let answer = Request::new("POST", &format!("{}/clock/{seconds}", self.endpoint)).send();
        assert_eq!(answer.status, 200, "moto's clock: {}", answer.text());
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about it here.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The Python with moto; a missing one is a failure, not a skip: every suite over it would otherwise prove nothing.
fn interpreter() -> PathBuf {
    let python = std::env::var_os("BARLAKE_TEST_PYTHON")
        .map_or_else(|| repository().join(".tools/venv/bin/python"), PathBuf::from);
    assert!(python.is_file(), "no Python at {}: run tests/setup.sh", python.display());
    python
}

/// A port nobody listens on now.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
