//! One emulation for all tests of this binary, and a stack of its own for each.

use aws::{Clients, Settings, Stack};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::OnceLock;
use tests::http::{Answer, Request};
use tests::moto::Moto;

pub const REGION: &str = "us-east-1";

/// The emulation; it ends with this process.
pub fn moto() -> &'static Moto {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    MOTO.get_or_init(Moto::start)
}

/// Clients of what answers at `endpoint`.
pub async fn clients_at(endpoint: &str) -> Clients {
    let keys = Some(("test".to_owned(), "test".to_owned()));
    let settings =
        Settings { endpoint: Some(endpoint.to_owned()), region: Some(REGION.to_owned()), keys, count_units: true };
    Clients::new(settings).await
}

/// A stack with everything the adapters need, and clients of it.
pub async fn stack(name: &str) -> (Clients, Stack) {
    create_stack(name, &template(name));
    let clients = clients_at(&moto().endpoint()).await;
    let stack = clients.stack(name).await.unwrap();
    (clients, stack)
}

/// A call of an AWS query protocol; the emulation looks at the signature's service only.
pub fn create_stack(name: &str, template: &Value) {
    let mut form = format!("Action=CreateStack&Version=2010-05-15&StackName={name}&TemplateBody=");
    for byte in template.to_string().bytes() {
        write!(form, "%{byte:02X}").unwrap();
    }
    let answer = signed("cloudformation", "POST", &format!("{}/", moto().endpoint()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A call of an AWS JSON protocol; its answer.
pub fn json_call(service: &str, target: &str, body: &Value) -> Result<Value, Answer> {
    let answer = signed(service, "POST", &format!("{}/", moto().endpoint()))
        .header("Content-Type", "application/x-amz-json-1.0")
        .header("X-Amz-Target", target)
        .body(body.to_string().into_bytes())
        .send();
    if answer.status == 200 { Ok(serde_json::from_slice(&answer.body).unwrap()) } else { Err(answer) }
}

fn signed(service: &str, method: &str, url: &str) -> Request {
    let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
    let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
    Request::new(method, url).header("Authorization", &signature)
}

/// A template with the resources and outputs of the real one, as far as the adapters see it.
pub fn template(stack: &str) -> Value {
    let queues = ["builds", "backtests", "steps", "units"];
    let mut resources = json!({
        "Table": { "Type": "AWS::DynamoDB::Table", "Properties": {
            "TableName": format!("{stack}-table"),
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "sk", "AttributeType": "S" },
            ],
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" },
                { "AttributeName": "sk", "KeyType": "RANGE" },
            ],
        } },
        "Lake": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": format!("{stack}-lake") } },
        "Results": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": format!("{stack}-results") } },
        "deadletters": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": format!("{stack}-dead-letters") } },
    });
    for queue in queues {
        resources[queue] = json!({ "Type": "AWS::SQS::Queue", "Properties": {
            "QueueName": format!("{stack}-{queue}"),
            "RedrivePolicy": {
                "deadLetterTargetArn": { "Fn::GetAtt": ["deadletters", "Arn"] },
                "maxReceiveCount": ports::queue::RECEIVES_MAX,
            },
        } });
    }
    let output = |value: Value| json!({ "Value": value });
    let of = |resource: &str| output(json!({ "Ref": resource }));
    json!({
        "Resources": resources,
        "Outputs": {
            "TableName": of("Table"),
            "LakeBucket": of("Lake"),
            "ResultsBucket": of("Results"),
            "BuildsQueueUrl": of("builds"),
            "BacktestsQueueUrl": of("backtests"),
            "StepsQueueUrl": of("steps"),
            "UnitsQueueUrl": of("units"),
            "DeadLettersQueueUrl": of("deadletters"),
            "Url": output(json!("https://barlake.example")),
            "McpUrl": output(json!("https://barlake.example/mcp")),
        },
    })
}
