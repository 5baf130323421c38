//! Access keys: a long random secret shown once; the record holds its digest only.

use crate::ids::{KeyId, TenantId};
use serde::{Deserialize, Serialize};

/// A key record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Name of the key.
    pub key_id: KeyId,
    /// The account it opens.
    pub tenant: TenantId,
    /// What it is for.
    pub label: String,
    /// SHA-256 of the secret, hex.
    pub digest: String,
    /// Revoked keys open nothing.
    pub revoked: bool,
    /// Microseconds UTC.
    pub created_at: i64,
}
