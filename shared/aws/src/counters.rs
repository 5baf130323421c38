//! Calls made and units billed, per kind: what `infra/README.md` multiplies by prices.
//!
//! Every attempt is a call, retries included, because every attempt is billed. Capacity units of DynamoDB are counted only
//! when asked for: the service then adds them to each answer that is not a refusal.

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::ConsumedCapacity;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of an SQS request that are billed as one request.
const SQS_BILLED_BYTES: u64 = 64 * 1024;

/// Counts by name: `dynamodb.GetItem`, `dynamodb.read_units`, `dynamodb.write_units`, `sqs.SendMessageBatch`,
/// `sqs.billed_requests`, `s3.get`, `s3.put`, `s3.list`, `s3.delete` and the like.
#[derive(Debug, Default)]
pub struct Counters {
    units: bool,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: BTreeMap<String, f64>,
    /// What [`Counters::report`] has logged of them.
    reported: BTreeMap<String, f64>,
}

impl Counters {
    /// Counters at zero; with `units`, capacity units are asked for and counted as well.
    pub(crate) fn new(units: bool) -> Self {
        Self { units, counts: Mutex::default() }
    }

    /// Everything counted so far.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<String, f64> {
        self.lock().all.clone()
    }

    /// What was counted since the last call of this.
    pub fn increments(&self) -> BTreeMap<String, f64> {
        let mut counts = self.lock();
        let all = counts.all.clone();
        let before = std::mem::replace(&mut counts.reported, all);
        let change = |(name, count): (&String, &f64)| {
            let more = count - before.get(name).copied().unwrap_or_default();
            (more > 0.0).then(|| (name.clone(), more))
        };
        counts.all.iter().filter_map(change).collect()
    }

    /// Logs, when units are counted, one line at the target `metric` with what was counted since the last one: a function
    /// calls it after each invocation.
    pub fn report(&self) {
        if !self.units {
            return;
        }
        match serde_json::to_string(&self.increments()) {
            Ok(counts) => tracing::info!(target: "metric", metric = "calls", counts),
            Err(error) => tracing::warn!(%error, "the counts of calls are not JSON"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when capacity units are to be asked for.
    pub(crate) const fn wants_units(&self) -> bool {
        self.units
    }

    pub(crate) fn add(&self, name: &str, amount: f64) {
        let mut counts = self.lock();
        if let Some(count) = counts.all.get_mut(name) {
            *count += amount;
        } else {
            counts.all.insert(name.to_owned(), amount);
        }
    }

    pub(crate) fn add_read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add_units("dynamodb.read_units", consumed);
    }

    pub(crate) fn add_written<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add_units("dynamodb.write_units", consumed);
    }

    fn add_units<'a>(&self, name: &str, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        for consumed in consumed {
            self.add(name, consumed.capacity_units().unwrap_or_default());
        }
    }

    /// Counts a request to S3, billed by what it does.
    pub(crate) fn add_s3(&self, method: &str, query: &str) {
        let listing = query.split('&').any(|parameter| parameter.starts_with("list-type="));
        self.add(
            match method {
                "GET" if listing => "s3.list",
                "GET" | "HEAD" => "s3.get",
                "DELETE" => "s3.delete",
                _ => "s3.put",
            },
            1.0,
        );
    }

    /// Counts a request of an AWS JSON protocol, whose header names service and operation.
    fn add_call(&self, target: &str, bytes: u64) {
        let (service, operation) = target.split_once('.').unwrap_or(("", target));
        if service.starts_with("DynamoDB") {
            self.add(&format!("dynamodb.{operation}"), 1.0);
        } else {
            self.add(&format!("sqs.{operation}"), 1.0);
            let billed = u32::try_from(bytes.div_ceil(SQS_BILLED_BYTES).max(1)).unwrap_or(u32::MAX);
            self.add("sqs.billed_requests", f64::from(billed));
        }
    }
}

/// Counts every request of an SDK client as it leaves.
#[derive(Debug)]
pub(crate) struct CountRequests(pub(crate) std::sync::Arc<Counters>);

impl Intercept for CountRequests {
    fn name(&self) -> &'static str {
        "CountRequests"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        if let Some(target) = request.headers().get("x-amz-target") {
            let bytes = request.body().content_length().unwrap_or_default();
            self.0.add_call(target, bytes);
        } else {
            let query = request.uri().split_once('?').map_or("", |(_, query)| query);
            self.0.add_s3(request.method(), query);
        }
        Ok(())
    }
}
