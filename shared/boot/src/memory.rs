//! What the process does with memory it has freed.

/// Freed memory that is kept for the next allocation, bytes: a year of minutes and what is computed from it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT_BYTES: i32 = 64 << 20;

/// Blocks below this are cut from memory that is kept, bytes: a column over three years of minutes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGEST_KEPT_BLOCK_BYTES: i32 = 8 << 20;

/// Keeps freed memory for what comes next, where the C library is glibc; elsewhere nothing changes. A backtest takes and frees
/// megabytes at a time, and on a virtual machine asking the system for the pages again takes longer than filling them: to be
/// called once, before the work begins.
#[allow(unsafe_code, reason = "reading a year of minutes takes a third less time; no library sets these")]
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
