//! Why a port could not do its work, by meaning.

/// A failed port call. Vendor errors are translated into one of these at one place per adapter.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PortError {
    /// Throttled, timed out or temporarily unreachable: the same call may succeed later.
    #[error("temporarily unavailable: {0}")]
    Unavailable(String),
    /// The request exceeds a limit of the port, for example an item too large.
    #[error("too large: {0}")]
    TooLarge(String),
    /// Stored data cannot be read back: damaged or of an unknown version.
    #[error("unreadable stored data: {0}")]
    Corrupt(String),
    /// Anything else; never shown to a client.
    #[error("internal: {0}")]
    Internal(String),
}

impl PortError {
    /// True when retrying the same call later can help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
