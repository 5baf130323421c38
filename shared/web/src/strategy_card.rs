//! One strategy with its versions: what it does, how it did, what may be done with it.

use crate::web::Scene;
use crate::{flow, layout, metrics, number};
use app::view::{BacktestBrief, BatchSummary, StrategyDetail};
use maud::{Markup, html};
use serde_json::Value;

/// Runs with overrides listed with a version, newest first.
const RUNS_SHOWN: usize = 5;

/// Versions that one click compares: the newest.
const COMPARED: usize = 3;

/// The card of a lineage: its versions oldest first, one of them shown.
pub(crate) fn card(
    scene: Scene<'_>,
    session: &str,
    versions: &[&StrategyDetail],
    shown: &StrategyDetail,
    runs: &[BacktestBrief],
) -> Markup {
    let id = &shown.lineage.root_artifact_id;
    html! {
        article.card.strategy id=(id) data-live data-running[is_running(shown)] {
            div.heading {
                h2 { bdi { (name_of(shown)) } }
                (badge(shown))
            }
            (navigator(scene, versions, shown))
            (troubles(shown))
            @if shown.summary.lifecycle_status == "ready" {
                @if let Some(results) = &shown.summary.backtest_results { (result(session, shown, results)) }
                (flow::flow(shown))
                (parameters(&shown.summary.canonical_parameters))
                (notes(shown))
                (sweeps(session, &shown.summary.optimization_batches))
                (other_runs(session, shown, runs))
                (actions(scene, session, versions, shown))
            }
        }
    }
}

fn name_of(version: &StrategyDetail) -> &str {
    if version.summary.name.is_empty() { "A strategy in the making" } else { &version.summary.name }
}

fn is_running(version: &StrategyDetail) -> bool {
    version.summary.lifecycle_status == "creating"
        || version.summary.backtest_status == "running"
        || version.summary.optimization_batches.iter().any(|batch| batch.status == "running")
}

fn badge(version: &StrategyDetail) -> Markup {
    let (class, text) = match (version.summary.lifecycle_status.as_str(), version.summary.backtest_status.as_str()) {
        ("creating", _) => ("running", "Being made"),
        ("failed", _) => ("serious", "Not made"),
        (_, "running") => ("running", "Backtest running"),
        (_, "passed") => ("good", "Tested"),
        (_, "failed") => ("serious", "Backtest failed"),
        _ => ("warning", "Not tested"),
    };
    html! { span class={ "badge " (class) } { (text) } }
}

fn navigator(scene: Scene<'_>, versions: &[&StrategyDetail], shown: &StrategyDetail) -> Markup {
    html! {
        nav.versions aria-label={ "Versions of " (name_of(shown)) } {
            @for version in versions {
                @let is_shown = version.summary.artifact_id == shown.summary.artifact_id;
                @let root = &version.lineage.root_artifact_id;
                @let address = scene.query.with(&[(&format!("show.{root}"), &version.summary.artifact_id)]);
                a href={ "?" (address) "#" (root) } aria-current=[is_shown.then_some("true")]
                    title=[(version.summary.backtest_status == "not_tested").then_some("not tested")] {
                    "v" (version.lineage.version)
                    @if version.summary.backtest_status == "not_tested" { span.dot { span.hidden { " not tested" } } }
                }
            }
        }
    }
}

fn troubles(version: &StrategyDetail) -> Markup {
    let summary = &version.summary;
    html! {
        @if let Some(error) = &summary.error {
            section.notice.serious { h3 { "Why it was not made" } p { bdi { (error) } } }
        }
        @if let Some(error) = &summary.backtest_error {
            section.notice.serious { h3 { "Why the backtest failed" } p { bdi { (error) } } }
        }
        @if !version.unhandled_requests.is_empty() {
            section.notice.warning {
                h3 { "Asked for, but not built" }
                ul { @for request in &version.unhandled_requests { li { bdi { (request) } } } }
            }
        }
    }
}

fn result(session: &str, version: &StrategyDetail, results: &Value) -> Markup {
    html! {
        (metrics::headline(results, &version.summary.artifact_id, ""))
        @if let Some(run) = &version.summary.backtest_id {
            p { a.button.primary href={ "/sessions/" (session) "/backtests/" (run) } { "Curve, trades and statistics" } }
        }
    }
}

fn parameters(parameters: &[Value]) -> Markup {
    let text = |parameter: &Value, key: &str| parameter.get(key).map(number::written).unwrap_or_default();
    html! {
        @if !parameters.is_empty() {
            h3 { "Parameters" }
            div.scroll tabindex="0" role="region" aria-label="Parameters" {
                table {
                    thead { tr { th { "Parameter" } th { "Key" } th.number { "Value" } th { "Used in" } } }
                    tbody {
                        @for parameter in parameters {
                            tr {
                                th scope="row" { bdi { (text(parameter, "label")) } }
                                td { code { bdi { (text(parameter, "key")) } } }
                                td.number { (text(parameter, "value")) }
                                td { (text(parameter, "category")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn notes(version: &StrategyDetail) -> Markup {
    let text = |item: &Value, key: &str| item.get(key).map(number::written).unwrap_or_default();
    html! {
        @if !version.assumptions.is_empty() {
            section.notice {
                h3 { "Assumed" }
                ul { @for assumption in &version.assumptions { li { bdi { (assumption) } } } }
            }
        }
        @if !version.extraction_plan.is_empty() {
            details {
                summary { "How the request was read" }
                dl.plan {
                    @for item in &version.extraction_plan {
                        div { dt { bdi { (text(item, "phrase")) } } dd { code { bdi { (text(item, "became")) } } } }
                    }
                }
            }
        }
    }
}

fn sweeps(session: &str, batches: &[BatchSummary]) -> Markup {
    html! {
        @if !batches.is_empty() {
            h3 { "Sweeps" }
            ul.sweeps {
                @for batch in batches {
                    li {
                        a href={ "/sessions/" (session) "/sweeps/" (batch.optimization_id) } {
                            (number::count(batch.total_combinations)) " combinations"
                        }
                        " · " (batch.status)
                        @if batch.status == "running" { " " (progress(batch)) }
                        @if let Some(best) = batch.best_result.get("metrics") {
                            " · best: net " (number::of(best, "totalPnl")) ", Sharpe " (number::of(best, "sharpeRatio"))
                        }
                    }
                }
            }
        }
    }
}

/// Runs of the version with parameters, a window or terms of their own.
fn other_runs(session: &str, shown: &StrategyDetail, runs: &[BacktestBrief]) -> Markup {
    let own = |run: &&BacktestBrief| !run.own && run.artifact_id == shown.summary.artifact_id;
    let runs: Vec<&BacktestBrief> = runs.iter().filter(own).take(RUNS_SHOWN).collect();
    html! {
        @if !runs.is_empty() {
            h3 { "Other runs" }
            ul.sweeps {
                @for run in runs {
                    li {
                        a href={ "/sessions/" (session) "/backtests/" (run.backtest_id) } { (run.from) " to " (run.to) }
                        @if !run.parameters.is_empty() { " · " (number::assigned(&run.parameters)) }
                        @if run.other_terms { " · other costs or capital" }
                        @match &run.metrics {
                            Some(found) => { " · net " (number::of(found, "totalPnl")) ", Sharpe " (number::of(found, "sharpeRatio")) }
                            None => { " · " (run.backtest_status) }
                        }
                    }
                }
            }
        }
    }
}

/// How far a sweep is.
pub(crate) fn progress(batch: &BatchSummary) -> Markup {
    let done = batch.completed_count + batch.failed_count + batch.cancelled_count;
    html! {
        progress max=(batch.total_combinations.max(1)) value=(done) aria-label="Combinations done" {}
        " " (number::count(done)) " of " (number::count(batch.total_combinations))
    }
}

fn actions(scene: Scene<'_>, session: &str, versions: &[&StrategyDetail], shown: &StrategyDetail) -> Markup {
    let artifact = &shown.summary.artifact_id;
    let base = format!("/sessions/{session}");
    let ready: Vec<&&StrategyDetail> =
        versions.iter().filter(|version| version.summary.lifecycle_status == "ready").collect();
    let newest = ready.iter().skip(ready.len().saturating_sub(COMPARED));
    let compared: Vec<String> = newest.map(|version| format!("v={}", version.summary.artifact_id)).collect();
    html! {
        div.actions {
            @if matches!(shown.summary.backtest_status.as_str(), "not_tested" | "failed") {
                form method="post" action={ (base) "/strategies/" (artifact) "/backtest" } {
                    (layout::token(scene.visitor)) button.primary { "Backtest" }
                }
            }
            @if compared.len() > 1 { a.button href={ (base) "/compare?" (compared.join("&")) } { "Compare versions" } }
            a.button href={ (base) "/strategies/" (artifact) "/rules.json" } download { "Rules (JSON)" }
        }
    }
}
