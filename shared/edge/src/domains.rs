//! The door of a process that learns its own address from the platform, with the first request: on Lambda the domain of a
//! function's URL is known to nobody inside the stack.

use crate::answers;
use crate::config::{ConfigError, EdgeConfig};
use crate::service::Edge;
use app::{Desk, Settings};
use http::{Request, Response, StatusCode};
use http_body::Body as HttpBody;
use mcp::endpoint::Body;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

/// Doors kept: the function's own domain, and others during a change.
const DOMAINS_MAX: usize = 4;

/// One door per domain. What the settings leave open comes from the domain: links lead to it, and requests may name it.
pub struct DomainEdge {
    desk: Desk,
    config: EdgeConfig,
    /// Newest last.
    doors: Mutex<Vec<(String, Arc<Edge>)>>,
}

impl DomainEdge {
    /// Doors before a desk. An empty `app_url` and empty `allowed_hosts` are left open.
    ///
    /// # Errors
    /// A host or an origin that is none.
    pub fn new(desk: Desk, config: EdgeConfig) -> Result<Self, ConfigError> {
        let doors = Mutex::default();
        let built = Self { desk, config, doors };
        // Refuses what no request could mend.
        built.build("localhost")?;
        Ok(built)
    }

    /// Answers one request that came in under `domain`, which the platform vouches for.
    pub async fn handle<B>(&self, domain: Option<&str>, request: Request<B>) -> Response<Body>
    where
        B: HttpBody + Send + 'static,
    {
        match self.door(domain.unwrap_or_default()) {
            Ok(door) => door.handle(request).await,
            Err(why) => {
                tracing::error!(domain, why, "no door for this domain");
                let message = "this server does not know its own address; set APP_URL and ALLOWED_HOSTS";
                answers::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": message }))
            }
        }
    }

    fn door(&self, domain: &str) -> Result<Arc<Edge>, String> {
        let is_open = self.config.app_url.is_empty() || self.config.allowed_hosts.is_empty();
        let name = if is_open { domain } else { "" };
        if is_open && domain.is_empty() {
            return Err("the platform did not say under which domain the request came in".to_owned());
        }
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, door)) = doors.iter().find(|(known, _)| known == name) {
            return Ok(Arc::clone(door));
        }
        let door = Arc::new(self.build(name).map_err(|error| error.to_string())?);
        doors.push((name.to_owned(), Arc::clone(&door)));
        if doors.len() > DOMAINS_MAX {
            doors.remove(0);
        }
        Ok(door)
    }

    fn build(&self, domain: &str) -> Result<Edge, ConfigError> {
        let mut config = self.config.clone();
        if config.app_url.is_empty() {
            config.app_url = format!("https://{domain}");
        }
        if config.allowed_hosts.is_empty() {
            config.allowed_hosts.push(domain.to_owned());
        }
        let settings = Settings { app_url: config.app_url.clone(), ..self.desk.settings.as_ref().clone() };
        Edge::new(Desk { settings: Arc::new(settings), ..self.desk.clone() }, config)
    }
}
