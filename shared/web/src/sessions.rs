//! The list of sessions: status, strategies, last result; search and archive.

use crate::layout::{self, Page};
use crate::number;
use crate::reply::Reply;
use crate::web::Scene;
use app::AppError;
use app::artifact::{self, Glance};
use app::session::{self, StatusFilter};
use app::view::SessionSummary;
use futures::future::try_join_all;
use maud::{Markup, html};

/// Sessions on a page.
const SESSIONS_SHOWN: u64 = 20;

/// Names of strategies shown with a session.
const NAMES_SHOWN: usize = 4;

/// Figures of the last result.
const FIGURES: [&str; 4] = ["totalPnl", "sharpeRatio", "maxDrawdownPercent", "tradeCount"];

/// The list.
pub(crate) async fn page(scene: Scene<'_>) -> Result<Reply, AppError> {
    let (desk, caller, query) = (scene.desk, scene.caller(), scene.query);
    let status = query.get("status").unwrap_or("active");
    let filter = match status {
        "archived" => StatusFilter::Archived,
        "all" => StatusFilter::All,
        _ => StatusFilter::Active,
    };
    let words = query.get("q").unwrap_or_default();
    let found = session::search(desk, caller, (filter, words), SESSIONS_SHOWN, query.get("cursor")).await?;
    let glances =
        try_join_all(found.sessions.iter().map(|one| artifact::glance(desk, caller, &one.session_id))).await?;
    let running = glances.iter().any(|glance| glance.running > 0);
    let content = html! {
        h1 { "Sessions" }
        (search(status, words))
        div #sessions data-live data-running[running] {
            @if found.sessions.is_empty() { (none(words, status)) }
            ul.sessions {
                @for (one, glance) in found.sessions.iter().zip(&glances) { li { (entry(scene, one, glance)) } }
            }
        }
        nav.pages aria-label="Pages" {
            @if query.get("cursor").is_some() { a href={ "?" (query.with(&[("cursor", "")])) } { "Newest" } }
            @if let Some(next) = &found.pagination.next_cursor {
                a rel="next" href={ "?" (query.with(&[("cursor", next)])) } { "Older" }
            }
        }
    };
    Ok(scene.page(&Page::new("Sessions", Vec::new(), content)))
}

fn search(status: &str, words: &str) -> Markup {
    html! {
        form.filters method="get" action="/sessions" role="search" {
            label { span { "Title" } input type="search" name="q" value=(words) placeholder="any" maxlength="200"; }
            label {
                span { "Status" }
                select name="status" {
                    @for choice in ["active", "archived", "all"] {
                        option value=(choice) selected[choice == status] { (number::words(choice)) }
                    }
                }
            }
            button { "Search" }
        }
    }
}

fn none(words: &str, status: &str) -> Markup {
    html! {
        section.card.empty {
            @if words.is_empty() && status == "active" {
                h2 { "No sessions yet" }
                p { "Tell your client what to build, for example:" }
                blockquote {
                    "Go long DEMO when the 9 EMA crosses above the 21 EMA on the 5-minute chart, 20-point stop, 40-point target, "
                    "flat by 3:55. Backtest it."
                }
            } @else {
                p { "No session matches." }
            }
        }
    }
}

/// Names of strategies, the newest first.
fn names(strategies: &[String]) -> Markup {
    html! {
        p {
            @for (place, name) in strategies.iter().take(NAMES_SHOWN).enumerate() {
                @if place > 0 { ", " }
                bdi { @if name.is_empty() { "one in the making" } @else { (name) } }
            }
            @if strategies.len() > NAMES_SHOWN { " and " (strategies.len() - NAMES_SHOWN) " more" }
        }
    }
}

fn entry(scene: Scene<'_>, one: &SessionSummary, glance: &Glance) -> Markup {
    let address = format!("/sessions/{}", one.session_id);
    html! {
        article.card.session {
            div.heading {
                h2 { a href=(address) { bdi { (one.title) } } }
                @if glance.running > 0 { span.badge.running { (glance.running) " running" } }
                @if one.status == "archived" { span.badge { "Archived" } }
            }
            p.muted {
                (glance.strategies.len()) @if glance.strategies.len() == 1 { " strategy" } @else { " strategies" }
                " · " (one.strategy_count) @if one.strategy_count == 1 { " version" } @else { " versions" }
                " · made " time datetime=(one.created_at) { (one.created_at.get(..10).unwrap_or_default()) }
            }
            @if !glance.strategies.is_empty() { (names(&glance.strategies)) }
            @if let Some(last) = &glance.last {
                p {
                    "Last result: "
                    a href={ (address) "/backtests/" (last.backtest_id) } { bdi { (last.name) } " v" (last.version) }
                    " on " bdi { (last.ticker) }
                }
                dl.figures {
                    @for key in FIGURES { div { dt { (number::label(key)) } dd { (number::of(&last.metrics, key)) } } }
                }
            } @else { p.muted { "Nothing tested yet." } }
            form method="post" action=(address) {
                (layout::token(scene.visitor))
                @if one.status == "archived" {
                    button.quiet name="action" value="restore" { "Restore" }
                } @else {
                    button.quiet name="action" value="archive" { "Archive" }
                }
            }
        }
    }
}
