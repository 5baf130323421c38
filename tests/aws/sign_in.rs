//! What an operator is told who cannot look a stack up: every refusal says what to do.

use crate::cloud::REGION;
use crate::scripted::{Scripted, Step};

fn refusal(status: u16, code: &str, message: &str) -> Step {
    let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
    Step::Answer(status, format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>").into_bytes())
}

fn stack_in(state: &str) -> Step {
    let member = format!("<member><StackName>barlake</StackName><StackStatus>{state}</StackStatus></member>");
    let result = format!("<DescribeStacksResult><Stacks>{member}</Stacks></DescribeStacksResult>");
    Step::Answer(200, format!("<DescribeStacksResponse>{result}</DescribeStacksResponse>").into_bytes())
}

async fn check(step: Step, parts: &[&str]) {
    let server = Scripted::new([step]).await;
    let text = server.clients.stack("barlake").await.unwrap_err().to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is in {text:?}");
    }
}

#[tokio::test]
async fn refusals() {
    for (step, parts) in [
        (
            refusal(400, "ValidationError", "Stack with id barlake does not exist"),
            &["no stack barlake", REGION, "--region"][..],
        ),
        (refusal(403, "ExpiredToken", "The security token included in the request is expired"), &["aws sso login"]),
        (
            refusal(403, "InvalidClientTokenId", "The security token is invalid"),
            &["does not accept", "AWS_ACCESS_KEY_ID"],
        ),
        (
            refusal(403, "AccessDenied", "User u is not authorized to perform cloudformation:DescribeStacks"),
            &["may not look up", "cloudformation:DescribeStacks"],
        ),
        (refusal(400, "Throttling", "Rate exceeded"), &["temporarily unavailable", "Rate exceeded"]),
        (Step::HangUp, &["does not answer", "--region"]),
    ] {
        check(step, parts).await;
    }
}

#[tokio::test]
async fn stacks_that_are_not_there_yet_or_no_more() {
    for (state, part) in [
        ("CREATE_IN_PROGRESS", "stack-create-complete"),
        ("REVIEW_IN_PROGRESS", "is being created"),
        ("ROLLBACK_COMPLETE", "describe-stack-events"),
        ("CREATE_FAILED", "deploy again"),
        ("DELETE_IN_PROGRESS", "deploy it again"),
        // What is being changed has its outputs still; this one has none.
        ("UPDATE_IN_PROGRESS", "no output TableName"),
    ] {
        check(stack_in(state), &[part]).await;
    }
}
