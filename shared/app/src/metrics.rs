//! What an operator watches, as log lines: a metric filter or a log reader turns `metric` and `value` into numbers.

/// Target of every such line.
const TARGET: &str = "metric";

/// A slice was settled as failed.
pub(crate) fn slice_failed() {
    tracing::info!(target: TARGET, metric = "slices_failed", value = 1_u64);
}

/// A dead letter was received.
pub(crate) fn dead_letter_received() {
    tracing::info!(target: TARGET, metric = "dead_letters_received", value = 1_u64);
}

/// A watch looked at a running sweep of this age, seconds.
pub(crate) fn batch_age(seconds: u64) {
    tracing::info!(target: TARGET, metric = "batch_age_seconds", value = seconds);
}
