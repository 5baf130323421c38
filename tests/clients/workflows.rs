//! Whole workflows with the published Python and TypeScript clients, in both protocol eras.

use std::process::Command;
use tests::server::{Server, node, run};

const MODERN: (&str, &str) = ("modern", "2026-07-28");
const LEGACY: (&str, &str) = ("legacy", "2025-11-25");

fn python(server: &Server, (era, version): (&str, &str)) {
    let Some(python) = tests::python() else { return };
    let script = tests::repository().join("tests/clients/workflow.py");
    let said = run(Command::new(python).arg(script).args([&server.url, era])).unwrap();
    assert_eq!(said.trim(), version, "the era that was spoken");
}

fn typescript(server: &Server, (era, version): (&str, &str)) {
    let Some((node, modules)) = node() else { return };
    // Modules are found from where the script lies.
    let script = modules.join("..").join(format!("workflow-{}.mjs", std::process::id()));
    std::fs::copy(tests::repository().join("tests/clients/workflow.mjs"), &script).unwrap();
    let said = run(Command::new(node).arg(&script).args([&server.url, era]));
    std::fs::remove_file(&script).unwrap();
    assert_eq!(said.unwrap().trim(), version, "the era that was spoken");
}

#[test]
fn published_clients_work_in_both_eras() {
    let server = Server::start("workflows");
    for era in [MODERN, LEGACY] {
        python(&server, era);
        typescript(&server, era);
    }
}

#[tokio::test]
async fn our_own_client_works() {
    let server = Server::start("own");
    let client = mcp::client::Client::connect(&server.url, None).await.unwrap();
    assert_eq!(client.tools().await.unwrap().len(), 19);
    let made = client.call("create_session", serde_json::json!({ "title": "own" })).await.unwrap();
    assert_eq!(made["title"], "own");
    let refused = client.call("create_session", serde_json::json!({ "titel": "own" })).await.unwrap_err();
    assert!(refused.contains("did you mean `title`"), "{refused}");
    client.close().await;
}
