//! The edge over an in-memory store, without a socket: requests in, responses out.

use app::{Caller, Desk, Settings};
use boot::machine::{SystemClock, SystemIds};
use domain::ids::TenantId;
use edge::{Access, Edge, EdgeConfig};
use embedded::{MemoryBlobs, Store};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use results::{BlobCatalog, ParquetResults};
use serde_json::{Value, json};
use std::sync::Arc;

/// A desk with no data and no strategies.
pub fn desk() -> Desk {
    let clock = Arc::new(SystemClock);
    let store = Store::in_memory(clock.clone()).unwrap();
    let blobs = Arc::new(MemoryBlobs::default());
    Desk {
        table: store.table(),
        queue: store.queue(),
        blobs: blobs.clone(),
        catalog: Arc::new(BlobCatalog::new(blobs.clone())),
        results: Arc::new(ParquetResults::new(blobs)),
        clock,
        ids: Arc::new(SystemIds),
        instruments: Arc::new(market::Catalogue::builtin()),
        settings: Arc::new(Settings {
            app_url: "https://barlake.test".to_owned(),
            threads: 1,
            limits: app::WorkLimits::default(),
        }),
    }
}

/// Everybody is the local account.
pub fn open() -> Access {
    Access::Open(Caller { tenant: TenantId::local(), key_id: None })
}

/// A response, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// An edge.
pub struct Service {
    edge: Edge,
}

impl Service {
    pub fn new(desk: Desk, access: Access, hosts: &[&str], origins: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let config = EdgeConfig {
            app_url: "https://barlake.test".to_owned(),
            allowed_hosts: owned(hosts),
            allowed_origins: owned(origins),
            access,
            origin_secret: None,
        };
        Self { edge: Edge::new(desk, config).unwrap() }
    }

    pub fn local() -> Self {
        Self::new(desk(), open(), &[], &[])
    }

    /// Sends a request with these headers and this body.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "barlake.test");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(bytes::Bytes::copy_from_slice(body))).unwrap();
        let response = self.edge.handle(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Sends a JSON-RPC message the way a careless client does: no Accept, no protocol version.
    pub async fn post(&self, body: &Value) -> Answer {
        self.send("POST", "/mcp", &[], body.to_string().as_bytes()).await
    }

    /// The result of a request in the `initialize` era.
    pub async fn request(&self, method: &str, params: Value) -> Value {
        let answer = self.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })).await.json();
        answer.get("result").unwrap_or_else(|| panic!("{method}: {answer}")).clone()
    }

    /// A tool's result.
    pub async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }
}
