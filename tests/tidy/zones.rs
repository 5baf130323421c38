//! Every dependency between crates, and on vendors, against the zone table of `shared/README.md`.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const GROUND: [&str; 5] = ["market", "engine", "strategy", "domain", "importers"];
const ADAPTERS: [&str; 5] = ["aws", "embedded", "lake", "results", "drafter"];
const FACES: [&str; 3] = ["mcp", "web", "edge"];

/// Crates of ours a crate may depend on; `None` for the deployables, which may use everything.
fn allowed(name: &str) -> Option<BTreeSet<&'static str>> {
    let set = |parts: &[&[&'static str]]| parts.concat().into_iter().collect();
    Some(match name {
        "market" => set(&[]),
        "engine" => set(&[&["market"]]),
        "strategy" => set(&[&["market", "engine"]]),
        "domain" => set(&[&["market", "engine", "strategy"]]),
        "importers" => set(&[&["market"]]),
        "ports" => set(&[&GROUND]),
        "app" => set(&[&GROUND, &["ports"]]),
        "mcp" | "web" | "edge" => set(&[&GROUND, &["app"], &FACES]),
        "boot" => set(&[&["ports"]]),
        adapter if ADAPTERS.contains(&adapter) => set(&[&GROUND, &["ports"]]),
        "stack" => set(&[&GROUND, &["ports", "app", "boot"], &ADAPTERS]),
        "local" | "api" | "builder" | "worker" | "reducer" | "tests" => return None,
        other => panic!("crate `{other}` is in no zone: add it to the table in shared/README.md and here"),
    })
}

/// The only crate of ours that may name a vendor's crates.
fn owner(vendor: &str) -> Option<&'static [&'static str]> {
    if vendor.starts_with("aws-") {
        return Some(&["aws"]);
    }
    if vendor.starts_with("lambda_") {
        return Some(&["api", "builder", "worker", "reducer"]);
    }
    match vendor {
        "aws_lambda_events" => Some(&["boot", "builder", "worker", "reducer"]),
        "datafusion" | "object_store" => Some(&["lake", "aws"]),
        "parquet" | "arrow" => Some(&["results"]),
        "rmcp" => Some(&["mcp"]),
        "redb" => Some(&["embedded"]),
        _ => None,
    }
}

/// What ground crates may not use: async, I/O, clocks, randomness.
const NOT_ON_THE_GROUND: [&str; 9] =
    ["tokio", "futures", "async-trait", "getrandom", "rand", "tracing", "reqwest", "hyper", "axum"];

/// What `cargo metadata` says; read as JSON, because the crate for it turns features of `serde_json` on for everybody.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(tests::repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no list {name}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name}"))
}

/// The workspace's own packages.
fn packages(metadata: &Value) -> Vec<&Value> {
    let members = list(metadata, "workspace_members");
    list(metadata, "packages").iter().filter(|package| members.contains(&package["id"])).collect()
}

fn dependencies(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let normal = |package: &Value| {
        let normal = list(package, "dependencies").iter().filter(|dependency| dependency["kind"].is_null());
        normal.map(|dependency| text(dependency, "name").to_owned()).collect()
    };
    packages(metadata).into_iter().map(|package| (text(package, "name").to_owned(), normal(package))).collect()
}

#[test]
fn dependencies_point_down_the_zone_table() {
    let all = dependencies(&metadata());
    for (name, used) in &all {
        let Some(allowed) = allowed(name) else { continue };
        for dependency in used.iter().filter(|dependency| all.contains_key(*dependency)) {
            assert!(allowed.contains(dependency.as_str()), "`{name}` may not depend on `{dependency}`");
        }
    }
}

#[test]
fn vendors_are_named_by_their_owner_only() {
    for (name, used) in dependencies(&metadata()) {
        if name == "tests" {
            continue;
        }
        for vendor in used {
            if let Some(owners) = owner(&vendor) {
                assert!(owners.contains(&name.as_str()), "`{name}` names `{vendor}`; only {owners:?} may");
            }
            if GROUND.contains(&name.as_str()) {
                assert!(!NOT_ON_THE_GROUND.contains(&vendor.as_str()), "ground crate `{name}` uses `{vendor}`");
            }
        }
    }
}

#[test]
fn what_answers_requests_links_no_query_engine() {
    let metadata = metadata();
    let names: BTreeMap<&str, &str> =
        list(&metadata, "packages").iter().map(|package| (text(package, "id"), text(package, "name"))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").iter().map(|node| (text(node, "id"), node)).collect();
    for face in ["edge", "mcp", "results", "app"] {
        let start = packages(&metadata).into_iter().find(|package| text(package, "name") == face).unwrap();
        let mut seen = BTreeSet::new();
        let mut open = vec![text(start, "id")];
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let normal =
                    |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null());
                open.extend(list(nodes[id], "deps").iter().filter(normal).map(|dependency| text(dependency, "pkg")));
            }
        }
        let linked: Vec<&str> = seen.iter().map(|id| names[id]).filter(|name| name.starts_with("datafusion")).collect();
        assert!(linked.is_empty(), "`{face}` links {linked:?}");
    }
}

/// Crates that a deployable links, with the features that it turns on itself.
fn linked(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}", "--locked"])
        .current_dir(tests::repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn functions_link_only_what_their_work_needs() {
    for (function, reads_bars) in [("api", false), ("builder", false), ("worker", true), ("reducer", true)] {
        let linked = linked(function);
        for engine in ["datafusion", "object_store", "lake"] {
            assert_eq!(linked.contains(engine), reads_bars, "`{function}` and `{engine}`");
        }
        for other in ["embedded", "redb", "clap", "aws-sdk-cloudformation"] {
            assert!(!linked.contains(other), "`{function}` links `{other}`");
        }
        assert_eq!(linked.contains("rmcp"), function == "api", "`{function}` and the protocol");
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in packages(&metadata()) {
        let manifest = std::fs::read_to_string(text(package, "manifest_path")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not take the workspace lints",
            text(package, "name")
        );
    }
}
