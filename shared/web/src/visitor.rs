//! Who looks: the one account of a local server, or whoever a cookie's secret stands for. Changes need the form's token, which
//! only a page of the same sign-in knows.

use app::{AppError, Caller, Desk, web_session};
use http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// Name of the cookie: the prefix binds it to this host, this scheme and every path.
pub(crate) const COOKIE: &str = "__Host-barlake";

/// Who looks.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    /// What every form of theirs carries.
    pub(crate) form_token: String,
    /// The cookie's secret; `None` where nobody signs in.
    pub(crate) secret: Option<String>,
}

/// How visitors are told apart.
pub(crate) enum Entrance {
    /// Everybody is this visitor.
    Open(Box<Visitor>),
    /// By cookie.
    Keys,
}

impl Entrance {
    /// The entrance for a setting: the caller everybody is, or sign-in with a key.
    pub(crate) fn new(desk: &Desk, everybody: Option<Caller>) -> Self {
        let Some(caller) = everybody else { return Self::Keys };
        let form_token = form_token(&domain::ids::random_text(&desk.ids.random()));
        Self::Open(Box::new(Visitor { caller, form_token, secret: None }))
    }

    /// Who sends a request; `None` when they have to sign in.
    ///
    /// # Errors
    /// The table's.
    pub(crate) async fn visitor(&self, desk: &Desk, headers: &HeaderMap) -> Result<Option<Visitor>, AppError> {
        if let Self::Open(visitor) = self {
            return Ok(Some(visitor.as_ref().clone()));
        }
        let Some(secret) = cookie(headers) else { return Ok(None) };
        let caller = web_session::caller(desk, secret).await?;
        let secret = secret.to_owned();
        Ok(caller.map(|caller| Visitor { caller, form_token: form_token(&secret), secret: Some(secret) }))
    }
}

impl Visitor {
    /// True when a form was made by a page of theirs.
    pub(crate) fn knows(&self, token: Option<&str>) -> bool {
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        token.is_some_and(|token| digest(token) == digest(&self.form_token))
    }
}

fn form_token(secret: &str) -> String {
    let digest = Sha256::digest(format!("form:{secret}").as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The header that keeps a secret in the browser.
pub(crate) fn kept(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax", web_session::SIGNED_IN_SECONDS)
}

/// The header that makes the browser forget it.
pub(crate) fn forgotten() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}
