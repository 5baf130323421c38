//! Both protocol eras, notifications, unknown names, malformed messages: what every client may send.

use crate::in_process::{Answer, Service};
use serde_json::{Value, json};

const MODERN: &str = "2026-07-28";

fn metadata() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

async fn modern(service: &Service, method: &str, mut params: Value) -> Answer {
    params["_meta"] = metadata();
    let name = params.get("name").or_else(|| params.get("uri")).and_then(Value::as_str).unwrap_or("").to_owned();
    let mut headers = vec![("mcp-protocol-version", MODERN), ("mcp-method", method)];
    if !name.is_empty() {
        headers.push(("mcp-name", name.as_str()));
    }
    let body = json!({ "jsonrpc": "2.0", "id": "a", "method": method, "params": params });
    service.send("POST", "/mcp", &headers, body.to_string().as_bytes()).await
}

#[tokio::test]
async fn legacy_versions_are_echoed() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let params =
            json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let result = Service::local().request("initialize", params).await;
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "barlake");
    }
}

#[tokio::test]
async fn discovery_and_lists_carry_cache_hints() {
    let service = Service::local();
    let methods = ["server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list"];
    for method in methods {
        let answer = modern(&service, method, json!({})).await;
        let result = &answer.json()["result"];
        assert!(result["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0), "{method}: {}", answer.text);
        assert_eq!(result["cacheScope"], "public", "{method}");
    }
    let read = modern(&service, "resources/read", json!({ "uri": "barlake://guide/overview" })).await.json();
    assert_eq!(read["result"]["cacheScope"], "public", "{read}");
    let versions = modern(&service, "server/discover", json!({})).await.json();
    assert_eq!(versions["result"]["supportedVersions"].as_array().unwrap().len(), 5, "{versions}");
}

#[tokio::test]
async fn every_guide_page_is_a_resource_and_a_topic() {
    let service = Service::local();
    let listed = service.request("resources/list", json!({})).await;
    let resources = listed["resources"].as_array().unwrap();
    assert!(resources.len() >= 10);
    for resource in resources {
        let uri = resource["uri"].as_str().unwrap();
        let read = service.request("resources/read", json!({ "uri": uri })).await;
        let text = read["contents"][0]["text"].as_str().unwrap();
        assert!(text.len() > 40, "{uri}");
        let topic = uri.rsplit('/').next().unwrap();
        let result = service.call("get_rules_guide", json!({ "topic": topic })).await;
        assert_eq!(result["structuredContent"]["text"], text, "{topic}");
        let shown = result["content"][0]["text"].as_str().unwrap();
        assert!(shown.chars().count() <= 12_000, "{topic}: {} characters", shown.chars().count());
    }
    let templates = service.request("resources/templates/list", json!({})).await;
    assert_eq!(templates["resourceTemplates"], json!([]));
}

#[tokio::test]
async fn the_prompt_walks_through_the_workflow() {
    let service = Service::local();
    let listed = service.request("prompts/list", json!({})).await;
    let name = listed["prompts"][0]["name"].as_str().unwrap();
    let arguments = json!({ "idea": "buy the opening range breakout", "market": "NQ" });
    let filled = service.request("prompts/get", json!({ "name": name, "arguments": arguments })).await;
    let text = filled["messages"][0]["content"]["text"].as_str().unwrap();
    for word in ["buy the opening range breakout", "NQ", "create_strategy", "setup_optimization"] {
        assert!(text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn notifications_are_accepted() {
    let service = Service::local();
    for method in ["notifications/initialized", "notifications/cancelled", "notifications/whatever"] {
        let params = if method.ends_with("cancelled") { json!({ "requestId": 7 }) } else { json!({}) };
        let answer = service.post(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
        assert_eq!(answer.status, 202, "{method}: {}", answer.text);
        assert_eq!(answer.text, "");
    }
}

/// A request that is wrong: its body, the status and code it gets, and words of the message.
struct Wrong {
    body: &'static str,
    status: u16,
    code: i64,
    says: &'static str,
}

const WRONG: [Wrong; 22] = [
    Wrong { body: "", status: 400, code: -32700, says: "not valid JSON" },
    Wrong { body: "{", status: 400, code: -32700, says: "not valid JSON" },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",}",
        status: 400,
        code: -32700,
        says: "not valid JSON",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"ping\"}",
        status: 400,
        code: -32700,
        says: "not valid JSON",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"x\",\"arguments\":{\"limit\":1e999}}}",
        status: 400,
        code: -32700,
        says: "out of range",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
        status: 400,
        code: -32700,
        says: "twice",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"get_session\",\"arguments\":{\"session_id\":\"a\",\"session_id\":\"b\"}}}",
        status: 400,
        code: -32700,
        says: "session_id",
    },
    Wrong { body: "[]", status: 400, code: -32600, says: "batches" },
    Wrong { body: "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", status: 400, code: -32600, says: "batches" },
    Wrong { body: "7", status: 400, code: -32600, says: "not a JSON-RPC object" },
    Wrong { body: "{\"id\":1,\"method\":\"ping\"}", status: 400, code: -32600, says: "jsonrpc" },
    Wrong { body: "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", status: 400, code: -32600, says: "jsonrpc" },
    Wrong { body: "{\"jsonrpc\":\"2.0\",\"id\":1}", status: 400, code: -32600, says: "`method` is missing" },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}",
        status: 400,
        code: -32600,
        says: "`method` must be a string",
    },
    Wrong { body: "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", status: 400, code: -32600, says: "`id`" },
    Wrong { body: "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", status: 400, code: -32600, says: "`id`" },
    Wrong { body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", status: 400, code: -32600, says: "no responses" },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}",
        status: 400,
        code: -32602,
        says: "params.name",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":[\"x\"]}",
        status: 400,
        code: -32602,
        says: "`params` must be an object",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"x\",\"arguments\":[]}}",
        status: 400,
        code: -32602,
        says: "params.arguments",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}",
        status: 400,
        code: -32602,
        says: "protocolVersion",
    },
    Wrong {
        body: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{}}",
        status: 400,
        code: -32602,
        says: "params.uri",
    },
];

#[tokio::test]
async fn malformed_messages_are_told_what_is_wrong() {
    let service = Service::local();
    for wrong in WRONG {
        let answer = service.send("POST", "/mcp", &[], wrong.body.as_bytes()).await;
        assert_eq!(answer.status, wrong.status, "{}: {}", wrong.body, answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], wrong.code, "{}: {}", wrong.body, answer.text);
        assert!(error["message"].as_str().unwrap().contains(wrong.says), "{}: {}", wrong.body, answer.text);
    }
    service.call("list_instruments", json!({})).await;
}

#[tokio::test]
async fn deep_nesting_is_refused_or_ignored_but_never_fatal() {
    let service = Service::local();
    for depth in [60, 120, 200, 100_000] {
        let rules = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let body = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"create_session\",\"arguments\":{{\"title\":{rules}}}}}}}"
        );
        let answer = service.send("POST", "/mcp", &[], body.as_bytes()).await.json();
        let refused = answer["error"]["code"] == -32700 || answer["result"]["isError"] == true;
        assert!(refused, "depth {depth}: {answer}");
    }
}

#[tokio::test]
async fn unknown_names_are_named_with_near_ones() {
    let service = Service::local();
    let post = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let cases = [
        (post("tools/call", json!({ "name": "create_sesion" })), -32602, "did you mean create_session"),
        (post("tools/call", json!({ "name": "zzz" })), -32602, "unknown tool `zzz`"),
        (post("prompts/get", json!({ "name": "nope" })), -32602, "nope"),
        (post("resources/read", json!({ "uri": "barlake://guide/nope" })), -32002, "nope"),
        (post("no/such", json!({})), -32601, "no/such"),
        (post("tools/list", json!({ "cursor": "x" })), -32602, "leave cursor out"),
    ];
    for (body, code, says) in cases {
        let answer = service.post(&body).await;
        let error = &answer.json()["error"];
        assert_eq!(error["code"], code, "{body}: {}", answer.text);
        assert!(error["message"].as_str().unwrap().contains(says), "{body}: {}", answer.text);
    }
}
