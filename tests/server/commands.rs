//! The operator's commands, with and without a running server.

use crate::process::{Folder, Server, command, text};
use serde_json::json;
use std::process::Output;

/// What a command said, on both streams.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn bars(first_minute: u32, count: u32, price: f64) -> String {
    let row = |minute: u32| {
        let at = first_minute + minute;
        let open = price + f64::from(minute % 7) * 0.25;
        format!(
            "2024-03-05T{:02}:{:02}:00Z,{open},{},{},{open},{}\n",
            at / 60,
            at % 60,
            open + 0.5,
            open - 0.5,
            10 + minute
        )
    };
    let rows: String = (0..count).map(row).collect();
    format!("timestamp,open,high,low,close,volume\n{rows}")
}

#[tokio::test]
async fn imports_and_keys_work_while_the_server_runs() {
    let folder = Folder::new("commands");
    let server = Server::start(&folder, &[]);
    let file = folder.path().join("bars.csv");
    std::fs::write(&file, bars(900, 60, 5000.0)).unwrap();
    let path = file.to_str().unwrap().to_owned();

    let first = command(&folder, &["import", &path, "--symbol", "MES"]);
    assert!(first.status.success(), "{}", said(&first));
    assert!(said(&first).contains("60 bars added"), "{}", said(&first));
    let again = command(&folder, &["import", &path, "--symbol", "MES"]);
    assert!(said(&again).contains("nothing new"), "{}", said(&again));
    std::fs::write(&file, bars(930, 60, 5000.0)).unwrap();
    let overlapping = command(&folder, &["import", &path, "--symbol", "MES"]);
    assert!(said(&overlapping).contains("90 bars"), "{}", said(&overlapping));

    let client = server.client().await;
    let listed = client.call("list_instruments", json!({ "query": "MES" })).await.unwrap();
    assert_eq!(listed["instruments"][0]["coverage"][0]["bars"], 90, "{listed:#}");

    std::fs::write(&file, "timestamp,open,high,low,close,volume\n2024-03-05T15:00:00Z,junk,1,1,1,1\n").unwrap();
    let bad = command(&folder, &["import", &path, "--symbol", "MES"]);
    assert!(!bad.status.success() && said(&bad).contains("nothing was stored"), "{}", said(&bad));
    let data = command(&folder, &["data"]);
    assert!(said(&data).contains("MES") && said(&data).contains("DEMO"), "{}", said(&data));

    let made = command(&folder, &["keys", "create", "--label", "test"]);
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("bk_"), "{}", said(&made));
    let listed = command(&folder, &["keys", "list"]);
    let key_id = said(&listed).split_whitespace().next().unwrap().to_owned();
    let revoked = command(&folder, &["keys", "revoke", &key_id]);
    assert!(revoked.status.success(), "{}", said(&revoked));
    assert!(said(&command(&folder, &["keys", "list"])).contains("revoked"));
}

#[test]
fn a_public_address_needs_a_key() {
    let folder = Folder::new("public");
    let refused = command(&folder, &["serve", "--port", "0", "--host", "0.0.0.0"]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("barlake keys create"), "{}", said(&refused));
}

#[test]
fn two_servers_do_not_share_a_folder() {
    let folder = Folder::new("two");
    let _server = Server::start(&folder, &[]);
    let second = command(&folder, &["serve", "--port", "0"]);
    assert!(!second.status.success());
    assert!(said(&second).contains("another barlake process"), "{}", said(&second));
}

#[tokio::test]
async fn keys_open_the_door_and_their_absence_says_how() {
    let folder = Folder::new("door");
    let made = command(&folder, &["keys", "create"]);
    let secret = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    let server = Server::start(&folder, &["--require-keys"]);
    let with_key = mcp::client::Client::connect(&server.url, Some(&secret)).await.unwrap();
    let session = with_key.call("create_session", json!({})).await.unwrap();
    assert!(text(&session, "session_id").starts_with("ses_"));
    let anonymous = server.client().await;
    assert!(anonymous.call("list_instruments", json!({})).await.is_ok());
    let refused = anonymous.call("create_session", json!({})).await.unwrap_err();
    assert!(refused.contains("claude mcp add"), "{refused}");
    let wrong = mcp::client::Client::connect(&server.url, Some("bk_wrong")).await;
    assert!(wrong.is_err());
}

#[test]
fn every_command_explains_itself() {
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["demo", "--help"],
        &["import", "--help"],
        &["data", "--help"],
        &["keys", "--help"],
        &["batches", "--help"],
        &["batches", "list", "--help"],
        &["batches", "repair", "--help"],
    ] {
        let output = std::process::Command::new(tests::program::binary()).args(arguments).output().unwrap();
        assert!(output.status.success() && said(&output).contains("Usage"), "{arguments:?}");
    }
}
