//! Alarms that can fire: their metrics exist, somebody is told, and the runbook says what to do.

use crate::template::{at, listed, load, named, of_type, properties};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// More would not be read.
const ALARMS_MAX: usize = 10;

/// Metrics that AWS publishes, and the dimension that names the thing: namespace, metric, dimension.
const KNOWN: [(&str, &str, &str); 14] = [
    ("AWS/Lambda", "ConcurrentExecutions", "FunctionName"),
    ("AWS/Lambda", "Duration", "FunctionName"),
    ("AWS/Lambda", "Errors", "FunctionName"),
    ("AWS/Lambda", "Invocations", "FunctionName"),
    ("AWS/Lambda", "Throttles", "FunctionName"),
    ("AWS/Lambda", "Url4xxCount", "FunctionName"),
    ("AWS/Lambda", "Url5xxCount", "FunctionName"),
    ("AWS/Lambda", "UrlRequestCount", "FunctionName"),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName"),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName"),
    ("AWS/DynamoDB", "ReadThrottleEvents", "TableName"),
    ("AWS/DynamoDB", "WriteThrottleEvents", "TableName"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"),
];

const OWN_NAMESPACE: &str = "Barlake/${AWS::StackName}";

/// Metric filters: the name a log line gives, and the log groups it is looked for in.
const LOGGED: [(&str, &[&str]); 3] = [
    ("batch_age_seconds", &["ReducerLogs"]),
    ("dead_letters_received", &["ReducerLogs"]),
    ("slices_failed", &["ReducerLogs", "WorkerLogs"]),
];

fn check_metric(what: &str, namespace: &str, metric: &str, dimension: Option<&str>) {
    let known = KNOWN.iter().any(|it| *it == (namespace, metric, dimension.unwrap_or_default()));
    let own = namespace == OWN_NAMESPACE && dimension.is_none() && LOGGED.iter().any(|(name, _)| *name == metric);
    assert!(known || own, "{what}: nobody publishes {namespace} {metric} by {dimension:?}");
}

/// A namespace, plain or with the stack's name in it.
fn text(value: &Value) -> &str {
    value.as_str().or_else(|| at(value, "Fn::Sub").as_str()).unwrap()
}

fn metrics(alarm: &Value) -> Vec<&Value> {
    if at(alarm, "Metrics").is_null() {
        return vec![alarm];
    }
    let all = listed(at(alarm, "Metrics")).into_iter().map(|it| at(it, "MetricStat/Metric"));
    all.filter(|metric| !metric.is_null()).collect()
}

#[test]
fn alarms_watch_what_exists() {
    let Some(template) = load() else { return };
    let alarms = of_type(template, "AWS::CloudWatch::Alarm");
    assert!(!alarms.is_empty() && alarms.len() <= ALARMS_MAX, "{} alarms", alarms.len());
    for (name, alarm) in alarms {
        let alarm = at(alarm, "Properties");
        for metric in metrics(alarm) {
            let dimension = at(metric, "Dimensions/0/Name").as_str();
            check_metric(name, text(at(metric, "Namespace")), at(metric, "MetricName").as_str().unwrap(), dimension);
            if dimension.is_some() {
                properties(template, named(at(metric, "Dimensions/0/Value")));
            }
        }
        // Nothing happening is how it should be, not a reason to ring.
        assert_eq!(at(alarm, "TreatMissingData"), "notBreaching", "{name}");
        assert_eq!(at(alarm, "AlarmActions/Fn::If/0"), "HasAlarmEmail", "{name} tells nobody");
    }
}

#[test]
fn expressions_name_their_metrics() {
    let Some(template) = load() else { return };
    for (name, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let parts = listed(at(alarm, "Properties/Metrics"));
        let ids: BTreeSet<&str> = parts.iter().filter_map(|part| at(part, "Id").as_str()).collect();
        for expression in parts.iter().filter_map(|part| at(part, "Expression").as_str()) {
            let words = expression.split(|letter: char| !letter.is_ascii_lowercase()).filter(|word| !word.is_empty());
            let words: BTreeSet<&str> = words.collect();
            assert!(words.is_subset(&ids) && words.len() == ids.len() - 1, "{name}: {expression}");
        }
    }
}

#[test]
fn log_lines_become_metrics() {
    let Some(template) = load() else { return };
    let mut found = BTreeSet::new();
    for (name, filter) in of_type(template, "AWS::Logs::MetricFilter") {
        let filter = at(filter, "Properties");
        let transformation = at(filter, "MetricTransformations/0");
        let metric = at(transformation, "MetricName").as_str().unwrap();
        assert_eq!(at(filter, "FilterPattern"), &Value::from(format!("{{ $.metric = \"{metric}\" }}")), "{name}");
        assert_eq!(at(transformation, "MetricValue"), "$.value", "{name}");
        assert_eq!(text(at(transformation, "MetricNamespace")), OWN_NAMESPACE, "{name}");
        found.insert((metric, named(at(filter, "LogGroupName"))));
    }
    let expected = LOGGED.iter().flat_map(|(metric, groups)| groups.iter().map(|group| (*metric, *group))).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_runbook_has_a_section_for_every_alarm() {
    let Some(template) = load() else { return };
    let readme = fs::read_to_string(tests::repository().join("infra/README.md")).unwrap().to_lowercase();
    for (name, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let description = at(alarm, "Properties/AlarmDescription").as_str().unwrap();
        let section = description.split_once("Runbook: ").unwrap().1.trim_end_matches('.');
        assert!(readme.contains(&format!("\n### {section}\n")), "{name}: infra/README.md has no section {section:?}");
    }
}

#[test]
fn the_dashboard_shows_what_exists() {
    let Some(template) = load() else { return };
    let body = at(properties(template, "Dashboard"), "DashboardBody/Fn::Sub").as_str().unwrap();
    let dashboard: Value = serde_json::from_str(body).unwrap();
    let widgets = listed(at(&dashboard, "widgets"));
    assert!(!widgets.is_empty());
    for widget in widgets {
        let title = at(widget, "properties/title").as_str().unwrap();
        for metric in listed(at(widget, "properties/metrics")) {
            let words: Vec<&str> = listed(metric).into_iter().filter_map(Value::as_str).collect();
            let (namespace, name) = (words.first().copied().unwrap(), words.get(1).copied().unwrap());
            check_metric(title, namespace, name, words.get(2).copied());
            if let Some(thing) = words.get(3) {
                let thing = thing.trim_start_matches("${").trim_end_matches('}');
                properties(template, thing.split('.').next().unwrap());
            }
        }
    }
}

/// Every `metric = "…"` below a folder.
fn logged_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            logged_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("metric = \"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(names.map(ToOwned::to_owned));
        }
    }
}

#[test]
fn every_metric_that_is_logged_is_looked_for() {
    let mut found = BTreeSet::new();
    logged_in(&tests::repository().join("shared/app/src"), &mut found);
    let unknown: Vec<&String> =
        found.iter().filter(|metric| LOGGED.iter().all(|(name, _)| name != &metric.as_str())).collect();
    assert!(unknown.is_empty(), "no metric filter: {unknown:?}");
}
