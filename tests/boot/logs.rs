//! What a function logs.

use boot::telemetry::function_filter;
use tracing::Level;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;

/// Whether a line of this target and level passes.
fn passes(wanted: Option<&str>, line: &dyn Fn() -> bool) -> bool {
    with_default(tracing_subscriber::registry().with(function_filter(wanted)), line)
}

#[test]
fn metrics_pass_whatever_is_wanted() {
    for wanted in [None, Some(""), Some("warn"), Some("error"), Some("off"), Some("app=debug"), Some("=nonsense=")] {
        assert!(passes(wanted, &|| tracing::enabled!(target: "metric", Level::INFO)), "{wanted:?}");
        assert!(!passes(wanted, &|| tracing::enabled!(target: "edge::service", Level::INFO)), "{wanted:?}");
    }
    assert!(passes(None, &|| tracing::enabled!(target: "app::work", Level::WARN)));
    assert!(passes(Some("app=debug"), &|| tracing::enabled!(target: "app::work", Level::DEBUG)));
}
