//! The queues over an emulation as the conformance suite wants them: with a receiving side, and a clock moved by hand.

use crate::cloud::{json_call, moto};
use async_trait::async_trait;
use aws::SqsQueue;
use ports::PortError;
use ports::conformance::QueueUnderTest;
use ports::queue::{Delivery, Outgoing, Queue, QueueName, QueueUrls};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub struct TestedQueue {
    pub queue: Arc<SqsQueue>,
    pub urls: QueueUrls,
    /// Where a message was received first. The emulation does not say where a dead letter died, but keeps its id.
    pub origins: Mutex<BTreeMap<String, QueueName>>,
}

impl TestedQueue {
    pub fn new(queue: Arc<SqsQueue>, urls: QueueUrls) -> Self {
        Self { queue, urls, origins: Mutex::default() }
    }

    fn delivery(&self, queue: QueueName, message: &Value) -> Delivery {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let attributes = &message["Attributes"];
        let message_id = text(&message["MessageId"]);
        let origin = *self.origins.lock().unwrap().entry(message_id.clone()).or_insert(queue);
        Delivery {
            message_id,
            queue,
            source: (origin != queue).then_some(origin),
            body: text(&message["Body"]),
            group: text(&attributes["MessageGroupId"]),
            receive_count: text(&attributes["ApproximateReceiveCount"]).parse().unwrap(),
            receipt: text(&message["ReceiptHandle"]),
        }
    }
}

#[async_trait]
impl Queue for TestedQueue {
    async fn send(&self, queue: QueueName, messages: Vec<Outgoing>) -> Result<(), PortError> {
        self.queue.send(queue, messages).await
    }

    async fn postpone(&self, queue: QueueName, receipt: &str, seconds: u32) -> Result<(), PortError> {
        self.queue.postpone(queue, receipt, seconds).await
    }
}

#[async_trait]
impl QueueUnderTest for TestedQueue {
    async fn receive(&self, queue: QueueName, max: usize, seconds: u32) -> Result<Vec<Delivery>, PortError> {
        let body = json!({
            "QueueUrl": self.urls.of(queue),
            "MaxNumberOfMessages": max,
            "VisibilityTimeout": seconds,
            "MessageSystemAttributeNames": ["All"],
        });
        let answer = json_call("sqs", "AmazonSQS.ReceiveMessage", &body).unwrap();
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        Ok(messages.iter().map(|message| self.delivery(queue, message)).collect())
    }

    async fn acknowledge(&self, queue: QueueName, receipts: &[String]) -> Result<(), PortError> {
        for receipt in receipts {
            let body = json!({ "QueueUrl": self.urls.of(queue), "ReceiptHandle": receipt });
            // What is gone already is acknowledged already.
            drop(json_call("sqs", "AmazonSQS.DeleteMessage", &body));
        }
        Ok(())
    }

    async fn pass(&self, seconds: u32) {
        moto().pass_seconds(seconds);
    }

    fn serves_groups_in_turn(&self) -> bool {
        false
    }

    fn ignores_stale_receipts(&self) -> bool {
        false
    }
}
