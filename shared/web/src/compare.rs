//! Versions side by side over one window: what differs in their rules, their figures, their curves.

use crate::layout::{self, Page};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::series::{self, Span};
use crate::web::Scene;
use crate::{metrics, number};
use app::backtest::{self, Run};
use app::view::{BacktestBrief, StrategyDetail};
use app::{AppError, artifact, session};
use engine::statistics::catalogue;
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Versions side by side at most.
const VERSIONS_MAX: usize = 5;

/// A version with its run over the common window.
struct Side {
    version: StrategyDetail,
    run: Option<BacktestBrief>,
}

impl Side {
    fn name(&self) -> String {
        format!("{} v{}", self.version.summary.name, self.version.lineage.version)
    }

    fn metrics(&self) -> Option<&Value> {
        self.run.as_ref().and_then(|run| run.metrics.as_ref())
    }
}

/// The versions compared and the window: the one asked for, else the one most of their runs share.
struct Comparison {
    sides: Vec<Side>,
    window: Option<(String, String)>,
}

fn chosen(query: &Query) -> Result<Vec<String>, AppError> {
    let mut ids: Vec<String> = Vec::new();
    for id in query.all("v") {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    if (2..=VERSIONS_MAX).contains(&ids.len()) {
        return Ok(ids);
    }
    Err(AppError::invalid(
        format!("{} versions were chosen", ids.len()),
        format!("go back and choose two to {VERSIONS_MAX}"),
    ))
}

async fn compared(scene: Scene<'_>, session_id: &str, query: &Query) -> Result<Comparison, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let runs = backtest::list(desk, caller, session_id).await?;
    let plain = |run: &&BacktestBrief| run.parameters.is_empty() && !run.other_terms && run.backtest_status != "failed";
    let mut sides = Vec::new();
    for id in chosen(query)? {
        let version = artifact::inspect(desk, caller, session_id, &id).await?;
        sides.push(Side { version, run: None });
    }
    let of = |side: &Side| -> Vec<&BacktestBrief> {
        runs.iter().filter(plain).filter(|run| run.artifact_id == side.version.summary.artifact_id).collect()
    };
    let window = match (query.get("from"), query.get("to")) {
        (Some(from), Some(to)) => Some((from.to_owned(), to.to_owned())),
        _ => shared_window(&sides.iter().map(of).collect::<Vec<_>>()),
    };
    if let Some((from, to)) = &window {
        for side in &mut sides {
            let found = of(side).into_iter().find(|run| run.from == *from && run.to == *to).cloned();
            side.run = found;
        }
    }
    Ok(Comparison { sides, window })
}

/// The window that most versions have a run over; the newest of equals.
fn shared_window(runs: &[Vec<&BacktestBrief>]) -> Option<(String, String)> {
    let mut counted: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for runs in runs {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for run in runs {
            let window = (run.from.as_str(), run.to.as_str());
            if !seen.contains(&window) {
                seen.push(window);
                let entry = counted.entry(window).or_insert((0, ""));
                *entry = (entry.0 + 1, entry.1.max(run.created_at.as_str()));
            }
        }
    }
    let most = counted.into_iter().max_by_key(|(_, counts)| *counts)?;
    Some((most.0.0.to_owned(), most.0.1.to_owned()))
}

/// The page.
pub(crate) async fn page(scene: Scene<'_>, session_id: &str) -> Result<Reply, AppError> {
    let found = compared(scene, session_id, scene.query).await?;
    let session = session::named(scene.desk, scene.caller(), session_id).await?;
    let running = found.sides.iter().any(|side| side.run.as_ref().is_some_and(|run| run.backtest_status == "running"));
    let complete = found.sides.iter().all(|side| side.metrics().is_some());
    let content = html! {
        h1 { "Compare" }
        div #state data-live data-running[running] data-reload {
            @if running { section.card.running aria-live="polite" { p { "Backtests are running." } progress aria-label="Running" {} } }
        }
        (window(scene, session_id, &found, complete || running))
        @if found.sides.iter().any(|side| side.metrics().is_some()) {
            section.card {
                h2 { "Equity" }
                div.chart #curves data-chart="curves" data-source={ "/sessions/" (session_id) "/compare/equity.json?" (source(&found)) }
                    role="img" aria-label="Equity of every version over the window" {}
                ul.legend #curves-legend {}
            }
            (figures(&found.sides))
        }
        (rules(&found.sides))
    };
    Ok(scene.page(&Page::new("Compare", layout::within(&session), content).with_charts()))
}

fn source(found: &Comparison) -> String {
    let mut query = String::new();
    for side in &found.sides {
        query.push_str(&format!("v={}&", side.version.summary.artifact_id));
    }
    if let Some((from, to)) = &found.window {
        query.push_str(&Query::default().with(&[("from", from), ("to", to)]));
    }
    query
}

fn window(scene: Scene<'_>, session_id: &str, found: &Comparison, is_there: bool) -> Markup {
    let (from, to) = found.window.clone().unwrap_or_default();
    html! {
        section.card {
            p {
                @for (place, side) in found.sides.iter().enumerate() {
                    @if place > 0 { " · " }
                    @match &side.run {
                        Some(run) => a href={ "/sessions/" (session_id) "/backtests/" (run.backtest_id) } { bdi { (side.name()) } },
                        None => bdi { (side.name()) " (not tested over this window)" },
                    }
                }
            }
            form.filters method="post" action={ "/sessions/" (session_id) "/compare" } {
                (layout::token(scene.visitor))
                @for side in &found.sides { input type="hidden" name="v" value=(side.version.summary.artifact_id); }
                label { span { "From" } input type="date" name="from" value=(from) required; }
                label { span { "To" } input type="date" name="to" value=(to) required; }
                button class=(if is_there { "quiet" } else { "primary" }) { "Test all of them over this window" }
            }
        }
    }
}

fn figures(sides: &[Side]) -> Markup {
    html! {
        section.card {
            h2 { "Figures" }
            div.scroll tabindex="0" role="region" aria-label="Figures side by side" {
                table {
                    thead { tr { th scope="col" { "Figure" } @for side in sides { th.number scope="col" { bdi { (side.name()) } } } } }
                    tbody {
                        @for info in catalogue() {
                            @let values: Vec<Option<f64>> = sides.iter()
                                .map(|side| side.metrics().and_then(|metrics| metrics.get(info.key)).and_then(Value::as_f64)).collect();
                            tr {
                                th scope="row" { (metrics::term(info, "figures")) }
                                @for value in &values {
                                    td class={ "number" @if is_best(*value, &values, info.better) { " best" } } {
                                        (number::metric(info, *value))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn is_best(value: Option<f64>, all: &[Option<f64>], better: engine::Better) -> bool {
    let Some(value) = value else { return false };
    let others = || all.iter().flatten().copied();
    let differs = others().any(|other| other != value);
    differs
        && match better {
            engine::Better::Higher => others().all(|other| other <= value),
            engine::Better::Lower => others().all(|other| other >= value),
            engine::Better::None => false,
        }
}

/// Every place where the documents differ, by its path.
fn rules(sides: &[Side]) -> Markup {
    let mut paths: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for (place, side) in sides.iter().enumerate() {
        let mut leaves = Vec::new();
        collect(&side.version.rules, String::new(), &mut leaves);
        for (path, value) in leaves {
            let row = paths.entry(path).or_insert_with(|| vec![None; sides.len()]);
            if let Some(cell) = row.get_mut(place) {
                *cell = Some(value);
            }
        }
    }
    paths.retain(|_, values| values.windows(2).any(|pair| pair.first() != pair.last()));
    html! {
        section.card {
            h2 { "What differs in the rules" }
            @if paths.is_empty() { p { "Nothing: the rules are the same." } } @else {
                div.scroll tabindex="0" role="region" aria-label="Differences in the rules" {
                    table.diff {
                        thead { tr { th scope="col" { "Where" } @for side in sides { th scope="col" { bdi { (side.name()) } } } } }
                        tbody {
                            @for (path, values) in &paths {
                                tr {
                                    th scope="row" { code { (path) } }
                                    @for value in values {
                                        @match value {
                                            Some(value) => td { code { bdi { (value) } } },
                                            None => td.muted { (number::UNDEFINED) },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every plain value of a document with its path; a parameter is found by its key, not by its place.
fn collect(value: &Value, path: String, leaves: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(parts) => parts.iter().for_each(|(key, part)| collect(part, below(key), leaves)),
        Value::Array(items) if path == "parameters" => {
            for item in items {
                let text = |key: &str| item.get(key).map(number::written).unwrap_or_default();
                leaves.push((below(&text("key")), text("value")));
            }
        }
        Value::Array(items) => leaves.push((path, items.iter().map(number::written).collect::<Vec<_>>().join(", "))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            leaves.push((path, number::written(value)))
        }
    }
}

/// The curves of a comparison.
pub(crate) async fn curves(scene: Scene<'_>, session_id: &str) -> Result<Reply, AppError> {
    let found = compared(scene, session_id, scene.query).await?;
    let whole = Span { from: i64::MIN, to: i64::MAX };
    let mut curves = Vec::new();
    for side in &found.sides {
        let Some(run) = side.run.as_ref().filter(|run| run.metrics.is_some()) else { continue };
        let curve = backtest::equity(scene.desk, scene.caller(), (session_id, &run.backtest_id)).await?;
        curves.push(json!({ "name": side.name(), "points": series::equity(&curve, 0.0, whole) }));
    }
    Ok(reply::json(&json!({ "curves": curves })))
}

/// Tests every version over a window.
pub(crate) async fn run(scene: Scene<'_>, session_id: &str, form: &Query) -> Result<Reply, AppError> {
    let days = [form.get("from"), form.get("to")];
    for id in chosen(form)? {
        let [from, to] = days.map(|day| day.map(str::to_owned));
        let run = Run { from, to, ..Run::default() };
        backtest::open(scene.desk, scene.caller(), (session_id, &id), &run, &Map::new()).await?;
    }
    let mut query = form.with(&[("token", "")]);
    query.insert(0, '?');
    Ok(reply::see_other(&format!("/sessions/{session_id}/compare{query}")))
}
