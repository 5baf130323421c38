//! Settings of the edge.

use app::Caller;

/// Who gets in.
#[derive(Debug, Clone)]
pub enum Access {
    /// Everybody is this caller: a local server on loopback.
    Open(Caller),
    /// Callers bring a key; without one only the public catalogue answers.
    Keys,
}

/// Settings.
#[derive(Clone)]
pub struct EdgeConfig {
    /// Base of links, without a trailing slash.
    pub app_url: String,
    /// Hosts requests may name, with or without a port; empty where the platform routes by host already.
    pub allowed_hosts: Vec<String>,
    /// Origins browsers may call from, as `scheme://host` with an optional port; empty refuses every browser origin.
    pub allowed_origins: Vec<String>,
    /// Who gets in.
    pub access: Access,
    /// What the operator's own front adds to every request in `x-origin-secret`; `None` where anybody may come directly.
    pub origin_secret: Option<String>,
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a host.
    #[error("allowed host `{0}` is not a host name with an optional port, for example example.com or example.com:8443")]
    Host(String),
    /// Not an origin.
    #[error("allowed origin `{0}` is not an origin, for example https://app.example.com")]
    Origin(String),
}
