//! The MCP face: tools, prompts and resources over the use cases of `app`, and the client the command line uses.
//!
//! It knows the protocol and nothing of HTTP's doors: hosts, origins, keys and body limits are the edge's.

pub mod client;
pub mod endpoint;
pub mod message;
pub mod schema;
pub mod tools;
pub mod visitor;

mod answer;
mod arguments;
mod guide;
mod instructions;
mod layout;
mod near;
mod prompts;
mod server;

pub use endpoint::{Endpoint, Stateless};
pub use server::Sessions;
pub use visitor::Visitor;
