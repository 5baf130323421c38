//! Event-source mappings: messages in batches to functions that have a time limit, acknowledged unless something died.

use crate::process::Process;
use crate::sites::message_word;
use crate::world::World;
use app::study_cache::StudyCache;
use app::work::WorkHandler;
use futures::FutureExt;
use ports::clock::Clock;
use ports::queue::{Deadline, Delivery, Handler, QueueName, RECEIVES_MAX};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Seconds a received message stays hidden.
pub const VISIBILITY_SECONDS: u32 = 120;

/// Seconds a function may take.
pub const FUNCTION_SECONDS: u64 = 60;

/// Containers that keep studies warm.
const CONTAINERS: u64 = 3;

/// Longest wait of an idle mapping, seconds.
const IDLE_SECONDS: u64 = 60;

/// The mappings of a world.
pub struct Mapping {
    world: Arc<World>,
    running: Arc<BTreeMap<QueueName, AtomicUsize>>,
    containers: Arc<Mutex<Vec<Arc<StudyCache>>>>,
}

impl Mapping {
    pub fn new(world: &Arc<World>) -> Self {
        Self {
            world: Arc::clone(world),
            running: Arc::new(QueueName::ALL.into_iter().map(|queue| (queue, AtomicUsize::new(0))).collect()),
            containers: Arc::new(Mutex::new((0..CONTAINERS).map(|_| Arc::default()).collect())),
        }
    }

    /// Begins whatever can begin now; false when there was nothing.
    pub async fn begin(&self) -> bool {
        let mut began = false;
        for queue in QueueName::ALL {
            let batch_max = match queue {
                QueueName::Units | QueueName::Backtests => 1,
                QueueName::Builds | QueueName::Steps | QueueName::DeadLetters => 5,
            };
            while self.has_room(queue) {
                let most = 1 + usize::try_from(self.world.below(batch_max)).unwrap_or(0);
                let batch = self.world.store.queue().receive(queue, most, VISIBILITY_SECONDS).await.unwrap();
                if batch.is_empty() {
                    break;
                }
                began = true;
                self.invoke(queue, batch);
            }
        }
        began
    }

    fn has_room(&self, queue: QueueName) -> bool {
        let at_once = if queue == QueueName::Units { self.world.weather().units_at_once } else { 2 };
        self.running[&queue].load(Ordering::SeqCst) < at_once
    }

    /// Functions that run now.
    pub fn at_work(&self) -> usize {
        self.running.values().map(|count| count.load(Ordering::SeqCst)).sum()
    }

    /// When the next hidden message shows, of those that could be handled then.
    pub fn next_us(&self) -> Option<i64> {
        let queues = self.world.store.queue();
        let with_room = QueueName::ALL.into_iter().filter(|queue| self.has_room(*queue));
        with_room.filter_map(|queue| queues.next_visible_us(queue).unwrap()).min()
    }

    /// Waits until something changed, or the next message shows.
    pub async fn wait(&self) {
        let idle_us = i64::try_from(IDLE_SECONDS * 1_000_000).unwrap();
        let left_us = self.next_us().map_or(idle_us, |at| at - self.world.truth.now_us());
        // Timers round up to a millisecond; a microsecond short would not show the message.
        let pause = Duration::from_micros(u64::try_from(left_us).unwrap_or(0)) + Duration::from_millis(1);
        tokio::select! {
            biased;
            () = self.world.changed.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    fn invoke(&self, queue: QueueName, batch: Vec<Delivery>) {
        if queue == QueueName::DeadLetters {
            self.world.dead_letters.fetch_add(1, Ordering::SeqCst);
        }
        let (world, running) = (Arc::clone(&self.world), Arc::clone(&self.running));
        let containers = Arc::clone(&self.containers);
        running[&queue].fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            let place = usize::try_from(world.below(CONTAINERS)).unwrap_or(0);
            let studies = Arc::clone(&containers.lock().unwrap()[place]);
            let survived = function(&world, queue, batch, &studies).await;
            if !survived {
                containers.lock().unwrap()[place] = Arc::default();
            }
            running[&queue].fetch_sub(1, Ordering::SeqCst);
            world.changed.notify_one();
        });
    }
}

/// One invocation; false when its process died.
async fn function(world: &Arc<World>, queue: QueueName, batch: Vec<Delivery>, studies: &Arc<StudyCache>) -> bool {
    let words: Vec<_> = batch.iter().map(|delivery| message_word(queue, &delivery.body)).collect();
    let tenants = words.iter().filter_map(|(_, tenant)| tenant.clone()).collect();
    // Whoever is struck ten times in a row has no promise: the last receive of a dead letter gets through.
    let last = |delivery: &Delivery| queue == QueueName::DeadLetters && delivery.receive_count == RECEIVES_MAX;
    let process = Process::new(world, "", tenants, batch.iter().any(last));
    world.trace(|| {
        let shown: Vec<String> =
            batch.iter().map(|one| format!("{} ({}): {}", one.message_id, one.receive_count, one.body)).collect();
        format!("function {} on {}: {}", process.number, queue.as_str(), shown.join("; "))
    });
    // The platform says the deadline by the clock it gives its machines.
    let at_us = world.calm.now_us() + i64::try_from(FUNCTION_SECONDS * 1_000_000).unwrap();
    let handler = WorkHandler::new(world.bench(&process, studies), Arc::new(drafter::Drafting::grammar()));
    let whole = batch.len() > 1 && world.happens(250);
    let handled = async {
        let mut failed = Vec::new();
        if whole {
            process.set_role("several");
            failed = handler.handle(batch.clone(), Deadline { at_us }).await.failures;
        } else {
            for (delivery, (word, _)) in batch.iter().zip(&words) {
                process.set_role(word);
                failed.extend(handler.handle(vec![delivery.clone()], Deadline { at_us }).await.failures);
            }
        }
        failed
    };
    let limit = if process.zombie { FUNCTION_SECONDS * 10 } else { FUNCTION_SECONDS };
    let failed = tokio::select! {
        biased;
        () = process.death() => return false,
        failed = AssertUnwindSafe(handled).catch_unwind() => failed,
        () = tokio::time::sleep(Duration::from_secs(limit)) => {
            world.trace(|| format!("function {} is stopped", process.number));
            process.kill();
            return false;
        }
    };
    let Ok(failed) = failed else {
        world.violate(format!("a handler of {} panicked", queue.as_str()));
        return false;
    };
    if world.happens(world.weather().lost_acknowledgement) {
        world.trace(|| format!("function {}: its acknowledgement is lost", process.number));
        return true;
    }
    let done = batch.into_iter().filter(|one| !failed.iter().any(|failure| failure.message_id == one.message_id));
    let receipts: Vec<String> = done.map(|delivery| delivery.receipt).collect();
    world.store.queue().acknowledge(queue, &receipts).await.unwrap();
    true
}
