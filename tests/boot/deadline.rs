//! Deadlines of invocations.

use boot::deadline::{MARGIN_US, of_invocation};

/// 2026-01-01, microseconds.
const NOW_US: i64 = 1_767_225_600_000_000;

fn check(runtime_deadline_ms: u64, ends_us: i64) {
    assert_eq!(of_invocation(runtime_deadline_ms, 60, NOW_US).at_us, ends_us - MARGIN_US, "{runtime_deadline_ms}");
}

#[test]
fn the_runtime_says_when_unless_it_lies_in_the_past() {
    let now_ms = u64::try_from(NOW_US / 1_000).unwrap();
    check(now_ms + 45_000, NOW_US + 45_000_000);
    // `cargo lambda watch` sends a constant.
    check(600_000, NOW_US + 60_000_000);
    check(0, NOW_US + 60_000_000);
    check(now_ms, NOW_US + 60_000_000);
    check(u64::MAX, i64::MAX);
}
