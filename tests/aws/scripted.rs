//! A server that follows a script: what AWS answers now and then, and an emulation never does.
//!
//! One request per connection; it keeps what it was asked.

use crate::cloud::clients_at;
use aws::Clients;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Debug, Clone)]
pub enum Step {
    /// Answers.
    Answer(u16, Vec<u8>),
    /// Hangs up: the request may have been applied.
    HangUp,
    /// Promises more body than it sends.
    BreakOff(Vec<u8>),
}

/// An answer in JSON.
pub fn ok(body: &Value) -> Step {
    Step::Answer(200, body.to_string().into_bytes())
}

/// An error of an AWS JSON protocol.
pub fn error(status: u16, code: &str, message: &str) -> Step {
    error_with(status, code, message, json!({}))
}

/// An error with more to say.
pub fn error_with(status: u16, code: &str, message: &str, more: Value) -> Step {
    let mut body = more;
    body["__type"] = json!(format!("com.amazonaws#{code}"));
    body["message"] = json!(message);
    Step::Answer(status, body.to_string().into_bytes())
}

/// An error of S3.
pub fn xml_error(status: u16, code: &str) -> Step {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>scripted</Message></Error>");
    Step::Answer(status, body.into_bytes())
}

/// What the server was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub line: String,
    pub operation: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A running server.
pub struct Scripted {
    pub clients: Clients,
    pub endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// Follows the steps; the last one is repeated.
    pub async fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let mut steps: VecDeque<Step> = steps.into_iter().collect();
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let step = if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() };
                serve(stream, step.unwrap(), &log).await;
            }
        });
        Self { clients: clients_at(&endpoint).await, endpoint, asked }
    }

    /// Everything asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The operations asked for, in order.
    pub fn operations(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.operation).collect()
    }
}

async fn serve(mut stream: TcpStream, step: Step, log: &Mutex<Vec<Asked>>) {
    let Some(asked) = read(&mut stream).await else { return };
    log.lock().unwrap().push(asked);
    let (status, body, missing) = match step {
        Step::Answer(status, body) => (status, body, 0),
        Step::BreakOff(body) => (200, body, 10),
        Step::HangUp => return,
    };
    let head =
        format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len() + missing);
    // The client may be gone.
    drop(stream.write_all(&[head.into_bytes(), body].concat()).await);
    drop(stream.shutdown().await);
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let header = |wanted: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map_or("", |(_, value)| value).to_owned()
            };
            let length = header("content-length").parse().unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let line = head.lines().next().unwrap().to_owned();
                let target = header("x-amz-target");
                let operation = target.rsplit('.').next().unwrap().to_owned();
                return Some(Asked { line, operation, body: bytes[end + 4..].to_vec() });
            }
        }
        let mut part = [0; 16 * 1024];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
        }
    }
}
