//! Looking a deployed stack up, as the operator's commands do.

use crate::cloud::{clients_at, create_stack, moto, stack, template};
use ports::queue::QueueUrls;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outputs_are_found() {
    let (_, stack) = stack("stacks").await;
    assert_eq!(
        (stack.table_name.as_str(), stack.lake_bucket.as_str(), stack.results_bucket.as_str()),
        ("stacks-table", "stacks-lake", "stacks-results")
    );
    assert_eq!(
        (stack.url.as_str(), stack.mcp_url.as_str()),
        ("https://barlake.example", "https://barlake.example/mcp")
    );
    let QueueUrls { builds, backtests, steps, units, dead_letters } = stack.queues;
    for (url, name) in [
        (builds, "stacks-builds"),
        (backtests, "stacks-backtests"),
        (steps, "stacks-steps"),
        (units, "stacks-units"),
        (dead_letters, "stacks-dead-letters"),
    ] {
        assert!(url.ends_with(&format!("/{name}")), "{url} is the address of {name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_named() {
    let mut older = template("stacks-older");
    older["Outputs"].as_object_mut().unwrap().remove("UnitsQueueUrl");
    create_stack("stacks-older", &older);
    let mut other = template("stacks-other");
    other["Outputs"] = json!({});
    create_stack("stacks-other", &other);
    let clients = clients_at(&moto().endpoint()).await;
    let cases = [
        ("stacks-none", "there is no stack stacks-none in region us-east-1"),
        ("stacks-older", "no output UnitsQueueUrl"),
        ("stacks-other", "no output TableName"),
    ];
    for (name, part) in cases {
        let text = clients.stack(name).await.unwrap_err().to_string();
        assert!(text.contains(part), "{part:?} is in {text:?}");
    }
}
