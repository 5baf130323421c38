//! The planted bugs still fit the crates they are planted in (`tests/simulation/planted` finds them, one at a time).

use std::fs;
use std::process::Command;

/// Bugs there must be at least.
const BUGS_MIN: usize = 10;

#[test]
fn every_planted_bug_still_applies() {
    let folder = tests::repository().join("tests/simulation/bugs");
    let mut bugs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    bugs.sort();
    assert!(bugs.len() >= BUGS_MIN, "{} bugs", bugs.len());
    for bug in bugs {
        let check = Command::new("git").args(["apply", "--check"]).arg(&bug).current_dir(tests::repository()).output();
        let check = check.unwrap();
        assert!(check.status.success(), "{}: {}", bug.display(), String::from_utf8_lossy(&check.stderr));
    }
}
