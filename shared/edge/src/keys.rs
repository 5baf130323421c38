//! Who a request comes from: the key it brings, or nobody.

use crate::config::Access;
use app::access::KeyCache;
use app::{AppError, Caller, Desk};
use http::{HeaderMap, header};

/// What a key says.
#[derive(Debug)]
pub(crate) enum Entry {
    /// This caller.
    Known(Caller),
    /// No key: the public catalogue only.
    Anonymous,
    /// A wrong or revoked key.
    Refused,
}

/// Lets callers in.
pub(crate) enum Doorkeeper {
    /// Everybody is this caller.
    Open(Caller),
    /// By key.
    Keys(Box<Desk>, KeyCache),
}

impl Doorkeeper {
    /// A doorkeeper for a setting.
    pub(crate) fn new(desk: Desk, access: Access) -> Self {
        match access {
            Access::Open(caller) => Self::Open(caller),
            Access::Keys => Self::Keys(Box::new(desk), KeyCache::default()),
        }
    }

    /// True where callers bring keys.
    pub(crate) const fn asks_for_keys(&self) -> bool {
        matches!(self, Self::Keys(_, _))
    }

    /// Who a request comes from.
    ///
    /// # Errors
    /// The table's.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Entry, AppError> {
        let (desk, cache) = match self {
            Self::Open(caller) => return Ok(Entry::Known(caller.clone())),
            Self::Keys(desk, cache) => (desk, cache),
        };
        let secret = match brought(headers) {
            Brought::Nothing => return Ok(Entry::Anonymous),
            Brought::Unreadable => return Ok(Entry::Refused),
            Brought::Key(secret) => secret,
        };
        Ok(cache.caller(desk, secret).await?.map_or(Entry::Refused, Entry::Known))
    }
}

enum Brought<'a> {
    Nothing,
    Unreadable,
    Key(&'a str),
}

/// `Authorization: Bearer KEY`, or `X-API-Key: KEY`.
fn brought(headers: &HeaderMap) -> Brought<'_> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let words = value.to_str().ok().and_then(|text| text.trim().split_once(' '));
        return match words {
            Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => Brought::Key(secret.trim()),
            Some(_) | None => Brought::Unreadable,
        };
    }
    match headers.get("x-api-key").map(|value| value.to_str()) {
        Some(Ok(secret)) => Brought::Key(secret.trim()),
        Some(Err(_)) => Brought::Unreadable,
        None => Brought::Nothing,
    }
}
