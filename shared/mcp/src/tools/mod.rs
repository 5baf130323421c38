//! Tools as data: name, title, description, hints, schemas and handler, one file per resource, in one fixed order.

mod backtest;
mod figures;
mod instrument;
mod optimization;
mod session;
mod strategy;
mod task;

use crate::answer::{self, Answer};
use crate::near::near;
use crate::visitor::Visitor;
use crate::{arguments, schema};
use app::{AppError, Caller, Desk, ErrorKind};
use futures::future::BoxFuture;
use rmcp::model::{CallToolResult, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What calling a tool does to the account; told to clients as annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Looks only.
    Reads,
    /// Adds something each time.
    Creates,
    /// Sets something; the same call again changes nothing more.
    Sets,
    /// Removes something for good.
    Deletes,
}

impl Effect {
    fn annotations(self, title: &str) -> ToolAnnotations {
        let (reads, destructive, idempotent) = match self {
            Self::Reads => (true, false, true),
            Self::Creates => (false, false, false),
            Self::Sets => (false, false, true),
            Self::Deletes => (false, true, true),
        };
        ToolAnnotations::with_title(title)
            .read_only(reads)
            .destructive(destructive)
            .idempotent(idempotent)
            .open_world(false)
    }
}

/// What a tool says about itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) effect: Effect,
}

type Outcome = Result<Map<String, Value>, AppError>;
type Run = Arc<dyn Fn(Desk, Option<Caller>, Value) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Rewrites other spellings of arguments before they are checked.
type Rewrite = fn(&mut Map<String, Value>);

/// A tool.
#[derive(Clone)]
pub(crate) struct Tool {
    card: Card,
    definition: rmcp::model::Tool,
    /// Anybody may call it, without a key.
    open: bool,
    rewrite: Option<Rewrite>,
    run: Run,
}

impl Tool {
    /// A tool that needs an account.
    pub(crate) fn keyed<I, V, F, Fut>(card: Card, handler: F) -> Self
    where
        I: DeserializeOwned + JsonSchema,
        V: Serialize + JsonSchema,
        F: Fn(Desk, Caller, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer<V>, AppError>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let run: Run = Arc::new(move |desk, caller, arguments| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                let Some(caller) = caller else {
                    return Err(answer::key_needed(card.name, &desk.settings.app_url));
                };
                let input = read::<I>(arguments)?;
                handler(desk, caller, input).await?.into_object()
            })
        });
        Self { card, definition: definition::<I, V>(card), open: false, rewrite: None, run }
    }

    /// A tool of the public catalogue.
    pub(crate) fn open<I, V, F, Fut>(card: Card, handler: F) -> Self
    where
        I: DeserializeOwned + JsonSchema,
        V: Serialize + JsonSchema,
        F: Fn(Desk, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer<V>, AppError>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let run: Run = Arc::new(move |desk, _, arguments| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                let input = read::<I>(arguments)?;
                handler(desk, input).await?.into_object()
            })
        });
        Self { card, definition: definition::<I, V>(card), open: true, rewrite: None, run }
    }

    /// Takes other spellings too.
    pub(crate) fn rewriting(mut self, rewrite: Rewrite) -> Self {
        self.rewrite = Some(rewrite);
        self
    }
}

fn read<I: DeserializeOwned>(arguments: Value) -> Result<I, AppError> {
    serde_json::from_value(arguments).map_err(|error| {
        AppError::invalid(format!("the arguments cannot be read: {error}"), "mend them and call again")
    })
}

fn definition<I: JsonSchema, V: JsonSchema>(card: Card) -> rmcp::model::Tool {
    rmcp::model::Tool::new(card.name, card.description, schema::of_input::<I>())
        .with_title(card.title)
        .with_raw_output_schema(Arc::new(schema::of_output::<V>()))
        .with_annotations(card.effect.annotations(card.title))
}

/// Every tool of the toolset, in the order clients see them.
#[derive(Clone)]
pub(crate) struct Inventory {
    ordered: Vec<rmcp::model::Tool>,
    by_name: BTreeMap<&'static str, Tool>,
}

impl Inventory {
    /// The sessions toolset.
    pub(crate) fn sessions() -> Self {
        let tools: Vec<Tool> = [
            session::tools(),
            strategy::tools(),
            backtest::tools(),
            optimization::tools(),
            task::tools(),
            instrument::tools(),
        ]
        .concat();
        let ordered = tools.iter().map(|tool| tool.definition.clone()).collect();
        let by_name = tools.into_iter().map(|tool| (tool.card.name, tool)).collect();
        Self { ordered, by_name }
    }

    /// Definitions in order.
    pub(crate) fn definitions(&self) -> &[rmcp::model::Tool] {
        &self.ordered
    }

    /// One definition.
    pub(crate) fn definition(&self, name: &str) -> Option<&rmcp::model::Tool> {
        self.by_name.get(name).map(|tool| &tool.definition)
    }

    /// Names near a misspelt one.
    pub(crate) fn near(&self, name: &str) -> Vec<&str> {
        near(name, self.ordered.iter().map(|tool| tool.name.as_ref()))
    }

    /// Runs a tool; `None` when there is none of that name.
    pub(crate) async fn call(
        &self,
        desk: &Desk,
        visitor: &Visitor,
        name: &str,
        mut arguments: Map<String, Value>,
    ) -> Option<CallToolResult> {
        let tool = self.by_name.get(name)?;
        let outcome = if visitor.caller.is_none() && !tool.open {
            Err(answer::key_needed(tool.card.name, &desk.settings.app_url))
        } else {
            if let Some(rewrite) = tool.rewrite {
                rewrite(&mut arguments);
            }
            match arguments::settle(name, &tool.definition.input_schema, arguments) {
                Ok(settled) => (tool.run)(desk.clone(), visitor.caller.clone(), settled).await,
                Err(problems) => Err(problems),
            }
        };
        Some(match outcome {
            Ok(object) => answer::success(object),
            Err(error) => {
                log(name, visitor, &error);
                answer::failure(&error, &visitor.request_id)
            }
        })
    }
}

fn log(tool: &str, visitor: &Visitor, error: &AppError) {
    let (request_id, kind) = (visitor.request_id.as_str(), error.kind.as_str());
    match error.kind {
        ErrorKind::Internal | ErrorKind::Unavailable => {
            tracing::error!(request_id, tool, kind, message = error.message, context = error.context, "tool failed");
        }
        ErrorKind::Invalid
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::LimitExceeded
        | ErrorKind::Unauthorized => {
            tracing::info!(request_id, tool, kind, message = error.message, "tool refused");
        }
    }
}
