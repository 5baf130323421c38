//! The built functions over real events.

use crate::config::environment;
use crate::events::record;
use crate::runtime::{Finished, refused, run};
use serde_json::{Value, json};

const DOMAIN: &str = "abcdefghijklmnop.lambda-url.eu-central-1.on.aws";

/// A request as a function URL sends it (payload format 2.0).
fn request(method: &str, path: &str, headers: &Value, body: &str, is_base64: bool) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghijklmnop",
            "domainName": DOMAIN,
            "domainPrefix": "abcdefghijklmnop",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "agent"
            },
            "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_i64
        },
        "body": body,
        "isBase64Encoded": is_base64
    })
}

fn get(path: &str, host: &str) -> Value {
    request("GET", path, &json!({ "host": host }), "", false)
}

async fn functions(name: &str, settings: &[(&str, &str)], events: Vec<Value>) -> Finished {
    let all = environment();
    let mut environment: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    environment.extend(settings);
    run(name, &environment, events).await
}

fn check(answer: &Value, status: u16, part: &str) {
    assert_eq!(answer["statusCode"], status, "{answer}");
    assert!(answer["body"].as_str().unwrap_or_default().contains(part), "{answer}: {part}");
    assert_ne!(answer["isBase64Encoded"], true, "{answer}");
}

#[tokio::test]
async fn requests_are_answered_under_the_domain_of_the_function() {
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" }
        }
    });
    let headers = json!({ "host": DOMAIN, "content-type": "application/json" });
    let events = vec![
        get("/healthz", "elsewhere.example"),
        get("/", DOMAIN),
        get("/", "elsewhere.example"),
        request("POST", "/mcp", &headers, &initialize.to_string(), false),
        // {"jsonrpc":"2.0","id":2,"method":"ping"}
        request("POST", "/mcp", &headers, "eyJqc29ucnBjIjoiMi4wIiwiaWQiOjIsIm1ldGhvZCI6InBpbmcifQ==", true),
    ];
    let answers = functions("api", &[], events).await.answers;
    check(&answers[0], 200, "ok");
    check(&answers[1], 200, &format!("https://{DOMAIN}/mcp"));
    check(&answers[2], 400, "host not allowed");
    check(&answers[3], 200, "protocolVersion");
    check(&answers[4], 200, "\"id\":2");
}

#[tokio::test]
async fn a_front_shows_its_secret() {
    let with = |secret: &str| request("GET", "/", &json!({ "host": DOMAIN, "x-origin-secret": secret }), "", false);
    let settings = [("APP_URL", "https://barlake.example"), ("ORIGIN_SECRET", "s3cret")];
    let events = vec![get("/", DOMAIN), with("s3cres"), with("s3cret2"), with("s3cret"), get("/healthz", DOMAIN)];
    let answers = functions("api", &settings, events).await.answers;
    for refused in &answers[..3] {
        check(refused, 403, "not called directly");
    }
    check(&answers[3], 200, "https://barlake.example/mcp");
    check(&answers[4], 200, "ok");
}

#[tokio::test]
async fn a_handler_fails_what_is_not_its_own_by_name() {
    let version = |message_id| record("barlake-builds", message_id, r#"{"version":99,"new":"shape"}"#);
    for (function, events, failed, logged) in [
        (
            "builder",
            vec![record("barlake-units", "m1", "{}"), record("elsewhere", "m2", "{}"), version("m3")],
            vec!["m2", "m1", "m3"],
            "queue units is wired to the wrong function",
        ),
        ("worker", vec![version("m1")], vec!["m1"], "queue builds is wired to the wrong function"),
        (
            "reducer",
            vec![record("barlake-units", "m1", "{}")],
            vec!["m1"],
            "queue units is wired to the wrong function",
        ),
    ] {
        let finished = functions(function, &[], vec![json!({ "Records": events })]).await;
        let named: Vec<Value> = failed.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        assert_eq!(finished.answers[0], json!({ "batchItemFailures": named }), "{function}");
        assert!(finished.log.contains(logged), "{}", finished.log);
        assert!(finished.log.contains("8476a536-e9f4-11e8-9739-2dfe598c3fcd"), "{}", finished.log);
    }
}

#[test]
fn without_its_environment_a_function_does_not_start() {
    for (function, variable) in [
        ("api", "TABLE_NAME"),
        ("builder", "FUNCTION_TIMEOUT_SECONDS"),
        ("worker", "LAKE_BUCKET"),
        ("reducer", "STEPS_QUEUE_URL"),
    ] {
        let (log, ended_well) = refused(function, &[]);
        assert!(!ended_well && log.contains(variable) && log.contains("is not set"), "{function}: {log}");
    }
}
