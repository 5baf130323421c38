//! Structured logs: on standard error for a person, on standard output as JSON for a function. Quiet by default.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for a person.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged without being asked: what went wrong. The protocol library takes a client's mistakes for ours; why
/// there are no credentials is in the error of whoever needed them.
const QUIET: &str = "warn,rmcp=error,aws_config=error";

/// What `--verbose` shows.
const VERBOSE: &str = "info,rmcp=warn";

/// Lines that metric filters count: they pass whatever else is wanted.
const METRICS: &str = "metric=info";

/// The variable with a filter such as `debug` or `app=debug,edge=info`.
pub const LOG_VARIABLE: &str = "BARLAKE_LOG";

/// Starts logging. `BARLAKE_LOG` wins over `verbose`. A second call changes nothing.
pub fn start(format: LogFormat, verbose: bool) {
    let fallback = if verbose { VERBOSE } else { QUIET };
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new(fallback));
    start_with(format, filter, std::io::stderr);
}

/// Starts logging in a function: JSON on standard output, `BARLAKE_LOG` or else what went wrong, and metrics always.
pub fn start_in_function() {
    start_with(LogFormat::Json, function_filter(std::env::var(LOG_VARIABLE).ok().as_deref()), std::io::stdout);
}

/// The filter of a function's logs. An unreadable one is none.
#[must_use]
pub fn function_filter(wanted: Option<&str>) -> EnvFilter {
    let wanted = wanted.filter(|text| !text.trim().is_empty());
    let filter = wanted.and_then(|text| EnvFilter::try_new(text).ok()).unwrap_or_else(|| EnvFilter::new(QUIET));
    match METRICS.parse::<Directive>() {
        Ok(metrics) => filter.add_directive(metrics),
        Err(_) => filter,
    }
}

fn start_with<W>(format: LogFormat, filter: EnvFilter, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
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

/// What every line logged during an invocation carries.
#[must_use]
pub fn invocation(request_id: &str, trace_id: Option<&str>) -> tracing::Span {
    tracing::error_span!("invocation", request_id, trace_id)
}
