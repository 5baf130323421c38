//! What a failed call means: the one place where the vendor's errors become the ports'.
//!
//! What an adapter expects of its own service (a failed condition, a missing object) it handles before it comes here.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
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

/// Status of an answer that says: not now.
const STATUS_TOO_MANY: u16 = 429;

/// A failed call in the ports' terms; `what` names the call and its target.
pub(crate) fn translate<E>(what: &str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    match error {
        SdkError::ServiceError(service) => answered(what, service.err().meta(), status),
        SdkError::ConstructionFailure(_) => PortError::Internal(format!(
            "{what}: {}; are a region and credentials configured?",
            DisplayErrorContext(error)
        )),
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            PortError::Internal(format!("{what}: {}", DisplayErrorContext(error)))
        }
        // No answer, half an answer, or one that came too late.
        _ => PortError::Unavailable(format!("{what}: {}", DisplayErrorContext(error))),
    }
}

/// What an answer means that says it failed.
fn answered(what: &str, meta: &aws_sdk_dynamodb::error::ErrorMetadata, status: Option<u16>) -> PortError {
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
    } else if status.is_some_and(|status| status >= 500 || status == STATUS_TOO_MANY) {
        PortError::Unavailable(text)
    } else {
        PortError::Internal(text)
    }
}
