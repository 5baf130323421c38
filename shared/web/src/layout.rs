//! What every page has around its content.

use crate::assets;
use crate::visitor::Visitor;
use app::view::SessionSummary;
use maud::{DOCTYPE, Markup, html};

/// A page before it is written out.
pub(crate) struct Page {
    pub(crate) title: String,
    /// Where it lies: address and name of every page above it.
    pub(crate) above: Vec<(String, String)>,
    pub(crate) content: Markup,
    /// True when it draws charts.
    pub(crate) charts: bool,
}

impl Page {
    /// A page without charts.
    pub(crate) fn new(title: impl Into<String>, above: Vec<(String, String)>, content: Markup) -> Self {
        Self { title: title.into(), above, content, charts: false }
    }

    /// With the chart library.
    pub(crate) fn with_charts(mut self) -> Self {
        self.charts = true;
        self
    }

    /// The whole document.
    pub(crate) fn write(&self, visitor: Option<&Visitor>) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { bdi { (self.title) } " · Barlake" }
                    link rel="icon" href=(assets::path("icon.svg"));
                    link rel="stylesheet" href=(assets::path("app.css"));
                    script defer src=(assets::path("app.js")) {}
                    @if self.charts {
                        script defer src=(assets::path("lightweight-charts.js")) {}
                        script defer src=(assets::path("charts.js")) {}
                    }
                }
                body {
                    a.skip href="#content" { "Skip to content" }
                    (header(visitor))
                    main id="content" tabindex="-1" {
                        @if !self.above.is_empty() { (crumbs(&self.above, &self.title)) }
                        (self.content)
                    }
                    (footer(self.charts))
                }
            }
        }
    }
}

fn header(visitor: Option<&Visitor>) -> Markup {
    html! {
        header.top {
            a.brand href="/sessions" { img src=(assets::path("icon.svg")) alt="" width="24" height="24"; "Barlake" }
            @if let Some(visitor) = visitor {
                nav aria-label="Main" {
                    a href="/sessions" { "Sessions" }
                    a href="/account" { "Account" }
                    @if visitor.secret.is_some() {
                        form method="post" action="/sign-out" { (token(visitor)) button.quiet { "Sign out" } }
                    }
                }
            }
        }
    }
}

fn crumbs(above: &[(String, String)], title: &str) -> Markup {
    html! {
        nav.crumbs aria-label="You are here" {
            ol {
                @for (address, name) in above { li { a href=(address) { bdi { (name) } } } }
                li aria-current="page" { bdi { (title) } }
            }
        }
    }
}

fn footer(charts: bool) -> Markup {
    html! {
        footer {
            p { "Barlake · engine " (engine::ENGINE_VERSION) " · results of the past promise nothing" }
            @if charts {
                p {
                    "Charts: TradingView Lightweight Charts™, © TradingView, Inc. "
                    a href="https://www.tradingview.com/" rel="noreferrer" { "tradingview.com" } " · "
                    a href=(assets::path("lightweight-charts-license.txt")) { "licence" }
                }
            }
        }
    }
}

/// What lies above a page of a session.
pub(crate) fn within(session: &SessionSummary) -> Vec<(String, String)> {
    let sessions = ("/sessions".to_owned(), "Sessions".to_owned());
    vec![sessions, (format!("/sessions/{}", session.session_id), session.title.clone())]
}

/// What makes a form ours.
pub(crate) fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="token" value=(visitor.form_token); }
}

/// A page that says why there is none.
pub(crate) fn failure(heading: &str, message: &str, next: &str) -> Page {
    let content = html! {
        section.card.narrow {
            h1 { (heading) }
            p { bdi { (message) } }
            @if !next.is_empty() { p.muted { bdi { (next) } } }
            p { a.button href="/sessions" { "Your sessions" } }
        }
    };
    Page::new(heading, Vec::new(), content)
}
