//! What every file looks like.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a deployable's `main.rs`: it boots, wires, runs.
const MAIN_LINES_MAX: usize = 60;

/// Lines of a file: beyond it, it has more than one subject.
const FILE_LINES_MAX: usize = 500;

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for folder in ["functions", "shared", "tests"] {
        collect(&tests::repository().join(folder), &mut files);
    }
    assert!(files.len() > 50, "the sources were not found");
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("target") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

fn check(what: &str, is_wrong: impl Fn(&Path, &str) -> bool) {
    let wrong: Vec<PathBuf> =
        sources().into_iter().filter(|(path, text)| is_wrong(path, text)).map(|(path, _)| path).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    check("no `//!` at the top", |_, text| !text.starts_with("//!"));
}

#[test]
fn mains_are_thin() {
    check("main.rs with logic in it", |path, text| {
        let deployable = path.starts_with(tests::repository().join("functions"));
        deployable && path.ends_with("main.rs") && text.lines().count() > MAIN_LINES_MAX
    });
}

#[test]
fn files_have_one_subject() {
    check("too long for one subject", |_, text| text.lines().count() > FILE_LINES_MAX);
}

#[test]
fn nothing_is_left_behind() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("todo", "!("), concat!("dbg", "!(")];
    check("left-over marks", |_, text| marks.iter().any(|mark| text.contains(mark)));
}
