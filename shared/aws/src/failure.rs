//! What a failed call means: the one place where the vendor's errors become the ports'.
//!
//! What an adapter expects of its own service (a failed condition, a missing object) it handles before it comes here.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ErrorMetadata, ProvideErrorMetadata, SdkError};
use ports::PortError;
use std::error::Error;

/// Throttled, overloaded or in conflict: later the same call may succeed. The SDK has tried already.
const LATER: [&str; 22] = [
    "InternalFailure",
    "InternalError",
    "InternalServerError",
    "KmsThrottled",
    "OverLimit",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "OperationAborted",
    "ConditionalRequestConflict",
];

/// Not allowed, or not known to be who it says.
const DENIED: [&str; 14] = [
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "KmsAccessDenied",
    "MissingAuthenticationToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// The table, queue or bucket itself is not there.
const MISSING: [&str; 5] = [
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "PermanentRedirect",
];

/// Over a limit of the service that ours did not catch.
const TOO_LARGE: [&str; 5] = [
    "AWS.SimpleQueueService.BatchRequestTooLong",
    "BatchRequestTooLong",
    "EntityTooLarge",
    "ItemCollectionSizeLimitExceededException",
    "MaxMessageLengthExceeded",
];

/// How a validation error says that an item is too large: DynamoDB has no code for it.
const ITEM_TOO_LARGE: &str = "Item size";

/// How the SDK says that it does not know where to go; the type of that error is its own.
const NO_REGION: &str = "Missing Region";

/// Statuses from here on are the service's own failures.
const STATUS_SERVER_ERRORS: u16 = 500;

/// Status of an answer that says: not now.
const STATUS_TOO_MANY: u16 = 429;

/// A failed call in the ports' terms; `what` names the call and its target.
pub(crate) fn translate<E>(what: &str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let text = || format!("{what}: {}", DisplayErrorContext(error));
    match error {
        SdkError::ServiceError(service) => answered(what, service.err().meta(), service.raw().status().as_u16()),
        SdkError::DispatchFailure(_) if lacks_credentials(error) => {
            PortError::Internal(format!("{}; no usable credentials: sign in, or set AWS_PROFILE", text()))
        }
        SdkError::DispatchFailure(_) if text().contains(NO_REGION) => {
            PortError::Internal(format!("{}; set AWS_REGION", text()))
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => PortError::Internal(text()),
        SdkError::ConstructionFailure(_) => PortError::Internal(text()),
        // No answer, half an answer, or one that came too late.
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) | SdkError::ResponseError(_) | _ => {
            PortError::Unavailable(text())
        }
    }
}

/// True when the credential chain found nothing, or what it found is wrong; a provider that did not answer may do so later.
fn lacks_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(credentials) = error.downcast_ref::<CredentialsError>() {
            return matches!(
                credentials,
                CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)
            );
        }
        cause = error.source();
    }
    false
}

/// What an answer means that says it failed.
fn answered(what: &str, meta: &ErrorMetadata, status: u16) -> PortError {
    let code = meta.code().unwrap_or("no error code");
    let message = meta.message().unwrap_or("no message");
    let text = format!("{what}: {code}: {message}");
    if LATER.contains(&code) {
        PortError::Unavailable(text)
    } else if TOO_LARGE.contains(&code) || message.contains(ITEM_TOO_LARGE) {
        PortError::TooLarge(text)
    } else if DENIED.contains(&code) {
        PortError::Internal(format!(
            "{text}; allow it in the role of the function (infra/template.yaml), or sign in with credentials that may"
        ))
    } else if MISSING.contains(&code) {
        PortError::Internal(format!("{text}; is the stack deployed in this region and account, and is the name right?"))
    } else if status >= STATUS_SERVER_ERRORS || status == STATUS_TOO_MANY {
        PortError::Unavailable(text)
    } else {
        PortError::Internal(text)
    }
}
