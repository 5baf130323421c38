//! A client for the command line: connect, call a tool, list tools. It is not a general MCP client.

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;

/// A connection to a server.
pub struct Client {
    service: RunningService<RoleClient, ClientConfig>,
}

impl Client {
    /// Connects to an MCP endpoint, with an access key when it asks for one.
    ///
    /// # Errors
    /// Why the connection failed, in words.
    pub async fn connect(url: &str, key: Option<&str>) -> Result<Self, String> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(url);
        if let Some(key) = key {
            config = config.auth_header(key);
        }
        let transport = StreamableHttpClientTransport::from_config(config);
        let implementation = Implementation::new("barlake-client", env!("CARGO_PKG_VERSION"));
        let info = ClientConfig::new(ClientCapabilities::default(), implementation);
        let lifecycle = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
        let service = info
            .serve_with_lifecycle(transport, lifecycle)
            .await
            .map_err(|error| format!("cannot connect to {url}: {error}"))?;
        Ok(Self { service })
    }

    /// Calls a tool and gives back its structured result.
    ///
    /// # Errors
    /// The tool's message and what to do next, or why the call did not get through.
    pub async fn call(&self, tool: &str, arguments: Value) -> Result<Value, String> {
        let mut request = CallToolRequestParams::new(tool.to_owned());
        request.arguments = match arguments {
            Value::Object(fields) => Some(fields),
            Value::Null => None,
            other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                return Err(format!("arguments of {tool} are {other}, not an object"));
            }
        };
        let result = self.service.call_tool(request).await.map_err(|error| format!("{tool}: {error}"))?;
        read(tool, result)
    }

    /// Names of the tools, in the server's order.
    ///
    /// # Errors
    /// Why the call did not get through.
    pub async fn tools(&self) -> Result<Vec<String>, String> {
        let tools = self.service.list_all_tools().await.map_err(|error| format!("tools/list: {error}"))?;
        Ok(tools.into_iter().map(|tool| tool.name.into_owned()).collect())
    }

    /// Ends the connection.
    pub async fn close(self) {
        if let Err(error) = self.service.cancel().await {
            tracing::debug!(error = %error, "the connection had already ended");
        }
    }
}

fn read(tool: &str, result: CallToolResult) -> Result<Value, String> {
    let failed = result.is_error == Some(true);
    let content = result.structured_content.unwrap_or(Value::Null);
    if !failed {
        return Ok(content);
    }
    let field = |name: &str| content.get(name).and_then(Value::as_str);
    let message = field("message").unwrap_or("the call failed");
    let next = field("next").map(|next| format!("; {next}")).unwrap_or_default();
    let problems = content.get("problems").map(|problems| format!(" {problems}")).unwrap_or_default();
    Err(format!("{tool}: {message}{next}{problems}"))
}
