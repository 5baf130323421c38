//! Starting a process: telemetry and what the machine offers. No logic.

pub mod telemetry;

/// Threads for computing: one per processor the process may use, at least one.
#[must_use]
pub fn compute_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}
