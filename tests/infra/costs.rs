//! What the readme says things cost follows from recorded counts and dated prices, and an idle month from the template.

use crate::template::{at, load, of_type};
use serde_json::Value;
use std::fs;
use std::process::Command;

fn read(name: &str) -> Value {
    let text = fs::read_to_string(tests::repository().join("infra").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_tables_are_counts_times_prices() {
    let Some(python) = tests::python() else { return };
    let output = Command::new(python).arg(tests::repository().join("infra/cost.py")).arg("--check").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_price_says_where_it_is_from() {
    let prices = read("prices.json");
    assert_eq!(at(&prices, "as_of").as_str().unwrap().len(), "2026-11-21".len());
    for (name, price) in at(&prices, "prices").as_object().unwrap() {
        assert!(at(price, "usd").as_f64().unwrap() > 0.0 && at(price, "per").as_u64().unwrap() > 0, "{name}");
        for field in ["unit", "source", "checked"] {
            assert!(at(price, field).as_str().is_some_and(|text| !text.is_empty()), "{name} has no {field}");
        }
    }
    for (name, amount) in at(&prices, "free_each_month").as_object().unwrap() {
        assert!(amount.as_u64().unwrap() > 0 && !at(&prices, &format!("prices/{name}")).is_null(), "{name}");
    }
}

/// Counts of an idle month that was another template's would be wrong without anybody noticing.
#[test]
fn an_idle_month_is_the_templates() {
    let Some(template) = load() else { return };
    let counts = read("counts.json");
    let idle = at(&counts, "idle");
    let mappings = of_type(template, "AWS::Lambda::EventSourceMapping");
    assert_eq!(at(idle, "mappings").as_array().unwrap().len(), mappings.len());
    let alarms = of_type(template, "AWS::CloudWatch::Alarm");
    let metrics = alarms.iter().map(|(_, alarm)| match at(alarm, "Properties/Metrics").as_array() {
        Some(metrics) => metrics.iter().filter(|metric| !at(metric, "MetricStat").is_null()).count(),
        None => 1,
    });
    assert_eq!(*at(idle, "alarm_metrics"), metrics.sum::<usize>());
    assert_eq!(*at(idle, "alarms"), alarms.len());
    let memory = |function: &str| at(template, &format!("Parameters/{function}Memory/Default")).clone();
    let counted = ["api", "builder", "worker", "reducer"].map(|name| at(&counts, &format!("memory_mb/{name}")).clone());
    assert_eq!(counted, ["Api", "Builder", "Worker", "Reducer"].map(memory), "counted with other memories");
}
