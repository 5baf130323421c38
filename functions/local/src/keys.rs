//! `barlake keys`: makes, lists and revokes access keys, in the place the command line names.

use crate::admin::Request;
use crate::arguments::KeysCommand;
use crate::connect::client_lines;
use crate::place::Place;
use crate::terminal::{note, say};
use serde_json::Value;

/// Runs a keys command.
pub(crate) async fn keys(place: &Place, command: &KeysCommand) -> Result<(), String> {
    let request = match command.clone() {
        KeysCommand::Create { tenant, label } => Request::CreateKey { tenant, label },
        KeysCommand::List { tenant } => Request::ListKeys { tenant },
        KeysCommand::Revoke { key_id, tenant } => Request::RevokeKey { tenant, key_id },
    };
    let answer = place.ask(request).await?;
    match command {
        KeysCommand::Create { .. } => {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            note(&format!(
                "Key {} of account {}. It is shown only now; store it safely:",
                text("key_id"),
                text("tenant")
            ));
            say(&text("secret"));
            if let Some(stack) = place.stack() {
                let lines = client_lines(stack.mcp_url(), false);
                note(&format!("\nConnect a client to {}, with the key for YOUR_KEY:\n\n{lines}", stack.line()));
            }
        }
        KeysCommand::List { .. } => list(place, &answer),
        KeysCommand::Revoke { key_id, .. } => say(&format!("{key_id} is revoked; servers notice within a minute")),
    }
    Ok(())
}

fn list(place: &Place, answer: &Value) {
    let keys = answer.as_array().cloned().unwrap_or_default();
    if keys.is_empty() {
        let at = place.stack().map_or_else(String::new, |stack| format!("--stack {} ", stack.name()));
        note(&format!("no keys; make one with: barlake {at}keys create"));
    }
    for key in keys {
        let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let state = if key.get("revoked").and_then(Value::as_bool) == Some(true) { "revoked" } else { "active" };
        say(&format!("{}  {}  {state}  {}", text("key_id"), text("created_at"), text("label")));
    }
}
