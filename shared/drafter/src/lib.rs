//! Strategies in English into rules documents: the built-in grammar, a language model, or the grammar first.
//!
//! The grammar is pure and knows no clock; only the model talks to somebody, through the port it is given.
#![allow(clippy::wildcard_enum_match_arm, reason = "a phrase is asked for one thing, whatever else it could be")]

pub mod grammar;
mod model;

use async_trait::async_trait;
use grammar::{Span, Surroundings};
use ports::drafter::{Draft, DraftError, DraftFailure, DraftKind, DraftRequest, Drafter, LanguageModel, Provider};
use std::sync::Arc;

/// Reads texts with the grammar, with a model where one is configured, or with both.
#[derive(Clone, Default)]
pub struct Drafting {
    model: Option<Arc<dyn LanguageModel>>,
    provider: Provider,
}

impl Drafting {
    /// The grammar alone.
    #[must_use]
    pub fn grammar() -> Self {
        Self::default()
    }

    /// With a model; `provider` reads where a call names none.
    #[must_use]
    pub fn with_model(model: Arc<dyn LanguageModel>, provider: Provider) -> Self {
        Self { model: Some(model), provider }
    }
}

#[async_trait]
impl Drafter for Drafting {
    async fn draft(&self, request: &DraftRequest) -> Result<Draft, DraftError> {
        let provider = request.provider.unwrap_or(self.provider);
        match (provider, &self.model) {
            (Provider::Grammar, _) | (Provider::Auto, None) => Ok(read(request)?),
            (Provider::Bedrock, Some(model)) => model::draft(model.as_ref(), request, None).await,
            (Provider::Auto, Some(model)) => match read(request) {
                Ok(draft) if draft.unhandled.is_empty() => Ok(draft),
                outcome => model::draft(model.as_ref(), request, Some(&outcome)).await,
            },
            (Provider::Bedrock, None) => Err(DraftFailure::new(
                "no language model is configured on this server",
                "leave `provider` out: the built-in grammar reads plain trading English",
            )
            .into()),
        }
    }
}

/// What the grammar makes of a request.
///
/// # Errors
/// What is missing, ambiguous or contradictory.
pub fn read(request: &DraftRequest) -> Result<Draft, DraftFailure> {
    let span = |symbol: &str| request.spans.get(symbol).map(|(first, last)| Span { first: *first, last: *last });
    let with_data: Vec<String> = request.spans.keys().cloned().collect();
    let around = Surroundings::new(&request.instruments, &span, &with_data, request.today);
    match &request.kind {
        DraftKind::Describe => grammar::describe(&request.text, &around),
        DraftKind::Change { document, before } => grammar::change(&request.text, document, before.as_ref(), &around),
    }
}
