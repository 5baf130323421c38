//! A browser that is signed in: a random secret in its cookie; the record holds the secret's digest and the key it came with.

use crate::ids::{KeyId, TenantId};
use serde::{Deserialize, Serialize};

/// A web-session record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSession {
    /// The account it opens.
    pub tenant: TenantId,
    /// The key it was opened with: revoking that ends it.
    pub key_id: KeyId,
    /// Digest of that key, hex.
    pub key_digest: String,
    /// Microseconds UTC.
    pub created_at: i64,
}
