//! Callers without a key and callers with junk cost no call of the table; a key nobody made costs one a minute.

use crate::counting::{Calls, counting};
use crate::in_process::{Service, desk};
use domain::ids::TenantId;
use edge::Access;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A service by key with a count of its table's calls, and a key of it.
async fn counted() -> (Service, Arc<Calls>, String) {
    let mut desk = desk();
    let key = app::access::create(&desk, &TenantId::local(), "test").await.unwrap();
    let (table, calls) = counting(desk.table.clone());
    desk.table = table;
    (Service::new(desk, Access::Keys, &[], &[]), calls, key.secret)
}

/// Every call there was.
fn all(calls: &Calls) -> usize {
    [&calls.gets, &calls.queries, &calls.writes].into_iter().map(|count| count.load(Ordering::SeqCst)).sum()
}

/// The last character replaced by another.
fn turned(secret: &str) -> String {
    let (body, last) = secret.split_at(secret.len() - 1);
    format!("{body}{}", if last == "0" { "1" } else { "0" })
}

/// A key of the right form that nobody made.
fn invented(number: u8) -> String {
    use sha2::{Digest, Sha256};
    let body = domain::ids::random_text(&[number; 20]);
    let sum: String = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("bk_{body}{}", &sum[..6])
}

fn request(method: &str, params: &Value) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string().into_bytes()
}

#[tokio::test]
async fn strangers_read_no_table() {
    let (service, calls, key) = counted().await;
    let mut messages = vec![
        ("ping".to_owned(), json!({})),
        ("server/discover".to_owned(), json!({})),
        ("tools/list".to_owned(), json!({})),
        ("prompts/list".to_owned(), json!({})),
        ("resources/list".to_owned(), json!({})),
        ("nonsense".to_owned(), json!({})),
        (
            "initialize".to_owned(),
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } }),
        ),
    ];
    for tool in service.request("tools/list", json!({})).await["tools"].as_array().unwrap() {
        for arguments in [json!({}), json!({ "session_id": "ses_x", "query": "ES", "symbol": "ES" })] {
            messages.push(("tools/call".to_owned(), json!({ "name": tool["name"], "arguments": arguments })));
        }
    }
    let (wrong_sum, short) = (format!("Bearer {}", turned(&key)), format!("Bearer {}", &key[..20]));
    let junk = ["Bearer junk", "Bearer", "Basic dXNlcjpwYXNz", "Bearer bk_", &wrong_sum, &short];
    for (method, params) in &messages {
        let body = request(method, params);
        service.send("POST", "/mcp", &[], &body).await;
        for secret in junk {
            let answer = service.send("POST", "/mcp", &[("authorization", secret)], &body).await;
            assert_eq!(answer.status, 401, "{secret}: {method}");
        }
        assert_eq!(all(&calls), 0, "{method} {params}");
    }
    for (method, path) in
        [("GET", "/"), ("GET", "/healthz"), ("GET", "/mcp"), ("OPTIONS", "/mcp"), ("GET", "/sessions/ses_x")]
    {
        service.send(method, path, &[], b"").await;
    }
    assert_eq!(service.send("POST", "/mcp", &[], b"{ junk").await.status, 400);
    assert_eq!(all(&calls), 0);
}

#[tokio::test]
async fn a_key_is_looked_up_once_whether_it_opens_or_not() {
    let (service, calls, key) = counted().await;
    let body = request("tools/list", &json!({}));
    for (secret, status, seen) in [(key, 200, 1), (invented(1), 401, 2), (invented(2), 401, 3)] {
        for _ in 0..5 {
            let bearer = format!("Bearer {secret}");
            let answer = service.send("POST", "/mcp", &[("authorization", &bearer)], &body).await;
            assert_eq!((answer.status.as_u16(), all(&calls)), (status, seen));
        }
    }
}
