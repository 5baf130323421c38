//! What keeps an operator out of a deployed stack, and what to do about it: credentials, their age, their permissions.
//!
//! Functions have a role and never come here.

use crate::Clients;
use crate::failure::translate;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::config::http::HttpResponse;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::operation::describe_stacks::DescribeStacksError;
use ports::PortError;
use std::error::Error;

/// How to sign in.
const SIGN_IN: &str = "sign in with `aws sso login` (with `--profile NAME` and AWS_PROFILE=NAME for a profile), or set \
                       AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/// What the commands for a deployed stack need.
const NEEDED: &str =
    "the commands need cloudformation:DescribeStacks, and read and write access to the stack's table and buckets";

impl Clients {
    /// The region, when there are credentials to use in it.
    ///
    /// # Errors
    /// [`PortError::Internal`] that says how to sign in or name a region.
    pub(crate) async fn signed_in(&self) -> Result<&str, PortError> {
        let region = self.region().ok_or_else(|| {
            PortError::Internal("no AWS region: name the stack's with --region or AWS_REGION".to_owned())
        })?;
        let chain = self.config.credentials_provider();
        let chain = chain.ok_or_else(|| PortError::Internal(format!("no AWS credentials: {SIGN_IN}")))?;
        chain.provide_credentials().await.map_err(|error| no_credentials(&error))?;
        Ok(region)
    }
}

fn no_credentials(error: &CredentialsError) -> PortError {
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return PortError::Internal(format!("no AWS credentials: {SIGN_IN}"));
    }
    let why = causes(error);
    // A profile of single sign-on whose session is over, or was never opened, fails as any other provider does.
    let what = if why.to_lowercase().contains("sso") { "no AWS session, or it is over" } else { "no AWS credentials" };
    PortError::Internal(format!("{what}: {SIGN_IN} ({why})"))
}

/// Why a stack could not be looked up.
pub(crate) fn look_up_failure(
    name: &str,
    region: &str,
    error: &SdkError<DescribeStacksError, HttpResponse>,
) -> PortError {
    let service = error.as_service_error();
    let message = service.and_then(ProvideErrorMetadata::message).unwrap_or("no message");
    match service.and_then(ProvideErrorMetadata::code) {
        // The service has no code of its own for it.
        Some("ValidationError") if message.contains("does not exist") => no_stack(name, region),
        Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => {
            PortError::Internal(format!("the AWS session is over: {SIGN_IN}"))
        }
        Some(
            "InvalidClientTokenId" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "UnrecognizedClientException",
        ) => PortError::Internal(format!(
            "AWS does not accept these credentials in region {region}: {SIGN_IN} ({message})"
        )),
        Some("AccessDenied" | "AccessDeniedException") => {
            PortError::Internal(format!("these credentials may not look up stack {name}: {NEEDED} ({message})"))
        }
        Some(_) => translate(&format!("CloudFormation DescribeStacks of {name}"), error),
        None => PortError::Unavailable(format!(
            "CloudFormation in region {region} does not answer: is the region's name right (--region), and is there a \
             network? ({})",
            causes(error)
        )),
    }
}

/// An error and what is behind it, each in its own words and none twice.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        cause = error.source();
    }
    words.join(": ")
}

/// There is no such stack.
pub(crate) fn no_stack(name: &str, region: &str) -> PortError {
    PortError::Internal(format!(
        "there is no stack {name} in region {region} of this account: check its name, --region and AWS_PROFILE \
         (`aws cloudformation list-stacks` shows what there is), or deploy it with `sam deploy`"
    ))
}

/// Why a stack cannot be used in this state; `None` when it can.
pub(crate) fn unusable(name: &str, status: &str) -> Option<PortError> {
    let why = match status {
        "CREATE_IN_PROGRESS" | "REVIEW_IN_PROGRESS" | "IMPORT_IN_PROGRESS" => format!(
            "is being created ({status}): try again when `aws cloudformation wait stack-create-complete --stack-name \
             {name}` ends"
        ),
        "CREATE_FAILED" | "ROLLBACK_IN_PROGRESS" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => format!(
            "was not created ({status}): `aws cloudformation describe-stack-events --stack-name {name}` says why; delete \
             it and deploy again"
        ),
        "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" | "DELETE_FAILED" => {
            format!("is deleted or being deleted ({status}): deploy it again")
        }
        _ => return None,
    };
    Some(PortError::Internal(format!("stack {name} {why}")))
}
