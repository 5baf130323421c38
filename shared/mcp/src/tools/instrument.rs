//! Tools of the public catalogue: instruments, contract terms and the rules guide. No key is needed.

use super::{Card, Effect, Tool};
use crate::answer::Answer;
use app::view::{ContractSpec, InstrumentList, RulesGuide};
use app::{AppError, Desk, instrument};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::open(LIST, list), Tool::open(SPEC, contract_spec), Tool::open(GUIDE, rules_guide)]
}

const LIST: Card = Card {
    name: "list_instruments",
    title: "List instruments",
    description: "Symbols that can be traded, those with data first, with their coverage (first and last bar, bar count, snapshot). Only symbols with coverage can be backtested.",
    effect: Effect::Reads,
};

/// Kind of instrument.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Class {
    Future,
    Crypto,
    Fx,
    Stock,
    Etf,
}

impl Class {
    const fn word(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Crypto => "crypto",
            Self::Fx => "fx",
            Self::Stock => "stock",
            Self::Etf => "etf",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Part of a symbol or name, for example "nasdaq".
    query: Option<String>,
    asset_class: Option<Class>,
    /// next_cursor of the previous page.
    cursor: Option<String>,
}

async fn list(desk: Desk, input: List) -> Result<Answer<InstrumentList>, AppError> {
    let class = input.asset_class.map(Class::word);
    let found = instrument::list(&desk, input.query.as_deref(), class, input.cursor.as_deref()).await?;
    let stored: Vec<&str> =
        found.instruments.iter().filter(|one| !one.coverage.is_empty()).map(|one| one.symbol.as_str()).collect();
    let with_data = if stored.is_empty() { "none on this page".to_owned() } else { stored.join(", ") };
    let summary = format!("{} of {} instrument(s); with data: {with_data}.", found.instruments.len(), found.total);
    let next = match &found.pagination.next_cursor {
        Some(cursor) => {
            format!("list_instruments with cursor \"{cursor}\" for more, or a query; get_contract_spec for one.")
        }
        None => "get_contract_spec for terms and costs, or create_strategy with a symbol that has data.".to_owned(),
    };
    Ok(Answer::new(found, summary, next))
}

const SPEC: Card = Card {
    name: "get_contract_spec",
    title: "Get contract terms",
    description: "Tick size and value, point value, currency, session hours, roll and default costs of a symbol (\"MNQ\") or a plain name (\"Micro Nasdaq\").",
    effect: Effect::Reads,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Spec {
    /// Symbol or plain name.
    symbol: String,
}

async fn contract_spec(desk: Desk, input: Spec) -> Result<Answer<ContractSpec>, AppError> {
    let spec = instrument::contract_spec(&desk, &input.symbol).await?;
    let summary = format!(
        "{} ({}): tick {} worth {} {}, point value {}.",
        spec.symbol, spec.name, spec.tick_size, spec.tick_value, spec.currency, spec.point_value
    );
    let next = format!(
        "list_instruments shows whether it has data; write \"market\": \"{}\" in the rules document of create_strategy.",
        spec.symbol
    );
    Ok(Answer::new(spec, summary, next))
}

const GUIDE: Card = Card {
    name: "get_rules_guide",
    title: "Read the rules guide",
    description: "The rules language for create_strategy. Without topic: the overview and all topics. Read topic \"examples\" for whole documents and \"indicators\" for names and arguments before writing rules.",
    effect: Effect::Reads,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Guide {
    /// For example document, expressions, indicators, exits, parameters, examples.
    topic: Option<String>,
}

async fn rules_guide(_: Desk, input: Guide) -> Result<Answer<RulesGuide>, AppError> {
    let mut guide = instrument::rules_guide(input.topic.as_deref())?;
    if input.topic.is_some() {
        // The lines about the topics are in the overview; a long page has room for their names only.
        let names = guide.topics.iter().filter_map(|topic| topic.get("topic").and_then(Value::as_str));
        guide.topics = names.map(Value::from).collect();
    }
    let summary = format!("The rules language: {}.", guide.topic);
    let next = "get_rules_guide with another topic, or create_strategy with a rules document.";
    Ok(Answer::new(guide, summary, next))
}
