//! The protocol's conformance suite: every scored scenario against the fixture, and the real server against a baseline.
//!
//! A baseline names the scenarios that may fail, with the reason; the suite fails on any other, and on one that passes
//! again, so a baseline only shrinks.

use std::path::PathBuf;
use std::process::Command;
use tests::server::{Server, node, run};

/// The revisions whose requirements are run.
const REVISIONS: [&str; 2] = ["2026-07-28", "2025-11-25"];

fn check(server: &Server, name: &str) {
    let Some((node, modules)) = node() else { return };
    for revision in REVISIONS {
        let mut command = Command::new(&node);
        command.arg(modules.join(".bin/conformance")).args([
            "server",
            "--url",
            &server.url,
            "--requirements",
            revision,
        ]);
        let baseline = tests::repository().join(format!("tests/clients/conformance/{name}-{revision}.yaml"));
        if baseline.is_file() {
            command.arg("--expected-failures").arg(baseline);
        }
        if let Err(said) = run(&mut command) {
            let summary = said.split("=== SUMMARY ===").nth(1).unwrap_or(&said);
            panic!("{name}, {revision}: {summary}");
        }
    }
}

/// The fixture, built as an example of the tests' package: beside this binary, or named by `BARLAKE_FIXTURE`.
fn fixture() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().unwrap();
        test.parent().unwrap().parent().unwrap().join("examples/conformance_fixture")
    };
    let path = std::env::var_os("BARLAKE_FIXTURE").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "no fixture at {}; build it with: cargo build -p tests --examples", path.display());
    path
}

#[test]
fn the_edge_passes_every_scored_scenario() {
    let folder = std::env::temp_dir().join(format!("barlake-fixture-{}", std::process::id()));
    check(&Server::running(Command::new(fixture()), folder), "fixture");
}

#[test]
fn the_real_server_fails_only_what_its_baseline_names() {
    check(&Server::start("conformance"), "server");
}
