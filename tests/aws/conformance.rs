//! The suite every adapter passes, over DynamoDB, SQS and S3 as moto emulates them; table and blobs also through a fault
//! layer without faults.

use crate::cloud::stack;
use crate::tested_queue::TestedQueue;
use ports::conformance;
use ports::faults::{FaultRates, Faults};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn table_in_dynamodb() {
    let (clients, stack) = stack("conformance-table").await;
    let table = clients.table(&stack.table_name);
    conformance::table(table.as_ref()).await;
    conformance::table(Faults::new(1, FaultRates::default()).table(table).as_ref()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queue_in_sqs() {
    let (clients, stack) = stack("conformance-queue").await;
    conformance::queue(&TestedQueue::new(clients.queue(stack.queues.clone()), stack.queues)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_in_s3() {
    let (clients, stack) = stack("conformance-blobs").await;
    let blobs = clients.blobs(&stack.results_bucket);
    conformance::blobs(blobs.as_ref()).await;
    conformance::blobs(Faults::new(1, FaultRates::default()).blobs(blobs).as_ref()).await;
}
