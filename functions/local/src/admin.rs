//! How the operator's commands reach the records while a server holds them: one JSON line each way over loopback.
//!
//! The server writes its port and a random token into the data folder; only who can read that folder can ask.

use crate::data_folder::DataFolder;
use app::batches::{ListRequest, RepairRequest};
use app::{AppError, Desk};
use domain::access_key::AccessKey;
use domain::ids::{TenantId, random_text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longest request, bytes.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;

/// Where a server can be asked.
#[derive(Debug, Serialize, Deserialize)]
struct Address {
    port: u16,
    token: String,
}

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Make a key.
    CreateKey { tenant: String, label: String },
    /// List the keys.
    ListKeys { tenant: String },
    /// Revoke a key.
    RevokeKey { tenant: String, key_id: String },
    /// List sweeps.
    ListBatches(ListRequest),
    /// Send the messages of sweeps again.
    RepairBatches(RepairRequest),
}

#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    token: String,
    request: Request,
}

/// Answers a request on a desk.
pub(crate) async fn answer(desk: &Desk, request: &Request) -> Result<Value, String> {
    let tenant = |name: &str| {
        TenantId::parse(name)
            .ok_or_else(|| format!("`{name}` is not an account name: use a-z, 0-9, - and _, at most 64"))
    };
    match request {
        Request::CreateKey { tenant: name, label } => {
            let made = app::access::create(desk, &tenant(name)?, label).await.map_err(told)?;
            Ok(json!({ "secret": made.secret, "key_id": made.record.key_id, "tenant": name }))
        }
        Request::ListKeys { tenant: name } => {
            let keys = app::access::list(desk, &tenant(name)?).await.map_err(told)?;
            Ok(Value::Array(keys.iter().map(shown).collect()))
        }
        Request::RevokeKey { tenant: name, key_id } => {
            let key = app::access::revoke(desk, &tenant(name)?, key_id)
                .await
                .map_err(|error| format!("{}; {}", told(error.clone()), error.next))?;
            Ok(shown(&key))
        }
        Request::ListBatches(request) => said(app::batches::list(desk, request).await),
        Request::RepairBatches(request) => said(app::batches::repair(desk, request).await),
    }
}

fn said(outcome: Result<impl Serialize, AppError>) -> Result<Value, String> {
    let done = outcome.map_err(|error| {
        let next = error.next.clone();
        format!("{}; {next}", told(error))
    })?;
    serde_json::to_value(done).map_err(|error| error.to_string())
}

/// What went wrong, for the operator, who may see what a client may not.
fn told(error: AppError) -> String {
    if error.context.is_empty() { error.message } else { format!("{}: {}", error.message, error.context) }
}

fn shown(key: &AccessKey) -> Value {
    json!({ "key_id": key.key_id, "label": key.label, "revoked": key.revoked, "created_at": market::zone::format_utc(key.created_at) })
}

/// A running answering service; its address file goes with it.
pub(crate) struct Service {
    task: JoinHandle<()>,
    folder: DataFolder,
}

impl Service {
    /// Starts answering and writes the address file.
    pub(crate) async fn start(folder: &DataFolder, desk: Desk) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the admin port did not open: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let token = random_text(&desk.ids.random());
        let address = serde_json::to_vec(&Address { port, token: token.clone() }).map_err(|error| error.to_string())?;
        write_private(folder, &address).map_err(failed)?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (desk, token) = (desk.clone(), token.clone());
                tokio::spawn(async move {
                    if let Err(error) = converse(stream, &desk, &token).await {
                        tracing::debug!(error = %error, "admin connection");
                    }
                });
            }
        });
        Ok(Self { task, folder: folder.clone() })
    }

    /// Stops answering.
    pub(crate) fn stop(self) {
        self.task.abort();
        if let Err(error) = fs::remove_file(self.folder.admin()) {
            tracing::debug!(error = %error, "the admin address was already gone");
        }
    }
}

#[cfg(unix)]
fn write_private(folder: &DataFolder, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.admin();
    if path.exists() {
        fs::remove_file(&path)?;
    }
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

#[cfg(not(unix))]
fn write_private(folder: &DataFolder, bytes: &[u8]) -> std::io::Result<()> {
    fs::write(folder.admin(), bytes)
}

async fn converse(stream: TcpStream, desk: &Desk, token: &str) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reading.take(REQUEST_BYTES_MAX)).read_line(&mut line).await?;
    let reply = match serde_json::from_str::<Envelope>(&line) {
        Ok(envelope) if envelope.token == token => match answer(desk, &envelope.request).await {
            Ok(value) => json!({ "ok": value }),
            Err(message) => json!({ "error": message }),
        },
        Ok(_) => json!({ "error": "wrong token" }),
        Err(error) => json!({ "error": format!("not understood: {error}") }),
    };
    writing.write_all(format!("{reply}\n").as_bytes()).await
}

/// Asks a running server; `None` when there is none.
pub(crate) async fn ask(folder: &DataFolder, request: &Request) -> Result<Option<Value>, String> {
    let bytes = match fs::read(folder.admin()) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("the running server's address cannot be read: {error}")),
    };
    let address: Address = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).await else { return Ok(None) };
    let line = serde_json::to_string(&Envelope { token: address.token, request: request.clone() })
        .map_err(|error| error.to_string())?;
    let mut reply = String::new();
    let exchange = async {
        stream.write_all(format!("{line}\n").as_bytes()).await?;
        BufReader::new(&mut stream).read_line(&mut reply).await
    };
    exchange.await.map_err(|error| format!("the running server did not answer: {error}"))?;
    let reply: Value = serde_json::from_str(&reply).map_err(|error| error.to_string())?;
    match (reply.get("ok"), reply.get("error").and_then(Value::as_str)) {
        (Some(value), _) => Ok(Some(value.clone())),
        (None, Some(message)) => Err(message.to_owned()),
        (None, None) => Err("the running server answered nothing".to_owned()),
    }
}
