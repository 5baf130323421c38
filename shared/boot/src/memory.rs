//! What the process does with memory it has freed.

/// Freed memory that is kept for the next allocation, bytes: the columns of one sweep over a year and then some.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT_BYTES: i32 = 256 << 20;

/// Blocks below this are cut from memory that is kept, bytes; the most that glibc takes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGEST_KEPT_BLOCK_BYTES: i32 = 32 << 20;

/// Keeps freed memory for what comes next, where the C library is glibc; elsewhere nothing changes. A backtest takes and frees
/// megabytes at a time, and on a virtual machine asking the system for the pages again takes longer than filling them: to be
/// called once, before the work begins.
#[allow(
    unsafe_code,
    reason = "reading a year takes a third less time and a full backtest a quarter; no library sets these"
)]
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    for (parameter, value) in [(libc::M_MMAP_THRESHOLD, LARGEST_KEPT_BLOCK_BYTES), (libc::M_TRIM_THRESHOLD, KEPT_BYTES)]
    {
        // SAFETY: `mallopt` takes any numbers at any time, and answers 0 where it does not take these.
        if unsafe { libc::mallopt(parameter, value) } == 0 {
            tracing::debug!(parameter, "the C library keeps its own limits for freed memory");
        }
    }
}
