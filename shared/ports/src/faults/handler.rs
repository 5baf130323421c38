//! Faults of delivery: shuffled batches, handlers stopped before they began, lost acknowledgements.

use super::Faults;
use crate::queue::{BatchResponse, Deadline, Delivery, Failure, Handler};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) struct FaultyHandler {
    faults: Arc<Faults>,
    inner: Arc<dyn Handler>,
}

impl FaultyHandler {
    pub(super) fn new(faults: Arc<Faults>, inner: Arc<dyn Handler>) -> Self {
        Self { faults, inner }
    }
}

#[async_trait]
impl Handler for FaultyHandler {
    async fn handle(&self, mut batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse {
        self.faults.interleave().await;
        self.faults.shuffle(&mut batch);
        let failures = batch.iter().map(|delivery| Failure { message_id: delivery.message_id.clone() }).collect();
        let everything_failed = BatchResponse { failures };
        if self.faults.happens(|rates| rates.dropped_batch) {
            return everything_failed;
        }
        let response = self.inner.handle(batch, deadline).await;
        // A process that died while handling acknowledges nothing.
        if self.faults.is_down() || self.faults.happens(|rates| rates.lost_acknowledgement) {
            return everything_failed;
        }
        response
    }
}
