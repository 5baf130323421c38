//! A strategy as a flow chart: market, filters, entry, exits, in the words of its rules.

use app::view::StrategyDetail;
use maud::{Markup, html};
use serde_json::Value;

/// A box of the chart.
struct Step {
    name: &'static str,
    sentences: Vec<String>,
    /// What it means that there is nothing.
    otherwise: &'static str,
}

/// The chart of a version.
pub(crate) fn flow(version: &StrategyDetail) -> Markup {
    let exits: Vec<String> = version.exit_rules.iter().chain(&version.exit_conditions).cloned().collect();
    // The words of a strategy list its size with its filters; it belongs to the entry.
    let is_size = |sentence: &&String| sentence.starts_with("Size:");
    let (size, filters): (Vec<&String>, Vec<&String>) = version.filters.iter().partition(is_size);
    let filters = filters.into_iter().cloned().collect();
    let entry = version.entry_rules.iter().chain(size).cloned().collect();
    let steps = [
        Step { name: "Market", sentences: market(version), otherwise: "" },
        Step { name: "Filters", sentences: filters, otherwise: "Every bar of the session may trade." },
        Step { name: "Entry", sentences: entry, otherwise: "" },
        Step { name: "Exits", sentences: exits, otherwise: "Held until the data ends." },
    ];
    html! {
        ol.flow aria-label="How the strategy works" {
            @for step in &steps {
                li {
                    h4 { (step.name) }
                    @if step.sentences.is_empty() { p.muted { (step.otherwise) } }
                    ul { @for sentence in &step.sentences { li { bdi { (sentence) } } } }
                }
            }
        }
    }
}

fn market(version: &StrategyDetail) -> Vec<String> {
    let text = |key: &str| version.rules.get(key).and_then(Value::as_str);
    let mut sentences = vec![version.summary.ticker.clone()];
    sentences.extend(version.summary.timeframe.as_ref().map(|timeframe| format!("{timeframe} bars")));
    sentences.extend(text("session").map(|session| format!("session: {session}")));
    sentences
}
