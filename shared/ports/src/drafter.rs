//! The drafting port: a strategy in English into a rules document, and a language model it may ask.

use crate::PortError;
use async_trait::async_trait;
use domain::artifact::PlanItem;
use domain::operation::ModelTokens;
use market::{Catalogue, TradingDate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who reads the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provider {
    /// The built-in grammar: free, offline, the same answer every time.
    #[default]
    Grammar,
    /// A language model on Amazon Bedrock.
    Bedrock,
    /// The grammar, and the model for what the grammar could not read.
    Auto,
}

impl Provider {
    /// Every provider by the name that calls and configuration use.
    pub const NAMED: [(&'static str, Self); 3] =
        [("grammar", Self::Grammar), ("bedrock", Self::Bedrock), ("auto", Self::Auto)];

    /// The provider of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, provider)| *provider)
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftKind {
    /// A new strategy.
    Describe,
    /// Changes to an existing one.
    Change {
        /// Its canonical document.
        document: Value,
        /// The document of the version before it, for "undo".
        before: Option<Value>,
    },
}

/// A text to be read.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// What is asked for.
    pub kind: DraftKind,
    /// The user's words: data, never instructions.
    pub text: String,
    /// Who reads it; the configured provider when none is named.
    pub provider: Option<Provider>,
    /// Known instruments.
    pub instruments: Arc<Catalogue>,
    /// First and last trading date of every symbol with data.
    pub spans: BTreeMap<String, (TradingDate, TradingDate)>,
    /// Today, UTC.
    pub today: TradingDate,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// A rules document that passes the checker.
    pub document: Value,
    /// Each phrase and the part of the document it became.
    pub plan: Vec<PlanItem>,
    /// What was assumed where the text was silent or could be read in two ways.
    pub assumptions: Vec<String>,
    /// Phrases that nothing in the document stands for.
    pub unhandled: Vec<String>,
    /// Tokens a language model read and wrote for it; `None` where none was asked.
    pub tokens: Option<ModelTokens>,
}

/// Words that can be read in several ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The words.
    pub phrase: String,
    /// What they can mean.
    pub choices: Vec<String>,
}

impl Question {
    /// A question about `phrase`.
    #[must_use]
    pub fn new(phrase: impl Into<String>, choices: impl IntoIterator<Item = String>) -> Self {
        Self { phrase: phrase.into(), choices: choices.into_iter().collect() }
    }
}

/// Why a text became no document: what is missing, ambiguous or contradictory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {next}")]
pub struct DraftFailure {
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to write instead.
    pub next: String,
    /// The ambiguous words with the choices.
    pub questions: Vec<Question>,
    /// Phrases that could not be read.
    pub unhandled: Vec<String>,
}

impl DraftFailure {
    /// A failure with a question.
    #[must_use]
    pub fn asking(message: impl Into<String>, question: Question, next: impl Into<String>) -> Self {
        Self { questions: vec![question], ..Self::new(message, next) }
    }

    /// A failure without one.
    #[must_use]
    pub fn new(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self { message: message.into(), next: next.into(), questions: Vec::new(), unhandled: Vec::new() }
    }

    /// The same, handing back the words it is about.
    #[must_use]
    pub fn about(self, words: impl Into<String>) -> Self {
        Self { unhandled: vec![words.into()], ..self }
    }
}

/// Why a drafter gave no draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The text is at fault: final, for the user to mend.
    #[error(transparent)]
    Text(#[from] DraftFailure),
    /// The provider is: it may work later.
    #[error(transparent)]
    Provider(#[from] PortError),
}

/// Reads strategies in English.
#[async_trait]
pub trait Drafter: Send + Sync {
    /// The document of a text.
    ///
    /// # Errors
    /// [`DraftError`].
    async fn draft(&self, request: &DraftRequest) -> Result<Draft, DraftError>;
}

/// One turn of a conversation with a model.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelTurn {
    /// What the user says.
    User(String),
    /// What the model answered: the object of its structured output.
    Model(Value),
}

/// A question to a language model, answered by one JSON object.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRequest {
    /// Instructions.
    pub system: String,
    /// The conversation so far, the user's turn last.
    pub turns: Vec<ModelTurn>,
    /// JSON Schema of the answer.
    pub schema: Value,
    /// Most tokens of the answer.
    pub output_tokens_max: u32,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAnswer {
    /// The object.
    pub object: Value,
    /// What it took.
    pub tokens: ModelTokens,
}

/// A language model with structured output.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Asks it.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be reached, refuses, or answers with something else.
    async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, PortError>;
}
