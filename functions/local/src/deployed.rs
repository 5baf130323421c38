//! A deployed stack as the operator's commands see it: the AWS adapters over the resources its template made.

use app::{Desk, Settings, WorkLimits};
use aws::{Clients, Stack};
use boot::machine::{SystemClock, SystemIds};
use lake::ObjectStore;
use market::Catalogue;
use ports::PortError;
use ports::blobs::Blobs;
use results::{BlobCatalog, INSTRUMENTS_KEY, ParquetResults};
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
        let results = self.clients.blobs(&self.stack.results_bucket);
        Desk {
            table: self.clients.table(&self.stack.table_name),
            queue: self.clients.queue(self.stack.queues.clone()),
            catalog: Arc::new(self.catalog()),
            results: Arc::new(ParquetResults::new(results.clone())),
            blobs: results,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            instruments: Arc::new(Catalogue::builtin()),
            settings: Arc::new(Settings {
                app_url: self.stack.url.trim_end_matches('/').to_owned(),
                threads: 1,
                limits: WorkLimits::default(),
            }),
        }
    }
}

/// What went wrong, for the operator, who may see all of it.
pub(crate) fn told(error: PortError) -> String {
    match error {
        PortError::Internal(why) => why,
        PortError::Unavailable(_) | PortError::TooLarge(_) | PortError::Corrupt(_) => error.to_string(),
    }
}
