//! Killing the process at random moments of a sweep changes nothing about its result.

use crate::process::{Folder, Server, text};
use mcp::client::Client;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Sweeps that are killed on the way.
const ROUNDS: u64 = 8;

/// Longest time until a kill after the sweep was started or resumed, milliseconds.
const KILL_WITHIN_MS: u64 = 1_500;

/// Waits of ten seconds before a sweep counts as lost: a watch looks after a minute at the latest.
const WAITS_MAX: usize = 18;

/// SplitMix64: moments that differ from run to run and can be repeated from the printed seed.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)) % below
    }
}

fn rules() -> Value {
    json!({
        "language": 1, "name": "Killed", "market": "DEMO", "timeframe": "1m",
        "parameters": [
            { "key": "fast", "label": "Fast", "value": 10, "category": "entry" },
            { "key": "slow", "label": "Slow", "value": 40, "category": "entry" },
            { "key": "stop", "label": "Stop", "value": 8, "category": "exit" }
        ],
        "entry": {
            "long": "ema(close, $fast) crosses above ema(close, $slow)",
            "short": "ema(close, $fast) crosses below ema(close, $slow)"
        },
        "exit": { "stop_loss": { "points": "$stop" }, "flatten": "15:55" },
        "sizing": { "contracts": 1 },
        "window": { "from": "2024-02-01", "to": "2024-06-28" }
    })
}

/// A session with a strategy that is ready.
pub async fn session_with_strategy(client: &Client) -> (String, String) {
    let session_id = text(&client.call("create_session", json!({})).await.unwrap(), "session_id");
    let made = client
        .call("create_strategy", json!({ "session_id": session_id, "rules": rules(), "backtest": false }))
        .await
        .unwrap();
    let wait = json!({
        "session_id": session_id, "task": "strategy_op", "operation_id": text(&made, "operation_id"), "timeout_seconds": 60,
    });
    let done = client.call("wait_for_completion", wait).await.unwrap();
    assert_eq!(text(&done, "status"), "succeeded", "{done:#}");
    (session_id, text(&made, "artifact_id"))
}

async fn start_sweep(client: &Client) -> (String, String) {
    let (session_id, artifact_id) = session_with_strategy(client).await;
    let grid = json!([
        { "key": "fast", "min": 5, "max": 30, "step": 5 },
        { "key": "slow", "min": 35, "max": 80, "step": 5 },
        { "key": "stop", "min": 4, "max": 20, "step": 4 }
    ]);
    let set_up = client
        .call("setup_optimization", json!({ "session_id": session_id, "artifact_id": artifact_id, "parameters": grid }))
        .await
        .unwrap();
    let optimization_id = text(&set_up, "optimization_id");
    let named = json!({ "session_id": session_id, "artifact_id": artifact_id, "optimization_id": optimization_id });
    client.call("run_optimization", named).await.unwrap();
    (session_id, optimization_id)
}

async fn finished(client: &Client, session_id: &str, optimization_id: &str) -> Value {
    let arguments = json!({
        "session_id": session_id, "task": "optimization", "optimization_id": optimization_id, "timeout_seconds": 10,
    });
    for _ in 0..WAITS_MAX {
        let seen = client.call("wait_for_completion", arguments.clone()).await.unwrap();
        if text(&seen, "status") != "timed_out" {
            assert_eq!(text(&seen, "status"), "succeeded", "{seen:#}");
            return seen["optimization"].clone();
        }
    }
    panic!("the sweep {optimization_id} never ended");
}

#[tokio::test]
async fn a_killed_sweep_ends_with_the_same_answer() {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    println!("seed {seed}");
    let mut moments = Moments(seed);
    let folder = Folder::new("killed");
    let mut server = Server::start(&folder, &[]);
    let client = server.client().await;
    let (session_id, optimization_id) = start_sweep(&client).await;
    let undisturbed = finished(&client, &session_id, &optimization_id).await;
    assert_eq!(undisturbed["completed_count"], undisturbed["total_combinations"]);
    for round in 0..ROUNDS {
        let client = server.client().await;
        let (session_id, optimization_id) = start_sweep(&client).await;
        for _ in 0..=moments.next(3) {
            tokio::time::sleep(Duration::from_millis(moments.next(KILL_WITHIN_MS))).await;
            server.kill();
            server = Server::start(&folder, &[]);
        }
        let client = server.client().await;
        let ended = finished(&client, &session_id, &optimization_id).await;
        let why = format!("seed {seed}, round {round}");
        assert_eq!(ended["best_result"], undisturbed["best_result"], "{why}");
        assert_eq!(ended["ranking"], undisturbed["ranking"], "{why}");
        let count = |name: &str| ended[name].as_u64().unwrap();
        let sum = count("completed_count") + count("failed_count") + count("cancelled_count");
        assert_eq!(sum, count("total_combinations"), "{why}");
        assert_eq!(ended["completed_count"], undisturbed["completed_count"], "{why}");
    }
}
