//! Answers stay short enough for every client, however much there is to say, and say what they left out.

use crate::in_process::Service;
use crate::posting::post;
use serde_json::{Map, Value, json};
use tests::server::Server;

/// Characters after which some clients cut.
const CHARACTERS_MAX: usize = 10_000;

fn check(result: &Value, tool: &str) {
    let text = result["content"][0]["text"].as_str().unwrap();
    let characters = text.chars().count();
    assert!(characters <= CHARACTERS_MAX, "{tool}: {characters} characters");
}

#[tokio::test]
async fn a_thousand_problems_are_told_in_part() {
    let service = Service::local();
    let session = service.call("create_session", json!({})).await["structuredContent"]["session_id"].clone();
    let unknown: Map<String, Value> = (0..1_000).map(|number| (format!("unknown_{number}"), json!(1))).collect();
    let documents = service.call("create_strategy", json!({ "session_id": session, "rules": unknown })).await;
    let arguments = service.call("create_session", Value::Object(unknown)).await;
    for result in [documents, arguments] {
        assert_eq!(result["isError"], true);
        check(&result, "create");
        let content = &result["structuredContent"];
        assert!(content["problems"].as_array().unwrap().len() >= 4, "{content}");
        let left_out = content["shortened"].as_str().is_some_and(|told| told.contains("problems"));
        assert!(left_out || content["problems"].as_array().unwrap().len() < 100, "{content}");
    }
}

#[test]
fn full_sessions_are_listed_in_short() {
    let server = Server::start("sizes");
    let call = |tool: &str, arguments: &Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let answer: Value = serde_json::from_str(&post(&server, &body.to_string())).unwrap();
        assert_eq!(answer["result"]["isError"], false, "{tool}: {answer}");
        check(&answer["result"], tool);
        answer["result"]["structuredContent"].clone()
    };
    let session = call("create_session", &json!({}))["session_id"].clone();
    let rules = json!({
        "language": 1, "name": "many sweeps", "market": "DEMO", "timeframe": "1h", "window": { "from": "2024-11-01", "to": "2024-12-31" },
        "parameters": [{ "key": "fast", "value": 5 }, { "key": "slow", "value": 20 }],
        "entry": { "long": "sma(close, $fast) crosses above sma(close, $slow)" },
        "exit": { "stop_loss": { "points": 12 }, "flatten": "15:55" }, "sizing": { "contracts": 1 }
    });
    let mut named = Value::Null;
    for _ in 0..6 {
        let made = call("create_strategy", &json!({ "session_id": session, "rules": rules }));
        let wait = json!({ "session_id": session, "task": "strategy_op", "operation_id": made["operation_id"] });
        assert_eq!(call("wait_for_completion", &wait)["status"], "succeeded");
        named = json!({ "session_id": session, "artifact_id": made["artifact_id"] });
        for _ in 0..3 {
            let mut sweep = named.clone();
            sweep["parameters"] = json!([{ "key": "fast", "min": 3, "max": 8, "step": 1 }, { "key": "slow", "min": 10, "max": 60, "step": 10 }]);
            sweep["holdout"] = json!(0.3);
            let id = call("setup_optimization", &sweep)["optimization_id"].clone();
            let mut run = named.clone();
            run["optimization_id"] = id.clone();
            call("run_optimization", &run);
            let wait = json!({ "session_id": session, "task": "optimization", "optimization_id": id });
            assert_eq!(call("wait_for_completion", &wait)["status"], "succeeded");
            let shown = json!({ "session_id": session, "optimization_id": id, "heat_map": ["fast", "slow"] });
            assert_eq!(call("get_optimization", &shown)["completed_count"], 36);
        }
    }
    let listed = call("list_strategies", &json!({ "session_id": session }));
    assert_eq!(listed["total"], 6);
    assert_eq!(call("inspect_strategy", &named)["optimizationBatches"].as_array().unwrap().len(), 3);
    for include in ["summary", "trades", "equity"] {
        let mut shown = named.clone();
        shown["include"] = json!(include);
        call("get_backtest", &shown);
    }
}
