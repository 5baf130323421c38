//! Idempotency keys: the same key with the same arguments gives the first answer again, for a day.

use crate::error::AppError;
use crate::platform::{Caller, Desk};
use crate::record_keys;
use crate::records::Transaction;
use domain::ids::SessionId;
use domain::limits::{IDEMPOTENCY_HOURS, IDEMPOTENCY_KEY_CHARACTERS_MAX};
use ports::table::{Change, Condition, Key};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A key that has not been used, ready to be written with the work it guards.
pub(crate) struct Guard {
    key: Key,
    condition: Condition,
    digest: String,
    expires_at: i64,
}

/// What a key means for this call.
pub(crate) enum Claim {
    /// No key was given.
    None,
    /// New: write the guard with the work.
    New(Guard),
    /// Used with the same arguments: this was the answer.
    Seen(Value),
}

/// SHA-256 of some bytes, hex.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Looks a key up.
pub(crate) async fn claim(
    desk: &Desk,
    caller: &Caller,
    (session, tool): (&SessionId, &str),
    key: Option<&str>,
    arguments: &Value,
) -> Result<Claim, AppError> {
    let Some(key) = key else { return Ok(Claim::None) };
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARACTERS_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(AppError::invalid(
            format!(
                "idempotency_key must be 1 to {IDEMPOTENCY_KEY_CHARACTERS_MAX} printable ASCII characters without spaces"
            ),
            "use a UUID",
        ));
    }
    let key = record_keys::idempotency(&caller.tenant, session, tool, key);
    let digest = digest(arguments.to_string().as_bytes());
    let now_seconds = desk.now_us() / 1_000_000;
    let expires_at = now_seconds + IDEMPOTENCY_HOURS * 3600;
    let condition = match desk.table.get(&key).await? {
        Some(record) if record.expires_at.is_some_and(|seconds| seconds <= now_seconds) => {
            Condition::VersionIs(record.version)
        }
        Some(record) if record.body.get("digest").and_then(Value::as_str) == Some(&digest) => {
            return Ok(Claim::Seen(record.body.get("answer").cloned().unwrap_or(Value::Null)));
        }
        Some(_) => {
            return Err(AppError::invalid(
                "this idempotency_key was used with other arguments",
                "use a new key for a new request, or repeat the first request exactly",
            ));
        }
        None => Condition::Absent,
    };
    Ok(Claim::New(Guard { key, condition, digest, expires_at }))
}

impl Guard {
    /// Adds the key and its answer to the transaction of the work.
    pub(crate) fn write(&self, transaction: Transaction, answer: &Value) -> Transaction {
        transaction.with(Change::Put {
            key: self.key.clone(),
            condition: self.condition,
            expires_at: Some(self.expires_at),
            body: json!({ "digest": self.digest, "answer": answer }),
        })
    }
}
