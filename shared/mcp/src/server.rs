//! The sessions toolset as an MCP server: what it offers and how a request reaches a tool.

use crate::instructions::INSTRUCTIONS;
use crate::tools::Inventory;
use crate::visitor::Visitor;
use crate::{guide, prompts};
use app::Desk;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, DiscoverResult, ErrorData, GetPromptRequestParams,
    GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use std::sync::Arc;

/// How long clients may keep what only a new release changes, milliseconds.
const TTL_MS: u64 = 300_000;

/// The server of the sessions toolset. Cloning it is cheap.
#[derive(Clone)]
pub struct Sessions {
    desk: Desk,
    inventory: Arc<Inventory>,
}

impl Sessions {
    /// Builds every tool once.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk, inventory: Arc::new(Inventory::sessions()) }
    }
}

fn refuse_cursor(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor.as_ref()) {
        Some(_) => Err(ErrorData::invalid_params("the list has one page: leave cursor out", None)),
        None => Ok(()),
    }
}

/// Who is calling; nobody unless the edge said so.
fn visitor(context: &RequestContext<RoleServer>) -> Visitor {
    let parts = context.extensions.get::<http::request::Parts>();
    parts
        .and_then(|parts| parts.extensions.get::<Visitor>().cloned())
        .unwrap_or_else(|| Visitor { caller: None, request_id: String::new() })
}

impl ServerHandler for Sessions {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_prompts().enable_resources().build();
        let implementation = Implementation::new("barlake", env!("CARGO_PKG_VERSION")).with_title("Barlake");
        ServerConfig::new(capabilities).with_server_info(implementation).with_instructions(INSTRUCTIONS)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let result = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        let result = ListToolsResult::with_all_items(self.inventory.definitions().to_vec());
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.inventory.definition(name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let visitor = visitor(&context);
        let arguments = request.arguments.unwrap_or_default();
        match self.inventory.call(&self.desk, &visitor, &request.name, arguments).await {
            Some(result) => Ok(CallToolResponse::Complete(result)),
            None => {
                let near = self.inventory.near(&request.name);
                let hint = if near.is_empty() {
                    "tools/list names them all".to_owned()
                } else {
                    format!("did you mean {}?", near.join(" or "))
                };
                let name: String = request.name.chars().take(80).collect();
                Err(ErrorData::invalid_params(format!("unknown tool `{name}`; {hint}"), None))
            }
        }
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        let result = ListPromptsResult::with_all_items(prompts::prompts());
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        Ok(prompts::fill(&request.name, request.arguments.as_ref())?.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        let result = ListResourcesResult::with_all_items(guide::resources());
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        let result = ListResourceTemplatesResult::with_all_items(Vec::new());
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let result = guide::read(&request.uri)?;
        Ok(result.with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public).into())
    }
}
