//! `barlake keys`: through the running server when there is one, else on the records directly.

use crate::admin::{self, Request};
use crate::arguments::KeysCommand;
use crate::data_folder::DataFolder;
use crate::terminal::{note, say};
use serde_json::Value;

/// Runs a keys command.
pub(crate) async fn keys(folder: &DataFolder, command: &KeysCommand) -> Result<(), String> {
    let request = match command.clone() {
        KeysCommand::Create { tenant, label } => Request::CreateKey { tenant, label },
        KeysCommand::List { tenant } => Request::ListKeys { tenant },
        KeysCommand::Revoke { key_id, tenant } => Request::RevokeKey { tenant, key_id },
    };
    let answer = admin::ask_or_answer(folder, &request).await?;
    match command {
        KeysCommand::Create { .. } => {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            note(&format!(
                "Key {} of account {}. It is shown only now; store it safely:",
                text("key_id"),
                text("tenant")
            ));
            say(&text("secret"));
        }
        KeysCommand::List { .. } => list(&answer),
        KeysCommand::Revoke { key_id, .. } => say(&format!("{key_id} is revoked; servers notice within a minute")),
    }
    Ok(())
}

fn list(answer: &Value) {
    let keys = answer.as_array().cloned().unwrap_or_default();
    if keys.is_empty() {
        note("no keys; make one with: barlake keys create");
    }
    for key in keys {
        let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let state = if key.get("revoked").and_then(Value::as_bool) == Some(true) { "revoked" } else { "active" };
        say(&format!("{}  {}  {state}  {}", text("key_id"), text("created_at"), text("label")));
    }
}
