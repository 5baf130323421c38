//! Signing in, staying apart from other accounts, and changes that only our own pages may ask for.

use crate::browser::{chromium, script};
use crate::prepare::Maker;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use tests::program::binary;
use tests::server::Server;

fn key(data: &Path, tenant: &str) -> String {
    let mut command = Command::new(binary());
    command.args(["keys", "create", "--tenant", tenant, "--label", tenant, "--data-dir"]).arg(data);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.split_whitespace().find(|word| word.starts_with("bk_")).unwrap_or_else(|| panic!("no key: {said}")).to_owned()
}

#[tokio::test]
async fn a_key_opens_its_own_account_and_nothing_else() {
    if chromium().is_none() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("barlake-pages-keys-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let data = folder.join("data");
    let keys = ["ann", "bob"].map(|tenant| key(&data, tenant));
    let mut command = Command::new(binary());
    command.args(["serve", "--require-keys", "--port", "0", "--data-dir"]).arg(&data);
    let server = Server::running(command, folder.clone());
    let mut sessions = Vec::new();
    for (key, title) in keys.iter().zip(["Ann's", "Bob's"]) {
        let maker = Maker::connect(&server.url, Some(key)).await;
        sessions.push(maker.session(title).await);
        maker.close().await;
    }
    let known = json!({ "url": server.url.trim_end_matches("/mcp"), "keys": keys, "sessions": sessions });
    script("signing_in.mjs", &folder, &known);
}
