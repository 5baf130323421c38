//! The guide: sizes, completeness, and examples that check.

use crate::support::{catalogue, checked, data, terms, walk};
use strategy::guide::{EXAMPLES, TOPIC_CHARACTERS, render, topics};
use strategy::{Study, check_text, document_schema, indicators};

#[test]
fn every_topic_is_there_and_small() {
    let topics = topics();
    assert!(topics.len() > 11);
    for (topic, line) in &topics {
        let text = render(Some(topic)).unwrap_or_else(|| panic!("{topic} is listed but missing"));
        assert!(!line.is_empty());
        assert!(text.chars().count() < TOPIC_CHARACTERS, "{topic} has {} characters", text.chars().count());
        assert!(text.len() > 100, "{topic}");
        assert!(!text.contains("{{"), "{topic} has an unfilled place");
    }
    assert_eq!(render(None), render(Some("overview")));
    assert_eq!(render(Some("nonsense")), None);
}

#[test]
fn the_engine_document_is_whole() {
    let pages: String = topics()
        .iter()
        .filter(|(name, _)| name.starts_with("engine"))
        .map(|(name, _)| render(Some(name)).unwrap())
        .collect();
    let document = include_str!("../../shared/engine/ENGINE.md");
    for line in document.lines() {
        assert!(pages.contains(line), "lost: {line}");
    }
}

#[test]
fn every_indicator_is_in_the_guide() {
    let pages = topics().into_iter().filter(|(name, _)| name.starts_with("indicators") || *name == "candlesticks");
    let text: String = pages.map(|(name, _)| render(Some(name)).unwrap()).collect();
    for row in indicators::table().chain(indicators::talib_only()) {
        assert!(text.contains(&format!("`{}(", row.name)), "{} is missing", row.name);
    }
}

#[test]
fn json_in_the_guide_checks() {
    let mut found = 0;
    for (topic, _) in topics() {
        let text = render(Some(topic)).unwrap();
        for block in text.split("```json\n").skip(1) {
            let json = block.split("```").next().unwrap();
            if json.contains("\"market\"") {
                check_text(json, &catalogue(), None)
                    .unwrap_or_else(|problems| panic!("{topic}: {json}\n{problems:#?}"));
                found += 1;
            }
        }
    }
    assert!(found > EXAMPLES.len(), "only {found} documents in the guide");
}

#[test]
fn examples_run() {
    for (name, text) in EXAMPLES {
        let strategy = checked(&serde_json::from_str(text).unwrap());
        let series = strategy
            .symbols()
            .iter()
            .enumerate()
            .map(|(seed, symbol)| walk(symbol, "2024-03-04", "2024-03-15", seed as u64 + 3))
            .collect();
        let study = Study::new(&strategy, &data(series), &terms("2024-03-07", "2024-03-15"))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        study.full(&strategy.canonical_values()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!strategy.entry_rules().is_empty() && !strategy.assumptions().is_empty(), "{name}");
    }
}

#[test]
fn the_schema_is_small_and_names_every_key() {
    let schema = document_schema();
    assert!(schema.to_string().len() < 4_096, "{} bytes", schema.to_string().len());
    for key in ["market", "timeframe", "entry", "exit", "filters", "sizing", "window", "costs"] {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}
