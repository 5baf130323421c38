//! A session: a card for every strategy, the work under way, and what may be changed.

use crate::layout::{self, Page};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::strategy_card;
use crate::web::{Scene, nothing};
use app::backtest::Run;
use app::task::{self, TaskIds, TaskKind};
use app::view::{RunningWork, SessionDetail, StrategyDetail};
use app::{AppError, artifact, session};
use maud::{Markup, html};
use serde_json::Map;

/// Strategies on a page.
const STRATEGIES_SHOWN: usize = 50;

/// The page.
pub(crate) async fn page(scene: Scene<'_>, session_id: &str) -> Result<Reply, AppError> {
    let (desk, caller) = (scene.desk, scene.caller());
    let found = session::get(desk, caller, session_id).await?;
    let versions = artifact::all_of_session(desk, caller, session_id).await?;
    let runs = app::backtest::list(desk, caller, session_id).await?;
    let lineages = lineages(&versions);
    let first = scene.query.number("from").and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
    let next = first.saturating_add(STRATEGIES_SHOWN);
    let title = &found.session.title;
    let content = html! {
        (heading(scene, &found))
        div #work data-live data-running[!found.running_work.is_empty()] {
            @if !found.running_work.is_empty() { (running(scene, session_id, &found.running_work)) }
        }
        @if lineages.len() > 1 { (compare(session_id, &lineages)) }
        @if lineages.is_empty() { section.card.empty { p { "No strategy yet: your client makes one with create_strategy." } } }
        @for lineage in lineages.iter().skip(first).take(STRATEGIES_SHOWN) {
            @if let Some(version) = shown(scene.query, lineage) {
                (strategy_card::card(scene, session_id, lineage, version, &runs))
            }
        }
        @if lineages.len() > next || first > 0 {
            nav.pages aria-label="Pages" {
                @if first > 0 { a href="?" { "Newest strategies" } }
                @if lineages.len() > next {
                    a rel="next" href={ "?" (scene.query.with(&[("from", &next.to_string())])) } { "Older strategies" }
                }
            }
        }
    };
    Ok(scene.page(&Page::new(title.clone(), vec![("/sessions".to_owned(), "Sessions".to_owned())], content)))
}

/// Versions by lineage, newest lineage first; versions oldest first.
fn lineages(versions: &[StrategyDetail]) -> Vec<Vec<&StrategyDetail>> {
    let mut lineages: Vec<Vec<&StrategyDetail>> = Vec::new();
    for version in versions {
        let root = &version.lineage.root_artifact_id;
        let known =
            lineages.iter_mut().find(|known| known.first().is_some_and(|one| one.lineage.root_artifact_id == *root));
        match known {
            Some(lineage) => lineage.push(version),
            None => lineages.push(vec![version]),
        }
    }
    lineages.reverse();
    lineages
}

/// The version to show: the one asked for, else the newest.
fn shown<'a>(query: &Query, lineage: &[&'a StrategyDetail]) -> Option<&'a StrategyDetail> {
    let newest = lineage.last().copied()?;
    let asked = query.get(&format!("show.{}", newest.lineage.root_artifact_id));
    lineage.iter().copied().find(|version| asked == Some(version.summary.artifact_id.as_str())).or(Some(newest))
}

fn heading(scene: Scene<'_>, found: &SessionDetail) -> Markup {
    let session = &found.session;
    let archived = session.status == "archived";
    html! {
        div.heading {
            h1 { bdi { (session.title) } }
            @if archived { span.badge { "Archived" } }
        }
        details.change {
            summary { "Rename or archive" }
            form.filters method="post" action={ "/sessions/" (session.session_id) } {
                (layout::token(scene.visitor))
                label { span { "Title" } input name="title" value=(session.title) maxlength="200"; }
                button name="action" value="rename" { "Rename" }
                @if archived { button.quiet name="action" value="restore" { "Restore" } }
                @else { button.quiet name="action" value="archive" { "Archive" } }
            }
        }
    }
}

fn running(scene: Scene<'_>, session_id: &str, work: &[RunningWork]) -> Markup {
    html! {
        section.card.running aria-live="polite" {
            h2 { "Under way" }
            ul {
                @for item in work {
                    li {
                        span.badge.running {
                            (match item.task { "strategy_op" => "Strategy", "optimization" => "Sweep", _ => "Backtest" })
                        }
                        @match item.task {
                            "optimization" => { " " a href={ "/sessions/" (session_id) "/sweeps/" (item.id) } { "progress" } " " }
                            "backtest" => { " " a href={ "/sessions/" (session_id) "/backtests/" (item.id) } { "open" } " " }
                            _ => { " being made " }
                        }
                        form.inline method="post" action={ "/sessions/" (session_id) "/cancel" } {
                            (layout::token(scene.visitor))
                            input type="hidden" name="task" value=(item.task);
                            input type="hidden" name="id" value=(item.id);
                            button.quiet { "Cancel" }
                        }
                    }
                }
            }
        }
    }
}

/// Strategies to choose for a comparison.
fn compare(session_id: &str, lineages: &[Vec<&StrategyDetail>]) -> Markup {
    let ready = lineages.iter().flatten().filter(|version| version.summary.lifecycle_status == "ready");
    html! {
        details.change {
            summary { "Compare strategies" }
            form method="get" action={ "/sessions/" (session_id) "/compare" } {
                fieldset.choices {
                    legend { "Choose two to five" }
                    @for version in ready.take(STRATEGIES_SHOWN) {
                        label {
                            input type="checkbox" name="v" value=(version.summary.artifact_id);
                            " " bdi { (version.summary.name) } " v" (version.summary.version)
                        }
                    }
                }
                button { "Compare" }
            }
        }
    }
}

/// The rules document of a version.
pub(crate) async fn rules(scene: Scene<'_>, session_id: &str, artifact_id: &str) -> Result<Reply, AppError> {
    let version = artifact::inspect(scene.desk, scene.caller(), session_id, artifact_id).await?;
    let text = serde_json::to_string_pretty(&version.rules).map_err(|error| AppError::internal(error.to_string()))?;
    let name = format!("{artifact_id}-rules.json");
    Ok(reply::file("application/json", &name, text))
}

/// Renames, archives or restores.
pub(crate) async fn change(scene: Scene<'_>, session_id: &str, form: &Query) -> Result<Reply, AppError> {
    let (title, archived) = match form.get("action") {
        Some("archive") => (None, Some(true)),
        Some("restore") => (None, Some(false)),
        Some("rename") => (Some(form.get("title").unwrap_or_default()), None),
        _ => return Err(nothing()),
    };
    session::update(scene.desk, scene.caller(), session_id, title, archived).await?;
    let next = if archived.is_some() { "/sessions".to_owned() } else { format!("/sessions/{session_id}") };
    Ok(reply::see_other(&next))
}

/// Starts a version's own backtest.
pub(crate) async fn backtest(scene: Scene<'_>, ids: (&str, &str)) -> Result<Reply, AppError> {
    let run = app::backtest::start(scene.desk, scene.caller(), ids, &Run::default(), &Map::new()).await?;
    Ok(reply::see_other(&format!("/sessions/{}/backtests/{}", ids.0, run.backtest_id)))
}

/// Stops work.
pub(crate) async fn cancel(scene: Scene<'_>, session_id: &str, form: &Query) -> Result<Reply, AppError> {
    let id = form.get("id");
    let none = TaskIds::default();
    let (kind, ids) = match form.get("task") {
        Some("strategy_op") => (TaskKind::StrategyOp, TaskIds { operation_id: id, ..none }),
        Some("backtest") => (TaskKind::Backtest, TaskIds { backtest_id: id, ..none }),
        Some("optimization") => (TaskKind::Optimization, TaskIds { optimization_id: id, ..none }),
        _ => return Err(nothing()),
    };
    task::cancel(scene.desk, scene.caller(), session_id, (kind, ids)).await?;
    Ok(reply::see_other(&format!("/sessions/{session_id}")))
}
