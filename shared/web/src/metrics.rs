//! Headline figures with their definitions at hand, and the table of all of them.

use crate::number;
use engine::statistics::{MetricInfo, catalogue};
use maud::{Markup, html};
use serde_json::Value;

/// Figures shown first.
pub(crate) const HEADLINE: [&str; 8] = [
    "totalPnl",
    "totalReturn",
    "sharpeRatio",
    "maxDrawdownPercent",
    "profitFactor",
    "winRate",
    "tradeCount",
    "expectancy",
];

/// A figure's name with what it means, on hover and on focus.
pub(crate) fn term(info: &MetricInfo, place: &str) -> Markup {
    let id = format!("{place}-{}", info.key);
    html! {
        span.term tabindex="0" aria-describedby=(id) { (number::label(info.key)) }
        span.tip role="tooltip" id=(id) {
            (info.summary)
            @if !info.formula.is_empty() { br; code { (info.formula) } }
            @if !info.undefined.is_empty() { br; "Undefined: " (info.undefined) }
        }
    }
}

/// The first figures; `place` tells the cards of a page apart.
pub(crate) fn headline(metrics: &Value, place: &str, currency: &str) -> Markup {
    html! {
        dl.figures.headline {
            @for info in HEADLINE.iter().filter_map(|key| number::info(key)) {
                @let value = metrics.get(info.key).and_then(Value::as_f64);
                div {
                    dt { (term(info, place)) }
                    dd class=(coloured(info.key, value)) {
                        (number::metric(info, value))
                        @if info.unit == engine::Unit::Money && value.is_some() && !currency.is_empty() { " " small { (currency) } }
                    }
                }
            }
        }
    }
}

/// Only what was gained or lost has a colour.
fn coloured(key: &str, value: Option<f64>) -> &'static str {
    match (key, value) {
        ("totalPnl" | "totalReturn" | "expectancy", Some(value)) => number::sign(value),
        _ => "flat",
    }
}

/// Every figure.
pub(crate) fn all(metrics: &Value) -> Markup {
    html! {
        dl.figures.all {
            @for info in catalogue() {
                div {
                    dt { (term(info, "all")) }
                    dd { (number::metric(info, metrics.get(info.key).and_then(Value::as_f64))) }
                }
            }
        }
    }
}
