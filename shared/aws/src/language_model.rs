//! The language-model port over Amazon Bedrock's Converse API: the answer is the input of a tool the model must call, so it
//! has the shape of the schema.

use crate::failure::translate;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, SpecificToolChoice, SystemContentBlock, Tool,
    ToolChoice, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolResultStatus,
    ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::{Document, Number};
use domain::operation::ModelTokens;
use ports::PortError;
use ports::drafter::{LanguageModel, ModelAnswer, ModelRequest, ModelTurn};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// Longest time of one answer, retries included: three of them fit into the minute that a build has.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(16);

/// The tool whose input is the answer.
const TOOL: &str = "answer";

/// A model on Bedrock.
#[derive(Debug, Clone)]
pub struct BedrockModel {
    client: Client,
    model_id: String,
}

impl BedrockModel {
    pub(crate) fn new(config: &SdkConfig, model_id: &str) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(ANSWER_TIMEOUT).build();
        let config = aws_sdk_bedrockruntime::config::Builder::from(config).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), model_id: model_id.to_owned() }
    }
}

#[async_trait]
impl LanguageModel for BedrockModel {
    async fn ask(&self, request: &ModelRequest) -> Result<ModelAnswer, PortError> {
        let tools = tools(&request.schema).map_err(unbuilt)?;
        let most = i32::try_from(request.output_tokens_max).unwrap_or(i32::MAX);
        let limits = InferenceConfiguration::builder().max_tokens(most).temperature(0.0).build();
        let answer = self
            .client
            .converse()
            .model_id(&self.model_id)
            .system(SystemContentBlock::Text(request.system.clone()))
            .set_messages(Some(messages(&request.turns).map_err(unbuilt)?))
            .inference_config(limits)
            .tool_config(tools)
            .send()
            .await
            .map_err(|error| translate(&format!("Converse with {}", self.model_id), &error))?;
        let usage = answer.usage();
        let tokens = ModelTokens {
            input: usage.map_or(0, |usage| u64::try_from(usage.input_tokens()).unwrap_or(0)),
            output: usage.map_or(0, |usage| u64::try_from(usage.output_tokens()).unwrap_or(0)),
        };
        tracing::info!(
            model = self.model_id,
            input_tokens = tokens.input,
            output_tokens = tokens.output,
            "model asked"
        );
        let content =
            answer.output().and_then(|output| output.as_message().ok()).map(Message::content).unwrap_or_default();
        let object = content.iter().find_map(|block| block.as_tool_use().ok()).map(|called| json(called.input()));
        // A refusal, or an answer cut off at its limit: an object that fits no schema, so that the caller may ask again.
        Ok(ModelAnswer { object: object.unwrap_or(Value::Null), tokens })
    }
}

fn unbuilt(error: BuildError) -> PortError {
    PortError::Internal(format!("a request to the language model: {error}"))
}

fn tools(schema: &Value) -> Result<ToolConfiguration, BuildError> {
    let specification = ToolSpecification::builder()
        .name(TOOL)
        .description("Hands over the answer.")
        .input_schema(ToolInputSchema::Json(document(schema)))
        .build()?;
    let choice = ToolChoice::Tool(SpecificToolChoice::builder().name(TOOL).build()?);
    ToolConfiguration::builder().tools(Tool::ToolSpec(specification)).tool_choice(choice).build()
}

/// The turns as messages; what follows an answer is the result of the tool call it was.
fn messages(turns: &[ModelTurn]) -> Result<Vec<Message>, BuildError> {
    let mut messages = Vec::new();
    let mut called: Option<String> = None;
    for (place, turn) in turns.iter().enumerate() {
        let (role, block) = match turn {
            ModelTurn::User(text) => match called.take() {
                None => (ConversationRole::User, ContentBlock::Text(text.clone())),
                Some(id) => {
                    let result = ToolResultBlock::builder()
                        .tool_use_id(id)
                        .content(ToolResultContentBlock::Text(text.clone()))
                        .status(ToolResultStatus::Error)
                        .build()?;
                    (ConversationRole::User, ContentBlock::ToolResult(result))
                }
            },
            ModelTurn::Model(object) => {
                let id = format!("answer_{place}");
                called = Some(id.clone());
                let used = ToolUseBlock::builder().tool_use_id(id).name(TOOL).input(document(object)).build()?;
                (ConversationRole::Assistant, ContentBlock::ToolUse(used))
            }
        };
        messages.push(Message::builder().role(role).content(block).build()?);
    }
    Ok(messages)
}

fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Number::PosInt(value),
            (None, Some(value)) => Number::NegInt(value),
            (None, None) => Number::Float(number.as_f64().unwrap_or(0.0)),
        }),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(list) => Document::Array(list.iter().map(document).collect()),
        Value::Object(map) => {
            Document::Object(map.iter().map(|(key, value)| (key.clone(), document(value))).collect::<HashMap<_, _>>())
        }
    }
}

fn json(document: &Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(*value),
        Document::Number(Number::PosInt(value)) => Value::from(*value),
        Document::Number(Number::NegInt(value)) => Value::from(*value),
        // A whole number written as `20.0` is a count.
        Document::Number(Number::Float(value)) if value.fract() == 0.0 && value.abs() < 1e15 => {
            Value::from(*value as i64)
        }
        Document::Number(Number::Float(value)) => Value::from(*value),
        Document::String(text) => Value::from(text.clone()),
        Document::Array(list) => Value::Array(list.iter().map(json).collect()),
        Document::Object(map) => Value::Object(map.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
    }
}
