//! Structured logs on standard error, quiet by default.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for a person.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged without being asked: what went wrong. The protocol library takes a client's mistakes for ours.
const QUIET: &str = "warn,rmcp=error";

/// What `--verbose` shows.
const VERBOSE: &str = "info,rmcp=warn";

/// Starts logging. `BARLAKE_LOG` holds a filter such as `debug` or `app=debug,edge=info` and wins over `verbose`.
/// A second call changes nothing.
pub fn start(format: LogFormat, verbose: bool) {
    let fallback = if verbose { VERBOSE } else { QUIET };
    let filter = EnvFilter::try_from_env("BARLAKE_LOG").unwrap_or_else(|_| EnvFilter::new(fallback));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(true)
        .with_span_events(FmtSpan::NONE);
    let started = match format {
        LogFormat::Text => builder.compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(error = %error, "logging was already started");
    }
}
