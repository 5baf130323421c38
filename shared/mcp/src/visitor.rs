//! Who sent a request, as the edge found out; handed over inside the HTTP request's extensions.

use app::Caller;

/// The sender of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The account, or `None` for a visitor without a key, who may look at the catalogue and the guide only.
    pub caller: Option<Caller>,
    /// Identity of the request, shown with every error.
    pub request_id: String,
}
