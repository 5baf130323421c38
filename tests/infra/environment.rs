//! The variables that the template gives each function are those that the function reads.

use crate::template::{FUNCTIONS, at, load, named, properties};
use boot::config::{Readers, VARIABLES};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a variable stands for: the resource or parameter it must refer to.
const MEANINGS: [(&str, &str); 18] = [
    ("TABLE_NAME", "Table"),
    ("LAKE_BUCKET", "LakeBucket"),
    ("RESULTS_BUCKET", "ResultsBucket"),
    ("BUILDS_QUEUE_URL", "BuildsQueue"),
    ("BACKTESTS_QUEUE_URL", "BacktestsQueue"),
    ("STEPS_QUEUE_URL", "StepsQueue"),
    ("UNITS_QUEUE_URL", "UnitsQueue"),
    ("DEAD_LETTERS_QUEUE_URL", "DeadLettersQueue"),
    ("BARLAKE_LOG", "LogLevel"),
    ("DRAFTING_PROVIDER", "DraftingProvider"),
    ("BEDROCK_MODEL_ID", "BedrockModelId"),
    ("APP_URL", "AppUrl"),
    ("ALLOWED_HOSTS", "AllowedHosts"),
    ("ALLOWED_ORIGINS", "AllowedOrigins"),
    ("ORIGIN_SECRET", "OriginSecret"),
    ("SWEEP_COMBINATIONS_MAX", "SweepCombinationsMax"),
    ("TENANT_WORK_AT_ONCE_MAX", "TenantWorkAtOnceMax"),
    ("TENANT_WORK_PER_DAY_MAX", "TenantWorkPerDayMax"),
];

/// A function's variables: everybody's and its own.
fn variables<'a>(template: &'a Value, function: &str) -> BTreeMap<&'a str, &'a Value> {
    let everybodys = at(template, "Globals/Function/Environment/Variables");
    let own = at(properties(template, function), "Environment/Variables");
    let all = [everybodys, own].into_iter().filter_map(Value::as_object).flatten();
    all.map(|(name, value)| (name.as_str(), value)).collect()
}

#[test]
fn functions_get_the_variables_they_read() {
    let Some(template) = load() else { return };
    for (name, function) in FUNCTIONS {
        let reads = |readers: Readers| match readers {
            Readers::All => true,
            Readers::Api => name == "api",
            Readers::Handlers => name != "api",
            Readers::Builder => name == "builder",
        };
        let mut expected: Vec<&str> =
            VARIABLES.iter().filter(|variable| reads(variable.readers)).map(|variable| variable.name).collect();
        expected.sort_unstable();
        let given: Vec<&str> = variables(template, function).into_keys().collect();
        assert_eq!(given, expected, "variables of {function}");
    }
}

#[test]
fn variables_mean_what_their_names_say() {
    let Some(template) = load() else { return };
    for (_, function) in FUNCTIONS {
        for (variable, value) in variables(template, function) {
            if variable == "FUNCTION_TIMEOUT_SECONDS" {
                let timeout = at(properties(template, function), "Timeout");
                assert_eq!(value.as_str().unwrap(), timeout.to_string(), "{function}: {variable}");
                continue;
            }
            let meaning = MEANINGS.iter().find(|(name, _)| *name == variable);
            assert_eq!(meaning.map(|(_, target)| *target), Some(named(value)), "{function}: {variable}");
        }
    }
}
