//! Asking a script beside this file, which computes a figure with somebody else's code.

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

/// The answer of `script` to `request`, JSON to JSON; `None` (said) without the interpreter of the oracles.
pub fn ask(script: &str, request: &Value) -> Option<Value> {
    let python = tests::python()?;
    let path = tests::repository().join("tests/engine/peers").join(script);
    let mut process =
        Command::new(python).arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let text = serde_json::to_vec(request).unwrap();
    let mut input = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&text));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().expect("the request is read");
    assert!(output.status.success(), "{script} failed");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}
