//! Hostile arguments against every tool of a running server: each a clear error that says what to do, and the server lives.

use crate::posting::post;
use serde_json::{Value, json};
use std::sync::Mutex;
use tests::server::Server;

/// What a server holds for the table: ids of things that exist.
struct Held {
    session: String,
    artifact: String,
    other_session: String,
    optimization: String,
}

fn call(server: &Server, tool: &str, arguments: &Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
    let answer = post(server, &body.to_string());
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{tool}: {error}: {answer}"));
    answer.get("result").unwrap_or_else(|| panic!("{tool} {arguments}: {answer}")).clone()
}

fn made(server: &Server, tool: &str, arguments: &Value) -> Value {
    let result = call(server, tool, arguments);
    assert_eq!(result["isError"], false, "{tool}: {result}");
    result["structuredContent"].clone()
}

/// What went wrong so far: the whole table is looked at before the test fails.
static WRONG: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// An error as every tool gives it, containing all the words.
fn check(server: &Server, tool: &str, arguments: &Value, words: &[&str]) {
    if let Err(wrong) = examined(&call(server, tool, arguments), words) {
        let shown: String = arguments.to_string().chars().take(300).collect();
        WRONG.lock().unwrap().push(format!("{tool} {shown}: {wrong}"));
    }
}

fn examined(result: &Value, words: &[&str]) -> Result<(), String> {
    let content = &result["structuredContent"];
    if result["isError"] != true {
        return Err(format!("was taken: {}", content["summary"]));
    }
    for field in ["error", "message", "next", "request_id"] {
        if content[field].as_str().is_none_or(str::is_empty) {
            return Err(format!("no {field}: {content}"));
        }
    }
    if content["status"] != "error" || content["error"] == "internal" {
        return Err(content.to_string());
    }
    let characters = result["content"][0]["text"].as_str().unwrap().chars().count();
    if characters > 10_000 {
        return Err(format!("{characters} characters"));
    }
    let told = format!("{} {} {}", content["message"], content["next"], content["problems"]).replace("\\\"", "\"");
    match words.iter().find(|word| !told.contains(**word)) {
        Some(word) => Err(format!("`{word}` is not in {told}")),
        None => Ok(()),
    }
}

fn rules(name: &str) -> Value {
    json!({
        "language": 1, "name": name, "market": "DEMO", "timeframe": "5m",
        "parameters": [{ "key": "fast", "value": 10 }, { "key": "slow", "value": 40 }],
        "entry": { "long": "sma(close, $fast) crosses above sma(close, $slow)" },
        "exit": { "stop_loss": { "points": 12 }, "flatten": "15:55" }, "sizing": { "contracts": 1 }
    })
}

fn prepare(server: &Server) -> Held {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let session = text(&made(server, "create_session", &json!({}))["session_id"]);
    let other_session = text(&made(server, "create_session", &json!({ "title": "other" }))["session_id"]);
    let make = json!({ "session_id": session, "rules": rules("hostile"), "backtest": false });
    let operation = made(server, "create_strategy", &make);
    let wait = json!({ "session_id": session, "task": "strategy_op", "operation_id": operation["operation_id"] });
    assert_eq!(made(server, "wait_for_completion", &wait)["status"], "succeeded");
    let artifact = text(&operation["artifact_id"]);
    let grid =
        json!({ "session_id": session, "artifact_id": artifact, "parameters": [{ "key": "fast", "values": [5, 9] }] });
    let optimization = text(&made(server, "setup_optimization", &grid)["optimization_id"]);
    Held { session, artifact, other_session, optimization }
}

/// Arguments that no tool takes, whatever it needs: unknown fields, wrong types, and missing ones, all told at once.
fn generic(server: &Server, tools: &[Value]) {
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let schema = &tool["inputSchema"];
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        check(server, name, &json!({ "no_such_field": 1 }), &["no_such_field"]);
        if !required.is_empty() {
            let all: Vec<String> = required.iter().map(|field| format!("\"path\":\"{field}\"")).collect();
            let words: Vec<&str> = all.iter().map(String::as_str).chain(["is required"]).collect();
            check(server, name, &json!({}), &words);
            check(server, name, &json!({ required[0]: null }), &["is required"]);
        }
        for (field, property) in schema["properties"].as_object().unwrap() {
            let kind = property["type"].as_str().unwrap_or("number");
            let wrong = match kind {
                "string" => json!({ "nested": [1, 2, 3] }),
                "object" | "array" => json!("{ not json"),
                _ => json!("many"),
            };
            check(server, name, &json!({ field: wrong }), &[field.as_str(), "expected"]);
            if kind == "string" {
                check(server, name, &json!({ field: 1e300 }), &[field.as_str(), "expected"]);
            }
            if let Some(most) = property["maximum"].as_f64() {
                check(server, name, &json!({ field: most + 1.0 }), &[field.as_str(), "expected"]);
                check(server, name, &json!({ field: -1e18 }), &[field.as_str(), "expected"]);
            }
            if property.get("enum").is_some() {
                check(server, name, &json!({ field: "zzz" }), &[field.as_str(), "one of"]);
            }
        }
    }
}

fn with(base: &Value, more: &Value) -> Value {
    let mut merged = base.clone();
    for (key, value) in more.as_object().unwrap() {
        merged[key] = value.clone();
    }
    merged
}

/// Ids that are not ours, not there, or of another kind.
fn ids(server: &Server, held: &Held) {
    let stranger = "ses_000000000000000000000000000000000";
    for id in ["", "x", "ses_", stranger, "../../etc/passwd", &held.artifact, "ses_\u{0}", &"s".repeat(100_000)] {
        check(server, "get_session", &json!({ "session_id": id }), &["list_sessions"]);
    }
    let artifacts = ["inspect_strategy", "backtest_existing_strategy", "get_backtest"];
    for tool in artifacts {
        let elsewhere = json!({ "session_id": held.other_session, "artifact_id": held.artifact });
        check(server, tool, &elsewhere, &["list_strategies"]);
    }
    let elsewhere = json!({ "session_id": held.other_session, "optimization_id": held.optimization });
    check(server, "get_optimization", &elsewhere, &["not found"]);
    for task in ["strategy_op", "backtest", "optimization"] {
        for tool in ["wait_for_completion", "cancel_task"] {
            check(server, tool, &json!({ "session_id": held.session, "task": task }), &[]);
        }
    }
    let configured =
        json!({ "session_id": held.session, "task": "optimization", "optimization_id": held.optimization });
    check(server, "wait_for_completion", &configured, &["run_optimization"]);
    for cursor in
        ["", "garbage", "sessions.", "trades.99999999999999999999", "ranking.1", "sessions.\u{7}", "strategies.-1"]
    {
        check(server, "list_sessions", &json!({ "cursor": cursor }), &["cursor"]);
        check(server, "list_strategies", &json!({ "session_id": held.session, "cursor": cursor }), &["cursor"]);
        check(server, "list_instruments", &json!({ "cursor": cursor }), &["cursor"]);
    }
}

/// Grids that cannot be swept.
fn grids(server: &Server, held: &Held) {
    let base = json!({ "session_id": held.session, "artifact_id": held.artifact });
    let many: Vec<Value> =
        ["fast", "slow", "stop", "flatten"].map(|key| json!({ "key": key, "min": 1, "max": 1000, "step": 1 })).into();
    let cases: Vec<(Value, &[&str])> = vec![
        (json!([]), &["parameters"]),
        (json!([{}]), &["parameters[0].key", "is required"]),
        (json!([{ "key": "fast" }]), &["fast"]),
        (json!([{ "key": "nope", "values": [1] }]), &["nope", "fast"]),
        (json!([{ "key": "fast", "values": [] }]), &["fast"]),
        (json!([{ "key": "fast", "values": [5, "x"] }]), &["fast"]),
        (json!([{ "key": "fast", "min": 5, "max": 20, "step": 0 }]), &["fast", "step"]),
        (json!([{ "key": "fast", "min": 5, "max": 20, "step": -1 }]), &["fast", "step"]),
        (json!([{ "key": "fast", "min": 20, "max": 5, "step": 1 }]), &["fast"]),
        (json!([{ "key": "fast", "min": 5, "max": 20 }]), &["fast", "step"]),
        (json!([{ "key": "fast", "min": 5, "max": 20, "step": 1, "values": [1] }]), &["fast"]),
        (json!([{ "key": "fast", "min": 0, "max": 1e15, "step": 1e-9 }]), &["fast"]),
        (
            json!([{ "key": "fast", "min": 1, "max": 100_000, "step": 1 }, { "key": "slow", "min": 1, "max": 100_000, "step": 1 }]),
            &[],
        ),
        (Value::Array(many), &[]),
        (json!([{ "key": "fast", "values": [5] }, { "key": "fast", "values": [6] }]), &["fast"]),
        (json!([{ "key": "fast", "values": [2.5] }]), &["fast"]),
    ];
    for (parameters, words) in cases {
        check(server, "setup_optimization", &with(&base, &json!({ "parameters": parameters })), words);
    }
    let fine = with(&base, &json!({ "parameters": [{ "key": "fast", "min": 5, "max": 20, "step": 5 }] }));
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({ "where": "$fast < " }), &["where"]),
        (json!({ "where": "$nope < 3" }), &["nope"]),
        (json!({ "where": "$fast < 1" }), &["where"]),
        (json!({ "where": "(".repeat(5000) }), &["where"]),
        (json!({ "rank_by": "sharpe" }), &["sharpeRatio"]),
        (json!({ "constraints": ["tradeCount about 30"] }), &["constraints[0]", "object"]),
        (json!({ "constraints": [{ "metric": "nope", "operator": ">=", "value": 1 }] }), &["nope", "tradeCount"]),
        (
            json!({ "constraints": [{ "metric": "tradeCount", "operator": "==", "value": 1 }] }),
            &["constraints[0].operator", ">="],
        ),
        (json!({ "holdout": 0.9 }), &["holdout", "0.5"]),
        (json!({ "capital": -5 }), &["capital"]),
        (json!({ "costs": { "slippage": 1 } }), &["costs.slippage", "slippage_ticks"]),
        (json!({ "costs": { "slippage_ticks": -1 } }), &["costs.slippage_ticks"]),
        (json!({ "from": "yesterday" }), &["YYYY-MM-DD"]),
        (json!({ "from": "2031-01-01", "to": "2031-02-01" }), &["2024"]),
        (json!({ "from": "2024-06-01", "to": "2024-01-01" }), &[]),
    ];
    for (more, words) in cases {
        check(server, "setup_optimization", &with(&fine, &more), words);
    }
}

/// Documents that are no strategies.
fn documents(server: &Server, held: &Held) {
    let base = json!({ "session_id": held.session });
    let large = rules(&"x".repeat(900_000));
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &["exactly one of"]),
        (json!({ "description": "buy", "rules": {} }), &["exactly one of"]),
        (json!({ "description": "  " }), &["empty"]),
        (json!({ "description": "x".repeat(9_000) }), &["DESCRIPTION_CHARACTERS_MAX"]),
        (json!({ "rules": {} }), &["problem"]),
        (json!({ "rules": "[1, 2]" }), &["rules", "object"]),
        (json!({ "rules": { "language": 1, "market": "DEMO" } }), &["/entry", "/timeframe"]),
        (json!({ "rules": with(&rules("x"), &json!({ "market": "no such market" })) }), &["no such market"]),
        (json!({ "rules": with(&rules("x"), &json!({ "entry": { "long": "sma(close" } })) }), &["entry"]),
        (json!({ "rules": with(&rules("x"), &json!({ "entry": { "long": "(".repeat(50_000) } })) }), &[]),
        (json!({ "rules": with(&rules("x"), &json!({ "timeframe": "7 parsecs" })) }), &["timeframe"]),
        (json!({ "rules": large }), &[]),
        (json!({ "rules": rules("x"), "provider": "oracle" }), &["provider", "grammar"]),
        (json!({ "rules": rules("x"), "idempotency_key": "with space" }), &["idempotency_key"]),
        (json!({ "rules": rules("x"), "from": "2024-13-45" }), &["YYYY-MM-DD"]),
    ];
    for (more, words) in cases {
        check(server, "create_strategy", &with(&base, &more), words);
    }
    let own = json!({ "session_id": held.session, "artifact_id": held.artifact });
    check(server, "update_strategy", &own, &["exactly one of", "changes"]);
    check(server, "delete_strategy", &own, &["confirm: true"]);
    check(server, "get_backtest", &json!({ "session_id": held.session }), &["artifact_id or backtest_id"]);
    check(server, "get_backtest", &own, &["backtest_existing_strategy"]);
    check(server, "backtest_existing_strategy", &with(&own, &json!({ "parameters": { "nope": 1 } })), &["nope"]);
    check(server, "backtest_existing_strategy", &with(&own, &json!({ "parameters": { "fast": "x" } })), &["fast"]);
    check(server, "update_session", &base, &["nothing to change"]);
    check(server, "update_session", &with(&base, &json!({ "title": "x".repeat(500) })), &["TITLE_CHARACTERS_MAX"]);
    check(server, "create_session", &json!({ "title": "a\u{7}b" }), &["control characters"]);
    check(server, "get_contract_spec", &json!({ "symbol": "ZZZZZZ" }), &["list_instruments"]);
    check(server, "get_rules_guide", &json!({ "topic": "nope" }), &["overview"]);
}

#[test]
fn hostile_arguments_are_told_what_to_do_and_change_nothing() {
    let server = Server::start("hostile");
    let listed = post(&server, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let held = prepare(&server);
    generic(&server, listed["result"]["tools"].as_array().unwrap());
    ids(&server, &held);
    grids(&server, &held);
    documents(&server, &held);
    let wrong = WRONG.lock().unwrap().clone();
    assert!(wrong.is_empty(), "{} of the table:\n{}", wrong.len(), wrong.join("\n"));
    let after = made(&server, "get_session", &json!({ "session_id": held.session }));
    assert_eq!(after["strategies"].as_array().unwrap().len(), 1, "nothing was made by what was refused: {after}");
    let made = made(&server, "list_sessions", &json!({ "status": "all" }));
    assert_eq!(made["sessions"].as_array().unwrap().len(), 2, "{made}");
}
