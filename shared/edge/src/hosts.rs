//! The host allow-list: a page that rebinds its name to this machine is not let in.

use crate::config::ConfigError;
use http::uri::Authority;
use http::{HeaderMap, Uri, header};

/// A host with an optional port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let authority = Authority::try_from(text).ok().filter(|_| !text.contains('@'))?;
        let name = authority.host().trim_matches(|bracket| bracket == '[' || bracket == ']').to_ascii_lowercase();
        (!name.is_empty()).then(|| Self { name, port: authority.port_u16() })
    }
}

/// Hosts requests may name.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    allowed: Vec<Host>,
}

impl Hosts {
    /// Reads the setting.
    pub(crate) fn new(allowed: &[String]) -> Result<Self, ConfigError> {
        let read = |text: &String| Host::parse(text.trim()).ok_or_else(|| ConfigError::Host(text.clone()));
        // An IPv6 address may be written with or without its brackets.
        let bracketed = |text: &String| match text.parse::<std::net::Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => text.clone(),
        };
        Ok(Self { allowed: allowed.iter().map(bracketed).map(|text| read(&text)).collect::<Result<_, _>>()? })
    }

    /// Checks a request's host.
    ///
    /// # Errors
    /// What to tell the client.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), String> {
        if self.allowed.is_empty() {
            return Ok(());
        }
        let named = match headers.get(header::HOST) {
            Some(value) => value.to_str().ok().map(str::to_owned),
            None => uri.authority().map(ToString::to_string),
        };
        let host = named.as_deref().and_then(Host::parse);
        let Some(host) = host else { return Err("the Host header is missing or malformed".to_owned()) };
        let fits = |allowed: &Host| allowed.name == host.name && (allowed.port.is_none() || allowed.port == host.port);
        if self.allowed.iter().any(fits) {
            return Ok(());
        }
        let name: String = host.name.chars().take(100).collect();
        Err(format!("host not allowed: `{name}`; add it to the allowed hosts of this server (--allowed-host {name})"))
    }
}
