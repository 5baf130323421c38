//! Signing in with a key, once, and out again.

use crate::layout::{self, Page};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::visitor::{self, Entrance};
use crate::web::Scene;
use app::{AppError, Desk, web_session};
use http::{HeaderMap, StatusCode, Uri, header};
use maud::html;

/// Where a visitor without a sign-in is sent.
pub(crate) fn wanted(uri: &Uri, is_change: bool) -> Reply {
    let next = uri.path_and_query().map_or("/sessions", |path| path.as_str());
    // What was to be changed is not repeated after signing in.
    let next = if is_change { "/sessions" } else { next };
    let query = Query::default().with(&[("next", next)]);
    reply::see_other(&format!("/sign-in?{query}"))
}

/// The address to go on to: one of ours, whatever the link said.
fn next(form: &Query) -> &str {
    let asked = form.get("next").unwrap_or("/sessions");
    let is_local = asked.starts_with('/') && !asked.starts_with("//") && !asked.contains('\\');
    if is_local && asked.bytes().all(|byte| byte.is_ascii_graphic()) { asked } else { "/sessions" }
}

/// The form, or what it sends.
pub(crate) async fn sign_in(
    desk: &Desk,
    entrance: &Entrance,
    headers: &HeaderMap,
    is_change: bool,
    form: &Query,
) -> Result<Reply, AppError> {
    if !is_change {
        if entrance.visitor(desk, headers).await?.is_some() {
            return Ok(reply::see_other(next(form)));
        }
        return Ok(asking(StatusCode::OK, next(form), None));
    }
    match web_session::open(desk, form.get("key").unwrap_or_default()).await? {
        Some(secret) => {
            let mut answer = reply::see_other(next(form));
            reply::set(&mut answer, header::SET_COOKIE, &visitor::kept(&secret));
            Ok(answer)
        }
        None => {
            let why = "This is not a key of this server, or it was revoked.";
            Ok(asking(StatusCode::FORBIDDEN, next(form), Some(why)))
        }
    }
}

fn asking(status: StatusCode, next: &str, problem: Option<&str>) -> Reply {
    let content = html! {
        section.card.narrow {
            h1 { "Sign in" }
            p { "Paste the access key that your client uses. This browser remembers you for 30 days; the key itself is not kept." }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            form.stack method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                label for="key" { "Access key" }
                input id="key" name="key" type="password" autocomplete="current-password" required autofocus
                    placeholder="bk_…" spellcheck="false";
                button.primary { "Sign in" }
            }
        }
    };
    reply::page(status, Page::new("Sign in", Vec::new(), content).write(None))
}

/// Ends the sign-in.
pub(crate) async fn sign_out(scene: Scene<'_>) -> Result<Reply, AppError> {
    let Some(secret) = &scene.visitor.secret else { return Ok(reply::see_other("/sessions")) };
    web_session::close(scene.desk, secret).await?;
    let page = layout::failure("Signed out", "This browser no longer has access.", "");
    let mut answer = reply::page(StatusCode::OK, page.write(None));
    reply::set(&mut answer, header::SET_COOKIE, &visitor::forgotten());
    Ok(answer)
}
