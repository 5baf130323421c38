//! Names that other parts rely on: queues by the end of their name, stack outputs by key, functions by package.

use crate::template::{FUNCTIONS, at, load, named, of_type, properties};
use ports::queue::QueueName;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Each queue's resource.
pub fn resource(queue: QueueName) -> &'static str {
    match queue {
        QueueName::Builds => "BuildsQueue",
        QueueName::Backtests => "BacktestsQueue",
        QueueName::Steps => "StepsQueue",
        QueueName::Units => "UnitsQueue",
        QueueName::DeadLetters => "DeadLettersQueue",
    }
}

/// What `barlake --stack` and the emulation read, and the resource behind it; the URLs are written out.
const OUTPUTS: [(&str, &str); 11] = [
    ("Url", ""),
    ("McpUrl", ""),
    ("FunctionUrl", "ApiFunctionUrl"),
    ("TableName", "Table"),
    ("LakeBucket", "LakeBucket"),
    ("ResultsBucket", "ResultsBucket"),
    ("BuildsQueueUrl", "BuildsQueue"),
    ("BacktestsQueueUrl", "BacktestsQueue"),
    ("StepsQueueUrl", "StepsQueue"),
    ("UnitsQueueUrl", "UnitsQueue"),
    ("DeadLettersQueueUrl", "DeadLettersQueue"),
];

#[test]
fn queues_end_in_their_names() {
    let Some(template) = load() else { return };
    for queue in QueueName::ALL {
        let expected = format!("${{AWS::StackName}}-{}", queue.as_str().replace('_', "-"));
        assert_eq!(at(properties(template, resource(queue)), "QueueName"), &json!({ "Fn::Sub": expected }));
    }
    assert_eq!(of_type(template, "AWS::SQS::Queue").len(), QueueName::ALL.len());
}

#[test]
fn outputs_are_complete() {
    let Some(template) = load() else { return };
    let outputs = at(template, "Outputs").as_object().unwrap();
    let found: BTreeSet<&str> = outputs.keys().map(String::as_str).collect();
    assert_eq!(found, OUTPUTS.iter().map(|(name, _)| *name).collect());
    for (name, target) in OUTPUTS.iter().filter(|(_, target)| !target.is_empty()) {
        assert_eq!(&named(at(&outputs[*name], "Value")), target, "output {name}");
    }
}

#[test]
fn functions_are_built_of_their_packages() {
    let Some(template) = load() else { return };
    let global = at(template, "Globals/Function");
    assert_eq!(at(global, "Runtime"), "provided.al2023");
    assert_eq!(at(global, "Architectures"), &json!(["arm64"]));
    assert_eq!(at(global, "Handler"), "bootstrap");
    for (name, function) in FUNCTIONS {
        let resource = at(at(template, "Resources"), function);
        assert_eq!(
            at(resource, "Metadata"),
            &json!({ "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": name } })
        );
        assert_eq!(at(resource, "Properties/CodeUri"), &Value::from(format!("../functions/{name}/")));
        assert!(tests::repository().join(format!("functions/{name}/Cargo.toml")).is_file());
    }
    assert_eq!(of_type(template, "AWS::Serverless::Function").len(), FUNCTIONS.len());
}
