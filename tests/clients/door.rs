//! The edge: routes, methods, hosts, origins, sizes, keys, request ids.

use crate::in_process::{Service, desk, open};
use domain::ids::TenantId;
use edge::{Access, Edge, EdgeConfig};
use serde_json::{Value, json};

fn list() -> Vec<u8> {
    call("list_instruments")
}

fn call(tool: &str) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": {} } })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn routes() {
    let service = Service::local();
    let cases = [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("GET", "/", 200),
        ("POST", "/", 405),
        ("GET", "/mcp", 405),
        ("DELETE", "/mcp", 405),
        ("PUT", "/mcp", 405),
        ("OPTIONS", "/mcp", 204),
        ("GET", "/.well-known/oauth-protected-resource", 404),
        ("GET", "/.well-known/oauth-authorization-server/mcp", 404),
        ("POST", "/nowhere", 404),
    ];
    for (method, path, status) in cases {
        let answer = service.send(method, path, &[], b"").await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        if status == 404 || (status == 405 && path == "/mcp") {
            answer.json();
        }
    }
    assert_eq!(service.send("GET", "/mcp", &[], b"").await.header("allow"), "POST");
    let welcome = service.send("GET", "/", &[], b"").await;
    assert!(
        welcome.text.contains("claude mcp add --transport http barlake https://barlake.test/mcp"),
        "{}",
        welcome.text
    );
}

#[tokio::test]
async fn careless_headers_are_taken_as_meant() {
    let service = Service::local();
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("accept", "*/*"), ("content-type", "application/x-www-form-urlencoded")],
        &[("accept", "application/json"), ("content-type", "application/json; charset=utf-8")],
        &[("accept", "text/event-stream")],
        &[("accept", "text/html"), ("content-type", "text/plain")],
        &[("mcp-session-id", "left-over")],
    ];
    for headers in cases {
        let answer = service.send("POST", "/mcp", headers, &list()).await;
        assert_eq!(answer.status, 200, "{headers:?}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["result"]["isError"], false);
    }
}

#[tokio::test]
async fn an_unknown_protocol_version_is_a_clear_error() {
    let answer = Service::local().send("POST", "/mcp", &[("mcp-protocol-version", "1999-01-01")], &list()).await;
    assert_eq!(answer.status, 400);
    let error = &answer.json()["error"];
    assert!(error["message"].as_str().unwrap().contains("1999-01-01"), "{}", answer.text);
}

#[tokio::test]
async fn hosts_off_the_list_are_refused_with_the_setting() {
    let service = Service::new(desk(), open(), &["localhost", "127.0.0.1", "[::1]", "lake.example:8443"], &[]);
    let cases = [
        ("localhost", 200),
        ("LOCALHOST:8787", 200),
        ("127.0.0.1:9", 200),
        ("[::1]:8787", 200),
        ("lake.example:8443", 200),
        ("lake.example", 400),
        ("lake.example:1", 400),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("user@localhost", 400),
    ];
    for (host, status) in cases {
        let answer = service.send("POST", "/mcp", &[("host", host)], &list()).await;
        assert_eq!(answer.status, status, "{host}: {}", answer.text);
        if status == 400 && !host.contains('@') {
            let message = answer.json()["error"].as_str().unwrap().to_owned();
            assert!(message.contains("host not allowed") && message.contains("--allowed-host"), "{message}");
        }
    }
    assert_eq!(service.send("GET", "/healthz", &[("host", "10.0.0.1")], b"").await.status, 200, "probes name no host");
}

#[tokio::test]
async fn browsers_call_from_listed_origins_only() {
    let service = Service::new(desk(), open(), &[], &["https://app.example", "http://localhost:3000"]);
    let cases = [
        ("https://app.example", 200),
        ("https://app.example:443", 200),
        ("http://localhost:3000", 200),
        ("http://localhost:3001", 403),
        ("http://app.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ];
    for (origin, status) in cases {
        let answer = service.send("POST", "/mcp", &[("origin", origin)], &list()).await;
        assert_eq!(answer.status, status, "{origin}: {}", answer.text);
        let shown = if status == 200 { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), shown, "{origin}");
    }
    let headers = [("origin", "https://app.example"), ("access-control-request-method", "POST")];
    let preflight = service.send("OPTIONS", "/mcp", &headers, b"").await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.header("access-control-allow-headers").contains("mcp-protocol-version"));
    let own = [("host", "127.0.0.1:8787"), ("origin", "http://127.0.0.1:8787")];
    assert_eq!(Service::local().send("POST", "/mcp", &own, &list()).await.status, 200, "a page of this very host");
    let neighbour = [("host", "127.0.0.1:8787"), ("origin", "http://127.0.0.1:3000")];
    assert_eq!(Service::local().send("POST", "/mcp", &neighbour, &list()).await.status, 403, "another port");
    let strict = Service::local().send("POST", "/mcp", &[("origin", "http://127.0.0.1:8787")], &list()).await;
    assert_eq!(strict.status, 403, "no origin is allowed unless it is listed");
}

#[test]
fn settings_that_are_none_are_refused() {
    let config = |hosts: &[&str], origins: &[&str]| EdgeConfig {
        app_url: "https://barlake.test".to_owned(),
        allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        allowed_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        access: open(),
        origin_secret: None,
    };
    assert!(Edge::new(desk(), config(&["::1", "example.com:8443"], &["https://a.example"])).is_ok());
    for (hosts, origins) in
        [(&["a b"][..], &[][..]), (&[""], &[]), (&[], &["example.com"]), (&[], &["https://a.example/path"])]
    {
        assert!(Edge::new(desk(), config(hosts, origins)).is_err(), "{hosts:?} {origins:?}");
    }
}

#[tokio::test]
async fn bodies_up_to_a_megabyte() {
    let service = Service::local();
    let body = |padding: usize| {
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": { "name": "create_session", "arguments": { "title": "x".repeat(padding) } } })
        .to_string()
    };
    let large = service.send("POST", "/mcp", &[], body(900_000).as_bytes()).await.json();
    assert_eq!(large["result"]["isError"], true, "{large}");
    let message = large["result"]["structuredContent"]["message"].as_str().unwrap();
    assert!(message.contains("TITLE_CHARACTERS_MAX"), "{message}");
    let too_large = service.send("POST", "/mcp", &[], body(1_048_577).as_bytes()).await;
    assert_eq!(too_large.status, 413);
    assert!(too_large.json()["error"]["message"].as_str().unwrap().contains("1048576"));
}

#[tokio::test]
async fn request_ids_go_in_and_out() {
    let service = Service::local();
    let taken = service.send("POST", "/mcp", &[("x-request-id", "abc-123")], &call("get_session")).await;
    assert_eq!(taken.header("x-request-id"), "abc-123");
    assert_eq!(taken.json()["result"]["structuredContent"]["request_id"], "abc-123");
    for bad in ["", "with space", "semi;colon", &"x".repeat(65)] {
        let made = service.send("POST", "/mcp", &[("x-request-id", bad)], &list()).await;
        assert!(made.header("x-request-id").starts_with("req_"), "{bad}");
    }
}

async fn status_with(service: &Service, headers: &[(&str, &str)], tool: &str) -> (u16, Value) {
    let answer = service.send("POST", "/mcp", headers, &call(tool)).await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn keys_open_the_door() {
    let desk = desk();
    let tenant = TenantId::local();
    let key = app::access::create(&desk, &tenant, "test").await.unwrap();
    let revoked = app::access::create(&desk, &tenant, "test").await.unwrap();
    app::access::revoke(&desk, &tenant, revoked.record.key_id.as_str()).await.unwrap();
    let service = Service::new(desk, Access::Keys, &[], &[]);
    let bearer = format!("Bearer {}", key.secret);
    let lower = format!("bearer {}", key.secret);
    for headers in [
        [("authorization", bearer.as_str())],
        [("authorization", lower.as_str())],
        [("x-api-key", key.secret.as_str())],
    ] {
        let (status, answer) = status_with(&service, &headers, "create_session").await;
        assert_eq!((status, &answer["result"]["isError"]), (200, &json!(false)), "{answer}");
    }
    let revoked = format!("Bearer {}", revoked.secret);
    let basic = format!("Basic {}", key.secret);
    for wrong in ["Bearer nonsense", "Bearer", &revoked, &basic] {
        let answer = service.send("POST", "/mcp", &[("authorization", wrong)], &list()).await;
        assert_eq!(answer.status, 401, "{wrong}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.json()["error"]["code"], -32001);
        assert!(!answer.text.contains(&key.secret));
    }
}

#[tokio::test]
async fn without_a_key_the_catalogue_answers_and_the_rest_says_how_to_connect() {
    let service = Service::new(desk(), Access::Keys, &[], &[]);
    let listed = service.request("tools/list", json!({})).await;
    let mut open = Vec::new();
    for tool in listed["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let (status, answer) = status_with(&service, &[], name).await;
        assert_eq!(status, 200, "{name}");
        let content = &answer["result"]["structuredContent"];
        if content["error"] == "unauthorized" {
            let next = content["next"].as_str().unwrap();
            let line = "claude mcp add --transport http barlake https://barlake.test/mcp --header \"Authorization: Bearer YOUR_KEY\"";
            assert!(next.contains(line), "{next}");
        } else {
            open.push(name.to_owned());
        }
    }
    assert_eq!(open, ["list_instruments", "get_contract_spec", "get_rules_guide"]);
}
