//! The ports over AWS: DynamoDB, SQS and S3.
