//! What a deployed stack says of itself: the outputs of its template, for the operator's commands.

use crate::failure::translate;
use crate::{Clients, QueueUrls};
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use ports::PortError;
use std::collections::BTreeMap;

/// The resources of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The table.
    pub table_name: String,
    /// The bucket of the lake.
    pub lake_bucket: String,
    /// The bucket of results.
    pub results_bucket: String,
    /// The queues.
    pub queues: QueueUrls,
    /// Where the service answers.
    pub url: String,
    /// Where clients connect.
    pub mcp_url: String,
}

impl Clients {
    /// The outputs of the CloudFormation stack called `name`, in the configured region and account.
    ///
    /// # Errors
    /// [`PortError::Internal`] without such a stack, or for one whose template has other outputs; otherwise as the call
    /// fails.
    pub async fn stack(&self, name: &str) -> Result<Stack, PortError> {
        let region = self.region().unwrap_or("(none configured)");
        let missing = || PortError::Internal(format!("there is no stack {name} in region {region} of this account"));
        let client = aws_sdk_cloudformation::Client::new(&self.config);
        let answer = client.describe_stacks().stack_name(name).send().await.map_err(|error| {
            // The service has no code of its own for it.
            let absent = error.as_service_error().and_then(ProvideErrorMetadata::message);
            if absent.is_some_and(|message| message.contains("does not exist")) {
                missing()
            } else {
                translate(&format!("CloudFormation DescribeStacks of {name}"), &error)
            }
        })?;
        let stack = answer.stacks().first().ok_or_else(missing)?;
        let outputs = stack.outputs().iter().filter_map(|output| Some((output.output_key()?, output.output_value()?)));
        Stack::from_outputs(name, &outputs.collect())
    }
}

impl Stack {
    fn from_outputs(name: &str, outputs: &BTreeMap<&str, &str>) -> Result<Self, PortError> {
        let output = |key: &str| {
            outputs.get(key).map(|value| (*value).to_owned()).ok_or_else(|| {
                PortError::Internal(format!(
                    "stack {name} has no output {key}: it is not Barlake's or was deployed by an older template; \
                     deploy again"
                ))
            })
        };
        Ok(Self {
            table_name: output("TableName")?,
            lake_bucket: output("LakeBucket")?,
            results_bucket: output("ResultsBucket")?,
            queues: QueueUrls {
                builds: output("BuildsQueueUrl")?,
                backtests: output("BacktestsQueueUrl")?,
                steps: output("StepsQueueUrl")?,
                units: output("UnitsQueueUrl")?,
                dead_letters: output("DeadLettersQueueUrl")?,
            },
            url: output("Url")?,
            mcp_url: output("McpUrl")?,
        })
    }
}
