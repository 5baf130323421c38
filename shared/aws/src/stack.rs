//! What a deployed stack says of itself: the outputs of its template, for the operator's commands.

use crate::Clients;
use crate::sign_in::{look_up_failure, no_stack, unusable};
use ports::PortError;
use ports::queue::QueueUrls;
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
    /// [`PortError::Internal`] without credentials or such a stack, or for one that is not there yet or whose template
    /// has other outputs, each saying what to do; otherwise as the call fails.
    pub async fn stack(&self, name: &str) -> Result<Stack, PortError> {
        let region = self.signed_in().await?;
        let client = aws_sdk_cloudformation::Client::new(&self.config);
        let answer = client.describe_stacks().stack_name(name).send().await;
        let answer = answer.map_err(|error| look_up_failure(name, region, &error))?;
        let stack = answer.stacks().first().ok_or_else(|| no_stack(name, region))?;
        let status = stack.stack_status().map_or("", |status| status.as_str());
        if let Some(error) = unusable(name, status) {
            return Err(error);
        }
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
