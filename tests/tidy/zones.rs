//! Every dependency between crates, and on vendors, against the zone table of `shared/README.md`.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

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

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(tests::repository().join("Cargo.toml")).exec().unwrap()
}

fn dependencies(metadata: &Metadata) -> BTreeMap<String, Vec<String>> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
            (package.name.to_string(), normal.map(|dependency| dependency.name.clone()).collect())
        })
        .collect()
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
    let graph = metadata.resolve.as_ref().unwrap();
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    for face in ["edge", "mcp", "results", "app"] {
        let start = metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == face).unwrap();
        let mut seen = BTreeSet::new();
        let mut open = vec![&start.id];
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let node = graph.nodes.iter().find(|node| node.id == *id).unwrap();
                let normal = |dependency: &&cargo_metadata::NodeDep| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
                };
                open.extend(node.deps.iter().filter(normal).map(|dependency| &dependency.pkg));
            }
        }
        let linked: Vec<&String> = seen.iter().map(|id| &names[*id]).filter(|name| name.starts_with("datafusion")).collect();
        assert!(linked.is_empty(), "`{face}` links {linked:?}");
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does not take the workspace lints", package.name);
    }
}
