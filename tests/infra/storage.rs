//! What is kept: it survives the stack, stays private and encrypted, and old things go by themselves.

use crate::template::{at, listed, load, of_type, properties};
use serde_json::{Value, json};

/// What holds somebody's work.
const KEPT: [&str; 3] = ["Table", "LakeBucket", "ResultsBucket"];

#[test]
fn what_holds_work_is_retained() {
    let Some(template) = load() else { return };
    for name in KEPT {
        let resource = at(at(template, "Resources"), name);
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(at(resource, policy), "Retain", "{name}: {policy}");
        }
    }
    let stores = of_type(template, "AWS::DynamoDB::Table").len() + of_type(template, "AWS::S3::Bucket").len();
    assert_eq!(stores, KEPT.len());
}

#[test]
fn buckets_are_private_and_encrypted() {
    let Some(template) = load() else { return };
    for (name, bucket) in of_type(template, "AWS::S3::Bucket") {
        let bucket = at(bucket, "Properties");
        for block in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            assert_eq!(at(bucket, &format!("PublicAccessBlockConfiguration/{block}")), true, "{name}: {block}");
        }
        assert_eq!(at(bucket, "OwnershipControls/Rules"), &json!([{ "ObjectOwnership": "BucketOwnerEnforced" }]));
        assert!(at(bucket, "BucketEncryption").is_object(), "{name}");
        let policy = properties(template, &format!("{name}Policy"));
        let statement = at(policy, "PolicyDocument/Statement/0");
        assert_eq!(at(policy, "Bucket/Ref"), name);
        assert_eq!(at(statement, "Effect"), "Deny");
        assert_eq!(at(statement, "Condition"), &json!({ "Bool": { "aws:SecureTransport": "false" } }), "{name}");
        let rules = listed(at(bucket, "LifecycleConfiguration/Rules"));
        assert!(rules.iter().any(|rule| !at(rule, "AbortIncompleteMultipartUpload").is_null()), "{name}");
    }
}

#[test]
fn only_results_expire_and_only_where_results_are_put() {
    let Some(template) = load() else { return };
    for (name, bucket) in of_type(template, "AWS::S3::Bucket") {
        let rules = listed(at(bucket, "Properties/LifecycleConfiguration/Rules"));
        let rules = rules.into_iter().map(|rule| rule.get("Fn::If").map_or(rule, |branches| at(branches, "1")));
        let expiring: Vec<&Value> = rules.filter(|rule| !at(rule, "ExpirationInDays").is_null()).collect();
        let expected = if name == "ResultsBucket" { vec!["results/"] } else { Vec::new() };
        assert_eq!(expiring.iter().map(|rule| at(rule, "Prefix").as_str().unwrap()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn the_table_is_what_the_adapter_expects() {
    let Some(template) = load() else { return };
    let table = properties(template, "Table");
    assert_eq!(at(table, "BillingMode"), "PAY_PER_REQUEST");
    let keys = json!([{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }]);
    assert_eq!(at(table, "KeySchema"), &keys);
    assert_eq!(at(table, "TimeToLiveSpecification"), &json!({ "AttributeName": "expires_at", "Enabled": true }));
    assert_eq!(at(table, "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"), true);
    for most in ["MaxReadRequestUnits", "MaxWriteRequestUnits"] {
        assert!(at(table, &format!("OnDemandThroughput/{most}")).is_object(), "{most}");
    }
}

#[test]
fn queues_are_encrypted() {
    let Some(template) = load() else { return };
    for (name, queue) in of_type(template, "AWS::SQS::Queue") {
        assert_eq!(at(queue, "Properties/SqsManagedSseEnabled"), true, "{name}");
    }
}
