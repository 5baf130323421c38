//! The four function binaries as they run on AWS, on this machine: under `cargo lambda`, over emulated AWS APIs, from the
//! template itself (infra/local/). The programs are Python; this suite runs them one at a time and shows what they say.
//!
//! `BARLAKE_ARTIFACTS` names a folder that `sam build` made for this machine, to be run instead of the test's own build.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One at a time: they share the machine's processors with a dozen processes each.
static TURN: Mutex<()> = Mutex::new(());

/// What the emulation needs of `.tools/venv`, beyond what other suites find missing themselves.
const PROGRAM: &str = "cargo-lambda";

fn run(script: &str, arguments: &[&str]) {
    let Some(python) = tests::python() else { return };
    assert!(python.with_file_name(PROGRAM).is_file(), "no {PROGRAM} beside {}: run tests/setup.sh", python.display());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let script = tests::repository().join("tests/cloud").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    eprintln!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn scenario(name: &str) {
    let binaries = std::env::var_os("BARLAKE_ARTIFACTS")
        .map_or_else(|| tests::program::binary().parent().unwrap().to_path_buf(), PathBuf::from);
    run("scenario.py", &[name, binaries.to_str().unwrap()]);
}

#[test]
fn the_stand_ins_follow_the_rules_of_what_they_stand_in_for() {
    run("rules.py", &[]);
}

#[test]
fn the_whole_workflow_of_published_clients_passes() {
    scenario("workflow");
}

#[test]
fn a_sweep_survives_a_killed_worker_and_a_slice_that_kills_every_worker() {
    scenario("sweep");
}
