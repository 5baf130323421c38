//! From a request to a page: who looks, what they look at, what they may change.

use crate::layout::{self, Page};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::visitor::{Entrance, Visitor};
use crate::{account, assets, backtest, compare, session, sessions, sign_in, sweep};
use app::{AppError, Caller, Desk, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};

/// The pages of the service.
pub struct Web {
    desk: Desk,
    entrance: Entrance,
}

/// What the door knows of a request beside the request itself.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// Names the request to whoever reports trouble.
    pub request_id: &'a str,
    /// True when the browser says that one of our own pages sends it.
    pub from_own_page: bool,
}

/// A page's surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) visitor: &'a Visitor,
    pub(crate) query: &'a Query,
}

impl Scene<'_> {
    pub(crate) const fn caller(&self) -> &Caller {
        &self.visitor.caller
    }

    /// A page of this visitor.
    pub(crate) fn page(&self, page: &Page) -> Reply {
        reply::page(StatusCode::OK, page.write(Some(self.visitor)))
    }
}

impl Web {
    /// The pages over a desk. Everybody is `everybody`, on a machine of one person; else visitors sign in with a key.
    #[must_use]
    pub fn new(desk: Desk, everybody: Option<Caller>) -> Self {
        Self { entrance: Entrance::new(&desk, everybody), desk }
    }

    /// Answers a request; `None` where there is nothing and a page was not asked for.
    pub async fn answer(&self, request: &Request<Bytes>, visit: Visit<'_>) -> Option<Response<Bytes>> {
        let wants_page = wants_page(request.headers());
        let path = request.uri().path();
        if let Some(file) = assets::at(path) {
            return Some(reply::compressed(file, request.headers()));
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        if !is_ours(&segments) {
            let page = layout::failure("Not found", "There is nothing at this address.", "");
            return wants_page
                .then(|| reply::compressed(reply::page(StatusCode::NOT_FOUND, page.write(None)), request.headers()));
        }
        let answered = self.routed(request, &segments, visit).await;
        Some(reply::compressed(answered.unwrap_or_else(|error| failed(&error, visit.request_id)), request.headers()))
    }

    async fn routed(&self, request: &Request<Bytes>, path: &[&str], visit: Visit<'_>) -> Result<Reply, AppError> {
        let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
        let is_change = match *request.method() {
            Method::GET | Method::HEAD => false,
            Method::POST => true,
            _ => return Ok(reply::page(StatusCode::METHOD_NOT_ALLOWED, wrong_method().write(None))),
        };
        if is_change && !visit.from_own_page {
            return Err(foreign());
        }
        if let ["sign-in"] = path {
            let form = if is_change { Query::parse(request.body()) } else { query };
            return sign_in::sign_in(&self.desk, &self.entrance, request.headers(), is_change, &form).await;
        }
        let Some(visitor) = self.entrance.visitor(&self.desk, request.headers()).await? else {
            return Ok(sign_in::wanted(request.uri(), is_change));
        };
        let scene = Scene { desk: &self.desk, visitor: &visitor, query: &query };
        if !is_change {
            return shown(scene, path).await;
        }
        let form = Query::parse(request.body());
        if !visitor.knows(form.get("token")) {
            return Err(foreign());
        }
        changed(scene, path, &form).await
    }
}

/// Addresses that lead somewhere, to whoever may see it.
fn is_ours(path: &[&str]) -> bool {
    matches!(path, [] | ["sessions" | "account", ..] | ["sign-in" | "sign-out"])
}

async fn shown(scene: Scene<'_>, path: &[&str]) -> Result<Reply, AppError> {
    match *path {
        [] => Ok(reply::see_other("/sessions")),
        ["sessions"] => sessions::page(scene).await,
        ["sessions", session] => session::page(scene, session).await,
        ["sessions", session, "strategies", version, "rules.json"] => session::rules(scene, session, version).await,
        ["sessions", session, "backtests", run] => backtest::page(scene, (session, run)).await,
        ["sessions", session, "backtests", run, part] => backtest::part(scene, (session, run), part).await,
        ["sessions", session, "sweeps", sweep] => sweep::page(scene, (session, sweep)).await,
        ["sessions", session, "compare"] => compare::page(scene, session).await,
        ["sessions", session, "compare", "equity.json"] => compare::curves(scene, session).await,
        ["account"] => account::page(scene, None).await,
        _ => Err(nothing()),
    }
}

async fn changed(scene: Scene<'_>, path: &[&str], form: &Query) -> Result<Reply, AppError> {
    match *path {
        ["sign-out"] => sign_in::sign_out(scene).await,
        ["sessions", session] => session::change(scene, session, form).await,
        ["sessions", session, "cancel"] => session::cancel(scene, session, form).await,
        ["sessions", session, "strategies", version, "backtest"] => session::backtest(scene, (session, version)).await,
        ["sessions", session, "sweeps", sweep, what] => sweep::change(scene, (session, sweep), what, form).await,
        ["sessions", session, "compare"] => compare::run(scene, session, form).await,
        ["account", "keys"] => account::create(scene, form).await,
        ["account", "keys", key, "revoke"] => account::revoke(scene, key).await,
        _ => Err(nothing()),
    }
}

pub(crate) fn nothing() -> AppError {
    AppError::new(ErrorKind::NotFound, "there is nothing at this address", "start from your sessions")
}

fn foreign() -> AppError {
    let next = "go back, load the page again, and repeat what you did";
    AppError::new(ErrorKind::Unauthorized, "this form is out of date or was not sent by a page of ours", next)
}

fn wrong_method() -> Page {
    layout::failure("Not possible", "Pages are read with GET and changed with POST.", "")
}

/// True for a browser that opens a page, not for a program that asks for data.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// The page of an error.
fn failed(error: &AppError, request_id: &str) -> Reply {
    let (status, heading) = match error.kind {
        ErrorKind::Invalid => (StatusCode::BAD_REQUEST, "That does not work"),
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        ErrorKind::Conflict => (StatusCode::CONFLICT, "Not now"),
        ErrorKind::LimitExceeded => (StatusCode::UNPROCESSABLE_ENTITY, "Over a limit"),
        ErrorKind::Unauthorized => (StatusCode::FORBIDDEN, "Not accepted"),
        ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Busy"),
        ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong"),
    };
    let next = match error.kind {
        // What a tool would do next helps nobody in front of a page.
        ErrorKind::NotFound => "It may have been deleted, or it belongs to another account.".to_owned(),
        ErrorKind::Internal | ErrorKind::Unavailable => {
            tracing::error!(request_id, error = error.message, context = error.context, "page failed");
            format!("Try again in a moment. If it stays, report request {request_id}.")
        }
        ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::LimitExceeded | ErrorKind::Unauthorized => {
            error.next.clone()
        }
    };
    reply::page(status, layout::failure(heading, &error.message, &next).write(None))
}
