//! The numbers an operator watches: what is logged for them, and when.

use crate::demo::{axis, sweep};
use crate::harness::{Machine, run};
use ports::queue::{Outgoing, Queue, QueueName};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Values logged under the target of metrics, by metric.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<BTreeMap<String, Vec<u64>>>>);

impl Logged {
    fn of(&self, metric: &str) -> Vec<u64> {
        self.0.lock().unwrap().get(metric).cloned().unwrap_or_default()
    }
}

#[derive(Default)]
struct Fields {
    metric: String,
    value: u64,
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        assert_eq!(field.name(), "value");
        self.value = value;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        assert_eq!(field.name(), "metric");
        value.clone_into(&mut self.metric);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        panic!("a field that is neither: {} {value:?}", field.name());
    }
}

impl Subscriber for Logged {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "metric"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.lock().unwrap().entry(fields.metric).or_default().push(fields.value);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn dead_letters_failed_slices_and_the_age_of_running_sweeps_are_logged() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    run(async {
        let mut machine = Machine::demo();
        let client = machine.client("tenant");
        let built = client.built(&mut machine).await;
        assert!(logged.of("batch_age_seconds").is_empty());
        let id = client.started(&built, &sweep(vec![axis("fast", 3.0, 8.0, 1.0)])).await;
        machine.step(QueueName::Steps).await;
        let slice = machine.take_all(QueueName::Units).await.remove(0);
        // A place that logs may have been met first by another test's thread, just before this subscriber was there.
        tracing::callsite::rebuild_interest_cache();
        machine.pass_seconds(61).await;
        while machine.step(QueueName::Steps).await > 0 {}
        assert_eq!(logged.of("batch_age_seconds"), [61]);
        // The same dead letter twice is two letters, and one failed slice.
        for _ in 0..2 {
            let letter = Outgoing { body: slice.body.clone(), group: "tenant".to_owned(), delay_seconds: 0 };
            machine.store.queue().send(QueueName::DeadLetters, vec![letter]).await.unwrap();
            machine.step(QueueName::DeadLetters).await;
        }
        assert_eq!((logged.of("dead_letters_received"), logged.of("slices_failed")), (vec![1, 1], vec![1]));
        machine.drain().await;
        let view = client.get_sweep(&built.session, &id, 1, None).await.unwrap().batch;
        assert_eq!((view.status.as_str(), view.failed_count), ("completed", 1));
        machine.send(QueueName::DeadLetters, "junk".to_owned()).await;
        machine.drain().await;
        assert_eq!(logged.of("dead_letters_received").len(), 3);
    });
}
