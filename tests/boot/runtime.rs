//! A Lambda runtime of our own around a built function: it hands out events and takes the answers.
//!
//! The same loopback server answers for AWS: nothing is stored there.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use http::{Response, StatusCode};
use serde_json::Value;
use std::collections::VecDeque;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Longest wait for a function to answer all of its events.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Board {
    events: Mutex<VecDeque<Value>>,
    answers: Mutex<Vec<(StatusCode, Value)>>,
    answered: Notify,
}

/// What a function answered, and what it logged.
pub struct Finished {
    pub answers: Vec<Value>,
    pub log: String,
}

/// Runs a function over events, in order, and stops it.
pub async fn run(function: &str, environment: &[(&str, &str)], events: Vec<Value>) -> Finished {
    let wanted = events.len();
    let board = Arc::new(Board { events: Mutex::new(events.into()), ..Board::default() });
    let address = serve(&board).await;
    let mut child = started(function, &address, environment);
    let all = async {
        while board.answers.lock().unwrap().len() < wanted {
            board.answered.notified().await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, all).await;
    child.kill().unwrap();
    let Output { stdout, stderr, .. } = child.wait_with_output().unwrap();
    let log = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(in_time.is_ok(), "{function} did not answer: {log}");
    let answers = std::mem::take(&mut *board.answers.lock().unwrap());
    let values = answers.into_iter().map(|(kind, answer)| {
        assert!(kind.is_success(), "{function} failed an invocation: {answer}: {log}");
        answer
    });
    Finished { answers: values.collect(), log }
}

/// Starts a function that ends by itself: its log, and whether it ended well.
pub fn refused(function: &str, environment: &[(&str, &str)]) -> (String, bool) {
    let Output { stdout, stderr, status } = started(function, "127.0.0.1:9", environment).wait_with_output().unwrap();
    (format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)), status.success())
}

fn started(function: &str, address: &str, environment: &[(&str, &str)]) -> Child {
    Command::new(tests::program::function(function))
        .env_clear()
        .envs(environment.iter().copied())
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", function)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008")
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

async fn serve(board: &Arc<Board>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let board = Arc::clone(board);
    let router = Router::new().fallback(move |request: Request| {
        let board = Arc::clone(&board);
        async move { answer(&board, request).await }
    });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn answer(board: &Board, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path: Vec<&str> = parts.uri.path().trim_matches('/').split('/').collect();
    let (kind, status) = match path.as_slice() {
        ["2018-06-01", "runtime", "invocation", "next"] => return next(board).await,
        ["2018-06-01", "runtime", "invocation", _, "response"] => (StatusCode::OK, StatusCode::ACCEPTED),
        ["2018-06-01", "runtime", ..] => (StatusCode::INTERNAL_SERVER_ERROR, StatusCode::ACCEPTED),
        _ => return nothing_stored(),
    };
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    board.answers.lock().unwrap().push((kind, value));
    board.answered.notify_one();
    Response::builder().status(status).body(Body::empty()).unwrap()
}

async fn next(board: &Board) -> Response<Body> {
    let event = board.events.lock().unwrap().pop_front();
    let Some(event) = event else { return std::future::pending().await };
    Response::builder()
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        // Long past, as the local emulator sends it.
        .header("lambda-runtime-deadline-ms", "600000")
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
        .body(Body::from(event.to_string()))
        .unwrap()
}

/// What S3 says of an object that is not there; the other services' clients take it for a failure.
fn nothing_stored() -> Response<Body> {
    let body = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";
    Response::builder().status(404).header("content-type", "application/xml").body(Body::from(body)).unwrap()
}
