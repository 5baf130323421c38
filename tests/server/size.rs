//! Large sweeps: accepted up to the limit, refused beyond it with the limit's name, and light in memory.

use crate::process::{Folder, Server, text};
use serde_json::{Value, json};

/// Resident bytes the server may take while it sweeps a year of minutes.
const RESIDENT_BYTES_MAX: u64 = 1_000_000_000;

fn rules() -> Value {
    json!({
        "language": 1, "name": "Year", "market": "DEMO", "timeframe": "1m",
        "parameters": [
            { "key": "fast", "label": "Fast", "value": 30, "category": "entry" },
            { "key": "slow", "label": "Slow", "value": 120, "category": "entry" }
        ],
        "entry": {
            "long": "sma(close, $fast) crosses above sma(close, $slow)",
            "short": "sma(close, $fast) crosses below sma(close, $slow)"
        },
        "sizing": { "contracts": 1 }, "capital": 1_000_000,
        "window": { "from": "2024-01-01", "to": "2024-12-31" }
    })
}

fn grid(slow: u64) -> Value {
    json!([{ "key": "fast", "min": 2, "max": 101, "step": 1 }, { "key": "slow", "min": 102, "max": 101 + slow, "step": 1 }])
}

/// Largest resident size of the process so far, from the kernel's account of it.
fn resident_bytes(process_id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

#[tokio::test]
async fn a_hundred_thousand_make_progress_and_one_more_is_refused() {
    let folder = Folder::new("size");
    let server = Server::start(&folder, &[]);
    let client = server.client().await;
    let session_id = text(&client.call("create_session", json!({})).await.unwrap(), "session_id");
    let made = json!({ "session_id": session_id, "rules": rules(), "backtest": false });
    let made = client.call("create_strategy", made).await.unwrap();
    let operation_id = text(&made, "operation_id");
    let wait =
        json!({ "session_id": session_id, "task": "strategy_op", "operation_id": operation_id, "timeout_seconds": 60 });
    client.call("wait_for_completion", wait).await.unwrap();
    let artifact_id = text(&made, "artifact_id");
    let set_up = |slow: u64| json!({ "session_id": session_id, "artifact_id": artifact_id, "parameters": grid(slow) });

    let refused = client.call("setup_optimization", set_up(1_001)).await.unwrap_err();
    assert!(refused.contains("SWEEP_COMBINATIONS_MAX") && refused.contains("100000"), "{refused}");

    let large = client.call("setup_optimization", set_up(1_000)).await.unwrap();
    assert_eq!(large["total_combinations"], 100_000);
    let optimization_id = text(&large, "optimization_id");
    let named = json!({ "session_id": session_id, "artifact_id": artifact_id, "optimization_id": optimization_id });
    client.call("run_optimization", named).await.unwrap();
    let wait = json!({
        "session_id": session_id, "task": "optimization", "optimization_id": optimization_id, "timeout_seconds": 5,
    });
    let mut done = 0;
    for _ in 0..60 {
        let seen = client.call("wait_for_completion", wait.clone()).await.unwrap();
        done = seen.pointer("/progress/completed_count").and_then(Value::as_u64).unwrap_or(0);
        if done > 0 {
            break;
        }
    }
    assert!(done > 0, "no progress in five minutes");
    let cancel = json!({ "session_id": session_id, "task": "optimization" });
    client.call("cancel_task", cancel).await.unwrap();
    let ended = client.call("wait_for_completion", json!({
        "session_id": session_id, "task": "optimization", "optimization_id": optimization_id, "timeout_seconds": 60,
    })).await.unwrap();
    assert_eq!(text(&ended, "status"), "cancelled", "{ended:#}");
    let count = |name: &str| ended["optimization"][name].as_u64().unwrap();
    assert!(count("completed_count") >= done);
    assert_eq!(count("completed_count") + count("failed_count") + count("cancelled_count"), 100_000);
    let resident = resident_bytes(server.process_id());
    assert!(resident < RESIDENT_BYTES_MAX, "{resident} bytes resident");
}
