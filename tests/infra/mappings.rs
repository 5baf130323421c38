//! Who consumes what, and that timeouts, visibility, retention and the code's own pauses fit together.

use crate::names::resource;
use crate::template::{FUNCTIONS, at, load, named, number, of_type, properties};
use domain::limits::{WAIT_MARGIN_SECONDS, WAIT_SECONDS_MAX, WATCH_DELAY_SECONDS, WATCH_DELAY_SECONDS_MAX};
use ports::queue::{DELAY_SECONDS_MAX, QueueName, RECEIVES_MAX, VISIBILITY_SECONDS_MAX};
use serde_json::{Value, json};

/// Queue, function, messages handed over at once.
const MAPPINGS: [(QueueName, &str, u64); 5] = [
    (QueueName::Builds, "BuilderFunction", 5),
    (QueueName::Backtests, "WorkerFunction", 1),
    (QueueName::Steps, "ReducerFunction", 5),
    (QueueName::Units, "WorkerFunction", 1),
    (QueueName::DeadLetters, "ReducerFunction", 5),
];

/// What Lambda allows as the most executions of one mapping.
const CONCURRENCY: std::ops::RangeInclusive<u64> = 2..=1000;

fn mapping(template: &Value, queue: QueueName) -> &Value {
    let mut all = of_type(template, "AWS::Lambda::EventSourceMapping").into_iter().map(|(_, it)| at(it, "Properties"));
    all.find(|it| named(at(it, "EventSourceArn")) == resource(queue))
        .unwrap_or_else(|| panic!("nobody takes {queue:?}"))
}

fn timeout(template: &Value, function: &str) -> u64 {
    number(template, at(properties(template, function), "Timeout"))
}

#[test]
fn every_queue_is_consumed_as_agreed() {
    let Some(template) = load() else { return };
    assert_eq!(of_type(template, "AWS::Lambda::EventSourceMapping").len(), MAPPINGS.len());
    for (queue, function, batch) in MAPPINGS {
        let mapping = mapping(template, queue);
        assert_eq!(named(at(mapping, "FunctionName")), function, "{queue:?}");
        assert_eq!(at(mapping, "BatchSize"), &json!(batch), "{queue:?}");
        // Without it, an answer that names failures deletes every message of the batch.
        assert_eq!(at(mapping, "FunctionResponseTypes"), &json!(["ReportBatchItemFailures"]), "{queue:?}");
        let most = number(template, at(mapping, "ScalingConfig/MaximumConcurrency"));
        assert!(CONCURRENCY.contains(&most), "{queue:?}: {most} at once");
    }
}

#[test]
fn a_died_delivery_comes_back_after_its_function_has_surely_ended() {
    let Some(template) = load() else { return };
    for (queue, function, _) in MAPPINGS {
        let visibility = number(template, at(properties(template, resource(queue)), "VisibilityTimeout"));
        assert!(visibility >= 2 * timeout(template, function), "{queue:?}: visible again after {visibility} s");
        assert!(visibility <= u64::from(VISIBILITY_SECONDS_MAX));
    }
}

#[test]
fn messages_outlive_pauses_and_outages() {
    let Some(template) = load() else { return };
    let letters = properties(template, "DeadLettersQueue");
    let letters_kept = number(template, at(letters, "MessageRetentionPeriod"));
    for queue in QueueName::ALL.into_iter().filter(|queue| *queue != QueueName::DeadLetters) {
        let source = properties(template, resource(queue));
        let kept = number(template, at(source, "MessageRetentionPeriod"));
        let visibility = number(template, at(source, "VisibilityTimeout"));
        // A dead letter keeps the age it had: it needs the longer time.
        assert!(kept < letters_kept, "{queue:?}");
        assert!(
            kept > u64::from(WATCH_DELAY_SECONDS_MAX.max(DELAY_SECONDS_MAX)) + u64::from(RECEIVES_MAX) * visibility
        );
        assert_eq!(at(source, "RedrivePolicy/maxReceiveCount"), &json!(RECEIVES_MAX), "{queue:?}");
        assert_eq!(named(at(source, "RedrivePolicy/deadLetterTargetArn")), "DeadLettersQueue");
    }
    assert!(at(letters, "RedrivePolicy").is_null(), "dead letters have nowhere to go");
    let allowed: Vec<String> = QueueName::ALL
        .into_iter()
        .filter(|queue| *queue != QueueName::DeadLetters)
        .map(|queue| {
            format!(
                "arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:${{AWS::StackName}}-{}",
                queue.as_str()
            )
        })
        .collect();
    let found = at(letters, "RedriveAllowPolicy/sourceQueueArns").as_array().unwrap().iter();
    assert_eq!(found.map(|arn| at(arn, "Fn::Sub").as_str().unwrap()).collect::<Vec<_>>(), allowed);
}

#[test]
fn functions_have_the_time_their_work_takes() {
    let Some(template) = load() else { return };
    assert!(
        timeout(template, "ApiFunction") >= WAIT_SECONDS_MAX + WAIT_MARGIN_SECONDS,
        "the longest wait does not fit"
    );
    for (_, function) in FUNCTIONS.into_iter().filter(|(name, _)| *name != "api") {
        // Or a watch would send work again that is still running.
        assert!(timeout(template, function) <= u64::from(WATCH_DELAY_SECONDS), "{function}");
    }
}

#[test]
fn only_the_reducer_may_call_itself_for_long() {
    let Some(template) = load() else { return };
    for (name, function) in FUNCTIONS {
        let expected = if name == "reducer" { json!("Allow") } else { Value::Null };
        assert_eq!(at(properties(template, function), "RecursiveLoop"), &expected, "{function}");
    }
}
