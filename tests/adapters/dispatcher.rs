//! The dispatcher in virtual time: what is handled when, and what happens to what fails.

use crate::support::{START_US, TemporaryFolder, message, run};
use async_trait::async_trait;
use boot::machine::SystemClock;
use embedded::{DispatchEvent, Dispatcher, EmbeddedQueue, Lane, QueueSettings, Store, TimerClock};
use ports::clock::Clock;
use ports::queue::{BatchResponse, Deadline, Delivery, Failure, Handler, Queue, QueueName};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;

/// A handling: which body, which receive, and when (milliseconds since the start).
type Seen = (String, u32, i64);

/// Does what a message's body says, and writes it down.
struct Obedient {
    queue: Arc<EmbeddedQueue>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Vec<Seen>>,
    batches: Mutex<Vec<usize>>,
    running: Mutex<(usize, usize)>,
}

#[async_trait]
impl Handler for Obedient {
    async fn handle(&self, batch: Vec<Delivery>, deadline: Deadline) -> BatchResponse {
        self.batches.lock().unwrap().push(batch.len());
        {
            let mut running = self.running.lock().unwrap();
            running.0 += 1;
            running.1 = running.1.max(running.0);
        }
        let mut response = BatchResponse::default();
        for delivery in batch {
            let now_us = self.clock.now_us();
            assert!(deadline.at_us > now_us, "a handler begins before its deadline");
            let at_ms = (now_us - START_US) / 1000;
            self.seen.lock().unwrap().push((delivery.body.clone(), delivery.receive_count, at_ms));
            if !self.obey(&delivery).await {
                response.failures.push(Failure { message_id: delivery.message_id });
            }
        }
        self.running.lock().unwrap().0 -= 1;
        response
    }
}

impl Obedient {
    /// True when the message is done.
    async fn obey(&self, delivery: &Delivery) -> bool {
        match delivery.body.as_str() {
            "panic" if delivery.receive_count == 1 => panic!("as the message says"),
            "hang" if delivery.receive_count == 1 => std::future::pending().await,
            "fail" => return false,
            "fail once" => return delivery.receive_count > 1,
            "postpone" if delivery.receive_count == 1 => {
                self.queue.postpone(delivery.queue, &delivery.receipt, 77).await.unwrap();
                return false;
            }
            "slow" => sleep(Duration::from_secs(10)).await,
            _ => {}
        }
        true
    }
}

struct Setting {
    queue: Arc<EmbeddedQueue>,
    handler: Arc<Obedient>,
    events: Arc<Mutex<Vec<&'static str>>>,
    dispatcher: Dispatcher,
}

const SETTINGS: QueueSettings = QueueSettings { batch_size: 4, concurrency: 2, visibility_seconds: 30 };

fn start(store: &Store, clock: Arc<dyn Clock>, settings: QueueSettings) -> Setting {
    let queue = store.queue();
    let handler = Arc::new(Obedient {
        queue: Arc::clone(&queue),
        clock,
        seen: Mutex::default(),
        batches: Mutex::default(),
        running: Mutex::default(),
    });
    let lanes = [QueueName::Units, QueueName::DeadLetters]
        .map(|queue| Lane { queue, settings, handler: handler.clone() })
        .to_vec();
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let observer = Arc::new(move |event| {
        log.lock().unwrap().push(match event {
            DispatchEvent::HandlerPanicked { .. } => "panicked",
            DispatchEvent::DeadlineExceeded { .. } => "deadline",
            DispatchEvent::StoreFailed { .. } => "store",
        });
    });
    let dispatcher = Dispatcher::start(&queue, lanes, observer);
    Setting { queue, handler, events, dispatcher }
}

fn virtual_time<T>(test: impl AsyncFnOnce(Setting) -> T) -> T {
    virtual_time_with(SETTINGS, test)
}

fn virtual_time_with<T>(settings: QueueSettings, test: impl AsyncFnOnce(Setting) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let clock = Arc::new(TimerClock::starting_at(START_US));
        let store = Store::in_memory(clock.clone()).unwrap();
        test(start(&store, clock, settings)).await
    })
}

/// Sends bodies, lets an hour pass, and gives what was handled, when, and which events there were.
fn check(bodies: &[(&str, u32)], expected: &[(&str, u32, i64)], events: &[&str]) {
    virtual_time(async |setting: Setting| {
        let messages = bodies.iter().map(|(body, delay)| message(body, "g", *delay)).collect();
        setting.queue.send(QueueName::Units, messages).await.unwrap();
        sleep(Duration::from_secs(3600)).await;
        let seen = setting.handler.seen.lock().unwrap().clone();
        let expected: Vec<Seen> = expected.iter().map(|(body, count, at)| ((*body).to_owned(), *count, *at)).collect();
        assert_eq!(seen, expected, "{bodies:?}");
        assert_eq!(*setting.events.lock().unwrap(), events, "{bodies:?}");
        assert_eq!(setting.queue.next_visible_us(QueueName::Units).unwrap(), None, "the queue is empty");
        assert_eq!(setting.dispatcher.shutdown(Duration::from_secs(1)).await, 0);
    });
}

#[test]
fn messages_are_handled_when_they_are_due() {
    check(&[("a", 0)], &[("a", 1, 0)], &[]);
    check(&[("b", 20), ("a", 0), ("c", 900)], &[("a", 1, 0), ("b", 1, 20_000), ("c", 1, 900_000)], &[]);
}

#[test]
fn only_what_failed_comes_back_after_a_backoff() {
    check(
        &[("a", 0), ("fail once", 0), ("b", 0)],
        &[("a", 1, 0), ("fail once", 1, 0), ("b", 1, 0), ("fail once", 2, 1000)],
        &[],
    );
}

#[test]
fn what_keeps_failing_becomes_a_dead_letter() {
    let times = [0, 1, 3, 7, 15].map(|second| second * 1000);
    let dead = [31, 32, 34, 38, 46].map(|second| second * 1000);
    let seen: Vec<_> = (1..).zip(times).chain((1..).zip(dead)).map(|(count, at)| ("fail", count, at)).collect();
    check(&[("fail", 0)], &seen, &[]);
}

#[test]
fn a_postponed_failure_comes_back_when_its_handler_said() {
    check(&[("postpone", 0)], &[("postpone", 1, 0), ("postpone", 2, 77_000)], &[]);
}

#[test]
fn a_panic_fails_its_batch_and_nothing_else() {
    check(
        &[("panic", 0), ("a", 0), ("b", 5)],
        &[("panic", 1, 0), ("panic", 2, 1000), ("a", 2, 1000), ("b", 1, 5000)],
        &["panicked"],
    );
}

#[test]
fn a_handler_that_hangs_is_stopped_at_its_deadline() {
    check(&[("hang", 0), ("b", 5)], &[("hang", 1, 0), ("b", 1, 5000), ("hang", 2, 31_000)], &["deadline"]);
}

#[test]
fn a_send_wakes_an_idle_lane_at_once() {
    virtual_time(async |setting: Setting| {
        for second in [7, 1007] {
            sleep(Duration::from_secs(second)).await;
            setting.queue.send(QueueName::Units, vec![message("a", "g", 0)]).await.unwrap();
        }
        sleep(Duration::from_secs(1)).await;
        let times: Vec<i64> = setting.handler.seen.lock().unwrap().iter().map(|(_, _, at)| *at).collect();
        assert_eq!(times, [7000, 1_014_000]);
    });
}

#[test]
fn batches_and_concurrency_keep_their_limits() {
    for (settings, batches, seconds) in [
        (QueueSettings { batch_size: 4, concurrency: 2, visibility_seconds: 300 }, vec![4, 4, 4, 4, 1], 90),
        (QueueSettings { batch_size: 1, concurrency: 3, visibility_seconds: 300 }, vec![1; 17], 60),
        (QueueSettings { batch_size: 10, concurrency: 1, visibility_seconds: 300 }, vec![10, 7], 170),
    ] {
        virtual_time_with(settings, async |setting: Setting| {
            let messages = vec![message("slow", "g", 0); 17];
            setting.queue.send(QueueName::Units, messages).await.unwrap();
            sleep(Duration::from_secs(seconds) + Duration::from_millis(1)).await;
            assert_eq!(*setting.handler.batches.lock().unwrap(), batches, "{settings:?}");
            assert_eq!(*setting.handler.running.lock().unwrap(), (0, settings.concurrency), "{settings:?}");
        });
    }
}

#[test]
fn one_tenants_many_messages_do_not_delay_anothers() {
    let settings = QueueSettings { batch_size: 1, concurrency: 1, visibility_seconds: 300 };
    virtual_time_with(settings, async |setting: Setting| {
        setting.queue.send(QueueName::Units, vec![message("slow", "large", 0); 500]).await.unwrap();
        sleep(Duration::from_secs(15)).await;
        setting.queue.send(QueueName::Units, vec![message("small", "small", 0); 2]).await.unwrap();
        sleep(Duration::from_secs(60)).await;
        let seen = setting.handler.seen.lock().unwrap().clone();
        let small: Vec<i64> = seen.iter().filter(|(body, ..)| body == "small").map(|(_, _, at)| *at).collect();
        assert_eq!(small, [20_000, 30_000], "each waits for one message of the other tenant");
    });
}

#[test]
fn shutdown_waits_for_what_runs_and_begins_nothing() {
    // (seconds of grace, batches cut off, handled messages that stay on the queue)
    for (grace, cut_off, left) in [(60, 0, 1), (5, 1, 2)] {
        let settings = QueueSettings { batch_size: 1, concurrency: 1, visibility_seconds: 300 };
        virtual_time_with(settings, async |setting: Setting| {
            let queue = setting.queue;
            queue.send(QueueName::Units, vec![message("slow", "g", 0); 2]).await.unwrap();
            sleep(Duration::from_secs(1)).await;
            assert_eq!(setting.dispatcher.shutdown(Duration::from_secs(grace)).await, cut_off);
            sleep(Duration::from_secs(1000)).await;
            assert_eq!(setting.handler.seen.lock().unwrap().len(), 1, "nothing begins after a shutdown");
            assert_eq!(queue.receive(QueueName::Units, 10, 1).await.unwrap().len(), left);
        });
    }
}

#[test]
fn on_a_file_everything_is_handled_once_and_acknowledged() {
    let folder = TemporaryFolder::new();
    run(async {
        let clock = Arc::new(SystemClock);
        let store = Store::open(&folder.path().join("store.redb"), clock.clone()).unwrap();
        let settings = QueueSettings { batch_size: 10, concurrency: 4, visibility_seconds: 600 };
        let setting = start(&store, clock, settings);
        for group in ["a", "b", "c"] {
            let messages = (0..200).map(|number| message(&format!("{group}{number}"), group, 0)).collect();
            setting.queue.send(QueueName::Units, messages).await.unwrap();
        }
        while setting.handler.seen.lock().unwrap().len() < 600 {
            tokio::task::yield_now().await;
        }
        assert_eq!(setting.dispatcher.shutdown(Duration::from_secs(60)).await, 0);
        let mut bodies: Vec<String> =
            setting.handler.seen.lock().unwrap().iter().map(|(body, ..)| body.clone()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        assert_eq!(bodies.len(), 600, "every message is handled");
        assert_eq!(setting.queue.next_visible_us(QueueName::Units).unwrap(), None, "and acknowledged");
        assert!(setting.queue.receive(QueueName::Units, 10, 1).await.unwrap().is_empty());
    });
}
