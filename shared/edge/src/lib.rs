//! The door every HTTP request comes through, on a laptop and on Lambda alike: routes, hosts, origins, sizes, keys.
//!
//! It knows HTTP and the outside of JSON-RPC; what tools do is behind `mcp`.

mod answers;
mod body;
mod config;
mod domains;
mod door;
mod hosts;
mod keys;
mod origins;
mod secret;
mod service;

pub use config::{Access, ConfigError, EdgeConfig};
pub use domains::DomainEdge;
pub use service::Edge;
