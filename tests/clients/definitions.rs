//! Tool definitions as clients receive them: snapshots, size, order, hints, and schemas every client can read.
//!
//! `UPDATE_SNAPSHOTS=1` rewrites the snapshots.

use crate::in_process::Service;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The contract: every tool, in the order clients see.
const TOOLS: [&str; 19] = [
    "create_session",
    "list_sessions",
    "get_session",
    "update_session",
    "create_strategy",
    "update_strategy",
    "inspect_strategy",
    "list_strategies",
    "delete_strategy",
    "backtest_existing_strategy",
    "get_backtest",
    "setup_optimization",
    "run_optimization",
    "get_optimization",
    "wait_for_completion",
    "cancel_task",
    "list_instruments",
    "get_contract_spec",
    "get_rules_guide",
];

/// Most tokens of tools/list, a token being four bytes.
const TOKENS_MAX: usize = 9_000;

async fn tools() -> Vec<Value> {
    let listed = Service::local().request("tools/list", json!({})).await;
    listed["tools"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_tools_are_the_contract_in_a_fixed_order() {
    let names: Vec<String> = tools().await.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, TOOLS);
}

#[tokio::test]
async fn every_definition_is_the_snapshot() {
    let folder = tests::repository().join("tests/clients/snapshots");
    let rewrite = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    if rewrite {
        std::fs::create_dir_all(&folder).unwrap();
    }
    let mut known = BTreeSet::new();
    for tool in tools().await {
        let path = folder.join(format!("{}.json", tool["name"].as_str().unwrap()));
        let text = format!("{}\n", serde_json::to_string_pretty(&tool).unwrap());
        if rewrite {
            std::fs::write(&path, &text).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(stored, text, "{}: UPDATE_SNAPSHOTS=1 rewrites it", path.display());
        known.insert(path.file_name().unwrap().to_owned());
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(known.contains(&name), "no tool belongs to snapshot {}", name.display());
    }
}

#[tokio::test]
async fn the_list_stays_within_its_token_budget() {
    let listed = Service::local().request("tools/list", json!({})).await;
    let tokens = listed.to_string().len() / 4;
    assert!(tokens < TOKENS_MAX, "tools/list takes {tokens} tokens of {TOKENS_MAX}");
}

#[tokio::test]
async fn every_tool_states_its_hints_and_what_it_is() {
    for tool in tools().await {
        let name = &tool["name"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name} has no {hint}");
        }
        assert!(tool["title"].as_str().is_some_and(|title| !title.is_empty()), "{name} has no title");
        let description = tool["description"].as_str().unwrap();
        assert!((40..=1_500).contains(&description.len()), "{name}: a description of {} bytes", description.len());
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["outputSchema"]["properties"]["summary"]["type"], "string", "{name}");
    }
}

/// Keywords of the schemas, and nothing that some client stumbles over.
fn check_clean(schema: &Value, place: &str) {
    let fields = schema.as_object().unwrap_or_else(|| panic!("{place} is {schema}, not an object"));
    for (keyword, value) in fields {
        assert!(mcp::schema::KEYWORDS.contains(&keyword.as_str()), "{place} has the keyword {keyword}");
        match keyword.as_str() {
            "properties" => {
                for (name, property) in value.as_object().unwrap() {
                    check_clean(property, &format!("{place}.{name}"));
                }
            }
            "items" => check_clean(value, &format!("{place}[]")),
            "type" => {
                let kinds = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                assert!(!kinds.contains(&json!("null")), "{place} is a nullable union");
            }
            "required" => {
                for name in value.as_array().unwrap() {
                    let known = fields["properties"].as_object().unwrap();
                    assert!(
                        known.contains_key(name.as_str().unwrap()),
                        "{place} requires {name}, which it does not have"
                    );
                }
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_schema_is_clean() {
    for tool in tools().await {
        let name = tool["name"].as_str().unwrap();
        check_clean(&tool["inputSchema"], &format!("{name} input"));
        check_clean(&tool["outputSchema"], &format!("{name} output"));
    }
}

#[tokio::test]
async fn instructions_carry_the_workflow() {
    let info = Service::local()
        .request(
            "initialize",
            json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } }),
        )
        .await;
    let instructions = info["instructions"].as_str().unwrap();
    for word in
        ["create_session", "create_strategy", "wait_for_completion", "timed_out is not a failure", "get_optimization"]
    {
        assert!(instructions.contains(word), "the instructions do not say {word}");
    }
    let offered: Vec<&String> = info["capabilities"].as_object().unwrap().keys().collect();
    assert_eq!(offered, ["prompts", "resources", "tools"], "capabilities are exactly what is offered");
    assert_eq!(info["capabilities"], json!({ "prompts": {}, "resources": {}, "tools": {} }));
}
