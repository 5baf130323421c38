//! What is counted for a tenant as a whole.

use serde::{Deserialize, Serialize};

/// An account record: one per tenant, written with the first session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Sessions made so far, archived ones included.
    pub sessions_made: u64,
}
