//! What the environment says: region, endpoints, credentials. Each case runs in a process of its own.

use crate::scripted::{Scripted, xml_error};
use aws::Clients;
use ports::blobs::Blobs;
use ports::table::{Key, Table};
use std::process::{Command, Output};

/// Tells a child what to do.
const CALL: &str = "BARLAKE_AWS_TEST_CALL";

/// This test, alone, in a process that has only this environment.
async fn child(environment: Vec<(&'static str, String)>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "environment::is_read", "--nocapture"]).env_clear();
    command.envs([("HOME", "/nonexistent"), ("AWS_EC2_METADATA_DISABLED", "true")]).envs(environment);
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What the child says about its one call.
async fn call(which: &str) -> String {
    let clients = Clients::from_env().await;
    match which {
        "table" => format!("{:?}", clients.table("t").get(&Key::new("p", "s")).await),
        "blobs" => format!("{:?}", clients.blobs("bucket").get("a/b").await),
        other => panic!("no call {other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_read() {
    if let Ok(which) = std::env::var(CALL) {
        eprintln!("outcome: {}", call(&which).await);
        return;
    }
    let objects = Scripted::new([xml_error(404, "NoSuchKey")]).await;
    let keys = || vec![("AWS_ACCESS_KEY_ID", "id".to_owned()), ("AWS_SECRET_ACCESS_KEY", "secret".to_owned())];
    let region = || vec![("AWS_REGION", "eu-central-1".to_owned())];
    let nobody = || vec![("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned())];
    let at = |name| vec![(name, objects.endpoint.clone())];
    let cases = [
        ("blobs", [keys(), region(), at("AWS_ENDPOINT_URL")].concat(), "outcome: Ok(None)"),
        ("blobs", [keys(), region(), nobody(), at("AWS_ENDPOINT_URL_S3")].concat(), "outcome: Ok(None)"),
        ("table", [keys(), region(), nobody()].concat(), "outcome: Err(Unavailable("),
        ("table", [region(), nobody()].concat(), "no usable credentials"),
        ("table", keys(), "set AWS_REGION"),
    ];
    for (which, mut environment, expected) in cases {
        environment.push((CALL, which.to_owned()));
        let said = child(environment.clone()).await;
        assert!(said.contains(expected), "{expected:?} with {environment:?}: {said}");
    }
    for asked in objects.asked() {
        assert!(asked.line.starts_with("GET /bucket/a/b?"), "an endpoint is asked by path: {}", asked.line);
    }
    assert_eq!(objects.asked().len(), 2);
}
