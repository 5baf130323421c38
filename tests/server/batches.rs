//! `barlake batches` beside a running server and without one, and the limits on work that a server is started with.

use crate::commands::said;
use crate::killed::session_with_strategy;
use crate::process::{Folder, Server, command, text};
use mcp::client::Client;
use serde_json::{Value, json};

fn listed(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let output = command(folder, &[&["batches", "list", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", said(&output));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    list["batches"].as_array().unwrap().clone()
}

async fn set_up(client: &Client, ids: &(String, String), most: u64) -> Result<Value, String> {
    let grid = json!([{ "key": "stop", "min": 1, "max": most, "step": 1 }]);
    client.call("setup_optimization", json!({ "session_id": ids.0, "artifact_id": ids.1, "parameters": grid })).await
}

#[tokio::test]
async fn a_sweep_is_listed_and_repaired_with_and_without_a_server() {
    let folder = Folder::new("batches");
    let server = Server::start(&folder, &["--threads", "1"]);
    let client = server.client().await;
    assert!(said(&command(&folder, &["batches", "list"])).contains("no sweep is running"));
    let ids = session_with_strategy(&client).await;
    let optimization_id = text(&set_up(&client, &ids, 5_000).await.unwrap(), "optimization_id");
    let named = json!({ "session_id": ids.0, "artifact_id": ids.1, "optimization_id": optimization_id });
    client.call("run_optimization", named).await.unwrap();
    let mut server = Some(server);
    // First it answers; then it is killed, and the command looks for itself.
    for _ in 0..2 {
        let rows = listed(&folder, &[]);
        assert_eq!(rows.len(), 1, "{rows:#?}");
        let row = &rows[0];
        assert_eq!((text(row, "tenant").as_str(), text(row, "status").as_str()), ("local", "running"));
        assert_eq!((&row["holds_slot"], &row["holds_work"]), (&json!(true), &json!(true)));
        let shown = said(&command(&folder, &["batches", "list"]));
        assert!(shown.contains(&optimization_id) && shown.contains("5,000"), "{shown}");
        let quiet = said(&command(&folder, &["batches", "repair", "--all-stuck"]));
        assert!(quiet.contains("no sweep is stuck"), "{quiet}");
        let repaired = said(&command(&folder, &["batches", "repair", &optimization_id]));
        assert!(repaired.contains(&optimization_id) && repaired.contains("sent again"), "{repaired}");
        if let Some(server) = server.take() {
            server.kill();
        }
    }
    let server = Server::start(&folder, &["--threads", "1"]);
    let client = server.client().await;
    let task = json!({ "session_id": ids.0, "task": "optimization", "optimization_id": optimization_id });
    client.call("cancel_task", task.clone()).await.unwrap();
    let mut wait = task;
    wait["timeout_seconds"] = json!(60);
    assert_eq!(text(&client.call("wait_for_completion", wait).await.unwrap(), "status"), "cancelled");
    assert!(listed(&folder, &[]).is_empty());
    let ended = listed(&folder, &["--all", "--tenant", "local"]);
    assert_eq!(ended.len(), 1);
    assert_eq!((text(&ended[0], "status").as_str(), &ended[0]["holds_work"]), ("cancelled", &json!(false)));
    for (wrong, says) in [
        (&["batches", "repair"][..], "all-stuck"),
        (&["batches", "repair", "opt_x"], "opt_x"),
        (&["batches", "list", "--tenant", "A B"], "account name"),
        (&["batches", "list", "--limit", "0"], "0 rows"),
    ] {
        let output = command(&folder, wrong);
        assert!(!output.status.success() && said(&output).contains(says), "{wrong:?}: {}", said(&output));
    }
}

#[tokio::test]
async fn a_server_is_started_with_limits_of_its_own() {
    let folder = Folder::new("work-limits");
    let limits = ["--sweep-combinations-max", "20", "--tenant-work-at-once", "2000000", "--tenant-work-per-day", "0"];
    let server = Server::start(&folder, &limits);
    let client = server.client().await;
    let ids = session_with_strategy(&client).await;
    for (combinations, says) in [
        (21, "SWEEP_COMBINATIONS_MAX = 20"),
        (20, "TENANT_WORK_AT_ONCE_MAX = 2000000"),
        (1, "TENANT_WORK_PER_DAY_MAX = 0"),
    ] {
        let refused = set_up(&client, &ids, combinations).await.unwrap_err();
        assert!(refused.contains(says), "{refused}");
    }
}
