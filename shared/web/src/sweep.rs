//! A sweep: progress, ranking, heat map, how much of the best is luck; any combination as a full backtest or a new version.

use crate::backtest::{assumptions, flags};
use crate::layout::{self, Page};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::web::{Scene, nothing};
use crate::{metrics, number, strategy_card, surface};
use app::optimization::{self, SurfaceRequest};
use app::view::{OptimizationView, RankedCombination};
use app::{AppError, artifact, session};
use engine::statistics::MetricInfo;
use maud::{Markup, html};
use serde_json::{Map, Value};

/// Combinations on a page.
const RANKED_SHOWN: u64 = 25;

/// Figures of a ranked combination, after the one it is ranked by.
const FIGURES: [&str; 6] = ["totalPnl", "sharpeRatio", "maxDrawdownPercent", "profitFactor", "winRate", "tradeCount"];

/// The page.
pub(crate) async fn page(scene: Scene<'_>, ids: (&str, &str)) -> Result<Reply, AppError> {
    let (desk, caller, query) = (scene.desk, scene.caller(), scene.query);
    let sweep = optimization::get(desk, caller, ids, RANKED_SHOWN, query.get("cursor"), None).await?;
    let session = session::named(desk, caller, ids.0).await?;
    let version = artifact::inspect(desk, caller, ids.0, &sweep.artifact_id).await.ok();
    let name = version.as_ref().map_or("Strategy", |version| version.summary.name.as_str());
    let number = version.as_ref().map_or(1, |version| version.lineage.version);
    let ended = !matches!(sweep.batch.status.as_str(), "configured" | "running");
    let surface = if ended { optimization::surface(desk, caller, ids, &wanted(query)).await? } else { None };
    let ranked_by = number::info(&sweep.rank_by);
    let content = html! {
        div.heading {
            h1 { "Sweep of " bdi { (name) } " v" (number) }
            span class={ "badge " (class(&sweep.batch.status)) } { (number::words(&sweep.batch.status)) }
        }
        (state(scene, ids, &sweep))
        @if let Some(metric) = ranked_by {
            (best(scene, ids, &sweep))
            @if let Some(robustness) = &sweep.robustness { (luck(robustness)) }
            @if ended { (ranking(scene, ids, &sweep, metric)) }
            @if let Some(surface) = &surface {
                section.card { h2 { "The surface" } (surface::region(surface, metric, query)) }
            }
        }
        (assumptions(&sweep.assumptions, &Map::new()))
    };
    Ok(scene.page(&Page::new(format!("Sweep of {name} v{number}"), layout::within(&session), content)))
}

fn class(status: &str) -> &'static str {
    match status {
        "completed" => "good",
        "running" | "configured" => "running",
        _ => "serious",
    }
}

/// The heat map a query asks for.
fn wanted(query: &Query) -> SurfaceRequest {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    SurfaceRequest {
        x: query.get("x").unwrap_or_default().to_owned(),
        y: query.get("y").unwrap_or_default().to_owned(),
        fixed: query.under("fixed.").map(|(key, text)| (key.to_owned(), value(text))).collect(),
    }
}

fn state(scene: Scene<'_>, (session, id): (&str, &str), sweep: &OptimizationView) -> Markup {
    let running = sweep.batch.status == "running";
    html! {
        div #state data-live data-running[running] data-reload {
            @if running {
                section.card.running aria-live="polite" {
                    p { (strategy_card::progress(&sweep.batch)) }
                    form method="post" action={ "/sessions/" (session) "/cancel" } {
                        (layout::token(scene.visitor))
                        input type="hidden" name="task" value="optimization";
                        input type="hidden" name="id" value=(id);
                        button.quiet { "Cancel, keep what is done" }
                    }
                }
            } @else {
                p.muted {
                    (number::count(sweep.batch.total_combinations)) " combinations"
                    @if sweep.batch.status != "configured" {
                        ": " (number::count(sweep.batch.completed_count)) " evaluated, " (number::count(sweep.ranked_count)) " meet every constraint"
                        @if sweep.batch.failed_count > 0 { ", " (number::count(sweep.batch.failed_count)) " failed" }
                        @if sweep.batch.cancelled_count > 0 { ", " (number::count(sweep.batch.cancelled_count)) " cancelled" }
                    } @else { ", set up and not started" }
                    "; ranked by " (number::label(&sweep.rank_by)) (constraints(&sweep.assumptions))
                }
            }
            @if let Some(error) = &sweep.error { section.notice.serious { h2 { "What went wrong" } p { bdi { (error) } } } }
        }
    }
}

/// What a combination must meet to be ranked.
fn constraints(assumptions: &Map<String, Value>) -> Markup {
    let listed = assumptions.get("constraints").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |constraint: &Value, key: &str| constraint.get(key).map(number::written).unwrap_or_default();
    html! {
        @for (place, constraint) in listed.iter().enumerate() {
            @if place == 0 { " among those with " } @else { " and " }
            strong { (number::label(&text(constraint, "metric"))) " " (text(constraint, "operator")) " " (text(constraint, "value")) }
        }
    }
}

fn values(parameters: &Map<String, Value>) -> Markup {
    html! {
        @for (place, (key, value)) in parameters.iter().enumerate() {
            @if place > 0 { ", " } code { (key) } " " strong { (number::written(value)) }
        }
    }
}

fn best(scene: Scene<'_>, ids: (&str, &str), sweep: &OptimizationView) -> Markup {
    let best = &sweep.batch.best_result;
    let object = |key: &str| best.get(key).and_then(Value::as_object);
    let index = best.get("index").and_then(Value::as_u64);
    html! {
        @if let (Some(parameters), Some(results), Some(index)) = (object("parameters"), best.get("metrics"), index) {
            section.card {
                h2 { "The best" }
                p { (values(parameters)) }
                (metrics::headline(results, "best", ""))
                @if object("holdout_metrics").is_some() {
                    h3 { "On the days kept out" }
                    (metrics::headline(best.get("holdout_metrics").unwrap_or(&Value::Null), "holdout", ""))
                }
                div.actions { (take(scene, ids, index, true)) }
            }
        }
    }
}

/// What may be done with a combination.
fn take(scene: Scene<'_>, (session, sweep): (&str, &str), index: u64, prominent: bool) -> Markup {
    let base = format!("/sessions/{session}/sweeps/{sweep}");
    html! {
        @for (what, label, brief) in [("open", "Full backtest", "Backtest"), ("save", "Save as new version", "Save")] {
            form.inline method="post" action={ (base) "/" (what) } {
                (layout::token(scene.visitor))
                input type="hidden" name="index" value=(index);
                @if prominent { button.primary { (label) } } @else { button.quiet aria-label=(label) title=(label) { (brief) } }
            }
        }
    }
}

/// The robustness figures in plain words.
fn luck(robustness: &Value) -> Markup {
    let figure = |key: &str| robustness.get(key).and_then(Value::as_f64);
    let trials = |key: &str| number::count(robustness.get(key).and_then(Value::as_u64).unwrap_or(0));
    let edges = robustness.get("atGridEdge").and_then(Value::as_array).cloned().unwrap_or_default();
    let edges: Vec<String> = edges.iter().map(number::written).collect();
    html! {
        section.card {
            h2 { "Is it luck?" }
            (flags(robustness.get("flags")))
            ul.plain {
                @match figure("deflatedSharpeLineage") {
                    Some(share) => li {
                        strong { (number::percent(share)) } " — the probability that the best is better than the luckiest of "
                        (trials("lineageTrials")) " trials without any edge. Below 95 % luck is not ruled out. (Deflated Sharpe ratio)"
                    },
                    None => li.muted { "Too few trials or days for a deflated Sharpe ratio." },
                }
                @match figure("pbo") {
                    Some(share) => li {
                        strong { (number::percent(share)) } " — how often the combination that is best on one half of the days ends in the worse half "
                        "on the other. Above 50 % choosing the best does harm. (Probability of backtest overfitting)"
                    },
                    None => li.muted { "Too few days for a probability of overfitting." },
                }
                @match figure("plateau") {
                    Some(share) => li {
                        strong { (number::percent(share)) } " — of the best result is kept, in the middle, one step away in any parameter. "
                        "Near 100 % is a plateau, near 0 % a lone peak."
                    },
                    None => li.muted { "No neighbours to compare the best with." },
                }
                @if !edges.is_empty() {
                    li { "The best lies at the end of the range of " code { (edges.join(", ")) } ": a wider range may hold a better one." }
                }
            }
        }
    }
}

fn ranking(scene: Scene<'_>, ids: (&str, &str), sweep: &OptimizationView, metric: &MetricInfo) -> Markup {
    let mut columns = vec![metric.key];
    columns.extend(FIGURES.into_iter().filter(|key| *key != metric.key));
    let swept: Vec<&String> = sweep.ranking.first().map(|row| row.parameters.keys().collect()).unwrap_or_default();
    html! {
        section.card {
            h2 { "Ranking" }
            div #ranking data-region {
                @if sweep.ranking.is_empty() { p { "No combination meets every constraint." } }
                div.scroll tabindex="0" role="region" aria-label="Ranking" {
                    table {
                        thead { tr {
                            th.number scope="col" { "#" }
                            @for key in &swept { th.number scope="col" { code { (key) } } }
                            @for key in &columns { th.number scope="col" { (number::label(key)) } }
                            th scope="col" { "Take it as" }
                        } }
                        tbody { @for row in &sweep.ranking { (combination(scene, ids, row, &columns)) } }
                    }
                }
                nav.pages aria-label="Pages of the ranking" {
                    @if scene.query.get("cursor").is_some() {
                        a href={ "?" (scene.query.with(&[("cursor", "")])) "#ranking" } data-partial="ranking" { "Best" }
                    }
                    @if let Some(next) = &sweep.pagination.next_cursor {
                        a rel="next" href={ "?" (scene.query.with(&[("cursor", next)])) "#ranking" } data-partial="ranking" { "Next" }
                    }
                }
            }
        }
    }
}

fn combination(scene: Scene<'_>, ids: (&str, &str), row: &RankedCombination, columns: &[&str]) -> Markup {
    let results = Value::Object(row.metrics.clone());
    html! {
        tr {
            td.number { (number::count(row.rank)) }
            @for value in row.parameters.values() { td.number { strong { (number::written(value)) } } }
            @for key in columns { td.number { (number::of(&results, key)) } }
            td.nowrap { (take(scene, ids, row.index, false)) }
        }
    }
}

/// Takes a combination out of the sweep.
pub(crate) async fn change(scene: Scene<'_>, ids: (&str, &str), what: &str, form: &Query) -> Result<Reply, AppError> {
    let index = form.number("index").ok_or_else(nothing)?;
    match what {
        "open" => {
            let run = optimization::open(scene.desk, scene.caller(), ids, index).await?;
            Ok(reply::see_other(&format!("/sessions/{}/backtests/{run}", ids.0)))
        }
        "save" => {
            optimization::save(scene.desk, scene.caller(), ids, index).await?;
            Ok(reply::see_other(&format!("/sessions/{}", ids.0)))
        }
        _ => Err(nothing()),
    }
}
