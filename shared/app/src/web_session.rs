//! Signing a browser in with an access key, once: a random secret in a cookie stands for the key until it is signed out, the
//! session runs out, or the key is revoked.

use crate::access::is_well_formed;
use crate::error::AppError;
use crate::idempotency::digest;
use crate::platform::{Caller, Desk};
use crate::record_keys;
use crate::records::{self, Transaction};
use domain::access_key::AccessKey;
use domain::ids::random_text;
use domain::web_session::WebSession;

/// Seconds a browser stays signed in.
pub const SIGNED_IN_SECONDS: i64 = 30 * 86_400;

/// Characters of the secret.
const SECRET_CHARACTERS: usize = 48;

async fn live_key(desk: &Desk, key_digest: &str) -> Result<Option<AccessKey>, AppError> {
    let read = records::get::<AccessKey>(desk, &record_keys::key_by_digest(key_digest)).await?;
    Ok(read.map(|read| read.value).filter(|key| !key.revoked))
}

/// Opens a session with a key: the cookie's secret. `None` for a wrong or revoked key.
///
/// # Errors
/// The table's.
pub async fn open(desk: &Desk, key: &str) -> Result<Option<String>, AppError> {
    let key = key.trim();
    if !is_well_formed(key) {
        return Ok(None);
    }
    let Some(key) = live_key(desk, &digest(key.as_bytes())).await? else { return Ok(None) };
    let secret = format!("{}{}", random_text(&desk.ids.random()), random_text(&desk.ids.random()));
    let now = desk.now_us();
    let session = WebSession { tenant: key.tenant, key_id: key.key_id, key_digest: key.digest, created_at: now };
    let name = record_keys::web_session(&digest(secret.as_bytes()));
    let expires_at = now / 1_000_000 + SIGNED_IN_SECONDS;
    if Transaction::new().create_until(name.clone(), &session, expires_at)?.commit(desk).await? {
        Ok(Some(secret))
    } else {
        Err(records::contention(&name))
    }
}

/// Who a cookie's secret stands for; `None` when it stands for nobody any more.
///
/// # Errors
/// The table's.
pub async fn caller(desk: &Desk, secret: &str) -> Result<Option<Caller>, AppError> {
    if !is_secret(secret) {
        return Ok(None);
    }
    let name = record_keys::web_session(&digest(secret.as_bytes()));
    let Some(session) = records::get::<WebSession>(desk, &name).await? else { return Ok(None) };
    let key = live_key(desk, &session.value.key_digest).await?;
    Ok(key.map(|key| Caller { tenant: key.tenant, key_id: Some(key.key_id) }))
}

/// Ends a session; ending it again changes nothing.
///
/// # Errors
/// The table's.
pub async fn close(desk: &Desk, secret: &str) -> Result<(), AppError> {
    if !is_secret(secret) {
        return Ok(());
    }
    let name = record_keys::web_session(&digest(secret.as_bytes()));
    if let Some(read) = records::get::<WebSession>(desk, &name).await? {
        Transaction::new().delete(&read).commit(desk).await?;
    }
    Ok(())
}

fn is_secret(text: &str) -> bool {
    text.len() == SECRET_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
