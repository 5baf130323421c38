//! A deployed stack as the operator's commands see it: the AWS adapters over the resources its template made.

use app::{Desk, Settings, WorkLimits};
use aws::{Clients, Stack};
use boot::config::StackConfig;
use lake::ObjectStore;
use market::Catalogue;
use ports::PortError;
use ports::blobs::Blobs;
use results::{BlobCatalog, INSTRUMENTS_KEY};
use std::sync::Arc;

/// A stack that was found.
pub(crate) struct Deployed {
    name: String,
    region: String,
    clients: Clients,
    stack: Stack,
}

impl Deployed {
    /// Looks a stack up, with the operator's credentials.
    pub(crate) async fn find(name: &str, region: Option<String>) -> Result<Self, String> {
        let clients = Clients::new(aws::Settings { region, ..aws::Settings::from_env() }).await;
        let stack = clients.stack(name).await.map_err(told)?;
        let region = clients.region().unwrap_or_default().to_owned();
        Ok(Self { name: name.to_owned(), region, clients, stack })
    }

    /// Its name, for messages and for commands to type.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, for a person.
    pub(crate) fn line(&self) -> String {
        format!("stack {} in {}, MCP at {}", self.name, self.region, self.stack.mcp_url)
    }

    /// Where clients connect.
    pub(crate) fn mcp_url(&self) -> &str {
        &self.stack.mcp_url
    }

    /// The instruments its functions know.
    pub(crate) async fn instruments(&self) -> Result<Catalogue, String> {
        results::instruments(self.clients.blobs(&self.stack.lake_bucket).as_ref()).await.map_err(told)
    }

    /// Keeps the operator's instruments.
    pub(crate) async fn keep_instruments(&self, text: String) -> Result<(), String> {
        self.clients.blobs(&self.stack.lake_bucket).put(INSTRUMENTS_KEY, text.into()).await.map_err(told)
    }

    /// Which series there are.
    pub(crate) fn catalog(&self) -> BlobCatalog {
        BlobCatalog::new(self.clients.blobs(&self.stack.lake_bucket))
    }

    /// The objects of the lake.
    pub(crate) fn lake(&self) -> Result<Arc<dyn ObjectStore>, String> {
        self.clients.object_store(&self.stack.lake_bucket).map_err(told)
    }

    /// Its records, messages and results. What is asked about records needs no instruments but the built-in ones, so
    /// that a bad file of them is in nobody's way.
    pub(crate) fn desk(&self) -> Desk {
        let Stack { table_name, lake_bucket, results_bucket, queues, url, mcp_url: _ } = self.stack.clone();
        let stack = StackConfig { table_name, lake_bucket, results_bucket, queues, memory_mb: 0 };
        let app_url = url.trim_end_matches('/').to_owned();
        let settings = Settings { app_url, threads: 1, limits: WorkLimits::default() };
        stack::desk(&self.clients, &stack, Catalogue::builtin(), settings)
    }
}

/// What went wrong, for the operator, who may see all of it.
pub(crate) fn told(error: PortError) -> String {
    match error {
        PortError::Internal(why) => why,
        PortError::Unavailable(_) | PortError::TooLarge(_) | PortError::Corrupt(_) => error.to_string(),
    }
}
