//! Environments: what is read, what is left open, and everything that is wrong with one, by name.

use boot::config::{ApiConfig, HandlerConfig, Readers, VARIABLES};
use std::collections::BTreeMap;

/// A whole environment of a function.
pub fn environment() -> BTreeMap<String, String> {
    let queue = |name: &str| format!("https://sqs.eu-central-1.amazonaws.com/123456789012/barlake-{name}");
    let mut all: BTreeMap<String, String> = [
        ("TABLE_NAME", "barlake"),
        ("LAKE_BUCKET", "barlake-lake"),
        ("RESULTS_BUCKET", "barlake-results"),
        ("FUNCTION_TIMEOUT_SECONDS", "60"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    for (name, ending) in [
        ("BUILDS_QUEUE_URL", "builds"),
        ("BACKTESTS_QUEUE_URL", "backtests"),
        ("STEPS_QUEUE_URL", "steps"),
        ("UNITS_QUEUE_URL", "units"),
        ("DEAD_LETTERS_QUEUE_URL", "dead-letters"),
    ] {
        all.insert(name.to_owned(), queue(ending));
    }
    all
}

fn with(changes: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let mut all = environment();
    all.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    move |name| all.get(name).cloned()
}

#[test]
fn a_whole_environment_is_read() {
    let config = HandlerConfig::read(&with(&[])).unwrap();
    assert_eq!(config.timeout_seconds, 60);
    assert_eq!(config.stack.table_name, "barlake");
    assert_eq!(config.stack.threads(), 1);
    assert_eq!(config.stack.warm_bytes(), 752 * 1024 * 1024);
    assert!(config.stack.queues.dead_letters.ends_with("/barlake-dead-letters"));
}

#[test]
fn what_the_operator_leaves_empty_is_open() {
    let blank = with(&[("APP_URL", ""), ("ALLOWED_HOSTS", " "), ("ORIGIN_SECRET", ""), ("SWEEP_COMBINATIONS_MAX", "")]);
    let config = ApiConfig::read(&blank).unwrap();
    assert_eq!(config.app_url, None);
    assert!(config.allowed_hosts.is_empty());
    assert_eq!(config.origin_secret, None);
    assert_eq!(config.work, boot::config::WorkConfig::default());
}

#[test]
fn what_the_operator_says_is_read() {
    let said = with(&[
        ("APP_URL", "https://barlake.example/"),
        ("ALLOWED_HOSTS", "barlake.example, b.example:8443,"),
        ("ALLOWED_ORIGINS", "https://a.example"),
        ("ORIGIN_SECRET", "s3cret"),
        ("TENANT_WORK_PER_DAY_MAX", "1000000"),
    ]);
    let config = ApiConfig::read(&said).unwrap();
    assert_eq!(config.app_url.as_deref(), Some("https://barlake.example"));
    assert_eq!(config.allowed_hosts, ["barlake.example", "b.example:8443"]);
    assert_eq!(config.allowed_origins, ["https://a.example"]);
    assert_eq!(config.origin_secret.as_deref(), Some("s3cret"));
    assert_eq!(config.work.tenant_work_per_day_max, Some(1_000_000));
}

#[test]
fn every_problem_is_named_at_once() {
    let nothing = HandlerConfig::read(&|_| None).unwrap_err();
    let required = VARIABLES.iter().filter(|variable| variable.required && variable.readers != Readers::Api);
    for variable in required {
        assert!(nothing.to_string().contains(variable.name), "{nothing}: {}", variable.name);
    }
    let wrong = with(&[
        ("TABLE_NAME", ""),
        ("APP_URL", "barlake.example"),
        ("SWEEP_COMBINATIONS_MAX", "many"),
        ("TENANT_WORK_AT_ONCE_MAX", "0"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "-1"),
    ]);
    let problems = ApiConfig::read(&wrong).map(|_| ()).unwrap_err().problems;
    let named: Vec<&str> = problems.iter().filter_map(|problem| problem.split(' ').next()).collect();
    assert_eq!(
        named,
        [
            "TABLE_NAME",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "APP_URL",
            "SWEEP_COMBINATIONS_MAX",
            "TENANT_WORK_AT_ONCE_MAX"
        ]
    );
}

/// What is read and what the list says is read are the same.
#[test]
fn the_list_of_variables_is_what_is_read() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let all = environment();
    let note = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        all.get(name).cloned()
    };
    let apis = [Readers::All, Readers::Api];
    let handlers = [Readers::All, Readers::Handlers, Readers::Builder];
    for (readers, lists) in [(Readers::Api, apis.as_slice()), (Readers::Handlers, handlers.as_slice())] {
        asked.borrow_mut().clear();
        match readers {
            Readers::Api => assert!(ApiConfig::read(&note).is_ok()),
            Readers::Handlers | Readers::All | Readers::Builder => assert!(HandlerConfig::read(&note).is_ok()),
        }
        // Read by telemetry and set by the platform.
        let mut seen = asked.borrow().clone();
        seen.insert("BARLAKE_LOG".to_owned());
        seen.remove("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
        let listed = VARIABLES.iter().filter(|variable| lists.contains(&variable.readers));
        assert_eq!(seen, listed.map(|variable| variable.name.to_owned()).collect());
    }
}
